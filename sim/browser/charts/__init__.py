"""Charts: pure functions from snapshots, ensembles and tables to ECharts options, a file for each subject."""
