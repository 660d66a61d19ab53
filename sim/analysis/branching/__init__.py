"""What became of a branch, in words and as a figure."""
