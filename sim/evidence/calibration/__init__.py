"""Calibration: approximate Bayesian computation of the parameters against published facts, over a mix of real places."""
