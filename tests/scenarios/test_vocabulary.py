"""The words of the model: what their tables hold, what is refused in them, and what periods do."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from totalplace.scenarios.errors import SHORT_NAMES, InputError, nearest_name
from totalplace.scenarios.periods import read_periods
from totalplace.scenarios.vocabulary import (
    AGENCY_KINDS,
    COHORT_KINDS,
    DEPARTMENTS,
    ENTITLEMENTS,
    FLAGS,
    LISTS,
    OUTCOMES,
    PERIODS,
    THEMES,
    Words,
    label,
    labels_of,
    period_of,
    read_words,
)

NOW = "october-2010"
THEME = "flags: [back_office, neighbourhoods, benefits, section_75, pooled_share]"


def read(tmp_path: Path, text: str, name: str = "themes", periods: tuple[str, ...] = (NOW, "later")) -> Words:
    path = tmp_path / f"{name}.yaml"
    path.write_text(text, "utf-8")
    departments = ("health", "home") if name == "agency_kinds" else ()
    return read_words(path, "theme" if name == "themes" else "agency kind", periods, departments)


def test_the_shipped_words() -> None:
    assert [len(words) for words in LISTS] == [9, 11, 8, 6, 6, 5]
    assert LISTS == (DEPARTMENTS, AGENCY_KINDS, THEMES, OUTCOMES, COHORT_KINDS, ENTITLEMENTS)
    assert AGENCY_KINDS[:2] == ("council", "nhs")
    assert AGENCY_KINDS.flagged("locally_taxed") == ("council", "police", "fire")
    assert AGENCY_KINDS.flagged("core") == ("council", "nhs", "police")
    assert AGENCY_KINDS.flagged("mandated") == ("council", "nhs")
    national = ("probation_justice", "jobcentre_plus", "further_education", "housing_regeneration", "transport")
    assert AGENCY_KINDS.flagged("national") == national
    assert {row.name: row.department for row in AGENCY_KINDS.rows.values()}["further_education"] == "business"
    assert (THEMES[THEMES.the("back_office", NOW)], THEMES[THEMES.the("benefits", NOW)]) == ("corporate", "work_and_benefits")
    assert [label(name) for name in ("nhs", "jobcentre_plus", "health_and_care", "no_word")] == [
        "NHS", "Jobcentre Plus", "health and care", "no word",
    ]
    assert SHORT_NAMES["dwp"] == ("work_and_pensions", "jobcentre_plus", "work_and_benefits")
    assert nearest_name("JCP", AGENCY_KINDS) == "jobcentre_plus"
    for words in LISTS:
        assert all(row.label and row.short and len(row.short) <= len(row.label) + 10 for row in words.rows.values())


def test_every_flag_is_carried_by_some_word() -> None:
    carried = {flag for words in LISTS for row in words.rows.values() for flag in row.flags}
    assert carried == {flag for flags in FLAGS.values() for flag in flags}


def test_a_year_belongs_to_a_period(tmp_path: Path) -> None:
    assert (period_of("2010-11"), period_of("2017-18")) == (NOW, NOW)
    with pytest.raises(InputError, match=r"no year of spending '2019-20'.*2010-11, 2017-18"):
        period_of("2019-20")
    (tmp_path / "periods.yaml").write_text("a: {label: A, years: [2010-11]}\nb: {label: B, years: [2010-11]}\n", "utf-8")
    with pytest.raises(InputError, match=r"periods.yaml:2:23: The year 2010-11 belongs to the period 'a'"):
        read_periods(tmp_path / "periods.yaml")


def test_words_of_a_period(tmp_path: Path) -> None:
    every = "[neighbourhoods, benefits, section_75, pooled_share]"
    words = read(tmp_path, f"whole: {{label: whole, short: whole, flags: {every}}}\n"
                 f"old: {{label: old one, short: old, flags: [back_office], periods: [{NOW}]}}\n"
                 "new: {label: new one, short: new, flags: [back_office], periods: [later], also: [the new]}\n")
    assert tuple(words) == ("whole", "old", "new")
    assert (words.in_use(NOW), words.in_use("later")) == ((0, 1), (0, 2))
    assert words.used(NOW) == (1, 1, 0)
    assert (words.marks("back_office", NOW), words.marks("back_office", "later")) == ((0, 1, 0), (0, 0, 1))
    assert (words.the("back_office", NOW), words.the("back_office", "later")) == (1, 2)
    assert words.flagged("back_office") == ("old", "new")
    assert pickle.loads(pickle.dumps(words)) == tuple(words)


@pytest.mark.parametrize(("text", "said"), [
    (f"one: {{label: one, {THEME}}}", "The row lacks the key 'short'"),
    (f"one: {{label: one, short: one, flag: [], {THEME}}}", "There is no key 'flag' in a row of the words"),
    ("one: {label: one, short: one, flags: [back_ofice]}", "There is no flag 'back_ofice'.*Did you mean 'back_office'"),
    (f"one: {{label: one, short: one, {THEME}, periods: [latter]}}", "There is no period 'latter'.*Did you mean 'later'"),
    (f"One: {{label: one, short: one, {THEME}}}", "The name 'One' is no key.*small letters"),
    (f"one: {{label: one, short: one, {THEME}}}\ntwo: {{label: two, short: two, flags: [benefits]}}",
     "In the period 'october-2010' the flag 'benefits' is carried by 'one' and 'two'.*exactly one theme"),
    ("one: {label: one, short: one, flags: [back_office, benefits, neighbourhoods, section_75]}",
     "the flag 'pooled_share' is carried by none.*at least one theme"),
    (f"all: {{label: one, short: one, {THEME}}}", "'all' means something else"),
    (f"one: {{label: one, short: one, {THEME}, periods: [later]}}", "No theme is in use in the period 'october-2010'"),
    (f"one: {{label: one, short: one, also: [x], {THEME}}}\ntwo: {{label: two, short: two, also: [x]}}",
     "2:6: 'x' stands for 'two' and for 'one'"),
    (f"one: {{label: one, short: one, also: [PCT], {THEME}}}", "'PCT' is never found.*small letters"),
])
def test_what_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as raised:
        read(tmp_path, text)
    assert "themes.yaml" in str(raised.value)


def test_an_agency_kind_answers_to_a_department(tmp_path: Path) -> None:
    flags = "[council, health_commissioner, employment_service, core]"
    row = f"one: {{label: one, short: one, flags: {flags}, source: judgement"
    with pytest.raises(InputError, match=r"lacks the key 'department'"):
        read(tmp_path, f"{row}}}", "agency_kinds")
    with pytest.raises(InputError, match=r"There is no department 'homes'.*Did you mean 'home'"):
        read(tmp_path, f"{row}, department: homes}}", "agency_kinds")
    assert read(tmp_path, f"{row}, department: home}}", "agency_kinds").rows["one"].department == "home"


def test_kinds_of_people_are_those_of_every_period(tmp_path: Path) -> None:
    text = f"people: {{label: all, short: all, flags: [receives_benefits], periods: [{NOW}]}}"
    with pytest.raises(InputError, match="These words are those of every period"):
        read(tmp_path, text, "cohort_kinds", (NOW,))


def test_a_key_has_one_label(tmp_path: Path) -> None:
    other = read(tmp_path, f"health: {{label: ill health, short: health, {THEME}}}", periods=tuple(PERIODS))
    with pytest.raises(InputError, match="The theme 'health' is called 'ill health' here and 'health' in another list"):
        labels_of((*LISTS, other))
