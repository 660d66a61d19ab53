"""What a calibration leaves in its folder: tables, the values proposed as defaults, the posterior that is shipped, figures."""

from __future__ import annotations

import difflib
import re
from dataclasses import asdict
from io import StringIO
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from totalplace.scenarios.registry import PARAMETERS
from totalplace.scenarios.source_tree import ROOT
from totalplace.sim.engine.sweep.parts import parquet
from totalplace.sim.evidence.calibration.folder import read_manifest, write_manifest
from totalplace.sim.evidence.calibration.run import Calibration
from totalplace.sim.system.disk import write_whole

REGISTRY: Final = ROOT / "scenarios" / "parameters.yaml"
POSTERIOR: Final = "posterior.parquet"
DISTANCES: Final = "distances.parquet"
MARGINALS: Final = "parameters.parquet"
PREDICTED: Final = "predicted.parquet"
PATCH: Final = "defaults.patch"
SHIPPED: Final = "posterior.csv"


def posterior_table(found: Calibration) -> pa.Table:
    """The last generation: sample, weight, distance, parameters, measures and the distance from each target."""
    sample = found.sample
    columns: dict[str, Any] = {
        "sample": np.arange(len(sample.weights)), "picture": sample.pictures, "weight": sample.weights, "distance": sample.distance,
    }
    columns |= dict(zip(PARAMETERS, sample.values.T, strict=True))
    columns |= {f"measure:{name}": column for name, column in zip(found.plan.targets, sample.measured.T, strict=True)}
    columns |= {f"distance:{name}": column for name, column in zip(found.plan.targets, sample.parts.T, strict=True)}
    return pa.table(columns)


def distances_table(found: Calibration) -> pa.Table:
    """Distance from each target of every picture over the prior and of every particle: stage, target, measure, distance, weight."""
    parts = []
    for stage, measured, far, weights in (
        ("prior", found.screening.measured, found.screening.parts, np.ones(len(found.screening.unit))),
        ("posterior", found.sample.measured, found.sample.parts, found.sample.weights),
    ):
        for m, target in enumerate(found.plan.targets):
            number = len(measured)
            parts.append(pa.table({
                "stage": [stage] * number, "target": [target] * number, "value": measured[:, m], "distance": far[:, m],
                "weight": weights / weights.sum(),
            }))
    return pa.concat_tables(parts)


def marginals_table(found: Calibration) -> pa.Table:
    """What the posterior says of each parameter, with the present and the proposed default."""
    rows = [
        asdict(known) | {"moved": i in found.screening.moving, "strength": float(found.screening.strength[i]),
                         "default": float(found.present[i]), "proposed": float(found.proposed[i])}
        for i, known in enumerate(found.marginals.values())
    ]
    return pa.Table.from_pylist(rows)


def predicted_table(found: Calibration) -> pa.Table:
    """Every measure of the facts predicted: where, with which parameters, measure, draw, value."""
    parts = []
    for (where, which), values in found.predicted.items():
        for m, measure in enumerate(found.measures):
            number = len(values)
            parts.append(pa.table({
                "where": [where] * number, "parameters": [which] * number, "measure": [measure] * number,
                "draw": np.arange(number), "value": values[:, m],
            }))
    return pa.concat_tables(parts)


def _written(value: float) -> str:
    text = f"{value:g}"
    return text if "." in text or "e" in text else f"{text}.0"


def patch(found: Calibration) -> str:
    """The change of ``scenarios/parameters.yaml`` as a unified diff; empty if no default moves."""
    before = REGISTRY.read_text("utf-8")
    after = before
    for name, value, present in zip(PARAMETERS, found.proposed, found.present, strict=True):
        if value != present:
            after = re.sub(rf"(?m)^({name}: {{default: )[^,]+", rf"\g<1>{_written(float(value))}", after)
    path = "scenarios/parameters.yaml"
    lines = difflib.unified_diff(before.splitlines(True), after.splitlines(True), f"a/{path}", f"b/{path}")
    return "".join(lines)


def shipped_text(found: Calibration) -> str:
    """The compact posterior as CSV: comments that say how it was made, then one row a particle, all of the same weight."""
    manifest, plan, last = found.plan.digest(), found.plan, found.sample.generations[-1]
    text = StringIO()
    text.write(
        "# Posterior of the uncertainties, written by `totalplace calibrate`: an unweighted sample of its last generation.\n"
        f"# facts: {', '.join(plan.targets)}\n# places: {'; '.join(plan.places)}\n"
        f"# {len(found.sample.generations)} generations of {plan.size.particles} particles, largest distance {last.threshold:.3g}, "
        f"effective size {last.effective:.0f}, seed {plan.seed}, digest {manifest[:16]}\n"
    )
    text.write(",".join(PARAMETERS) + "\n")
    for row in found.compact:
        text.write(",".join(f"{value:.6g}" for value in row) + "\n")
    return text.getvalue()


def write(found: Calibration, folder: Path) -> list[Path]:
    """Write every table, the patch and the shipped posterior, each whole, and finish the manifest."""
    tables = {
        POSTERIOR: posterior_table(found), DISTANCES: distances_table(found), MARGINALS: marginals_table(found),
        PREDICTED: predicted_table(found),
    }
    for name, table in tables.items():
        write_whole(folder / name, parquet(table))
    for name, text in ((PATCH, patch(found)), (SHIPPED, shipped_text(found))):
        write_whole(folder / name, text.encode())
    manifest = (read_manifest(folder) or {}) | {
        "finished": True,
        "runs_a_picture": found.runs_a_picture,
        "generations": [asdict(one) for one in found.sample.generations],
        "moving": [list(PARAMETERS)[i] for i in found.screening.moving],
        "tables": sorted(tables),
    }
    write_manifest(folder, manifest)
    return [folder / name for name in (*tables, PATCH, SHIPPED)]
