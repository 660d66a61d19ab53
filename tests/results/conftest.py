"""What tests of results share."""

from tests.ensembles import board, run, silo, single_pot

__all__ = ["board", "run", "silo", "single_pot"]
