"""The guide as HTML, built from the registries: what the model is, every lever, parameter and metric, and what it cannot tell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import groupby
from typing import Final, NamedTuple

from totalplace.scenarios.lever_values import written_value
from totalplace.scenarios.registry import LEVERS, PARAMETERS, Lever
from totalplace.scenarios.vocabulary import AGENCY_KINDS, COHORT_KINDS, OUTCOMES, THEMES, label
from totalplace.sim.browser.parts.templates import html
from totalplace.sim.browser.state.snapshot import DEPARTMENTS
from totalplace.sim.model.metrics import METRICS
from totalplace.sim.results.deals import PART_WORDS
from totalplace.sim.results.wording import listing

_GRADES: Final = {"A": "official count", "B": "study or audit", "C": "derived from those", "D": "judgement"}
_BETTER: Final = {1: "more is better", -1: "less is better", 0: "neither"}
#: The sections and their titles, as their order is.
_TITLES: Final = {
    "model": "What the model is", "pages": "What the pages do", "limits": "What it cannot tell", "levers": "Levers",
    "arrangements": "Arrangements", "metrics": "Metrics", "parameters": "Parameters",
}
#: Sections that are folded at first.
_FOLDED: Final = ("metrics", "parameters")
_QUARTER: Final = (
    ("Centre", "Departments set cuts, freedoms and encouragement; dated policy events take effect."),
    ("Finance", "Budgets arrive, reactive demand is met first, promised savings come back."),
    ("Service", "Money reaches people, outcomes move, people speak."),
    ("Redesign", "Live joint commissions progress, and duplication goes."),
    ("Negotiation", "Commissioners ask, agencies appraise, offer and concede, the board approves or blocks."),
    ("Learning", "Trust moves with what was promised and delivered; leaders change; partners leave."),
    ("Account", "The ledger closes to the penny, and the metrics are taken."),
)
_LIMITS: Final = (
    "It shows what follows from stated rules and ranges. It does not forecast a place.",
    "Few numbers about duplication, control and trust are published. Where there is none, the value is a judgement with a range; "
    "the table of parameters says which.",
    "Spending by theme, the reactive part and the part that is common functions are estimates built from official totals by "
    "agency.",
    "One run is one place and one seed. Use the Compare page for what holds over many seeds; a difference between two single runs "
    "may be chance.",
    "Places do not compete for staff or grants, and people do not move between places.",
    "Against published facts the model does well on some and only partly on others. The list below says how far each is "
    "independent evidence; docs/validation.md in the source holds the verdicts and the figures.",
)


class Table(NamedTuple):
    """A table of the guide: its columns, each with its head and whether numbers stand below it, and its rows."""

    caption: str
    columns: Sequence[tuple[str, bool]]
    rows: Sequence[Sequence[str]]

    @classmethod
    def of(cls, caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[str] = ()) -> Table:
        """A table of ``rows``; the columns called ``numbers`` hold numbers."""
        return cls(caption, [(head, head in numbers) for head in heads], list(rows))


def _lever_range(lever: Lever) -> str:
    return listing(list(lever.choices)) if lever.choices else f"{lever.low:g} to {lever.high:g}"


def _model() -> dict[str, object]:
    """What the section on the model tells of its words."""
    return {
        "kinds": listing([label(kind) for kind in AGENCY_KINDS]),
        "themes": listing([label(theme) for theme in THEMES]),
        "outcomes": listing(list(OUTCOMES)),
        "parts": listing([words.replace("its ", "the agency's ") for words in PART_WORDS.values()]),
        "quarter": _QUARTER,
        "count": {"themes": len(THEMES), "outcomes": len(OUTCOMES), "people": len(COHORT_KINDS), "departments": len(DEPARTMENTS)},
    }


def _pages() -> Table:
    rows = (
        ("Place", "Plays one place. Move levers while it runs. The grey dashed line is the baseline: the same scenario, seed and "
                  "random numbers without your moves. Save as scenario gives a file that repeats the run on the command line."),
        ("Compare", "Runs scenarios side by side over many seeds and shows bands and paired differences."),
        ("England", "Colours a map of the places by a metric."),
        ("Sweeps", "Opens a finished sweep of many settings."),
    )
    return Table.of("Pages", ("page", "what it does"), rows)


def _levers() -> Table:
    rows = ((lever.name.replace("_", " "), lever.meaning, lever.unit, _lever_range(lever), str(written_value(lever, lever.default)),
             "" if lever.per == "none" else lever.per) for lever in LEVERS.values())
    return Table.of("Levers", ("lever", "meaning", "unit", "range", "default", "one for each"), rows, ("range", "default"))


def _parameters() -> Table:
    rows = ((row.name.replace("_", " "), row.meaning, row.unit, f"{row.default:g}", f"{row.low:g} to {row.high:g}",
             _GRADES[row.grade]) for row in PARAMETERS.values())
    return Table.of("Parameters", ("parameter", "meaning", "unit", "default", "range", "evidence"), rows, ("default", "range"))


def _metrics() -> list[tuple[str, Table]]:
    """The metrics of each group, with its title."""
    found = []
    for group, metrics in groupby(METRICS.values(), key=lambda metric: metric.group):
        rows = ((metric.label, metric.meaning, metric.unit, _BETTER[metric.direction]) for metric in metrics)
        table = Table.of(f"Metrics of {group}", ("metric", "meaning", "unit", "direction"), rows)
        found.append((group[0].upper() + group[1:], table))
    return found


def _arrangements() -> Table:
    from totalplace.scenarios.arrangement import load_arrangement, names

    found = [load_arrangement(name) for name in names()]
    rows = ((one.title or one.name, one.description, label(one.decision_rule)) for one in found)
    return Table.of("Arrangements", ("arrangement", "what it is", "who decides"), rows)


def _facts() -> Table:
    from totalplace.sim.evidence.facts import USES, facts

    rows = ((str(fact.number), fact.statement, USES[fact.use]) for fact in facts())
    return Table.of("Facts", ("number", "fact", "how far it is evidence"), rows)


@cache
def guide_html() -> str:
    """The whole guide."""
    return html(
        "guide", titles=_TITLES, folded=_FOLDED, **_model(), limits=_LIMITS, pages=_pages(), facts=_facts(), levers=_levers(),
        arrangements=_arrangements(), metrics=_metrics(), parameters=_parameters(),
    )
