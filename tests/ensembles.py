"""Small real ensembles that tests of results and of figures share, as fixtures."""

from __future__ import annotations

import pytest

import totalplace as tp
from totalplace.sim.results.run import Ensemble, Run


@pytest.fixture(scope="session")
def run() -> Run:
    return tp.run(tp.load("single-pot", quarters=8).for_many_runs(), seed=3)


@pytest.fixture(scope="session")
def single_pot() -> Ensemble:
    return tp.ensemble(tp.load("single-pot", quarters=8), runs=4, first_seed=1)


@pytest.fixture(scope="session")
def board() -> Ensemble:
    return tp.ensemble(tp.load("board-political", quarters=8), runs=4, first_seed=1)


@pytest.fixture(scope="session")
def silo() -> Ensemble:
    return tp.ensemble(tp.load("silo", quarters=8), runs=4, first_seed=1)
