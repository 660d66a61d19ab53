"""Which factors move a metric, and by how much."""
