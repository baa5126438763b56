"""What is measured, a file for each topic: each has a function `measure`, which yields what it found."""
