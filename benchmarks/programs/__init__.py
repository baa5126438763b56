"""Programs that are measured from outside, in processes of their own; each prints JSON."""
