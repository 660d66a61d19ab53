"""Cards of the network's nodes: what an agency has, cedes, trusts and answered, and shorter ones for the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from json import dumps
from typing import Any, Final

import numpy as np
import reacton.ipyvuetify as rv
import solara

from totalplace.agents.agency import AGENCIES
from totalplace.agents.appraisal import PARTS, REASONS
from totalplace.agents.bargaining import AGREED, AGREED_PAID, DEAL_OUTCOMES, REFUSED
from totalplace.agents.cohort import COHORTS
from totalplace.agents.commissioner import COMMISSIONERS
from totalplace.agents.department import DEPARTMENTS as DEPARTMENT_TABLE
from totalplace.scenarios.period_words import called
from totalplace.scenarios.vocabulary import COHORT_KINDS, DEPARTMENTS, OUTCOMES, THEMES, label
from totalplace.sim.browser.state.snapshot import Snapshot
from totalplace.sim.results.deals import part_words
from totalplace.sim.results.wording import amount, joined

#: What an agency's card says of it, by column.
_AGENCY_FACTS: Final = ("budget", "reactive", "ceded", "returned", "stress", "leadership", "control_aversion")
#: Requests that a card lists, the latest first.
LISTED: Final = 6


@dataclass(frozen=True, slots=True)
class Answer:
    """What an agency answered to a request: date, theme, who asked, shares 0-1, and the parts of its appraisal in £m."""

    date: str
    theme: str
    commissioner: str
    asked: float
    offered: float
    agreed: float
    outcome: str
    reason: str
    parts: dict[str, float]

    @property
    def words(self) -> str:
        """The answer in a sentence."""
        asked = f"{self.date}: {self.commissioner} asked for {_share(self.asked)} of {label(self.theme)}"
        if self.outcome == DEAL_OUTCOMES[REFUSED]:
            return f"{asked}; refused for {part_words(self.reason)}" if self.reason else f"{asked}; refused"
        if self.outcome in (DEAL_OUTCOMES[AGREED], DEAL_OUTCOMES[AGREED_PAID]):
            return f"{asked}; agreed {_share(self.agreed)}"
        return f"{asked}; {label(self.outcome)}"


def answers(shot: Snapshot, agency: int) -> list[Answer]:
    """The answers of an agency so far, the latest first."""
    rows = shot.deals[shot.deals["agency"] == agency][::-1]
    return [
        Answer(
            shot.dates[row["quarter"]], THEMES[row["theme"]], shot.commissioner_names[row["commissioner"]], float(row["asked"]),
            float(row["offered"]), float(row["agreed"]), DEAL_OUTCOMES[row["outcome"]],
            REASONS[row["reason"]] if row["reason"] >= 0 else "", {part: float(row[f"part_{part}"]) for part in PARTS},
        )
        for row in rows
    ]


def _share(value: float) -> str:
    return amount(value, "share")


def _money(value: float) -> str:
    return amount(float(value), "£m a year", brief=True)


def _facts(table: Any, row: Any, names: Sequence[str]) -> list[tuple[str, str, str]]:
    """Name, value and meaning of columns of a row, as they are declared."""
    columns = {column.name: column for column in table.columns}
    return [(name.replace("_", " "), amount(float(row[name]), columns[name].unit), columns[name].meaning) for name in names]


@solara.component
def FactTable(facts: Sequence[tuple[str, str, str]]) -> None:
    """Names, values and meanings in two columns; the meaning is shown when the pointer rests on the row."""
    rows = [
        rv.Html(tag="tr", attributes={"title": meaning}, children=[
            rv.Html(tag="td", children=[name]), rv.Html(tag="td", class_="tp-number", children=[value]),
        ])
        for name, value, meaning in facts
    ]
    rv.Html(tag="table", class_="tp-table", children=[rv.Html(tag="tbody", children=rows)])


@solara.component
def Table(heads: Sequence[str], rows: Sequence[Sequence[str]], caption: str) -> None:
    """A table whose first column is text and whose others are figures."""
    head = [rv.Html(tag="th", attributes={"scope": "col"}, class_="tp-number" if i else "", children=[text])
            for i, text in enumerate(heads)]
    body = [rv.Html(tag="tr", children=[rv.Html(tag="td", class_="tp-number" if i else "", children=[cell])
                                        for i, cell in enumerate(row)]) for row in rows]
    rv.Html(tag="table", class_="tp-table", attributes={"aria-label": caption}, children=[
        rv.Html(tag="thead", children=[rv.Html(tag="tr", children=head)]), rv.Html(tag="tbody", children=body),
    ])


def _ceded_rows(shot: Snapshot, agency: int) -> list[list[str]]:
    rows = []
    for theme, share in zip(THEMES, shot.shares[agency], strict=True):
        money = float(share["frontline"] + share["common"])
        if money + float(share["spend"]) <= 0.0:
            continue
        waiting = f"{_share(share['agreed'])} in {int(share['wait'])} q" if share["wait"] > 0 else "–"
        rows.append([label(theme), _money(money), _share(share["ceded"]), waiting])
    return rows


def _trust_rows(shot: Snapshot, agency: int) -> list[list[str]]:
    ties = shot.ties[agency]
    return [[name, f"{tie['trust']:.2f}", f"{tie['trust'] - tie['trust_start']:+.2f}".replace("-", "\u2212"), _money(tie["money"])]
            for name, tie in zip(shot.commissioner_names, ties, strict=True) if tie["tied"]]


@solara.component
def AgencyCard(shot: Snapshot, agency: int, dark: bool) -> None:
    """Why it refused first, with the appraisal behind the last refusal; then budget, ceded share by theme, trust and answers."""
    row = shot.agencies[agency]
    given = answers(shot, agency)
    sponsor = called(DEPARTMENTS[row["department"]], shot.words, DEPARTMENTS)
    refusal = next((answer for answer in given if answer.outcome == DEAL_OUTCOMES[REFUSED]), None)
    with rv.Html(tag="div"):
        rv.Html(tag="p", class_="tp-muted tp-small", children=[
            f"Answers to {sponsor}" + (", run nationally" if row["national"] else "") + f". Its money: {shot.quality[agency]}."])
        rv.Html(tag="h3", children=["Why it refused"])
        with rv.Html(tag="div", attributes={"data-testid": "refusal"}):
            if refusal is None:
                words = "It has refused nothing so far." if given else "Nobody has asked it yet."
                rv.Html(tag="p", class_="tp-muted", children=[words])
            else:
                _Refusal(refusal, dark)
        FactTable(_facts(AGENCIES, row, _AGENCY_FACTS))
        rv.Html(tag="h3", children=["Ceded by theme"])
        Table(("theme", "money", "ceded", "agreed"), _ceded_rows(shot, agency), "Ceded share by theme")
        rv.Html(tag="h3", children=["Trust in commissioners"])
        Table(("commissioner", "trust", "change", "ceded"), _trust_rows(shot, agency), "Trust in commissioners")
        rv.Html(tag="h3", children=["Latest answers"])
        listed = [rv.Html(tag="li", children=[answer.words]) for answer in given[:LISTED]]
        rv.Html(tag="ul", class_="tp-list tp-small", children=listed)


@solara.component
def _Refusal(refusal: Answer, dark: bool) -> None:
    from totalplace.sim.browser.charts.refusal import appraisal_bars
    from totalplace.sim.browser.charts.view import Chart

    total = sum(refusal.parts.values())
    parts = "; ".join(f"{part_words(part)} {amount(value, '£m', signed=True)}" for part, value in refusal.parts.items() if value)
    came_to = joined(f"{refusal.words}. Its appraisal came to {amount(total, '£m', signed=True)}.")
    with rv.Html(tag="div"):
        rv.Html(tag="p", class_="tp-small", children=[came_to])
        Chart(dumps(appraisal_bars(refusal.parts, dark)), f"Appraisal behind the refusal, £m present value: {parts}", 250)


@solara.component
def DepartmentCard(shot: Snapshot, department: int) -> None:
    """What a department signals and sees."""
    row = shot.departments[department]
    levers = [(name, amount(shot.lever(name, department), "share"), "") for name in ("freedom", "clawback", "single_pot")]
    FactTable([*_facts(DEPARTMENT_TABLE, row, ("encouragement", "cut", "due", "delivered")),
               *((name.replace("_", " "), value, "lever") for name, value, _ in levers)])


@solara.component
def CommissionerCard(shot: Snapshot, commissioner: int) -> None:
    """Who hosts a commissioner, its leadership, and its pooled budgets."""
    row = shot.commissioners[commissioner]
    host = "the place board" if row["on_board"] else shot.agency_labels[row["host"]]
    themes = [[label(theme), _money(shot.themes[j]["pot"]), f"{shot.themes[j]['redesign']:.2f}", _money(shot.themes[j]["removed"])]
              for j, theme in enumerate(THEMES) if shot.themes[j]["commissioner"] == commissioner]
    with rv.Html(tag="div"):
        rv.Html(tag="p", class_="tp-muted tp-small", children=[f"Hosted by {host}"])
        FactTable(_facts(COMMISSIONERS, row, ("leadership", "reputation")))
        rv.Html(tag="h3", children=["Joint commissions"])
        Table(("theme", "pooled", "redesign", "removed"), themes, "Joint commissions")


@solara.component
def CohortCard(shot: Snapshot, members: tuple[int, ...]) -> None:
    """People, outcomes and voice of one cohort, or of several taken together by people."""
    rows = shot.cohorts[list(members)]
    persons = rows["persons"]
    weights = persons / max(float(persons.sum()), 1e-12)
    mean = {name: float(weights @ rows[name]) for name in ("wellbeing", "expectation", "dissatisfaction")}
    now, start = weights @ rows["outcome"], weights @ rows["baseline"]
    facts = _facts(COHORTS, mean, tuple(mean))
    outcomes = [[name, f"{now[o]:.3f}", f"{now[o] - start[o]:+.3f}"] for o, name in enumerate(OUTCOMES)]
    with rv.Html(tag="div"):
        rv.Html(tag="p", class_="tp-muted tp-small", children=[f"{persons.sum():,.0f} people"])
        FactTable(facts)
        rv.Html(tag="h3", children=["Outcomes"])
        Table(("outcome", "now", "since the base year"), outcomes, "Outcomes")


def _cohorts_of(shot: Snapshot, node: str, index: int) -> tuple[int, ...]:
    """The cohorts behind a node, which stands for one cohort or for all of a kind."""
    drawn = [one for one in shot.nodes if one.kind == "cohort"]
    if len(drawn) == len(shot.cohorts):
        return (index,)
    return tuple(np.flatnonzero(shot.cohorts["kind"] == index).tolist())


_TITLES: Final[Mapping[str, str]] = {
    "department": "Department", "agency": "Agency", "commissioner": "Commissioner", "cohort": "People",
}


@solara.component
def NodeCard(shot: Snapshot, selected: str, dark: bool, on_close: Callable[[], None]) -> None:
    """The card of the node that is selected."""
    node = next((one for one in shot.nodes if one.id == selected), None)
    with rv.Html(tag="section", class_="tp-card tp-sheet", attributes={"aria-label": "Selected", "data-testid": "node-card"}):
        if node is None:
            return
        with rv.Html(tag="div", class_="tp-bar", style_="justify-content: space-between"):
            where = f", {node.group}" if node.kind == "cohort" and node.group else ""
            rv.Html(tag="h2", children=[f"{_TITLES[node.kind]}: {node.label}{where}"])
            solara.Button("Close", on_click=on_close, text=True, small=True)
        index = int(node.id.split(":")[1])
        if node.kind == "agency":
            AgencyCard(shot, index, dark)
        elif node.kind == "commissioner":
            CommissionerCard(shot, index)
        elif node.kind == "department":
            DepartmentCard(shot, index)
        else:
            CohortCard(shot, _cohorts_of(shot, selected, index))


__all__ = ["COHORT_KINDS", "Answer", "NodeCard", "Table", "answers"]
