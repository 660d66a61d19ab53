"""A difference between two scenarios as parts of what they differ in."""
