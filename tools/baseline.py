"""The exact results of default runs, kept so that no change of the code changes them unseen.

``python -m tools.baseline`` compares; ``python -m tools.baseline --write "why"`` rewrites them and adds the reason to
``CHANGELOG.md``. ``make renew WHY="why"`` does that and all else that follows.
"""

from __future__ import annotations

import argparse
import math
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).resolve().parent.parent
FILE: Final = ROOT / "tests" / "baseline" / "default-run.yaml"
CHANGELOG: Final = ROOT / "CHANGELOG.md"
#: The runs that are kept, all of the scenario's own place, and the quarters of which every metric is kept.
SCENARIOS: Final = ("joint-commissioning", "single-pot")
SEED: Final = 1
QUARTERS: Final = (0, 9, 19, 39)
#: How far a number may be from the one that is kept: the last digits of a logarithm differ between processors.
RELATIVE: Final = 1e-9
ABSOLUTE: Final = 1e-12
HOW_TO: Final = 'if the change is meant: python -m tools.baseline --write "why the results change"'

Results = dict[str, dict[str, Any]]


def results() -> Results:
    """For each scenario: the place, every metric at the kept quarters, and negotiations by what became of them."""
    from totalplace import scenarios
    from totalplace.agents.bargaining import DEAL_OUTCOMES
    from totalplace.sim.engine.ensemble import run
    from totalplace.sim.model.metrics import METRICS

    found: Results = {}
    for name in SCENARIOS:
        scenario = scenarios.load(name, uncertainties="default")
        done = run(scenario, seed=SEED)
        found[name] = {
            "place": scenario.place,
            "seed": SEED,
            "deals": {outcome: int((done.deals["outcome"] == i).sum()) for i, outcome in enumerate(DEAL_OUTCOMES)},
            "metrics": {metric: [float(done.metrics[metric][quarter]) for quarter in QUARTERS] for metric in METRICS},
        }
    return found


def kept() -> tuple[str, Results]:
    """The reason of the last change and the results that are kept. Raises FileNotFoundError if there are none."""
    content = yaml.safe_load(FILE.read_text("utf-8"))
    return content["why"], content["runs"]


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What differs, a line each: where, what is kept and what comes out now."""
    return list(_differences("", before, now))


def _differences(where: str, before: Any, now: Any) -> list[str]:
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        parts = [(f"{where} {key}".strip(), before.get(key), now.get(key)) for key in dict.fromkeys([*before, *now])]
    elif isinstance(before, list) and isinstance(now, list) and len(before) == len(now) == len(QUARTERS):
        parts = [(f"{where}, quarter {q}", one, other) for q, one, other in zip(QUARTERS, before, now, strict=True)]
    elif isinstance(before, float) and isinstance(now, float) and math.isclose(before, now, rel_tol=RELATIVE, abs_tol=ABSOLUTE):
        return []
    else:
        return [] if before == now and type(before) is type(now) else [f"{where}: kept {before!r}, now {now!r}"]
    return [line for part in parts for line in _differences(*part)]


def written(why: str, found: Results) -> str:
    """The file of kept results: numbers in full precision, a metric a line."""
    said = yaml.safe_dump(why, width=10_000, default_style='"', allow_unicode=True).strip()
    quarters = ", ".join(map(str, QUARTERS))
    lines = [f"# Exact results of default runs at quarters {quarters}. Do not edit;", f"# {HOW_TO}", f"why: {said}", "runs:"]
    for name, run in found.items():
        lines += [f"  {name}:", f"    place: {run['place']}", f"    seed: {run['seed']}", "    deals:"]
        lines += [f"      {outcome}: {count}" for outcome, count in run["deals"].items()]
        lines += ["    metrics:"]
        lines += [f"      {metric}: [{', '.join(map(_exact, values))}]" for metric, values in run["metrics"].items()]
    return "\n".join(lines) + "\n"


def _exact(value: float) -> str:
    """All digits of a number, in the form that YAML takes for one: ``1e-05`` becomes ``1.0e-05``."""
    return re.sub(r"^(-?\d+)e", r"\1.0e", repr(value))


def with_reason(changelog: str, why: str) -> str:
    """The change log with ``why`` under the heading "Results" of the newest version."""
    start = changelog.index("\n## ") + 1
    end = changelog.find("\n## ", start)
    end = len(changelog) if end < 0 else end
    newest, rest = changelog[start:end].rstrip("\n"), changelog[end:]
    heading = "\n### Results\n"
    if heading not in newest:
        newest += f"\n{heading}"
    before, after = newest.split(heading)
    listed, other, later = after.partition("\n### ")
    listed = f"{listed.strip(chr(10))}\n- {why}".lstrip("\n")
    return f"{changelog[:start]}{before}{heading}\n{listed}\n{other}{later}".rstrip("\n") + f"\n{rest}"


def write(reason: str, found: Results) -> None:
    """Keep these results, and add the reason to the change log."""
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(written(reason, found), "utf-8")
    CHANGELOG.write_text(with_reason(CHANGELOG.read_text("utf-8"), reason), "utf-8")


def main(given: Sequence[str]) -> int:
    """Compare with the kept results, or write them; 1 if they differ and nothing is written, 2 if the call is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tools.baseline", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--write", metavar="WHY", help="rewrite the results, for this reason")
    why = parser.parse_args(given).write
    if not CHANGELOG.exists():
        print("The kept results come with the source tree, not with the installed package.", file=sys.stderr)
        return 2
    now = results()
    before = kept()[1] if FILE.exists() else {}
    found = differences(before, now)
    if why is None or not found:
        print("\n".join([*found, HOW_TO]) if found else "The results are those that are kept.")
        return int(bool(found))
    reason = " ".join(why.split())
    if not reason:
        print("Say why the results change.", file=sys.stderr)
        return 2
    write(reason, now)
    print(f"The results are in {FILE.relative_to(ROOT)}, the reason is in {CHANGELOG.name}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
