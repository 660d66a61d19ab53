"""Places in order of what a scenario does in them: how sure the order is, on a map, and what goes with it."""
