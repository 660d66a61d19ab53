"""Commands killed at the n-th of their file operations, or at an instant: a process that forks, since starting Python takes long.

``python tests/killing.py FOLDER`` reads orders, lines of JSON such as ``{"words": [...], "at": n}`` or ``{"words": [...], "after":
s}``: it runs ``totalplace`` with those words in FOLDER, killed before file operation ``n`` (counted from 1) or after ``s`` seconds,
and answers with a line: exit code (-9 when killed), number of operations that began, seconds that it took.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
#: Operations of which Python tells an audit hook, and that change what is on the disk; opening a file to write is another.
CHANGES = ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.chmod", "os.truncate", "os.link", "os.symlink")


def arm(folder: Path, at: int, tell: int) -> None:
    """From now on count file operations in ``folder``, a byte to ``tell`` for each, and kill this process before the ``at``-th."""
    count, inside, fsync = 0, str(folder), os.fsync

    def operation() -> None:
        nonlocal count
        count += 1
        if count == at:
            os.kill(os.getpid(), signal.SIGKILL)
        os.write(tell, b".")

    def hook(event: str, given: tuple[Any, ...]) -> None:
        writes = event == "open" and isinstance(given[2], int) and given[2] & (os.O_WRONLY | os.O_RDWR)
        if (writes or event in CHANGES) and isinstance(given[0], str | bytes | os.PathLike):
            path = os.path.abspath(os.fsdecode(given[0]))
            if path.startswith(inside) or (len(given) > 2 and isinstance(given[1], int) and given[1] >= 0):
                operation()

    def counted(handle: int) -> None:
        operation()
        fsync(handle)

    os.fsync = counted  # type: ignore[assignment]  # called with a handle only
    sys.addaudithook(hook)


def _quick_figures() -> None:
    """One small figure in place of all: what is drawn is nothing to these tests, how it is written is all."""
    import totalplace.sim.evidence.calibration.page
    import totalplace.sim.evidence.validation_figures
    import totalplace.sim.figures
    from totalplace.sim.figures.style import Chart

    totalplace.sim.figures.drawings = lambda ensembles, baseline: {"one": lambda: Chart(1.0, 1.0)}
    totalplace.sim.evidence.validation_figures.figures = lambda found: {"one": Chart(1.0, 1.0)}
    totalplace.sim.evidence.calibration.page.figures = lambda found: {"one": Chart(1.0, 1.0)}


def _quick_calibration() -> None:
    """The least of what no option of ``calibrate`` makes small, by the same reasoning."""
    from totalplace.sim.evidence.calibration.plan import _file

    plan: Any = _file()
    plan["quick"] |= {"points": 20, "cloud": 40, "round": 20, "rounds": 1, "particles": 20, "synthetic": 2, "batch": 10}


def _play(folder: Path, order: dict[str, Any]) -> dict[str, Any]:
    read, write = os.pipe()
    began = time.monotonic()
    child = os.fork()
    if not child:
        os.close(read)
        os.setsid()
        os.chdir(folder)
        for number in (0, 1):
            os.dup2(os.open(os.devnull, os.O_RDWR), number)
        from totalplace.sim.cli import exit_code

        arm(folder, order.get("at", 0), write)
        os._exit(exit_code(order["words"]) & 0x7F)
    os.close(write)
    if "after" in order:
        time.sleep(order["after"])
        os.kill(child, signal.SIGKILL)
    operations = 0
    while told := os.read(read, 4096):
        operations += len(told)
    os.close(read)
    status = os.waitpid(child, 0)[1]
    return {"code": os.waitstatus_to_exitcode(status), "operations": operations, "seconds": time.monotonic() - began}


def _serve(folder: Path) -> None:
    import totalplace as tp  # imported before the forks, so that each is quick
    import totalplace.sim.analysis.search.analysis
    import totalplace.sim.cli
    import totalplace.sim.evidence.calibration.run
    import totalplace.sim.evidence.validation
    import totalplace.sim.model.kernel
    import totalplace.sim.report.results_report
    import totalplace.sim.report.sweep_report

    _quick_figures()
    _quick_calibration()
    tp.run(tp.load("silo", place="Rutland", quarters=1), seed=1)  # so that each has the machine code at hand
    for line in sys.stdin:
        print(json.dumps(_play(folder, json.loads(line))), flush=True)


class Killer:
    """The forking process, for a folder in which commands run."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run(self, *words: str, **when: float) -> dict[str, Any]:
        """Run a command, killed ``at`` an operation or ``after`` some seconds, or not at all."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"words": words, **when}) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


@contextmanager
def killer(folder: Path) -> Iterator[Killer]:
    """A process that runs commands in ``folder`` and kills them."""
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src"), "MPLCONFIGDIR": os.environ.get("MPLCONFIGDIR", "")}
    if not environment["MPLCONFIGDIR"]:
        del environment["MPLCONFIGDIR"]
    process = subprocess.Popen([sys.executable, __file__, str(folder)], cwd=ROOT, env=environment, text=True,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        yield Killer(process)
    finally:
        process.kill()
        process.communicate()


if __name__ == "__main__":
    _serve(Path(sys.argv[1]).resolve())
