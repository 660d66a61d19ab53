"""Pages that are written from the registries, the command line and the notebooks."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from tools import documentation
from totalplace.scenarios.registry import LEVERS, PARAMETERS
from totalplace.sim.model.metrics import METRICS

ROOT: Final = Path(__file__).resolve().parents[2]
#: Modules whose public names are the Python interface, with what they are for.
MODULES: Final = {
    "totalplace": "Run, compare, sweep: what most work needs.",
    "totalplace.sim.results.run": "What a run and an ensemble hand back.",
    "totalplace.sim.results.compare": "Scenarios against a baseline, seed by seed.",
    "totalplace.sim.results.explain": "Who agreed, who refused and why.",
    "totalplace.sim.engine.place_model": "The Mesa model.",
    "totalplace.sim.engine.sweep.execution": "Run a sweep.",
    "totalplace.sim.engine.sweep.store": "The results of a sweep.",
    "totalplace.sim.model.metrics": "The registry of metrics.",
    "totalplace.sim.model.metrics.declaration": "How a metric is declared.",
    "totalplace.sim.figures": "Figures of runs and comparisons.",
    "totalplace.sim.results.answers": "What every analysis hands back.",
    "totalplace.sim.results.plain": "The plain answer of a comparison.",
    "totalplace.sim.analysis.comparison": "A comparison as an answer.",
    "totalplace.sim.analysis.rank.analysis": "Places in order.",
    "totalplace.sim.analysis.own_places": "A place of your own.",
    "totalplace.sim.analysis.sensitivity.analysis": "What decides a metric.",
    "totalplace.sim.analysis.discovery.analysis": "Under which conditions something happens.",
    "totalplace.sim.analysis.robustness.analysis": "Which alternative holds up.",
    "totalplace.sim.analysis.decomposition.analysis": "What makes the difference between two scenarios.",
    "totalplace.sim.analysis.search.analysis": "Policies that do well by several objectives.",
    "totalplace.sim.analysis.branching.analysis": "Branches and checkpoints.",
    "totalplace.sim.report.write": "Reports.",
    "totalplace.sim.report.results_figures": "Figures of a folder of results.",
    "totalplace.scenarios": "Scenario files.",
    "totalplace.scenarios.scenario": "What a scenario is.",
    "totalplace.scenarios.sweeps": "Sweep files.",
    "totalplace.scenarios.places.place": "Places.",
    "totalplace.scenarios.registry": "The registries of levers and parameters.",
    "totalplace.scenarios.lever_trials": "At which values a lever is tried, and what is expected.",
    "totalplace.scenarios.errors": "How bad input is reported.",
    "totalplace.agents.mesa_agents": "The agents as Mesa agents, to subclass.",
}
#: Columns of the help texts.
WIDTH: Final = 96


def pages() -> dict[str, Callable[[], str]]:
    """Each generated page by its path from the root of the site, and the function that writes it."""
    return {
        "reference/levers.md": levers,
        "reference/parameters.md": parameters,
        "reference/metrics.md": metrics,
        "reference/arrangements.md": arrangements,
        "reference/agents.md": agents,
        "reference/commands.md": commands,
        "reference/python.md": python,
    }


def levers() -> str:
    """The levers."""
    words = (
        "Levers are what a policy maker can set, at the start of a run or at a date during it. A lever *for each* department or "
        "theme takes one number for all, or one for each. Set levers in a [scenario](../scenarios.md) or with "
        "`--set levers.NAME=VALUE`."
    )
    return f"# Levers\n\n{words} There are {len(LEVERS)}.\n\n{documentation.levers()}\n"


def parameters() -> str:
    """The uncertain parameters."""
    words = (
        "Parameters are what is not known. Each has a default, a prior range and a source. Grade A is an official count, B a "
        "study or audit, C derived from these, D judgement. `--set uncertainties=prior` draws every run from the ranges."
    )
    return f"# Parameters\n\n{words} There are {len(PARAMETERS)}.\n\n{documentation.parameters()}\n"


def metrics() -> str:
    """The metrics."""
    words = "Every run reports these metrics each quarter. Amounts are £m at constant prices."
    return f"# Metrics\n\n{words} There are {len(METRICS)}.\n\n{documentation.metrics()}\n"


def arrangements() -> str:
    """The arrangements that ship."""
    words = "The governance arrangements that ship, side by side. [Scenarios](../scenarios.md#arrangements) explains the fields."
    return f"# Arrangements\n\n{words}\n\n{documentation.arrangements()}\n"


def agents() -> str:
    """The columns of every table and the rules."""
    words = "Every agent is a row of a table; its attributes are the columns. Rules are compiled functions of the world and a row."
    return f"# Agents\n\n{words}\n\n## Attributes\n\n{documentation.columns()}\n\n## Rules\n\n{documentation.rules()}\n"


def commands() -> str:
    """What every command answers to ``--help``."""
    from typer.testing import CliRunner

    from totalplace.sim.cli import app

    parts = ["# Commands\n", "If a command cannot use its input, it says what is allowed and ends with exit code 2.\n"]
    for name in leaves():
        said = CliRunner().invoke(app, [*name.split()[1:], "--help"], prog_name="totalplace", terminal_width=WIDTH)
        parts.append(f"## {name}\n\n```text\n{said.output.strip()}\n```\n")
    return "\n".join(parts)


def leaves() -> Iterator[str]:
    """Every command that does something, by its full name."""
    import typer.main

    from totalplace.sim.cli import app

    def walk(name: str, command: Any) -> Iterator[str]:
        below = getattr(command, "commands", None)
        if below is None:
            yield name
            return
        for word, one in below.items():
            yield from walk(f"{name} {word}", one)

    yield from walk("totalplace", typer.main.get_command(app))


def _flat(text: str | None) -> str:
    return " ".join((text or "").split())


def python() -> str:
    """The Python interface, from docstrings."""
    parts = ["# Python\n", "From the docstrings. `import totalplace` is quick: heavy parts load on first use.\n"]
    for module, words in MODULES.items():
        parts.append(f"## {module}\n\n{words}\n")
        if module == "totalplace":
            parts.append(_front())
            continue
        parts.append(f"```{{eval-rst}}\n.. automodule:: {module}\n   :members:\n```\n")
    return "\n".join(parts)


def _front() -> str:
    """The names that ``import totalplace`` offers, and where each is described."""
    import totalplace as tp

    names = [name for name in tp.__all__ if name != "__version__"]
    rows = [(documentation.code(f"totalplace.{name}"), _first_line(getattr(tp, name))) for name in names]
    return documentation.table(("name", "what it is"), rows) + "\n"


def _first_line(thing: Any) -> str:
    if isinstance(thing, dict | tuple | list):
        return f"{len(thing)} entries"
    return _flat((thing.__doc__ or "").strip().split("\n\n")[0]).replace("``", "`")


def pictures_of(path: Path) -> list[str]:
    """The pictures that are kept of a notebook, below the folder of the pages."""
    found = sorted((ROOT / "docs").glob(f"images/notebooks/{path.stem}-*"))
    return [picture.relative_to(ROOT / "docs").as_posix() for picture in found]


def notebook(path: Path) -> str:
    """A notebook as a page: small pictures of what it shows, then its text and its code, without outputs."""
    cells = json.loads(path.read_text("utf-8"))["cells"]
    parts = []
    for cell in cells:
        source = "".join(cell["source"])
        parts.append(source if cell["cell_type"] == "markdown" else f"```python\n{source}\n```")
    parts[1:1] = [f"![What the notebook shows](../{picture})" for picture in pictures_of(path)]
    text = "\n\n".join(parts)
    return re.sub(r"\]\(([\w-]+)\.ipynb\)", r"](\1.md)", text) + "\n"
