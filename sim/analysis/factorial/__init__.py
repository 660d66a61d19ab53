"""Main effects and interactions of the fields of arrangements in a sweep that crosses them."""
