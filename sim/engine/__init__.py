"""How worlds are played: one run, ensembles, sweeps, checkpoints, and the Mesa model."""
