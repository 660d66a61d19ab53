"""Branches of a run: another course from a quarter on, and what it changes, in words and as a figure."""
