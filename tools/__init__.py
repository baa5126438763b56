"""What the project is made with."""
