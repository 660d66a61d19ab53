"""Structural checks: what depends on how the model is built, not on what it is told."""
