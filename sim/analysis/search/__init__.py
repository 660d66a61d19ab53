"""Search for policies that do best on several metrics."""
