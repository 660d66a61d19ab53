"""What runs report: runs and ensembles, comparisons, explanations, and how they are kept in files."""
