"""Set-up on machines of all kinds, with made-up Pythons on PATH: .ci/setup in a copy of what it needs."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import LONGEST

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ("cat", "cksum", "dirname", "rm", "mkdir", "chmod", "cp", "awk", "grep")

#: A Python that knows its version, makes environments from itself, and notes what it is asked to install; a file ``fails`` names
#: kinds of installation that it refuses, and ``says`` holds what it prints.
PYTHON = """#!/bin/sh
case "$1" in
--version) echo "Python {version}" ;;
-c) case "$2" in
    '') exit {status} ;;
    *ensurepip*) [ {new} = 1 ] || exit 1; echo "$0" ;;
    *) [ {new} = 1 ] || exit 1 ;;
    esac ;;
-m) case "$2" in
    venv) mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; echo "made with {version}" >> log ;;
    pip) if [ "$3" = install ]; then
        case "$*" in
        *--require-hashes*) kind=packages ;;
        *--no-deps*) kind=project ;;
        *) kind="newest for $7" ;;
        esac
        echo "$kind" >> log
        if [ -f says ]; then cat says >&2; fi
        if [ -f fails ] && grep -q "^${{kind%% *}}$" fails; then exit 1; fi
    fi ;;
    esac ;;
esac
exit {status}
"""


def fake_python(path: Path, version: str, *, status: int = 0) -> None:
    new = int(tuple(int(part) for part in version.split(".")) >= (3, 12))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(PYTHON.format(version=version, new=new, status=status))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with what set-up reads, and a ``bin`` with nothing in it but plain tools."""
    (tmp_path / "project" / ".ci").mkdir(parents=True)
    for name in (".ci/setup", ".ci/use.txt", ".ci/dev.txt", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path / "project" / name)
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found
        (tmp_path / "bin" / tool).symlink_to(found)
    return tmp_path


LOCKED = ["packages", "project"]


def setup(place: Path, *extras: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", ".ci/setup", *extras],
        cwd=place / "project",
        env={"PATH": str(place / "bin"), "HOME": str(place)} | environment,
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
    )


def log(place: Path) -> list[str]:
    file = place / "project" / "log"
    return file.read_text().splitlines() if file.exists() else []


def test_without_a_python_the_message_says_what_to_install(place: Path) -> None:
    fake_python(place / "bin" / "python3", "3.11.7")
    done = setup(place)
    assert done.returncode == 1
    assert "needs Python 3.12 or newer" in done.stderr
    assert "pyenv install 3.12" in done.stderr
    assert not (place / "project" / ".venv").exists()


def test_a_shim_that_refuses_is_passed_over(place: Path) -> None:
    fake_python(place / "bin" / "python3.12", "3.12.1", status=127)
    fake_python(place / "bin" / "python3.13", "3.13.0")
    done = setup(place)
    assert done.returncode == 0, done.stderr
    assert log(place) == ["made with 3.13.0", *LOCKED]


def test_versions_of_pyenv_and_uv_are_found(place: Path) -> None:
    fake_python(place / "bin" / "python3", "3.11.7")
    fake_python(place / "versions" / "3.12.4" / "bin" / "python", "3.12.4")
    (place / "bin" / "pyenv").write_text(f"#!/bin/sh\necho '{place}'\n")
    (place / "bin" / "pyenv").chmod(0o755)
    assert setup(place).returncode == 0
    assert log(place) == ["made with 3.12.4", *LOCKED]
    shutil.rmtree(place / "project" / ".venv")
    (place / "bin" / "pyenv").unlink()
    (place / "bin" / "uv").write_text(f"#!/bin/sh\necho '{place}/versions/3.12.4/bin/python'\n")
    (place / "bin" / "uv").chmod(0o755)
    assert setup(place).returncode == 0
    assert log(place)[3:] == ["made with 3.12.4", *LOCKED]


@pytest.mark.parametrize("changed", ["pyproject.toml", "requirements.lock"])
def test_a_second_set_up_does_nothing_until_what_it_reads_changes(place: Path, changed: str) -> None:
    fake_python(place / "bin" / "python3.12", "3.12.1")
    setup(place)
    before = log(place)
    assert setup(place).returncode == 0
    assert log(place) == before
    with (place / "project" / changed).open("a") as file:
        file.write("# a change\n")
    assert setup(place).returncode == 0
    assert log(place) == [*before, *LOCKED]


def test_who_has_installed_all_needs_no_part(place: Path) -> None:
    fake_python(place / "bin" / "python3.12", "3.12.1")
    setup(place)
    setup(place, "dev")
    assert log(place) == ["made with 3.12.1", *LOCKED, *LOCKED]
    setup(place)
    setup(place, "dev")
    assert log(place) == ["made with 3.12.1", *LOCKED, *LOCKED]


@pytest.mark.parametrize("extra", ["analysis,browser", "dev"])
def test_the_packages_come_from_the_lock_with_their_hashes(place: Path, extra: str) -> None:
    fake_python(place / "bin" / "python3.12", "3.12.1")
    done = setup(place, extra)
    assert done.returncode == 0, done.stderr
    wanted = (place / "project" / ".venv" / "wanted.lock").read_text("utf-8")
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    packages = re.findall(r"^([a-z0-9-]+)==", wanted, re.MULTILINE)
    names = (ROOT / ".ci" / {"dev": "dev.txt"}.get(extra, "use.txt")).read_text().split()
    assert sorted(set(packages)) == names
    for block in re.split(r"\n(?=\S)", wanted):
        assert block.strip() in lock
        assert "--hash=sha256:" in block
    assert ("pytest" in packages) == (extra == "dev")
    assert "jupyterlab" not in packages


@pytest.mark.parametrize("fails", ["packages", "project"])
def test_where_the_lock_cannot_be_had_one_line_says_so(place: Path, fails: str) -> None:
    fake_python(place / "bin" / "python3.12", "3.12.1")
    (place / "project" / "fails").write_text(f"{fails}\n")
    (place / "project" / "says").write_text("no such version\n")
    done = setup(place, "dev")
    assert done.returncode == 0
    told = [line for line in done.stderr.splitlines() if "requirements.lock" in line]
    assert len(told) == 1
    assert "no such version" not in done.stderr
    assert "no such version" in (place / "project" / ".venv" / "install.log").read_text()
    assert log(place)[-1] == "newest for .[dev]"
    assert (place / "project" / ".venv" / "installed-dev").exists()


def test_a_file_that_is_not_the_locked_one_stops_set_up(place: Path) -> None:
    fake_python(place / "bin" / "python3.12", "3.12.1")
    (place / "project" / "fails").write_text("packages\n")
    (place / "project" / "says").write_text("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\n")
    done = setup(place)
    assert done.returncode == 1
    assert "DO NOT MATCH THE HASHES" in done.stderr
    assert "UNLOCKED=1" in done.stderr
    assert log(place) == ["made with 3.12.1", "packages"]
    assert not (place / "project" / ".venv" / "installed-analysis,browser").exists()
    assert setup(place, UNLOCKED="1").returncode == 0
    assert log(place)[-1] == "newest for .[analysis,browser]"


def test_indexes_that_have_gone_are_not_the_user_s_business(place: Path) -> None:
    fake_python(place / "bin" / "python3.12", "3.12.1")
    gone = "WARNING: Location 'file:///srv/index/{}/' is ignored: it is neither a file nor a directory.\n"
    (place / "project" / "says").write_text("".join(gone.format(number) for number in range(100)) + "ERROR: no network\n")
    done = setup(place)
    assert done.returncode == 0
    assert len(done.stderr.splitlines()) == 2
    (place / "project" / "fails").write_text("packages\nnewest\n")
    done = setup(place, "dev")
    assert done.returncode == 1
    assert "is ignored" not in done.stderr
    assert "ERROR: no network" in done.stderr


@pytest.mark.parametrize("damage", ["half made", "python gone"])
def test_a_half_made_environment_is_repaired(place: Path, damage: str) -> None:
    fake_python(place / "bin" / "python3.12", "3.12.1")
    if damage == "half made":
        (place / "project" / ".venv" / "bin").mkdir(parents=True)
    else:
        setup(place)
        (place / "project" / ".venv" / "bin" / "python").unlink()
    done = setup(place)
    assert done.returncode == 0, done.stderr
    assert log(place)[-3:] == ["made with 3.12.1", *LOCKED]
    assert (place / "project" / ".venv" / "installed-analysis,browser").exists()


def test_a_moved_folder_is_installed_again(place: Path) -> None:
    fake_python(place / "bin" / "python3.12", "3.12.1")
    setup(place)
    (place / "moved").mkdir()
    (place / "project").rename(place / "moved" / "project")
    (place / "bin").rename(place / "moved" / "bin")
    moved = place / "moved"
    before = log(moved)
    done = setup(moved)
    assert done.returncode == 0, done.stderr
    assert log(moved) == [*before, *LOCKED]


def test_the_project_installs_what_the_packages_import() -> None:
    from importlib.metadata import version

    assert version("totalplace")
    assert sys.version_info >= (3, 12)
    for package in ("agents", "scenarios", "sim"):
        assert (ROOT / package / "py.typed").exists()


def test_continuous_integration_runs_the_command_of_the_readme() -> None:
    script = (ROOT / ".ci" / "run").read_text()
    assert "make test" in (ROOT / "README.md").read_text()
    assert script.rstrip().splitlines()[-1] == "make test"
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_the_files_that_come_first_for_their_length_are_there() -> None:
    assert [name for name in LONGEST if not (ROOT / "tests" / name).is_file()] == []
    assert len(set(LONGEST)) == len(LONGEST)
