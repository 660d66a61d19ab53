"""Small real ensembles that the tests of results share."""

from __future__ import annotations

import pytest

import sim
from sim.results import Ensemble, Run


@pytest.fixture(scope="session")
def run() -> Run:
    return sim.run(sim.load("single-pot", quarters=8), seed=3)


@pytest.fixture(scope="session")
def single_pot() -> Ensemble:
    return sim.ensemble(sim.load("single-pot", quarters=8), runs=4, first_seed=1)


@pytest.fixture(scope="session")
def board() -> Ensemble:
    return sim.ensemble(sim.load("board-political", quarters=8), runs=4, first_seed=1)


@pytest.fixture(scope="session")
def silo() -> Ensemble:
    return sim.ensemble(sim.load("silo", quarters=8), runs=4, first_seed=1)
