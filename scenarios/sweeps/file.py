"""What a sweep file may say."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from totalplace.scenarios.checking import Flag, checked, one_of
from totalplace.scenarios.reading import Marked
from totalplace.scenarios.sweeps.sweep import DESIGNS, EVERY

MOST_SAMPLES: Final = 10_000_000
_STRICT: Final = ConfigDict(frozen=True, extra="forbid", strict=True)

#: The keys of each design beside ``kind``; the first must be given.
DESIGN_KEYS: Final[dict[str, tuple[str, ...]]] = {
    "grid": (),
    "latin-hypercube": ("samples", "seed"),
    "sobol": ("samples", "seed", "second_order"),
    "morris": ("samples", "seed", "levels"),
    "random": ("samples", "seed"),
    "rows": ("file",),
}


class DesignFile(BaseModel):
    """How the points of a sweep are chosen."""

    model_config = _STRICT

    kind: Annotated[str, AfterValidator(one_of("design", DESIGNS))] = Field(
        description="Kind of design", json_schema_extra={"enum": list(DESIGNS)}
    )
    samples: int = Field(
        0, ge=1, le=MOST_SAMPLES, description="Points; for sobol the base sample, a power of two; for morris trajectories"
    )
    seed: int = Field(1, ge=0, le=2**32 - 1, description="Seed of the design")
    second_order: Flag = Field(False, description="Whether sobol has the points for second-order indices")
    levels: int = Field(4, ge=2, le=1000, description="Levels of the grid on which morris moves, an even number")
    file: str = Field("", min_length=1, max_length=200, description="CSV file of rows, from the folder of the sweep file")


class SweepFile(BaseModel):
    """A sweep file. Scenarios, arrangements and places are crossed; levers and uncertainties span the design."""

    model_config = _STRICT

    name: str = Field("", min_length=1, max_length=200, description="Short name; the name of the file if not given")
    title: str = Field("", max_length=200, description="Name for a reader")
    description: str = Field("", max_length=5000, description="What the sweep asks")
    scenarios: Any = Field("october-2010", description="Scenario, or list of them: shipped names, or paths that end in .yaml")
    arrangements: Any = Field("", description="Arrangement, or list of them, or all: each takes the place of the scenarios' own")
    fields: Any = Field("", description="Fields of arrangements that vary, each over a list of values: every combination is run")
    between: Any = Field("", description="Two arrangements: every mixture of their ingredients is run")
    places: Any = Field("", description="Place, or list of them: names, codes, regions, or all; else those of the scenarios")
    settings: Any = Field("", description="Fields of a scenario file that come on top of every scenario, such as quarters")
    levers: Any = Field("", description="Levers that vary, each over a list of values, range, or {low, high, steps}")
    uncertainties: Any = Field("", description="Uncertainties that vary: prior, or a mapping by parameter")
    design: Any = Field("grid", description="Kind of design, or its kind with its options")
    replicates: int = Field(1, ge=1, le=1_000_000, description="Runs at each point of each scenario")
    first_seed: int = Field(1, ge=0, le=2**32 - 1, description="Seed of the first replicate")
    common_random_numbers: Flag = Field(True, description="Whether replicates have the same seeds at every point and scenario")
    metrics: Any = Field("all", description="Metrics that are kept: all, or a list of names")
    every: Annotated[str, AfterValidator(one_of("value", EVERY))] = Field(
        "quarter", description="Quarters kept of a run: each, the last of each year, or the last of all",
        json_schema_extra={"enum": list(EVERY)},
    )


def read_design(written: Marked | None) -> DesignFile:
    """The design of a sweep file: a word, or a mapping whose keys fit its kind. Raises InputError."""
    if written is None:
        return DesignFile.model_validate({"kind": "grid"})
    if not isinstance(written.value, dict):
        kind = written.text("'design'")
        if kind not in DESIGNS:
            raise written.unknown("design", kind, DESIGNS)
        written = Marked({"kind": written}, written.file, written.line, written.column)
    design = checked(DesignFile, written, "a design")
    fields = written.mapping("A design")
    keys = DESIGN_KEYS[design.kind]
    for key in fields:
        if key != "kind" and key not in keys:
            raise written.unknown_key("key", key, ("kind", *keys), f"in the design '{design.kind}'")
    if keys and keys[0] not in fields:
        raise written.error(f"The design '{design.kind}' lacks the key '{keys[0]}'")
    if design.kind == "sobol" and design.samples & (design.samples - 1):
        low = 2 ** (design.samples.bit_length() - 1)
        raise fields["samples"].error(
            f"'samples' of sobol is {design.samples}", f"a power of two, such as {low} or {2 * low}"
        )
    if design.kind == "morris" and design.levels % 2:
        raise fields["levels"].error(f"'levels' of morris is {design.levels}", "an even number")
    return design
