"""Registries: names as readers see them, rows that are read by their keys."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from totalplace.scenarios import posterior, registry
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.reading import marked, read_file
from totalplace.scenarios.registry import LEVERS, PARAMETERS, named
from totalplace.sim.evidence import facts

GREEK = {"alpha", "beta", "gamma", "delta", "epsilon", "eta", "theta", "iota", "kappa", "lambda", "mu", "rho", "sigma", "tau",
         "phi"}


def test_a_greek_letter_comes_with_what_it_stands_for() -> None:
    greek = [name for name in PARAMETERS if name in GREEK]
    assert greek == ["eta", "kappa", "epsilon", "iota", "rho", "beta"]
    for name in greek:
        assert named(name) == f"{name} ({PARAMETERS[name].words})"
        assert len(PARAMETERS[name].words) > 10
    assert named("eta") == "eta (scale exponent of common functions)"


def test_other_names_are_words() -> None:
    assert named("setup_lag") == "setup lag"
    assert named("encouragement.health") == "encouragement of health"
    assert named("clawback.all") == "clawback of others"
    assert named("gp_may_pool") == "gp may pool"
    assert named("net_saving") == "net_saving"


def test_registries_are_read_by_their_keys_in_any_order() -> None:
    for file, made, known in (("levers.yaml", registry._lever, LEVERS), ("parameters.yaml", registry._parameter, PARAMETERS)):
        written = {name: item.plain() for name, item in read_file(registry.HERE / file).mapping("The registry").items()}
        for name, row in written.items():
            turned = dict(reversed(row.items()))
            assert made(name, marked(turned, file)) == known[name]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"unit": None}, "The row lacks the key 'unit'"),
        ({"units": "share"}, "There is no key 'units' in a row of the registry. Did you mean 'unit'? Allowed: default, low, high"),
        ({"distribution": "normal"}, "There is no distribution 'normal'. Did you mean 'uniform'? Allowed: uniform, triangular"),
        ({"default": 2.0}, "The default 2 lies outside the range. Allowed: 0.6 to 0.95"),
        ({"low": "few"}, "'low' must be a number, not 'few'"),
    ],
)
def test_a_faulty_row_of_a_registry_is_refused(row: dict[str, object], says: str) -> None:
    written = read_file(registry.HERE / "parameters.yaml").mapping("The registry")["eta"].plain()
    faulty = {key: value for key, value in (written | row).items() if value is not None}
    with pytest.raises(InputError) as caught:
        registry._parameter("eta", marked(faulty, "parameters.yaml"))
    assert str(caught.value).startswith("parameters.yaml: ")
    assert says in str(caught.value)


TRIAL = {"scenario": "joint-commissioning", "low": 0, "high": 1, "raises": ["pooled_share"], "why": "it says so"}


@pytest.mark.parametrize(
    ("trials", "says"),
    [
        ([], "The lever 'clawback' has no trial. Allowed: at least one"),
        ([{"scenaro": 0}], "There is no key 'scenaro' in a trial of a lever. Did you mean 'scenario'?"),
        ([{"high": None}], "The trial lacks the key 'high'"),
        ([{"scenario": "joint-comissioning"}], "There is no scenario 'joint-comissioning'. Did you mean 'joint-commissioning'?"),
        ([{"high": 2}], "The high value of a trial is 2, which is out of range. Allowed: 0 to 1"),
        ([{"low": 1, "high": 0.5}], "The high value of a trial must lie above the low one"),
        ([{"lowers": ["pooled_share"]}], "The trial raises and lowers 'pooled_share'"),
        ([{"why": None}], "a sign without why"),
        ([{"raises": ["pooled_share", "pooled_share"]}], "'pooled_share' stands twice in 'raises'"),
        ([{"where": "uncertainties.eta=0.9"}], "'where' of a trial must be a list, not 'uncertainties.eta=0.9'"),
    ],
)
def test_a_faulty_trial_of_a_lever_is_refused(trials: list[dict[str, object]], says: str) -> None:
    written = read_file(registry.HERE / "levers.yaml").mapping("The registry")["clawback"].plain()
    rows = [{key: value for key, value in (TRIAL | trial).items() if value is not None} for trial in trials]
    with pytest.raises(InputError) as caught:
        registry._lever("clawback", marked(written | {"trials": rows}, "levers.yaml"))
    assert str(caught.value).startswith("levers.yaml: ")
    assert says in str(caught.value)


def test_a_lever_of_choices_is_tried_at_two_of_them() -> None:
    written = read_file(registry.HERE / "levers.yaml").mapping("The registry")["savings_rule"].plain()
    for low, says in (("shapely", "There is no choice 'shapely'. Did you mean 'shapley'?"), ("nash", "must lie above the low one")):
        trial = {"scenario": "silo", "low": low, "high": "nash"}
        with pytest.raises(InputError, match=re.escape(says)):
            registry._lever("savings_rule", marked(written | {"trials": [trial]}, "levers.yaml"))


def test_a_lever_without_trials_is_refused() -> None:
    written = read_file(registry.HERE / "levers.yaml").mapping("The registry")["clawback"].plain()
    del written["trials"]
    with pytest.raises(InputError, match="The row lacks the key 'trials'"):
        registry._lever("clawback", marked(written, "levers.yaml"))


def test_a_fact_cannot_take_the_place_of_another_unseen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    copy = tmp_path / "facts.yaml"
    copy.write_text(facts.FILE.read_text("utf-8").replace("  bcf_floor:", "  bcf:", 1), "utf-8")
    monkeypatch.setattr(facts, "FILE", copy)
    facts._file.cache_clear()
    with pytest.raises(InputError, match=r"facts\.yaml:\d+:3: The key 'bcf' is given twice"):
        facts.facts()
    facts._file.cache_clear()


def test_columns_of_the_posterior_may_stand_in_any_order(tmp_path: Path) -> None:
    rows = [line.split(",") for line in posterior.FILE.read_text("utf-8").splitlines() if not line.startswith("#")]
    turned = tmp_path / "posterior.csv"
    turned.write_text("\n".join(",".join(reversed(row)) for row in rows), "utf-8")
    assert posterior.read(turned).rows.tobytes() == posterior.read(posterior.FILE).rows.tobytes()
    turned.write_text("\n".join(",".join([*row, row[0]]) for row in rows), "utf-8")
    with pytest.raises(InputError, match="has the column 'eta' twice"):
        posterior.read(turned)
    turned.write_text("\n".join(",".join(row) + (",1" if number == 3 else "") for number, row in enumerate(rows)), "utf-8")
    with pytest.raises(InputError, match="a row has more cells than the header"):
        posterior.read(turned)
