"""``docs/what-survives.md``: which conclusions hold, how arrangements rank, what decides it, and what data would settle it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from scipy.stats import binomtest

from totalplace.scenarios.posterior import differences
from totalplace.scenarios.registry import PARAMETERS
from totalplace.sim.evidence.facts import facts
from totalplace.sim.evidence.markdown_page import table, write_page
from totalplace.sim.evidence.survival.conclusions import Conclusion, Variant
from totalplace.sim.evidence.survival.figure import matrix
from totalplace.sim.evidence.survival.runs import POSTERIOR, PRIOR, WHOLE, Played
from totalplace.sim.evidence.survival.sensitivity import Decided, by_reach, data_that_would_settle, fact_words
from totalplace.sim.model.metrics import METRICS
from totalplace.sim.results.monte_carlo import share_interval
from totalplace.sim.results.run import BAND
from totalplace.sim.results.wording import count, listing

PAGE: Final = "what-survives.md"
#: Share of the draws from which a conclusion holds, and up to which its opposite does.
HOLDS: Final = 0.9
#: Verdicts, from what survives everything to what does not hold.
SURVIVES, LIKELY, OPEN, FAILS = VERDICTS = ("survives", "holds over the posterior", "open", "does not hold")
_MEANT: Final = {
    SURVIVES: "holds in 90% of the draws in both eras: over the posterior, over the prior and with every change of structure",
    LIKELY: "holds in 90% of the draws of the posterior in both eras, and not in all of the rest",
    OPEN: "neither it nor its opposite holds in 90% of the draws of the posterior in both eras",
    FAILS: "holds in at most 10% of the draws of the posterior in both eras",
}
#: Parameters for which it is told what data would settle them.
_SETTLED: Final = 20


@dataclass(frozen=True, eq=False)
class Survival:
    """What was found: the runs, and what decides conclusions by era and measures of facts."""

    played: Played
    conclusions: dict[str, list[Decided]]
    facts: list[Decided]


def verdict(found: Played, conclusion: Conclusion) -> str:
    """Whether a conclusion survives, holds over the posterior, is open or does not hold."""
    every = {(era, model): found.holds(conclusion, era, model) for era, models in found.values.items() for model in models}
    own = [share for (_, model), share in every.items() if model == POSTERIOR]
    if min(every.values()) >= HOLDS:
        return SURVIVES
    return LIKELY if min(own) >= HOLDS else FAILS if max(own) <= 1.0 - HOLDS else OPEN


def turns(found: Played, conclusion: Conclusion, era: str) -> list[str]:
    """The variants in which a conclusion falls to the other side of half the draws than in the model as it is, by more than chance.

    Held against the same draws, with the same seeds, of the model as it is: these must lie on the side of all of them, those of the
    variant beyond half by more than so few draws may by chance, and so must the draws whose answer changed (a sign test).
    """
    whole = found.margin(conclusion, era, POSTERIOR) > 0.0
    holds, same = bool(whole.mean() > 0.5), whole[list(found.few)]
    if bool(same.mean() > 0.5) != holds:
        return []
    turned = []
    for name in found.values[era]:
        if name in WHOLE:
            continue
        own = found.margin(conclusion, era, name) > 0.0
        share, changed = share_interval(int(own.sum()), len(own)), own[own != same]
        against = int((changed != holds).sum())
        if (share.high < 0.5 if holds else share.low > 0.5) and binomtest(against, len(changed)).pvalue < 0.05:
            turned.append(name)
    return turned


def markdown(found: Survival) -> str:
    """The page."""
    parts = (*_plain(found.played), *_conclusions(found.played), *_rankings(found.played), *_decides(found), *_settles(found),
             *_made(found.played))
    return "\n".join(parts).rstrip() + "\n"


def _plain(found: Played) -> Iterator[str]:
    """First in plain words what to believe."""
    by = {name: [one.words for one in found.asked.conclusions if verdict(found, one) == name] for name in VERDICTS}
    yield "# What survives"
    yield ""
    yield (
        f"{len(found.asked.conclusions)} conclusions were written down before it was looked at which of them hold "
        "(`sim/evidence/survival/conclusions.yaml`), and tried on the money of "
        f"{listing(list(found.asked.eras))}, over the posterior (what is not known and chance), over the prior, and with the "
        f"structure of the model or a judged setting of policy changed in {len(found.asked.variants)} ways. This page is written "
        "by `totalplace validate --survival --out docs`."
    )
    yield ""
    for name in VERDICTS:
        yield f"**{name[:1].upper()}{name[1:]}: {len(by[name])}.** {_MEANT[name][:1].upper()}{_MEANT[name][1:]}."
        yield ""
        yield from (f"- {words}" for words in by[name])
        if by[name]:
            yield ""
    yield "![Each conclusion in each era and variant: share of the draws in which it holds](images/what-survives-conclusions.png)"
    yield ""


def _conclusions(found: Played) -> Iterator[str]:
    yield "## Conclusions"
    yield ""
    yield (
        "Share of the draws in which each holds, of all places together in the last year. *Turns in*: the changes of structure "
        "under which it falls to the other side of half the draws than in the model as it is, on the same draws and seeds, by more "
        "than chance."
    )
    yield ""
    eras = found.asked.eras
    head = ("conclusion", *(f"{era}, {model}" for era in eras for model in WHOLE), "turns in", "verdict")
    rows = []
    for one in found.asked.conclusions:
        shares = [percent(found.holds(one, era, model)) for era in eras for model in WHOLE]
        rows.append((one.words, *shares, _turned(found, one), verdict(found, one)))
    yield from table(head, rows)


def _turned(found: Played, conclusion: Conclusion) -> str:
    parts = [(era, turns(found, conclusion, era)) for era in found.asked.eras]
    return "; ".join(f"{era}: {', '.join(names)}" for era, names in parts if names) or "none"


def percent(share: float) -> str:
    """A share of the draws as whole percent."""
    return f"{100 * share:.0f}%"


def _rankings(found: Played) -> Iterator[str]:
    yield "## Rankings"
    yield ""
    yield (
        "Median place of each arrangement over the draws of the posterior, 1 being best, with the places that hold 90% of the "
        "draws, and the share of the draws in which it comes first. Below each table, where another one comes first: over the "
        "prior or with the structure changed."
    )
    yield ""
    metrics = list(found.asked.rankings)
    for era in found.asked.eras:
        yield f"### {era}"
        yield ""
        ranks = {name: found.ranks(name, era, POSTERIOR) for name in metrics}
        ways = {1: "", -1: " (less first)"}
        head = ("arrangement", *(f"{METRICS[name].label}{ways[found.asked.rankings[name]]}" for name in metrics))
        yield from table(head, [(name, *(_rank(ranks[metric][:, a]) for metric in metrics))
                                for a, name in enumerate(found.asked.arrangements)])
        for name in metrics:
            yield f"- {METRICS[name].label}: {_firsts(found, name, era)}."
        yield ""


def _rank(places: np.ndarray) -> str:
    low, middle, high = np.quantile(places, (BAND[0], 0.5, BAND[1]))
    first = float((places < 1.5).mean())
    return f"{middle:.0f} ({low:.0f} to {high:.0f}){f', first {percent(first)}' if first >= 0.005 else ''}"


def _firsts(found: Played, metric: str, era: str) -> str:
    """Which arrangement has the best mean place over the posterior, and in which models it is another one."""
    names = found.asked.arrangements
    best = {model: names[int(found.ranks(metric, era, model).mean(axis=0).argmin())] for model in found.values[era]}
    other: dict[str, list[str]] = {}
    for model, name in best.items():
        if name != best[POSTERIOR]:
            other.setdefault(name, []).append(model)
    rest = "; ".join(f"{name} {_where(models)}" for name, models in other.items())
    return f"{best[POSTERIOR]} has the best mean place{f'; instead {rest}' if rest else ', and in every variant'}"


def _where(models: Sequence[str]) -> str:
    """Where another arrangement comes first: over the prior, and under which variants."""
    variants = ", ".join(model for model in models if model != PRIOR)
    return " and ".join(filter(None, (f"over the {PRIOR}" if PRIOR in models else "", f"with {variants}" if variants else "")))


def _decides(found: Survival) -> Iterator[str]:
    yield "## What decides the results"
    yield ""
    draws = len(found.played.prior)
    yield (
        f"Rank correlation of each of the {len(PARAMETERS)} parameters of the registry with by how much a conclusion holds, and "
        f"with the measures of the facts, over {draws:,} draws of the prior; at most ten of each, none that chance alone could "
        "give. + helps, − hurts. Where none is named, no single parameter decides."
        f"{_left_out(found)}"
    )
    yield ""
    for words, results in (*((f"Conclusions, {era}", own) for era, own in found.conclusions.items()), ("Facts", found.facts)):
        yield f"### {words}"
        yield ""
        yield from table(("result", "parameters that matter most"), [(one.words, _named(one)) for one in results])


def _left_out(found: Survival) -> str:
    """The facts whose measures are read inside runs, which these draws do not keep."""
    told = {one.words for one in found.facts}
    left = [str(fact.number) for fact in facts() if not any(fact_words(fact, one) in told for one in fact.criteria)]
    which = "fact" if len(left) == 1 else "facts"
    return f" Left out: {which} {listing(left)}, measured inside runs." if found.facts and left else ""


def _named(result: Decided) -> str:
    return ", ".join(f"`{name}` {value:+.2f}".replace("-", "−") for name, value in result.ten()) or "none"


def _settles(found: Survival) -> Iterator[str]:
    yield "## What data would settle it"
    yield ""
    every = [one for own in found.conclusions.values() for one in own] + found.facts
    reach = by_reach(every)[:_SETTLED]
    yield f"The {count(len(reach), 'parameter')} that decide most of the {len(every)} results above."
    yield ""
    known = data_that_would_settle()
    yield from table(("parameter", "results", "what it is", "grade", "what would settle it"), [
        (f"`{name}`", number, PARAMETERS[name].meaning, PARAMETERS[name].grade, known.get(name, "no data named yet"))
        for name, number in reach
    ])


def _made(found: Played) -> Iterator[str]:
    yield "## How it was made"
    yield ""
    sizes = {model: len(values) for model, values in found.values[found.asked.eras[0]].items()}
    yield (
        f"{len(found.asked.arrangements)} arrangements in {listing(list(found.places))}, on the money and the budget path of each "
        f"era, 40 quarters; {sizes[POSTERIOR]} draws of the posterior, {sizes[PRIOR]} of the prior, and {len(found.few)} of "
        "those of the posterior for each change of structure (a share of so few has a standard error of up to "
        f"{50.0 / math.sqrt(len(found.few)):.0f} points), with the same parameters and seeds for every arrangement "
        f"(first seed {found.first_seed}). "
        "Money is added over the places, other measures are means weighted by people, pooled shares by spend."
    )
    yield ""
    yield from table(("change of structure", "what it does"), [
        (one.name, ", ".join(_changed(one))) for one in found.asked.variants
    ])
    yield (
        "What departments pay into a single pot, what they claw back and what is spent again are choices of policy. What stands "
        "for them in scenarios is judgement and is in no prior, so that they are tried like changes of structure. These six were "
        "added on 27 November 2026, when the verdicts on the others had been seen: they can only take from what survives."
    )
    yield ""
    if older := differences():
        yield f"{older}."
        yield ""


def _changed(variant: Variant) -> Iterator[str]:
    for part in variant.contents:
        yield from (f"`{key}: {item.plain()}`" for key, item in part.mapping("a variant").items())
    yield from (f"in {name} alone" for name in variant.only)
    yield from (f"`{name}` {value:g}" for name, value in variant.parameters)


def write(found: Survival, folder: Path) -> list[Path]:
    """Write the page and its figure into a folder. Raises InputError when it cannot be written, DrawingFailed for the figure."""
    return write_page(folder, PAGE, markdown(found), lambda: {"conclusions": matrix(found.played)})


def short(text: str) -> Sequence[Sequence[str]]:
    """Head and rows of the short table, from the text of the page: without where it turns. Raises ValueError where it has none."""
    lines = text.partition("\n## Conclusions\n")[2].splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    rows = rows[: next((i for i, line in enumerate(rows) if len(line) != len(rows[0])), len(rows))]
    if len(rows) < 3:
        raise ValueError("the page has no table of conclusions")
    kept = [i for i, name in enumerate(rows[0]) if name != "turns in"]
    return [[row[i] for i in kept] for row in (rows[0], *rows[2:])]


__all__ = ["PAGE", "Survival", "markdown", "short", "turns", "verdict", "write"]
