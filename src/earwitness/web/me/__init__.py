"""What the log holds about the person who looks."""
