"""Text of users is text on the screen, numbers are whole in pipes and on narrow screens, full output and odd locales are said."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from totalplace import scenarios
from totalplace.sim.system.checksums import check_files

SMALL = ("--runs", "2", "--quarters", "4", "--place", "Rutland")
ROOT = Path(__file__).resolve().parent.parent.parent


COMMAND = "import sys, totalplace.sim.cli; totalplace.sim.cli.main(sys.argv[1:])"


def ran(*words: str, stdout: object = subprocess.PIPE, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The real command in a process of its own."""
    started = [sys.executable, "-c", COMMAND, *words]
    return subprocess.run(started, stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE, timeout=300,  # type: ignore[call-overload]
                          env=os.environ | {"PYTHONPATH": str(ROOT / "src")} | environment)


def whole(folder: Path) -> bool:
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    check_files(folder, manifest["files"])
    return set(manifest["files"]) == {"metrics.parquet", "deals.parquet", "gains.parquet", "ties.parquet"}


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("a [b]bold[/b] [/] x", "a [b]bold[/b] [/] x"), ("[bold]", "[bold]"), ("cost $x^$ and \\frac", "cost $x^$ and \\frac"),
        ("\x1b[2J\x1b]8;;http://evil\x07", r"\x1b[2J\x1b]8;;http://evil\x07"), ("\x9b31m\u202e", r"\x9b31m\u202e"),
        (":smile:", ":smile:"),
    ],
)
def test_a_title_is_shown_as_it_is_written(totalplace: Callable[..., Any], title: str, shown: str) -> None:
    Path("own.yaml").write_text(f"extends: silo\ntitle: {json.dumps(title)}\n", encoding="utf-8")
    for words in (("run", "own.yaml", *SMALL), ("scenarios", "check", "own.yaml"), ("explain", "own.yaml", *SMALL)):
        answer = totalplace(*words)
        assert answer.code == 0, answer.err
        assert "\x1b" not in answer.out + answer.err
        if words[0] != "explain":
            assert shown in " ".join(answer.out.split())


def test_an_error_shows_what_a_terminal_would_obey(totalplace: Callable[..., Any]) -> None:
    Path("own.yaml").write_text('extends: silo\nplace: "\\e[31mX\\e]0;own\\a"\n')
    answer = totalplace("run", "own.yaml")
    assert answer.code == 2
    assert r"There is no place '\x1b[31mX\x1b]0;own\x07'" in answer.err
    assert "\x1b" not in answer.err


def test_figures_take_text_as_text(totalplace: Callable[..., Any]) -> None:
    from totalplace.sim.figures.style import Chart, own_style

    Path("own.yaml").write_text('extends: single-pot\ntitle: "$x^ \\\\frac{ [/]"\n')
    assert totalplace("run", "own.yaml", *SMALL, "--out", "out").code == 0
    with own_style():
        figure = Chart(2.0, 1.0)
        figure.text(0.1, 0.1, "$x^ \\frac{ [/]")
    figure.savefig("text.svg")
    assert "<!-- $x^ \\frac{ [/] -->" in Path("text.svg").read_text("utf-8")


def test_numbers_are_whole_in_pipes_and_on_narrow_screens(totalplace: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    name = "a-scenario-with-a-name-that-is-much-too-long-for-any-screen-there-is"
    Path("own.yaml").write_text(f"extends: single-pot\nname: {name}\n")
    words = ("compare", "own.yaml", "silo", *SMALL, "--metric", "net_saving", "--metric", "pooled_share")
    piped = totalplace(*words).out
    numbers = re.findall(r"[\u2212+]?£?\d[\d.,]*(?:m|%)?", piped)
    assert name in piped
    assert "…" not in piped
    assert len(numbers) > 10
    for width in ("80", "40", "20"):
        monkeypatch.setenv("COLUMNS", width)
        monkeypatch.setenv("FORCE_COLOR", "1")
        narrow = re.sub(r"\x1b\[[0-9;]*m", "", totalplace(*words).out)
        table = narrow.partition("Baseline")[2]
        missing = [number for number in numbers if number not in narrow]
        assert missing == [], (width, table)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_output_is_said_and_costs_no_table() -> None:
    with Path("/dev/full").open("wb") as full:
        done = ran("run", "silo", *SMALL, "--out", "out", stdout=full)
        listed = ran("scenarios", stdout=full)
        shown = ran("scenarios", "show", "silo", stdout=full)
    for answer in (done, listed, shown):
        assert answer.returncode == 1
        assert b"Error: Standard output cannot be written: No space left on device." in answer.stderr
        assert b"Traceback" not in answer.stderr
        assert b"Exception ignored" not in answer.stderr
    assert b"What was finished is whole in 'out'." in done.stderr
    assert whole(Path("out"))
    assert {path.name for path in Path("out/figures").glob("*.svg")} == {"over-time.svg", "refusals.svg"}


def test_figures_that_fail_cost_no_table(totalplace: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from totalplace.sim.figures.style import Chart

    def fails() -> Chart:
        raise RuntimeError("no ink\nand more")

    drawn = {"one": fails, "two": lambda: Chart(1.0, 1.0)}
    monkeypatch.setattr("totalplace.sim.figures.drawings", lambda ensembles, baseline: drawn)
    answer = totalplace("run", "silo", *SMALL, "--out", "out")
    assert answer.code == 1
    assert answer.err == "Error: Of 2 figures these could not be drawn: one (no ink). All else is whole in 'out'.\n"
    assert "Pooled share" in answer.out
    assert whole(Path("out"))
    assert sorted(path.name for path in Path("out/figures").iterdir()) == ["two.png", "two.svg"]
    monkeypatch.setattr("totalplace.sim.figures.drawings", fails)
    answer = totalplace("run", "silo", *SMALL, "--out", "out", "--force")
    assert answer.code == 1
    assert "All else is whole in 'out'" in answer.err
    assert whole(Path("out"))


def test_printing_that_fails_costs_no_table_and_no_figure(totalplace: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*given: object) -> None:
        raise RuntimeError("no voice")

    monkeypatch.setattr("totalplace.sim.cli.tables.summary_table", fails)
    with pytest.raises(RuntimeError, match="no voice"):
        totalplace("run", "silo", *SMALL, "--out", "out")
    assert whole(Path("out"))
    assert list(Path("out/figures").glob("*.png"))


def test_the_users_settings_of_matplotlib_have_no_effect() -> None:
    assert ran("run", "silo", *SMALL, "--out", "ours").returncode == 0
    Path("matplotlibrc").write_text("text.usetex: True\nfont.size: 30\nsavefig.format: pdf\naxes.facecolor: red\n")
    done = ran("run", "silo", *SMALL, "--out", "theirs")
    assert done.returncode == 0, done.stderr
    pictures = sorted(path.name for path in Path("ours/figures").iterdir())
    assert pictures
    assert pictures == sorted(path.name for path in Path("theirs/figures").iterdir())
    for name in pictures:
        assert (Path("ours/figures") / name).read_bytes() == (Path("theirs/figures") / name).read_bytes(), name
    Path("matplotlibrc").write_bytes(b"\xff\xfe")
    done = ran("run", "silo", *SMALL, "--out", "spoilt")
    assert done.returncode == 1
    assert b"Matplotlib cannot read its settings" in done.stderr
    assert b"All else is whole in 'spoilt'" in done.stderr
    assert b"Traceback" not in done.stderr
    assert whole(Path("spoilt"))


@pytest.mark.parametrize("screen", ["module://matplotlib_inline_that_is_elsewhere.backend_inline", "gtk9agg", ""])
def test_a_screen_that_is_not_here_does_not_keep_figures_from_files(screen: str) -> None:
    program = "import totalplace.sim.figures.settings; from matplotlib.figure import Figure; Figure().savefig('one.png')"
    done = subprocess.run([sys.executable, "-P", "-c", program], env=os.environ | {"MPLBACKEND": screen}, capture_output=True,
                          text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert Path("one.png").stat().st_size > 100


def test_a_screen_that_is_here_is_kept_for_the_user() -> None:
    program = "import os, totalplace.sim.figures.settings; import matplotlib\n"
    program += "print(matplotlib.get_backend(), os.environ['MPLBACKEND'])"
    done = subprocess.run([sys.executable, "-P", "-c", program], env=os.environ | {"MPLBACKEND": "svg"}, capture_output=True,
                          text=True, check=True)
    assert done.stdout.split() == ["svg", "svg"]


LOCALES = [
    {"PYTHONIOENCODING": "cp1252"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, {"PYTHONIOENCODING": "ascii"},
]


@pytest.mark.parametrize("locale", [*LOCALES[:2], pytest.param(LOCALES[2], marks=pytest.mark.soak)], ids=["cp1252", "C", "ascii"])
def test_what_is_redirected_is_utf_8_and_what_is_shown_has_its_signs(locale: dict[str, str]) -> None:
    shown = ran("scenarios", "show", "gp-consortia", **locale)
    played = scenarios.load("gp-consortia").for_many_runs()
    assert shown.stdout.decode("utf-8") == played.text
    Path("again.yaml").write_bytes(shown.stdout)
    assert scenarios.load("again.yaml") == played
    table = ran("run", "single-pot", *SMALL, "--metric", "net_saving", "--set", "uncertainties=default", **locale)
    assert table.returncode == 0, table.stderr
    text = table.stdout.decode(locale.get("PYTHONIOENCODING", "ascii"))
    assert "?" not in text.replace("single-pot?", "", 1)  # the question that the runs ask
    assert re.search(r"-£0\.\d\dm" if locale == LOCALES[0] else r"-GBP 0\.\d\dm", text)


@pytest.mark.soak
@pytest.mark.parametrize("locale", LOCALES, ids=["cp1252", "C", "ascii"])
def test_the_schema_redirected_is_utf_8(locale: dict[str, str]) -> None:
    redirected = json.loads(ran("scenarios", "schema", **locale).stdout.decode("utf-8"))
    assert redirected == json.loads(json.dumps(scenarios.json_schema()))
