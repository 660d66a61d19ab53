"""A column that says nothing is left out with its legend; a table that is one too many is shown."""

from __future__ import annotations

import io
from typing import Any

import pandas as pd
import pytest
from rich.console import Console
from rich.table import Table

from tests.ensembles import silo, single_pot  # noqa: F401 (fixtures)
from totalplace.sim.cli import sweeps
from totalplace.sim.cli.tables import chosen_metrics, comparison_tables, summary_table
from totalplace.sim.report.findings import headline
from totalplace.sim.report.validity import validity
from totalplace.sim.results.labels import PLAIN
from totalplace.sim.results.run import Ensemble
from totalplace.sim.results.what_is_known import UNKNOWN, is_told

LEGEND = "not known: the part of the variance"


def _printed(shown: Any) -> str:
    screen = Console(file=io.StringIO(), width=200)
    screen.print(shown)
    stream: Any = screen.file
    return str(stream.getvalue())


def test_a_cell_says_something_unless_it_is_a_dash_or_nothing() -> None:
    assert is_told(["–", "", "80% (71–87)"])
    assert not is_told(["–", ""])
    assert not is_told([])


@pytest.mark.parametrize("told", [True, False])
def test_what_is_not_known_has_a_column_only_where_it_is_told(
    silo: Ensemble, single_pot: Ensemble, told: bool, monkeypatch: pytest.MonkeyPatch,  # noqa: F811
) -> None:
    for module in ("totalplace.sim.cli.tables", "totalplace.sim.report.findings"):
        monkeypatch.setattr(f"{module}.unknown", lambda values, draws: "80% (71–87)" if told else "–")
    metrics = chosen_metrics(["wellbeing", "net_saving"])
    for text in (_printed(summary_table(single_pot, metrics)), _printed(comparison_tables([silo, single_pot], silo, metrics))):
        assert (LEGEND in text) is told
        assert text.count("80% (71–87)") == (2 if told else 0)
    for ensembles in ([single_pot], [silo, single_pot]):
        section = headline(ensembles, ensembles[0], metrics)
        assert any(LEGEND.capitalize() in words for words in section.paragraphs) is told
        for table in section.tables:
            if table.name.startswith("headline-") or (table.name == "headline" and len(ensembles) == 1):
                assert (UNKNOWN in table.head) is told
                assert {len(row) for row in table.rows} == {len(table.head)}
                assert any("80% (71–87)" in row for row in table.rows) is told


class _Store:
    """A sweep with a number of scenarios."""

    def __init__(self, number: int) -> None:
        self.number = number

    def scenarios(self) -> pd.DataFrame:
        return pd.DataFrame()

    def summary(self) -> pd.DataFrame:
        row = {"place": "E1", "metric": "net_saving", "unit": "£m a year of resources", "done": 4, "missing": 0,
               "last_year": 2.5, "last_year_p05": 1.0, "last_year_p95": 7.0}
        return pd.DataFrame([row | {"scenario": f"s{at}"} for at in range(self.number)])


@pytest.mark.parametrize(("number", "tables", "last"), [(5, 5, ""), (6, 6, ""), (7, 5, "and 2 more scenarios and places")])
def test_a_sweep_hides_no_single_table_and_says_each_unit_once(
    number: int, tables: int, last: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("totalplace.sim.engine.sweep.labels.labels_of", lambda scenarios: PLAIN)
    store: Any = _Store(number)
    shown = list(sweeps._summaries(store))
    assert sum(isinstance(one, Table) for one in shown) == tables
    assert str(shown[-1]).startswith(last) if last else isinstance(shown[-1], Table)
    text = _printed(shown[0])
    assert text.count("a year of resources") == 1
    assert all(money in text for money in ("£2.50m", "£1.00m", "£7.00m"))


@pytest.mark.parametrize(("varied", "words"), [({"eta"}, "1 parameter of "), ({"eta", "initial_trust"}, "2 parameters of ")])
def test_parameters_that_vary_are_told_in_their_number(varied: set[str], words: str) -> None:
    said = next(point for point in validity(["Leeds"], varied, 100, calibrated=False).points if point.startswith(words))
    assert (" varies between runs" in said, " unknown about it," in said) == (len(varied) == 1,) * 2
