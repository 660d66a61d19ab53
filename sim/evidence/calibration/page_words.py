"""Sentences of the calibration page: how long it takes, the rows that are shipped, what does not fit and which rule that is of."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from totalplace import agents
from totalplace.scenarios.registry import PARAMETERS
from totalplace.sim.evidence.calibration.marginals import OUTER, PILED, Marginal
from totalplace.sim.evidence.calibration.plan import since
from totalplace.sim.evidence.calibration.tensions import PULLS
from totalplace.sim.evidence.facts import Floats, facts
from totalplace.sim.evidence.validation_page import parameter_code
from totalplace.sim.results.wording import listing

#: Loss of a target that is half as large again as that of one which fits as well as its errors say.
_WORSE: Final = 0.75

TIME: Final = "How long it takes: 6.0 million runs took somewhat over an hour on two cores, as an order of magnitude."
WIDTH: Final = ("*Width*: 90% interval over that of the prior, both as quantiles of the prior. In the parameter's own unit "
                "it may be a wider or a narrower part of the range.")
BOUND: Final = ("A figure that is a bound is judged by the median, which keeps it or not: the interval may hold the bound and "
                "the figure be missed.")


def distinct(rows: Floats) -> int:
    """How many of the rows (N, P) differ."""
    return len(np.unique(rows, axis=0))


def rows_words(rows: Floats) -> str:
    """How many rows are shipped, and how many of them differ."""
    return f"{len(rows):,} rows that are shipped, {distinct(rows):,} of them distinct"


def shipped(rows: Floats) -> Iterator[str]:
    """What is shipped of the posterior, and what its digest says."""
    yield (f"**What is shipped.** The {rows_words(rows)}: they are drawn by weight, so that a heavy particle comes more than once. "
           "Particles and weights are not shipped: the effective size can be checked only by calibrating again.\n")
    later = f" {since()}" if since() else ""
    yield ("**The digest.** `posterior.csv` names a digest: a short sum of the text of plan, rules, facts and tables that made "
           f"it. It becomes another with every word of them, even where no run changes.{later}\n")


def losses(names: Sequence[str], loss: Floats) -> str:
    """Which targets fit worse than their errors say."""
    worse = [i for i in np.argsort(-loss, kind="stable") if loss[i] > _WORSE]
    if not worse:
        return f"No target has a loss above {_WORSE:g}: all fit about as well as their errors say.\n"
    of = {one.measure: (one.plain, fact.change.strip()) for fact in facts() for one in fact.criteria}
    doubts: dict[str, list[str]] = {}
    for i in worse:
        plain, change = of.get(names[i], ("", ""))
        doubts.setdefault(change, []).append(f"{plain} (`{names[i]}`, {loss[i]:.2f})".lstrip())
    lines = [f"- {', '.join(said)}{f': {words}' if words else ''}" for words, said in doubts.items()]
    return (f"Targets that fit worse than their errors say (loss above {_WORSE:g}; about 0.5 is as good as they say), with the "
            "rule to doubt. If the rule is right, an error is stated too small.\n\n" + "\n".join(lines) + "\n")


def piled(known: Sequence[Marginal]) -> str:
    """The parameters that pile up at an end of their prior, and what they stand for in the rules."""
    found = [one for one in known if one.piled]
    if not found:
        return f"No parameter that the facts inform has {PILED:.0%} of its posterior in an outer {OUTER:.0%} of its prior.\n"
    said = "; ".join(f"{parameter_code(one.name)} at the {one.piled} end ({max(one.at_low, one.at_high):.0%})" for one in found)
    rules = "; ".join(f"`{one.name}`: {PARAMETERS[one.name].meaning.strip().rstrip('.')}, read by "
                      f"{listing(rules_that_read(one.name))}" for one in found)
    return (f"Parameters with {PILED:.0%} or more of the posterior in an outer {OUTER:.0%} of the prior: {said}. "
            f"{rules}. That rule, or the prior, is the first to doubt.\n")


def rules_that_read(parameter: str) -> list[str]:
    """The rules that read a parameter, as code with their files: ``agreement_cost`` in ``agents/share.py``."""
    return [f"`{rule}` (`agents/{file}`)" for rule, file, read in _rules() if parameter in read]


@cache
def _rules() -> tuple[tuple[str, str, frozenset[str]], ...]:
    """Every rule with its file and the parameters that it reads."""
    found = []
    for file in sorted(Path(agents.__file__).parent.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef):
                found.append((node.name, file.name, frozenset(filter(None, map(_read, ast.walk(node))))))
    return tuple(found)


def _read(node: ast.AST) -> str:
    """The name in ``parameters.name``, of whatever has the parameters; of other code nothing."""
    if not isinstance(node, ast.Attribute):
        return ""
    of = node.value
    whose = of.id if isinstance(of, ast.Name) else of.attr if isinstance(of, ast.Attribute) else ""
    return node.attr if whose == "parameters" else ""


TOGETHER: Final = (f"No two facts pull apart: none fits better by more than {PULLS:g} if another is dropped. That is of fits "
                   "over the whole posterior. That more of one goes with more of another in single draws, as "
                   "[validation](validation.md) says of some, is another thing; that page names the rule that stands in the way of "
                   "each figure that is missed.\n")
