"""Numbers, flags, signs and letters as people and programs give them mean the same everywhere."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

import totalplace as tp
from totalplace import scenarios
from totalplace.scenarios import places, sweeps
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.network import Ties
from totalplace.scenarios.numbers import number_meant, plain, real, typed, unfractioned, whole
from totalplace.scenarios.scenario import Scenario

KINDS: tuple[Callable[[float], Any], ...] = (float, np.float64, np.float32, np.array, lambda value: np.array([value])[0])
WHOLE: tuple[Callable[[int], Any], ...] = (int, np.int8, np.int64, np.uint16, np.array, np.float64, float)


def small(**more: Any) -> Scenario:
    return scenarios.load("silo", place="Rutland", quarters=3, clusters=1, **more)


@pytest.mark.parametrize("kind", KINDS)
def test_any_kind_of_number_is_a_value_of_a_scenario(kind: Callable[[float], Any]) -> None:
    given = {"levers": {"cuts": kind(0.5), "freedom": {"health": kind(0.25)}}, "uncertainties": {"eta": kind(0.75)}}
    plainly = {"levers": {"cuts": 0.5, "freedom": {"health": 0.25}}, "uncertainties": {"eta": 0.75}}
    assert small(**given) == small(**plainly)
    events = [{"date": "2011-01", "lever": "clawback", "value": kind(0.5)}]
    assert small(events=events) == small(events=[{"date": "2011-01", "lever": "clawback", "value": 0.5}])


@pytest.mark.parametrize("kind", WHOLE)
def test_any_kind_of_whole_number_counts(kind: Callable[[int], Any]) -> None:
    one = scenarios.load("silo", quarters=kind(5), nhs=kind(2), clusters=kind(3), seeds={"first": kind(4), "count": kind(7)})
    assert one == scenarios.load("silo", quarters=5, nhs=2, clusters=3, seeds={"first": 4, "count": 7})
    scenario = small(uncertainties="default")
    expected = tp.ensemble(scenario, runs=2, first_seed=3)
    assert tp.ensemble(scenario, kind(2), kind(3), kind(1)).metrics.tobytes() == expected.metrics.tobytes()
    assert tp.run(scenario, kind(3)).metrics.tobytes() == expected.metrics[0].tobytes()
    assert tp.PlaceModel(scenario, rng=kind(3)).place_seed == 3
    branched = tp.branch(scenario, kind(1), ["levers.clawback=0"], runs=kind(1), first_seed=kind(3))
    assert branched.quarter == 1
    assert branched.base.seeds.tolist() == [3]


@pytest.mark.parametrize("flag", [True, np.bool_(True), np.array(True), 1, np.int64(1), 1.0, np.float64(1), "yes", "true", "ON"])
def test_any_kind_of_flag_is_on(flag: Any) -> None:
    on = small(levers={"capital_pot": 1}, arrangement={"cluster_boards": True})
    switch = flag if isinstance(plain(flag), bool | str) else bool(flag)
    assert small(levers={"capital_pot": flag}, arrangement={"cluster_boards": switch}) == on
    event = {"date": "2011-01", "lever": "capital_pot", "value": flag}
    assert small(events=[event]).events[0].value == 1.0


@pytest.mark.parametrize("word", ["yes", "Yes", "true", "TRUE", "on", "1"])
def test_words_of_a_flag_are_alike_in_files_settings_and_events(word: str) -> None:
    file = scenarios.loads(f"extends: silo\nlevers: {{capital_pot: {word}}}\nevents: ['2011-01: gp may pool at {word}']")
    setting = scenarios.load("silo", set=[f"levers.capital_pot={word}", f"events=2011-01: gp may pool at {word}"])
    for scenario in (file, setting):
        assert scenario.levers["capital_pot"] == (1.0,)
        assert scenario.events[0].value == 1.0
    if word != "1":
        assert scenarios.load("lsp", set=[f"arrangement.cluster_boards={word}"]).arrangement.cluster_boards
        assert scenarios.loads(f"extends: lsp\narrangement: {{cluster_boards: {word}}}").arrangement.cluster_boards


@pytest.mark.parametrize("minus", ["-", "−"])
def test_a_minus_sign_of_print_is_a_minus_sign(minus: str, tmp_path: Path) -> None:
    wanted = (-0.5,) * 9
    assert scenarios.loads(f"extends: silo\nlevers: {{encouragement: {minus}0.5}}").levers["encouragement"] == wanted
    assert scenarios.load("silo", set=[f"levers.encouragement={minus}0.5"]).levers["encouragement"] == wanted
    event = scenarios.loads(f"extends: silo\nevents: ['2011-01: encouragement health at {minus}0.5']").events[0]
    assert event.value == -0.5
    assert sweeps.loads(f"levers: {{encouragement: [{minus}1, {minus}0.5, 0]}}").factors[0].values == (-1.0, -0.5, 0.0)
    (tmp_path / "rows.csv").write_text(f"encouragement\n{minus}0.5\n1\n", "utf-8")
    (tmp_path / "own.yaml").write_text("design: {kind: rows, file: rows.csv}\n", "utf-8")
    assert sweeps.check(tmp_path / "own.yaml").rows.tolist() == [[-0.5], [1.0]]  # type: ignore[union-attr]
    with pytest.raises(InputError, match=r"is -0\.05, which is out of range"):
        scenarios.load("silo", set=[f"levers.clawback={minus}5%"])


def test_letters_apart_and_as_one_are_the_same(tmp_path: Path) -> None:
    whole_letter, apart = "Café", unicodedata.normalize("NFD", "Café")
    assert whole_letter != apart
    texts = [f"extends: silo\nname: {name}\ntitle: {name}\n" for name in (whole_letter, apart)]
    assert scenarios.loads(texts[0], "x") == scenarios.loads(texts[1], "x")
    for stored, named in ((whole_letter, apart), (apart, whole_letter)):
        folder = tmp_path / stored
        folder.mkdir(exist_ok=True)
        (folder / f"{stored}.yaml").write_text("extends: lsp\nquarters: 7\n", "utf-8")
        (folder / "own.yaml").write_text(f"extends: {named}.yaml\n", "utf-8")
        assert scenarios.load(folder / "own.yaml").quarters == 7
        (folder / f"{stored}.txt").write_text("council nhs\n", "utf-8")
        (folder / "net.yaml").write_text(f"extends: lsp\nnetwork: {{file: {named}.txt}}\n", "utf-8")
        assert scenarios.load(folder / "net.yaml").network == Ties(ties=(("council", "nhs"),))


@pytest.mark.parametrize("wrong", [2.5, 0, -1, True, "3", None, float("nan"), float("inf"), np.float64(2.5), np.bool_(True), [3]])
def test_a_number_of_runs_that_cannot_be_is_refused(wrong: Any) -> None:
    with pytest.raises(InputError, match=r"The number of runs cannot be .*Allowed: a whole number from 1"):
        whole(wrong, "number of runs")
    if wrong is not None:
        for call in (lambda: tp.ensemble("silo", runs=wrong), lambda: tp.branch("silo", 0, ["levers.freedom=1"], runs=wrong),
                     lambda: tp.decompose("silo", "silo-no-cuts", runs=wrong), lambda: tp.ema_model("silo", runs=wrong)):
            with pytest.raises(InputError, match="The number of runs cannot be"):
                call()


def test_an_ensemble_too_small_is_a_value_error_as_before() -> None:
    with pytest.raises(ValueError, match="number of runs"):
        tp.ensemble("silo", runs=0)
    with pytest.raises(ValueError, match="number of threads"):
        tp.ensemble("silo", runs=1, threads=0)


def test_numbers_in_a_range() -> None:
    assert real(np.float32(0.5), "The share", 0, 1) == 0.5
    assert whole(np.float64(3), "number") == 3
    with pytest.raises(InputError, match=r"The share is 2, which is out of range. Allowed: 0 to 1 \(share\)"):
        real(2, "The share", 0, 1, "share")
    with pytest.raises(InputError, match="The share is 'much', which is no number"):
        real("much", "The share", 0, 1)
    assert plain(np.array([1, 2])).tolist() == [1, 2]
    assert plain("text") == "text"


def test_functions_take_a_name_a_path_or_a_scenario(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("extends: silo\nplace: Rutland\nquarters: 3\nclusters: 1\nuncertainties: default\n")
    expected = tp.run(scenarios.load(file)).metrics.tobytes()
    for given in (file, str(file), scenarios.load(file)):
        assert tp.run(given).metrics.tobytes() == expected
        assert tp.ensemble(given, runs=1).metrics[0].tobytes() == expected
        model = tp.PlaceModel(given)
        assert model.place_scenario == scenarios.load(file)
    assert tp.run("silo").scenario == scenarios.load("silo")
    calls: tuple[Callable[..., Any], ...] = (tp.run, tp.ensemble, tp.PlaceModel, tp.ema_model)
    for wrong in (3, None, ["silo"], json):
        for call in calls:
            with pytest.raises(InputError, match="is no scenario. Allowed: the name of a scenario"):
                call(wrong)


def test_misspelt_words_in_calls_name_the_nearest() -> None:
    with pytest.raises(InputError, match="There is no override 'plaec'.*Did you mean 'place'"):
        tp.load("silo", plaec="Kent")  # type: ignore[arg-type]  # a type checker finds it, and so does the call
    with pytest.raises(InputError, match="Did you mean 'silo'"):
        tp.run("sillo")
    with pytest.raises(AttributeError, match="Did you mean 'ensemble'"):
        getattr(tp, "ensem" + "le")


@pytest.mark.parametrize("text", [
    "quarters: 4.0", "clusters: 3.0", "nhs: 2.0", "seeds: {first: 7.0}", "seeds: {count: 3.0}", "arrangement: {rounds: 2.0}",
])
def test_a_whole_number_may_have_a_point_and_noughts_in_a_file(text: str) -> None:
    assert scenarios.loads(f"extends: lsp\n{text}") == scenarios.loads(f"extends: lsp\n{text.replace('.0', '')}")
    fraction = text.replace(".0", ".5")
    with pytest.raises(InputError):
        scenarios.loads(f"extends: lsp\n{fraction}")


def test_whole_numbers_are_told_by_one_rule() -> None:
    assert [unfractioned(value) for value in (3.0, 3.5, True, "3", np.float32(2.0))] == [3, 3.5, True, "3", 2]
    assert tp.run(small(), seed=cast(Any, 2.0)).metrics.tobytes() == tp.run(small(), seed=2).metrics.tobytes()
    place = places.load("Rutland", clusters=cast(Any, 2.0), nhs=cast(Any, 2.0))
    assert place.agency_names == places.load("Rutland", clusters=2, nhs=2).agency_names
    with pytest.raises(InputError, match="The seed cannot be 1.5. Allowed: a whole number from 0 to 9,223,372,036,854,775,807"):
        tp.run(small(), seed=cast(Any, 1.5))


@pytest.mark.parametrize(("written", "meant"), [
    ("\u22121.5", "-1.5"), ("\u20113", "-3"), ("\u2013 2", "-2"), ("0,5", "0.5"), ("1,000", "1000"), ("1\u00a0000", "1000"),
    ("1 234,5", None), ("3,4 %", "3.4%"), ("\uff11\uff12", "12"), ("0.5\u00a0", "0.5"), ("1 2", None), ("many", None),
    ("0.5", None),
])
def test_the_number_that_is_meant(written: str, meant: str | None) -> None:
    assert number_meant(written) == meant


def test_a_dash_of_print_is_a_hyphen_of_the_keyboard() -> None:
    assert typed(" 2010\u2011\u00ad10\u00a0\u2013 x") == "2010--10 - x"


@pytest.mark.parametrize(("text", "says"), [
    ("start: 2010\u221210", "own.yaml:2:8: '2010\u221210' is not a month. Did you mean '2010-10'? "
     "Allowed: a year and a month such as 2013-04."),
    ("start: 2010\u201110", "'2010\u201110' is not a month. Did you mean '2010-10'? Allowed: a year and a month such as 2013-04."),
    ("start: 2010\u201310", "Did you mean '2010-10'?"),
    ("start: 2010-\u00a010", "Did you mean '2010-10'?"),
    ("start: Apr-14", "'Apr-14' is not a month. Did you mean '2014-04'? Allowed: a year and a month such as 2013-04."),
    ("start: Apr '14", "Did you mean '2014-04'?"),
    ("year: 2010\u201111", "is not a financial year. Did you mean '2010-11'? Allowed: two years in a row such as 2010-11."),
    ("year: 2017\u22122018", "Did you mean '2017-18'?"),
    ("events: [Apr-14: cuts at 0]", "own.yaml:2:10: 'Apr-14' is not a month. Did you mean '2014-04'? "
     "Allowed: a year and a month such as 2013-04."),
    ("events: [{date: 2013\u201304, lever: cuts, value: 0}]", "'2013\u201304' is not a month. Did you mean '2013-04'? "
     "Allowed: a year and a month such as 2013-04."),
    ("events: ['2013-04: mandate at 3,5%']", "The lever 'mandate' must be a number, not '3,5%'. Did you mean '3.5%'? "
     "Allowed: 0 to 1 (share)."),
    ("levers: {cuts: \u20131}", "The lever 'cuts' must be a number, not '\u20131'. Allowed: 0 to 3 (multiple of the path)."),
    ("levers: {cuts: 0.5\u00a0}", "Did you mean '0.5'?"),
    ("quarters: 1\u00a0000", "'quarters' must be a whole number, not '1\u00a0000'. Allowed: 1 to 240."),
    ("seeds: {count: 1\u00a0000}", "Did you mean '1000'? Allowed: 1 to 1,000,000."),
])
def test_dates_and_numbers_in_other_signs_are_answered_with_the_form_that_is_wanted(text: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        scenarios.loads(f"extends: silo\n{text}", "own.yaml")
    assert says in str(caught.value)
