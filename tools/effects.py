"""The table of ``docs/effects.md``: published effects beside what the model gives for the same intervention.

    python -m tools.effects

Runs a silo, pools and cuts in one place under the values of before and of now, works out elasticities over all places, and writes
what stands between ``<!-- generated: effects -->`` and ``<!-- end -->``. It takes about a minute.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from totalplace.scenarios.indicators import INDICATORS
from totalplace.scenarios.registry import PARAMETERS
from totalplace.scenarios.source_tree import ROOT
from totalplace.scenarios.vocabulary import COHORT_KINDS, THEMES
from totalplace.sim.evidence.markdown_page import table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from totalplace.sim.results.run import Ensemble

PAGE: Final = ROOT / "docs" / "effects.md"
PLACE: Final = "Nottingham"
RUNS: Final = 40
#: Values of November 2026, before effects were sized by evidence.
BEFORE: Final[Mapping[str, float]] = {"epsilon": 0.2, "iota": 0.21, "reactive_elasticity": 1.0, "unit_cost_drift": 0.0}
NOW: Final[Mapping[str, float]] = {name: PARAMETERS[name].default for name in BEFORE}
#: Early help, children's centres and youth services as a part of planned and common money on families with complex needs: £2.31bn
#: of gross spend in 2016-17 (DfE section 251 outturn) of £7.7bn in 2017-18.
EARLY_HELP: Final = 0.30
#: Central funding that councils lost a head, 2013 to 2017, £ (Alexiou and others 2021).
LOST_A_HEAD: Final = 168.0
YEAR: Final = "2017-18"

Values = Mapping[str, float]
FAMILIES: Final = THEMES.index("complex_families")
HEALTH: Final = THEMES.index("health_and_care")


@lru_cache(maxsize=1)
def _england() -> list[tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], float]]:
    """For each place: need a head (I, J) and persons (I,) by kind of people, the council's part of planned money (J,), and the part
    of its planned money that :data:`LOST_A_HEAD` is.
    """
    from totalplace.scenarios import places

    found = []
    for row in places.names():
        place = places.load(row.code, YEAR, clusters=1)
        size = np.bincount(place.cohort_kind, weights=place.size, minlength=len(COHORT_KINDS))
        need = np.zeros((len(COHORT_KINDS), len(THEMES)))
        np.add.at(need, place.cohort_kind, place.size[:, None] * place.need)
        planned = place.spend - place.reactive
        council = planned[place.first_agency("council")]
        lost = 1e-6 * LOST_A_HEAD * place.population / council.sum()
        found.append((need / size[:, None], size, council / planned.sum(axis=0), lost))
    return found


def _pull(name: str) -> list[NDArray[np.float64]]:
    """For each place: elasticity (J,) of an indicator's shortfall to planned money by theme, for an ``epsilon`` of one."""
    from totalplace.scenarios import places

    row, found = INDICATORS[name], []
    effect = places.load(PLACE, YEAR, clusters=1).effect
    for need, size, _, _ in _england():
        people = size * np.array(row.people)
        found.append(np.einsum("i,ij,jo,o->j", people / people.sum(), need, effect, np.array(row.outcomes)))
    return found


def early_help(values: Values) -> str:
    """Looked-after children where early help is a tenth smaller, %."""
    cut = 1.0 - 0.1 * EARLY_HELP
    change = [cut ** (-values["epsilon"] * pull[FAMILIES]) for pull in _pull("looked_after_children")]
    return f"{100.0 * (np.mean(change) - 1.0):+.1f}%"


def lost_funding(values: Values) -> str:
    """Healthy life expectancy where councils lose what they lost a head, months."""
    row, months = INDICATORS["healthy_life_expectancy"], []
    for pull, (_, _, part, lost) in zip(_pull(row.name), _england(), strict=True):
        shortfall = np.exp(-values["epsilon"] * float(pull @ np.log(1.0 - part * lost)))
        months.append(12.0 * (row.value(63.0, float(shortfall)) - 63.0))
    return f"{np.mean(months):+.1f} months"


def mortality(values: Values) -> str:
    """Elasticity of preventable mortality to planned money on health and care."""
    row = INDICATORS["preventable_cardiovascular_mortality"]
    return f"{-values['epsilon'] * row.slope * np.mean([pull[HEALTH] for pull in _pull(row.name)]):.2f}"


def spend_on_need(values: Values) -> str:
    """Elasticity of reactive spend to need."""
    return f"{values['reactive_elasticity']:g}"


def dearer_care(values: Values) -> str:
    """Rise of the unit cost of looked-after care in eight years, %."""
    return f"{100.0 * ((1.0 + values['unit_cost_drift']) ** 8 - 1.0):+.0f}%"


@lru_cache(maxsize=32)
def _runs(scenario: str, values: tuple[tuple[str, float], ...], *levers: str) -> Ensemble:
    import totalplace

    allowed = {name: min(max(value, PARAMETERS[name].low), PARAMETERS[name].high) for name, value in values}
    settings = ["uncertainties=default", *(f"uncertainties.{name}={value:g}" for name, value in allowed.items())]
    loaded = totalplace.load(scenario, place=PLACE, quarters=40, set=[*settings, *levers])
    return totalplace.ensemble(loaded, runs=RUNS, first_seed=1)


def _pool(theme: str) -> tuple[str, ...]:
    return ("levers.single_pot=1", f"levers.single_pot_scope={{all: 0, {theme}: 1}}") if theme else ("levers.single_pot=1",)


def _against(name: str, year: int, values: Values, one: tuple[str, ...], other: tuple[str, ...]) -> NDArray[np.float64]:
    """A metric of two scenarios, each with its levers, in the last quarter of a year: paired ratios less one, %."""
    given = tuple(values.items())
    left, right = (_runs(scenario[0], given, *scenario[1:]).metrics[name][:, 4 * year - 1] for scenario in (one, other))
    return np.asarray(100.0 * (left / right - 1.0))


def _pooled(name: str, theme: str, *years: int) -> Callable[[Values], str]:
    """What a pot of all central money on a theme (on all, for none) does to an indicator after so many years, against a silo."""

    def told(values: Values) -> str:
        gaps = [np.median(_against(name, year, values, ("single-pot", *_pool(theme)), ("silo",))) for year in years]
        return ", ".join(f"{gap:+.1f}% (year {year})" for gap, year in zip(gaps, years, strict=True))

    return told


def _cuts(name: str) -> Callable[[Values], str]:
    def told(values: Values) -> str:
        return f"{np.median(_against(name, 10, values, ('silo',), ('silo-no-cuts',))):+.1f}%"

    return told


def mandated(values: Values) -> str:
    """Emergency admissions in the first year of the Better Care Fund against a silo, %."""
    return f"{np.median(_against('emergency_admissions', 6, values, ('better-care-fund',), ('silo',))):+.1f}%"


def _index(one: tuple[str, ...], other: tuple[str, ...]) -> Callable[[Values], str]:
    """Wellbeing in the last year, thousandths, one scenario less another."""

    def told(values: Values) -> str:
        given = tuple(values.items())
        left, right = (_runs(s[0], given, *s[1:]).at_end("wellbeing") for s in (one, other))
        return f"{1000.0 * np.median(left - right):+.1f}".replace("-", "−")

    return told


#: Published effect, design and source; what the model does; and the function that says what it gives under some values.
ROWS: Final[Sequence[tuple[str, str, str, Callable[[Values], str]]]] = (
    ("looked-after children +0.4% (−0.1 to +1.0) a year after early help fell by a tenth, +0.9% (−0.7 to +2.4) in the end",
     "131 councils, place and year effects (own estimate from DfE section 251 outturn, docs/panel.md)",
     "a tenth less early help, in the end", early_help),
    ("spend on looked-after children 0.72 (0.60 to 0.84) on their number", "the same panel", "elasticity of reactive spend to need",
     spend_on_need),
    ("unit cost of looked-after care +44% real in eight years", "the same panel", "eight years of drift", dearer_care),
    ("emergency admissions +2% (16 integrated care pilots), −3% and not distinguishable from 0 (pioneers, years 1 and 2), little "
     "in two years (long-run vanguards), −6.7% in year 6 (Mid-Nottinghamshire)",
     "matched; differences; selected area (HSJ 2012; PMC6701574; Health Foundation 2020)",
     "all central money on health and care in one pot, against silo", _pooled("emergency_admissions", "health_and_care", 2, 6, 10)),
    ("emergency admissions +87,000 (1.5%) where −106,000 was planned, first year of the Better Care Fund", "NAO 2017, no control",
     "Better Care Fund against silo, 2015-16", mandated),
    ("looked-after children of the families −32% at two years (Troubled Families 2), no consistent effect (Troubled Families 1)",
     "matched comparison (MHCLG 2019); Public Accounts Committee, HC 711, 2016",
     "all central money on families with complex needs in one pot: looked-after children of the whole place",
     _pooled("looked_after_children", "complex_families", 2, 10)),
    ("life expectancy −2.1 months where councils lost £168 a head", "147 councils, place effects (Alexiou and others 2021)",
     "healthy life expectancy where councils lose £168 a head, in the end", lost_funding),
    ("mortality −0.53 on healthcare, −0.34 on social care spend (elasticities)",
     "instruments, cross-section (Martin and others 2021)",
     "preventable mortality on planned money on health and care", mortality),
    ("looked-after children +16% from 2016-17 to 2024-25, of which early help explains 2 to 4%", "the same panel, 142 councils",
     "ten years of cuts against none: looked-after children", _cuts("looked_after_children")),
    ("none", "", "ten years of cuts against none: emergency admissions", _cuts("emergency_admissions")),
    ("none: no place has pooled all", "", "all central money in one pot: looked-after children",
     _pooled("looked_after_children", "", 10)),
    ("none", "", "ten years of cuts against none: wellbeing, thousandths", _index(("silo",), ("silo-no-cuts",))),
    ("none", "", "all central money in one pot against silo: wellbeing, thousandths",
     _index(("single-pot", *_pool("")), ("silo",))),
    ("none", "", "the same without worth of integration (iota 0)", lambda values: _index(
        ("single-pot", *_pool("")), ("silo",))({**values, "iota": 0.0})),
)


def made() -> str:
    """The table, as Markdown."""
    rows = [(published, design, model, told(BEFORE), told(NOW)) for published, design, model, told in ROWS]
    head = ("published effect", "design", "the same in the model", "before", "now")
    values = "; ".join(f"`{name}` {BEFORE[name]:g}, now {NOW[name]:g}" for name in BEFORE)
    note = (f"{PLACE}, 2010-11 to 2020-21, medians of {RUNS} seeds; elasticities are means over all places. Before: {values}; in "
            "runs, what lies outside the range of today is at its end.")
    return "\n".join([*table(head, rows), note]).rstrip().replace("-0.0%", "0.0%").replace("| -", "| −").replace(", -", ", −")


def write() -> None:
    """Write the table into the page."""
    text = PAGE.read_text("utf-8")
    block = f"<!-- generated: effects -->\n{made()}\n<!-- end -->"
    PAGE.write_text(re.sub(r"<!-- generated: effects -->\n.*?<!-- end -->", lambda _: block, text, flags=re.DOTALL), "utf-8")


if __name__ == "__main__":
    write()
