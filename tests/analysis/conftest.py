"""Small sweeps that all tests of analyses share, run once."""

from __future__ import annotations

from pathlib import Path

import pytest

import totalplace as tp
from tests.sweeps import with_bad_points
from totalplace.scenarios import sweeps
from totalplace.sim.engine.sweep.store import Store

SOBOL = """
title: Small Sobol
scenarios: single-pot
places: Rutland
settings: {quarters: 8, clusters: 2}
uncertainties: {eta: prior, initial_trust: prior, kappa: prior}
design: {kind: sobol, samples: 16}
metrics: [net_saving, pooled_share]
every: last
"""

CHOICE = """
title: Small choice
arrangements: [silo, joint-commissioning, single-pot]
places: [Rutland, Hartlepool]
settings: {quarters: 8, clusters: 2}
levers: {clawback: range, savings_rule: range}
uncertainties: {eta: prior, initial_trust: prior}
design: {kind: latin-hypercube, samples: 30}
metrics: [net_saving, pooled_share, wellbeing, inequality, wellbeing_worst_off, wellbeing_older_people]
every: last
"""


@pytest.fixture(scope="session")
def sobol_store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A sweep with Sobol's points over three uncertainties."""
    return tp.sweep(sweeps.loads(SOBOL, "small-sobol"), tmp_path_factory.mktemp("sweeps") / "sobol", threads=1)


@pytest.fixture(scope="session")
def broken_store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The same in which two points failed: the first and the last of Sobol's second block."""
    sweep = with_bad_points(sweeps.loads(SOBOL, "small-sobol"), 5, 9)
    return tp.sweep(sweep, tmp_path_factory.mktemp("sweeps") / "broken", threads=1)


@pytest.fixture(scope="session")
def choice_store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A sweep of three arrangements in two places."""
    return tp.sweep(sweeps.loads(CHOICE, "small-choice"), tmp_path_factory.mktemp("sweeps") / "choice", threads=1)


@pytest.fixture(autouse=True)
def own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Each test runs in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
