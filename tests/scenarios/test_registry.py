"""Names as readers see them: a Greek letter never stands alone."""

from __future__ import annotations

from scenarios.registry import PARAMETERS, named

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
