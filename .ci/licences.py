"""Prints docs/licences.md: the licence of each package in requirements.lock, as the package itself states it.

Run it in an environment in which the packages are installed: ``python .ci/licences.py > docs/licences.md``.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEAD = """# Licences

`totalplace` is under the MIT licence (`LICENSE`). The data in `scenarios/places/` is under the Open Government Licence v3.0;
`scenarios/places/ATTRIBUTION.txt` says whose it is; the tables in `sim/evidence/panel/` are under the same licence, with an
`ATTRIBUTION.txt` of their own. Nothing of other projects is copied into the Python code.

The packages below are installed beside it, each under its own licence. The list follows `requirements.lock` and is printed by
`.ci/licences.py` from what the packages state about themselves. `axe-playwright-python`, which only tests use, carries axe-core,
which is under the Mozilla Public License 2.0.

| package | licence | asked for by |
|---|---|---|
"""
_CLASSIFIER = "License :: "
_NOT_HERE = "not installed on the system that printed this"


def canonical(name: str) -> str:
    """The name of a package in the one spelling that package indexes use."""
    return re.sub(r"[-_.]+", "-", name).lower()


def asked() -> dict[str, str]:
    """What asks for a package in pyproject.toml: the core, an extra or a group; packages that only others need are not in it."""
    whole = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    project = whole["project"]
    groups = {"the core": project["dependencies"], **project["optional-dependencies"], **whole["dependency-groups"]}
    found: dict[str, list[str]] = {}
    for group, requirements in groups.items():
        for requirement in requirements:
            found.setdefault(canonical(re.split(r"[^\w.-]", requirement)[0]), []).append(group)
    return {name: ", ".join(sorted(set(where), key=where.index)) for name, where in found.items()}


def locked() -> list[str]:
    """The packages of the lock file."""
    lines = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    return sorted({canonical(line.split("==")[0]) for line in lines if "==" in line and not line.startswith((" ", "#"))})


def licence(name: str) -> str:
    """The licence that an installed package states, or what the page said before; says so where nothing is stated."""
    try:
        about = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return printed_before().get(name, _NOT_HERE)
    if about.get("License-Expression"):
        return str(about["License-Expression"])
    classified = [text.rpartition(" :: ")[2] for text in about.get_all("Classifier") or () if text.startswith(_CLASSIFIER)]
    stated = (about.get("License") or "").strip().partition("\n")[0][:60]
    return "; ".join(classified) or stated or title_of_licence(name) or "states none"


def title_of_licence(name: str) -> str:
    """The first line of the licence file that a package brings; empty without one."""
    for path in metadata.files(name) or ():
        if path.name.upper().startswith("LICENSE"):
            return path.read_text("utf-8").strip().partition("\n")[0].strip()[:60]
    return ""


@cache
def printed_before() -> dict[str, str]:
    """What the page says now: who has not installed an extra must not wipe out what is known of its packages."""
    page = ROOT / "docs" / "licences.md"
    text = page.read_text("utf-8") if page.exists() else ""
    return dict(re.findall(r"^\| ([a-z0-9-]+) \| ([^|]+) \|", text, re.MULTILINE))


def main() -> None:
    """Print the page."""
    groups = asked()
    print(HEAD + "\n".join(f"| {name} | {licence(name)} | {groups.get(name, 'other packages')} |" for name in locked()))


if __name__ == "__main__":
    main()
