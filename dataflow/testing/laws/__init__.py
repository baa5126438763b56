"""What every executor keeps: each law is a function whose docstring is the equation."""
