"""Other systems, a file each: each defines `PEER`. Those that are not installed are left out, by name."""
