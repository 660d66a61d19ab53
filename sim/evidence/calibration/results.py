"""What a calibration leaves in its folder: tables, the posterior that is shipped, the registry with its defaults."""

from __future__ import annotations

import re
from dataclasses import asdict
from io import StringIO
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from totalplace.scenarios.errors import InputError
from totalplace.scenarios.registry import PARAMETERS
from totalplace.sim.engine.sweep.parts import parquet
from totalplace.sim.evidence.calibration.folder import read_manifest, write_manifest
from totalplace.sim.evidence.calibration.marginals import rounded
from totalplace.sim.evidence.calibration.pictures import prior_values
from totalplace.sim.evidence.calibration.run import Calibration
from totalplace.sim.system.disk import write_whole

PARTICLES: Final = "particles.parquet"
MARGINALS: Final = "parameters.parquet"
WAVES: Final = "waves.parquet"
COVERAGE: Final = "coverage.parquet"
SHIPPED: Final = "posterior.csv"
REGISTRY: Final = "parameters.yaml"


def particles_table(found: Calibration) -> pa.Table:
    """Every particle: weight, parameters, measures of its picture and their misfits."""
    sample = found.sample
    columns: dict[str, Any] = {"particle": np.arange(len(sample.weights)), "weight": sample.weights}
    columns |= dict(zip(PARAMETERS, prior_values(sample.unit).T, strict=True))
    columns |= {f"measure:{name}": column for name, column in zip(found.plan.targets, sample.measured.T, strict=True)}
    columns |= {f"misfit:{name}": column for name, column in zip(found.plan.targets, sample.far.T, strict=True)}
    return pa.table(columns)


def marginals_table(found: Calibration) -> pa.Table:
    """What the posterior says of each parameter, with the present default and the row that stands for all."""
    central = found.defaults()
    return pa.Table.from_pylist([
        asdict(known) | {"default": PARAMETERS[name].default, "central": float(central[i])}
        for i, (name, known) in enumerate(found.marginals.items())
    ])


def waves_table(found: Calibration) -> pa.Table:
    """Every emulator of every wave: kind, what it explains, error and noise (variances of misfits), share not ruled out."""
    return pa.Table.from_pylist([
        {"wave": wave.number, "share": wave.share, "target": target, "kind": one.kind, "read": len(one.read),
         "explained": one.explained, "error": one.error, "noise": one.noise}
        for wave in found.matching.waves for target, one in zip(found.plan.targets, wave.emulators.each, strict=True)
    ])


def coverage_table(found: Calibration) -> pa.Table:
    """Every interval on synthetic data, of the parameters that the facts inform, on the scale of prior quantiles."""
    steps = (("tempering", found.coverage), ("weights", found.weights_coverage))
    rows = [
        {"step": step, "data": g, "parameter": list(PARAMETERS)[i], "truth": float(one.truth[g, i]),
         "low": float(one.ends[g, i, 0]), "high": float(one.ends[g, i, 1])}
        for step, one in steps if one is not None for g in range(len(one.truth)) for i in found.informed
    ]
    return pa.Table.from_pylist(rows) if rows else pa.table({"data": pa.array([], pa.int64())})


def shipped_text(found: Calibration) -> str:
    """The posterior as CSV: comments that say how it was made, then its rows, all of the same weight."""
    plan, text = found.plan, StringIO()
    text.write(
        "# Posterior of the uncertainties, written by `totalplace calibrate`: an unweighted sample of its particles.\n"
        f"# facts: {', '.join(plan.targets)}\n# places: {plan.size.places} a picture, drawn from {len(plan.pool())}; "
        f"held out: {'; '.join(plan.holdout_places)}\n"
        f"# {len(found.sample.weights)} particles, effective size {found.sample.effective:.0f}, seed {plan.seed}, "
        f"digest {plan.digest()[:16]}; the defaults are of row {found.central.row + 1}\n"
    )
    text.write(",".join(PARAMETERS) + "\n")
    low, high = (np.array([getattr(row, end) for row in PARAMETERS.values()]) for end in ("low", "high"))
    for row in found.rows:
        text.write(",".join(f"{value:g}" for value in np.clip([float(f"{one:.5g}") for one in row], low, high)) + "\n")
    return text.getvalue()


def _written(value: float) -> str:
    text = f"{value:g}"
    return text if "." in text or "e" in text else f"{text}.0"


def registry_text(before: str, found: Calibration) -> str:
    """The registry with the defaults of the parameters that the facts inform; comments and order stay.

    A triangular prior keeps its peak: where its default moves, the peak is written down as ``mode``. Raises ValueError for a row
    that is not found.
    """
    after = before
    for i, value in enumerate(found.defaults()):
        row = list(PARAMETERS.values())[i]
        moved = rounded(row, float(value))
        if i not in found.informed or moved == row.default:
            continue
        after, changed = re.subn(rf"(?m)^({row.name}: \{{default: )[^,]+", rf"\g<1>{_written(moved)}", after)
        if row.distribution == "triangular" and row.mode is None:
            after = re.sub(rf"(?m)^({row.name}: \{{.*?distribution: triangular)", rf"\g<1>, mode: {_written(row.default)}", after)
        if changed != 1:
            raise ValueError(f"the registry has {changed} rows of {row.name}")
    return after


def write(found: Calibration, folder: Path) -> list[Path]:
    """Write every table and the shipped posterior, each whole, and finish the manifest."""
    tables = {
        PARTICLES: particles_table(found), MARGINALS: marginals_table(found), WAVES: waves_table(found),
        COVERAGE: coverage_table(found),
    }
    for name, table in tables.items():
        write_whole(folder / name, parquet(table))
    write_whole(folder / SHIPPED, shipped_text(found).encode())
    manifest = (read_manifest(folder) or {}) | {
        "finished": True, "runs_a_picture": found.runs_a_picture, "pictures": found.pictures,
        "effective": found.sample.effective, "share": found.matching.waves[-1].share,
        "informed": [list(PARAMETERS)[i] for i in found.informed], "tables": sorted(tables),
    }
    write_manifest(folder, manifest)
    return [folder / name for name in (*tables, SHIPPED)]


def ship(found: Calibration, scenarios: Path) -> None:
    """Write the posterior and the registry's defaults in a folder ``scenarios``, each whole, the registry last.

    Raises InputError for a folder without a registry.
    """
    registry = scenarios / REGISTRY
    if not registry.is_file():
        raise InputError(f"'{scenarios}' has no {REGISTRY}", allowed="the folder 'scenarios' of a checkout")
    after = registry_text(registry.read_text("utf-8"), found)
    write_whole(scenarios / SHIPPED, shipped_text(found).encode())
    write_whole(registry, after.encode())
