"""The answers of the page of questions of today are what the commands beside them find."""

from __future__ import annotations

import re
import shlex

import numpy as np
import pytest

import totalplace as tp
from tools import documentation, questions
from tools.questions import QUESTIONS, Question, answer

PAGE = documentation.QUESTIONS.read_text("utf-8")


def test_there_are_ten_questions_each_with_a_command_its_answer_and_what_it_does_not_tell() -> None:
    assert len(QUESTIONS) == 10
    parts = re.split(r"^## \d+\. ", PAGE, flags=re.MULTILINE)[1:]
    assert len(parts) == 10
    for part, (name, asked) in zip(parts, QUESTIONS.items(), strict=True):
        assert f"<!-- generated: {name} -->\n```\n{asked.shown}\n```\n" in part
        assert "| " in documentation.generated(part)
        assert "*What it does not tell.*" in part
        assert shlex.split(asked.shown.replace("\\\n", "")) == shlex.split(asked.command), "what is shown is what was run"


@pytest.mark.parametrize("name", QUESTIONS)
def test_metrics_and_scenarios_of_a_question_are_there(name: str) -> None:
    asked = QUESTIONS[name]
    assert set(asked.metrics) <= set(tp.METRICS)
    words = shlex.split(asked.command)
    given = words[2:next(number for number, word in enumerate(words) if word.startswith("--"))]
    place = words[words.index("--place") + 1]
    year = "2024-25" if words[1] == "eras" else None
    assert {tp.load(scenario, place=place, year=year).year for scenario in given} == {"2024-25"}
    told = tuple(words[number + 1] for number, word in enumerate(words) if word == "--metric")
    assert told == (() if words[1] == "eras" else asked.metrics), "the command prints what the page shows"


def test_an_answer_is_what_a_comparison_says(monkeypatch: pytest.MonkeyPatch) -> None:
    command = "totalplace compare today single-pot-today --baseline today --place Rutland --runs 5 --quarters 8"
    monkeypatch.setitem(QUESTIONS, "small", Question(command, ("pooled_share", "mean_trust", "looked_after_children")))
    told = answer("small")
    asked = [tp.load(name, place="Rutland", quarters=8) for name in ("today", "single-pot-today")]
    base, other = (tp.ensemble(scenario, runs=5) for scenario in asked)
    middle = float(np.median(other.at_end("pooled_share") - base.at_end("pooled_share")))
    assert re.search(rf"\| single-pot-today \(difference\) \| \+{middle:.1f} \(", told)
    assert "| – |" in told, "nobody to trust under the silo"
    children = round(float(np.median(base.at_end("looked_after_children"))))
    assert re.search(rf"\| today \(level\) \|.* {children} ", told), "counts are whole numbers"


def test_an_estimate_and_a_what_if_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    command = "totalplace compare today place-budget-pilot --baseline today --place Slough --runs 2 --quarters 8"
    monkeypatch.setitem(QUESTIONS, "small", Question(command))
    told = answer("small")
    assert "Slough (E06000039) (estimate)" in told
    assert "*Slough filed no accounts of 2024-25" in told
    assert "*What if: " in told


def test_a_command_that_fails_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(QUESTIONS, "small", Question("totalplace compare today no-such --runs 1"))
    with pytest.raises(RuntimeError, match="no-such"):
        answer("small")


def test_two_eras_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(QUESTIONS, "small", Question("totalplace eras single-pot --place Rutland --runs 2 --quarters 4"))
    told = answer("small")
    assert "| 2010-10 to 2011-09 | 2024-10 to 2025-09 |" in told
    assert "£ a head a year of resources, prices of 2024-25" in told
    assert set(questions.tables()) >= set(QUESTIONS) - {"small"}
