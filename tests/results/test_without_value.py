"""A metric that says nothing under a scenario has no value anywhere: tables, files, Python, sweeps, the Mesa model, the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

import totalplace as tp
from tests.drawing import drawing_little
from totalplace.scenarios.errors import UnknownName
from totalplace.sim.browser.charts.over_time import time_series
from totalplace.sim.browser.parts.headline_cards import card
from totalplace.sim.browser.state.snapshot import take
from totalplace.sim.cli import exit_code
from totalplace.sim.model.metrics import OF_COMMISSIONERS
from totalplace.sim.report.read_results import read_results

SMALL: dict[str, Any] = {"place": "Rutland", "quarters": 2, "clusters": 1}


@pytest.fixture(scope="module")
def silo() -> tp.Ensemble:
    return tp.ensemble(tp.load("silo", **SMALL), runs=2)


@pytest.mark.parametrize("name", OF_COMMISSIONERS)
def test_python_tells_no_value(silo: tp.Ensemble, name: str) -> None:
    single = tp.run(tp.load("silo", **SMALL), seed=1)
    for result in (silo, single):
        assert np.isnan(result.series(name)).all()
        assert np.isnan(result.at_end(name)).all()
        assert result.frame()[name].isna().all()
        assert result.frame()["net_saving"].notna().all()
        row = result.summary().loc[name].drop(["label", "unit", "measured_as", "runs"], errors="ignore")
        assert row.isna().all()
    told = tp.ensemble(tp.load("lsp", **SMALL), runs=2)
    assert told.frame()[name].notna().all()


def test_a_metric_there_is_not_is_named_in_words(silo: tp.Ensemble) -> None:
    others: list[Any] = ["netsaving", 3, None, ["net_saving"]]
    for wrong in others:
        for ask in (silo.at_end, silo.series):
            with pytest.raises(UnknownName, match="There is no metric"):
                ask(wrong)
    with pytest.raises(UnknownName, match="Did you mean 'net_saving'"):
        silo.at_end("netsaving")


def test_files_and_the_table_tell_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["run", "silo", "--place", "Rutland", "--quarters", "2", "--runs", "2", "--out", "new", "--figures", "none"]
    assert exit_code(words) == 0
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("Mean trust"))
    assert not any(sign.isdigit() for sign in line.replace("0-1", ""))
    table = pq.read_table("new/metrics.parquet").to_pandas()
    assert table["mean_trust"].isna().all()
    assert table["wellbeing"].notna().all()
    assert np.isnan(read_results(Path("new")).baseline.series("mean_trust")).all()
    with drawing_little():
        assert exit_code(["report", "new"]) == 0, capsys.readouterr().err
    for file in Path("new/report/tables").glob("*.csv"):
        rows = [row for row in file.read_text("utf-8-sig").splitlines() if "mean_trust" in row.split(",")]
        assert not any("0.4" in row for row in rows), file


def test_the_mesa_model_and_the_browser_tell_none() -> None:
    model = tp.PlaceModel(tp.load("silo", **SMALL), rng=1)
    model.step()
    collected = model.datacollector.get_model_vars_dataframe()
    assert collected["mean_trust"].isna().all()
    assert collected["wellbeing"].notna().all()
    shot = take(model, baseline=tp.run(tp.load("silo", **SMALL), seed=1).metrics)
    drawn = time_series(shot, ["mean_trust"], dark=False)
    assert all(value is None for line in drawn["series"] for value in line["data"])
    assert drawn["series"][-1]["markPoint"]["data"] == []
    assert shot.metrics is not None
    told = card("mean_trust", float(shot.metrics["mean_trust"]), float(shot.metrics["mean_trust"]))
    assert "0.4" not in str(told)
    assert "nan" not in str(told)


def test_a_sweep_tells_none(tmp_path: Path) -> None:
    text = "scenarios: [silo, lsp]\nplaces: Rutland\nsettings: {quarters: 2, clusters: 1}\nreplicates: 2\n"
    done = tp.sweep(tp.sweeps.loads(f"{text}metrics: [mean_trust, wellbeing]"), tmp_path / "sweep", threads=1)
    ends = done.ends()
    assert ends["mean_trust"].isna().tolist() == [True, True, False, False]
    assert ends["wellbeing"].notna().all()
    told = done.summary().set_index(["scenario", "metric"])["last_year"]
    assert np.isnan(told["silo", "mean_trust"])
    assert told["lsp", "mean_trust"] > 0.0
