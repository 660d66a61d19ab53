"""Programs that write documentation, tables and code of the tree. They are not part of what is installed."""
