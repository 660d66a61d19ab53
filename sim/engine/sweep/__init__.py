"""Sweeps: many runs over a design of levers and uncertainties, written part by part to a folder that can be resumed."""
