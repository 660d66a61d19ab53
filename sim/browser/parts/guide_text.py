"""The guide as HTML, built from the registries: what the model is, every lever, parameter and metric, and what it cannot tell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from itertools import groupby
from typing import Final

from totalplace.scenarios.lever_values import written_value
from totalplace.scenarios.registry import LEVERS, PARAMETERS, Lever
from totalplace.scenarios.vocabulary import AGENCY_KINDS, COHORT_KINDS, OUTCOMES, THEMES, label
from totalplace.sim.browser.state.snapshot import DEPARTMENTS
from totalplace.sim.model.metrics import METRICS
from totalplace.sim.results.deals import PART_WORDS
from totalplace.sim.results.wording import listing

_GRADES: Final = {"A": "official count", "B": "study or audit", "C": "derived from those", "D": "judgement"}
_BETTER: Final = {1: "more is better", -1: "less is better", 0: "neither"}
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


def _table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[int] = ()) -> str:
    """An HTML table; the columns ``numbers`` are set to the right. On a phone each row is a block, each cell beside its head."""
    tone = [' class="tp-number"' if column in numbers else "" for column in range(len(heads))]
    head = "".join(f'<th role="columnheader" scope="col"{tone[i]}>{escape(text)}</th>' for i, text in enumerate(heads))
    cells = [[f'<td role="cell" data-head="{escape(heads[i])}"{tone[i]}>{escape(cell)}</td>' for i, cell in enumerate(row)]
             for row in rows]
    body = "".join(f'<tr role="row">{"".join(row)}</tr>' for row in cells)
    return (f'<table role="table" class="tp-table tp-stacks" aria-label="{escape(caption)}">'
            f'<thead role="rowgroup"><tr role="row">{head}</tr></thead><tbody role="rowgroup">{body}</tbody></table>')


def _section(anchor: str, title: str, content: str) -> str:
    """A section; a long one is folded until its title is chosen."""
    if anchor in _FOLDED:
        content = f"<details><summary>{escape(title)}</summary>{content}</details>"
    else:
        content = f"<h2>{escape(title)}</h2>{content}"
    return f'<section class="tp-card" id="{anchor}" aria-label="{escape(title)}" style="margin-bottom: 14px">{content}</section>'


def _lever_range(lever: Lever) -> str:
    return listing(list(lever.choices)) if lever.choices else f"{lever.low:g} to {lever.high:g}"


def _model() -> str:
    kinds = listing([label(kind) for kind in AGENCY_KINDS])
    steps = "".join(f"<li><b>{name}.</b> {text}</li>" for name, text in _QUARTER)
    parts = listing([words.replace("its ", "the agency's ") for words in PART_WORDS.values()])
    return (
        f"<div class='tp-prose'><p>totalplace simulates the public bodies of an English place ({escape(kinds)}) as they negotiate, "
        "quarter by quarter, whether to cede parts of their budgets to joint commissioners. What is ceded is pooled; where "
        "services are redesigned, what several bodies did twice is done once, and the saving is shared.</p>"
        f"<p>Money is spent on {len(THEMES)} themes ({escape(listing([label(theme) for theme in THEMES]))}) and moves "
        f"{len(OUTCOMES)} outcomes ({escape(listing(list(OUTCOMES)))}) of {len(COHORT_KINDS)} kinds of people in each "
        f"neighbourhood. Agencies answer to {len(DEPARTMENTS)} departments of government.</p>"
        f"<p>An agency that is asked weighs {escape(parts)}. Each part is kept, so that a refusal can be explained: choose an "
        f"agency in the network.</p><p>Every quarter has the same order:</p><ol>{steps}</ol></div>"
    )


def _pages() -> str:
    rows = (
        ("Place", "Plays one place. Move levers while it runs. The grey dashed line is the baseline: the same scenario, seed and "
                  "random numbers without your moves. Save as scenario gives a file that repeats the run on the command line."),
        ("Compare", "Runs scenarios side by side over many seeds and shows bands and paired differences."),
        ("England", "Colours a map of the places by a metric."),
        ("Sweeps", "Opens a finished sweep of many settings."),
    )
    return _table("Pages", ("page", "what it does"), rows)


def _levers() -> str:
    rows = ((lever.name.replace("_", " "), lever.meaning, lever.unit, _lever_range(lever), str(written_value(lever, lever.default)),
             "" if lever.per == "none" else lever.per) for lever in LEVERS.values())
    return _table("Levers", ("lever", "meaning", "unit", "range", "default", "one for each"), rows, (3, 4))


def _parameters() -> str:
    rows = ((row.name.replace("_", " "), row.meaning, row.unit, f"{row.default:g}", f"{row.low:g} to {row.high:g}",
             _GRADES[row.grade]) for row in PARAMETERS.values())
    return _table("Parameters", ("parameter", "meaning", "unit", "default", "range", "evidence"), rows, (3, 4))


def _metrics() -> str:
    text = ""
    for group, metrics in groupby(METRICS.values(), key=lambda metric: metric.group):
        rows = ((metric.label, metric.meaning, metric.unit, _BETTER[metric.direction]) for metric in metrics)
        text += f"<h3>{escape(group[0].upper() + group[1:])}</h3>"
        text += _table(f"Metrics of {group}", ("metric", "meaning", "unit", "direction"), rows)
    return text


def _arrangements() -> str:
    from totalplace.scenarios.arrangement import load_arrangement, names

    found = [load_arrangement(name) for name in names()]
    rows = ((one.title or one.name, one.description, label(one.decision_rule)) for one in found)
    return _table("Arrangements", ("arrangement", "what it is", "who decides"), rows)


def _limits() -> str:
    from totalplace.sim.evidence.facts import USES, facts

    limits = "".join(f"<li>{escape(text)}</li>" for text in _LIMITS)
    rows = ((str(fact.number), fact.statement, USES[fact.use]) for fact in facts())
    return f"<ul class='tp-list tp-prose'>{limits}</ul><h3>Published facts it is held against</h3>" + _table(
        "Facts", ("number", "fact", "how far it is evidence"), rows)


#: The sections of the guide: anchor, title, content.
_SECTIONS: Final = (
    ("model", "What the model is", _model), ("pages", "What the pages do", _pages), ("limits", "What it cannot tell", _limits),
    ("levers", "Levers", _levers), ("arrangements", "Arrangements", _arrangements), ("metrics", "Metrics", _metrics),
    ("parameters", "Parameters", _parameters),
)


@cache
def guide_html() -> str:
    """The whole guide; every text from a registry is escaped."""
    links = " · ".join(f'<a href="#{anchor}">{title}</a>' for anchor, title, _ in _SECTIONS)
    sections = "".join(_section(anchor, title, content()) for anchor, title, content in _SECTIONS)
    return f'<nav aria-label="Sections of the guide" style="margin-bottom: 14px">{links}</nav>{sections}'
