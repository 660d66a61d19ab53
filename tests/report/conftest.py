"""Small folders of results and of sweeps, their reports, and a Chromium to look at them."""

from __future__ import annotations

from pathlib import Path

import pytest

import totalplace as tp
from totalplace.scenarios import sweeps
from totalplace.sim.report import write_report
from totalplace.sim.results.run import Ensemble
from totalplace.sim.results.store import whole_folder, write_tables

RUNS, QUARTERS = 6, 12
SWEEP = """
title: What decides & <b>where</b>
arrangements: [joint-commissioning, single-pot]
places: [Rutland, Hartlepool]
settings: {quarters: 8, clusters: 2}
levers: {clawback: range}
uncertainties: {eta: prior, initial_trust: prior}
design: {kind: sobol, samples: 8}
metrics: [net_saving, pooled_share, wellbeing, wellbeing_older_people]
every: last
"""


def write_results(
    folder: Path, ensembles: list[Ensemble], baseline: str, command: tuple[str, ...] = ("totalplace", "compare")
) -> Path:
    """Results as ``totalplace compare --out`` writes them, without its figures."""
    with whole_folder(folder, force=False) as made:
        options = {"engine": "compiled", "settings": [], "baseline": baseline}
        write_tables(made, ensembles, command=command, options=options, seconds=1.5)
    return folder


@pytest.fixture(scope="session")
def ensembles() -> list[Ensemble]:
    names = ("silo", "joint-commissioning", "single-pot")
    return [tp.ensemble(tp.load(name, place="Hartlepool", quarters=QUARTERS), runs=RUNS, first_seed=3) for name in names]


@pytest.fixture(scope="session")
def compared(ensembles: list[Ensemble], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_results(tmp_path_factory.mktemp("compared") / "three", ensembles, "silo")


@pytest.fixture(scope="session")
def alone(ensembles: list[Ensemble], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_results(tmp_path_factory.mktemp("alone") / "one", ensembles[2:], "single-pot")


@pytest.fixture(scope="session")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("swept") / "sweep"
    tp.sweep(sweeps.loads(SWEEP, "small"), folder, threads=1)
    return folder


@pytest.fixture(scope="session")
def html(compared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page about ``compared``."""
    return write_report(compared, tmp_path_factory.mktemp("page") / "report.html")
