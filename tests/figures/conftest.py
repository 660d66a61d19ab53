"""What tests of figures share."""

from tests.ensembles import board, run, silo, single_pot

__all__ = ["board", "run", "silo", "single_pot"]
