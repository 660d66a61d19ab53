"""No process of the program takes code from the current folder, which may have come with a scenario."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from totalplace.sim.model import kernel
from totalplace.sim.system.processes import SAFE_PATH, program, safe_path, search_path

ROOT = Path(__file__).resolve().parents[2]
MARK = "somebody else's code ran"
#: What a folder may hold to be run in place of a module: packages, the standard library, the model, start-up files of Python.
NAMES = (
    "numpy", "numba", "yaml", "pandas", "pyarrow", "mesa", "distributed", "sim", "agents", "scenarios", "totalplace",
    "multiprocessing", "pickle", "signal", "threading", "sitecustomize", "usercustomize", "subprocess", "json", "typer", "rich",
)


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A folder of modules that leave a file when they are imported; the file is ``tmp_path / "mark"``."""
    folder = tmp_path / "hostile"
    folder.mkdir()
    mark = f"open({str(tmp_path / 'mark')!r}, 'a').write(__name__ + '\\n')\nraise SystemExit({MARK!r})\n"
    for name in NAMES:
        (folder / f"{name}.py").write_text(mark)
    return folder


def environment(tmp_path: Path, **more: str) -> dict[str, str]:
    return os.environ | {"TOTALPLACE_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": str(ROOT / "src")} | more


def test_the_folder_is_as_hostile_as_it_looks(hostile: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "totalplace.sim.model.kernel"]
    done = subprocess.run(command, cwd=hostile, env=environment(tmp_path), capture_output=True)
    assert done.returncode != 0
    assert (tmp_path / "mark").exists()


def test_the_process_that_compiles_beside(hostile: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With rules left uncompiled: what it imports is what counts here."""
    monkeypatch.chdir(hostile)
    for name, value in environment(tmp_path, NUMBA_DISABLE_JIT="1", PYTHONPATH=os.pathsep).items():
        monkeypatch.setenv(name, value)
    process = kernel._second_process()
    assert process is not None
    process.wait(timeout=900)
    assert not (tmp_path / "mark").exists()


PROGRAM = """
import sys
import totalplace as tp
from totalplace import sweeps
TEXT = "scenarios: silo\\nplaces: Rutland\\nsettings: {quarters: 2, clusters: 1}\\nreplicates: 2\\nmetrics: [net_saving]"
if __name__ == "__main__":
    store = tp.sweep(sweeps.loads(TEXT), sys.argv[1], **eval(sys.argv[2]))
    print("played", store.played)
"""


@pytest.mark.parametrize("options", ["dict(engine='mesa', threads=1)", "dict(dask=1)"], ids=["mesa", "dask"])
def test_the_workers_of_a_sweep(hostile: Path, tmp_path: Path, options: str) -> None:
    """The first process is as safe as ``totalplace`` is; its helpers must be too, though none of their flags says so.

    With rules left uncompiled: what is imported is what counts here.
    """
    if "dask" in options:
        pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")
    safe = f"import sys; sys.path[:] = [p for p in sys.path if p]; sys.argv = ['-', {str(tmp_path / 'out')!r}, {options!r}]\n"
    program = tmp_path / "program" / "start.py"
    program.parent.mkdir()
    program.write_text(safe + PROGRAM)
    uncompiled = environment(tmp_path, NUMBA_DISABLE_JIT="1")
    done = subprocess.run([sys.executable, str(program)], cwd=hostile, env=uncompiled, capture_output=True, text=True, timeout=900)
    assert done.stdout == "played 2\n", done.stderr
    assert not (tmp_path / "mark").exists()


@pytest.mark.parametrize("words", [
    ("--help",), ("places", "--search", "leeds"), ("scenarios", "list"), ("scenarios", "check", "numpy.py"),
    pytest.param(("run", "silo", "--runs", "2", "--quarters", "2", "--place", "Rutland"), marks=pytest.mark.soak),
])
def test_the_command(hostile: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    """With an empty cache, so that a run compiles its rules in two processes."""
    command = Path(sysconfig.get_path("scripts")) / "totalplace"
    if not command.exists():
        pytest.skip("the command is not installed here")
    subprocess.run([str(command), *words], cwd=hostile, env=environment(tmp_path), capture_output=True, timeout=600)
    assert not (tmp_path / "mark").exists()


def test_settings_of_numba_in_the_current_folder_are_not_read(tmp_path: Path) -> None:
    (tmp_path / ".numba_config.yaml").write_text("disable_jit: 1\n")
    code = "import numba, totalplace.sim.model.kernel; print(numba.config.DISABLE_JIT)"
    done = subprocess.run([sys.executable, "-P", "-c", code], cwd=tmp_path, env=environment(tmp_path, NUMBA_DISABLE_JIT="0"),
                          capture_output=True, text=True, check=True)
    assert done.stdout == "0\n"


def test_only_whole_paths_of_the_user_are_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(["", ".", "lib", "/opt/models"]))
    assert search_path("/here") == os.pathsep.join(["/here", "/opt/models"])
    monkeypatch.delenv("PYTHONPATH")
    assert search_path("/here") == "/here"


@pytest.mark.parametrize("before", [None, "", "1"])
def test_the_environment_is_as_it_was(monkeypatch: pytest.MonkeyPatch, before: str | None) -> None:
    if before is None:
        monkeypatch.delenv(SAFE_PATH, raising=False)
    else:
        monkeypatch.setenv(SAFE_PATH, before)
    with pytest.raises(ValueError, match="inside"), safe_path():
        assert os.environ[SAFE_PATH] == "1"
        raise ValueError("inside")
    assert os.environ.get(SAFE_PATH) == before


def test_a_program_in_the_current_folder_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in (tmp_path / "here", tmp_path / "elsewhere"):
        folder.mkdir()
        (folder / "tool").write_text("#!/bin/sh\n")
        (folder / "tool").chmod(0o755)
    monkeypatch.chdir(tmp_path / "here")
    for path in (".", str(tmp_path / "here"), str(tmp_path / "nowhere")):
        monkeypatch.setenv("PATH", path)
        assert program("tool") is None
    monkeypatch.setenv("PATH", str(tmp_path / "elsewhere"))
    assert program("tool") == str(tmp_path / "elsewhere" / "tool")
