"""Where and how runs were made, in words: place, time, runs and seeds, year and prices, what is uncertain."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from totalplace.scenarios.posterior import MOST_NAMED, shipped
from totalplace.scenarios.registry import PARAMETERS
from totalplace.scenarios.uncertainties import POSTERIOR, Range, prior
from totalplace.scenarios.what_if import WHAT_IF
from totalplace.sim.results.wording import count, listing

if TYPE_CHECKING:
    from totalplace.scenarios.scenario import Scenario
    from totalplace.sim.results.run import Ensemble, Run


#: What the words of :func:`uncertainties_words` mean, in two sentences.
POSTERIOR_WORDS: Final = (
    "The prior is the range in which each parameter may lie, the posterior what calibration on published figures leaves of it. "
    "What is not known differs from one draw of the parameters to the next, chance between runs of one draw."
)


def setting(ensembles: Sequence[Ensemble]) -> dict[str, str]:
    """What the runs of scenarios have in common, by a word for it. Where they differ, each value is told, once."""
    return {
        "Place": told([place_words(e) for e in ensembles]),
        "Time": told([f"{e.period} ({count(e.quarters, 'quarter')})" for e in ensembles]),
        "Runs": told([f"{e.runs:,}" for e in ensembles]) + (" of each scenario" if len(ensembles) > 1 else ""),
        "Seeds": told([seeds_in_words([int(seed) for seed in e.seeds]) for e in ensembles]),
        "Budgets": told([f"of {e.scenario.year}" for e in ensembles]),
        "Quality of the agencies' money": told([money_words(e) for e in ensembles]),
        "Prices": told([f"constant, of {e.scenario.year}" for e in ensembles]),
        "Uncertainties": told([uncertainties_words(e.scenario) for e in ensembles]),
    }


def setting_line(ensembles: Sequence[Ensemble]) -> str:
    """The same as one sentence, for the caption of a table."""
    words = setting(ensembles)
    said = [f"{words['Runs']} runs".replace(" of each scenario runs", " runs of each scenario"), f"seeds {words['Seeds']}",
            f"budgets {words['Budgets']}", f"prices {words['Prices']}", words["Uncertainties"]]
    if ensembles[0].runs == 1:
        said[0] = said[0].replace("1 runs", "1 run")
    return f"{words['Place']}, {words['Time']}; {'; '.join(said)}."


def caption_line(ensembles: Sequence[Ensemble]) -> str:
    """Where, when, how many runs, at which prices and over what bands are, as one sentence for captions that stand alone."""
    words = setting(ensembles)
    runs = f"{words['Runs']} runs".replace(" of each scenario runs", " runs of each scenario")
    runs = runs.replace("1 runs", "1 run") if ensembles[0].runs == 1 else runs
    return f"{words['Place']}, {words['Time']}, {runs}, prices {words['Prices']}; {words['Uncertainties']}."


def quality_line(ensembles: Sequence[Ensemble]) -> str:
    """How good the money of the place is as a sentence, for what stands below a table, and where to read it line by line."""
    first = ensembles[0].place
    own = first.own.file if first.own is not None else ""
    where = f"totalplace places show {shlex.quote(own)}" if own else f"totalplace places show {first.code} --year {first.year}"
    return f"Money of the agencies: {told([money_words(e) for e in ensembles])} ({where})."


def place_words(ensemble: Ensemble) -> str:
    """Name and code of the place: ``Leeds (E08000035)``, with a mark where the money of its council is an estimate."""
    marked = ensemble.place_name
    return f"{ensemble.place.name} ({ensemble.place.code}){marked.removeprefix(ensemble.place.name)}"


def money_words(ensemble: Ensemble) -> str:
    """How good the money of the agencies of the place is: ``actual 37%, formula 6%, estimate 57%``."""
    from totalplace.scenarios.places.quality import in_words

    return in_words(ensemble.place.code, ensemble.place.year)


def places_words(names: Sequence[str], most: int = 4) -> str:
    """Names of places for a title: all of them up to ``most``, beyond that the first ones and how many more."""
    names = list(dict.fromkeys(names))
    return listing(names) if len(names) <= most else f"{', '.join(names[: most - 1])} and {len(names) - most + 1} more places"


def uncertainties_words(scenario: Scenario) -> str:
    """Over what the band of runs of a scenario is: what is not known and chance, or chance alone; and what was set or drawn how."""
    drawn = {name: value for name, value in scenario.uncertainties.items() if isinstance(value, Range)}
    fixed = {name: value for name, value in scenario.uncertainties.items() if name not in drawn}
    by_hand = sum(value != PARAMETERS[name].default for name, value in fixed.items())
    set_to = f"{count(by_hand, 'parameter')} set to another value than the default" if by_hand else ""
    if not drawn:
        return f"{set_to or 'default values'}: chance alone"
    of_posterior = [name for name, value in drawn.items() if value.distribution == POSTERIOR]
    unknown = [name for name, value in drawn.items() if of_posterior and _unknown_to_the_posterior(name, value)]
    some = f", {count(len(fixed), 'parameter')} fixed" if fixed else ""
    if of_posterior and len(of_posterior) + len(unknown) == len(drawn):
        whose = "the posterior"
    else:
        whose = "the prior" if all(value == prior(PARAMETERS[name]) for name, value in drawn.items()) else "ranges"
    who = listing(unknown) if len(unknown) <= MOST_NAMED else f"{len(unknown)} parameters"
    column = "column for it" if len(unknown) == 1 else "columns for them"
    but = f" ({who} over the prior, since the posterior has no {column})" if unknown and whose == "the posterior" else ""
    return f"over {whose}{but}: what is not known and chance{some}"


def band_words(results: Sequence[Ensemble | Run]) -> str:
    """Over what the bands of runs are, for a caption: ``over the posterior: what is not known and chance``."""
    return told([uncertainties_words(one.scenario) for one in results])


def _unknown_to_the_posterior(name: str, value: Range) -> bool:
    """Whether a parameter has its prior range because the posterior that is shipped has no column for it."""
    return value == prior(PARAMETERS[name]) and name in shipped().missing


def notes_of(scenarios: Sequence[Scenario]) -> tuple[str, ...]:
    """The notes of scenarios, each once, after the name of the scenario where it is not one of all."""
    return tuple(dict.fromkeys(
        note if all(note in other.notes for other in scenarios) else f"{scenario.name}: {note}"
        for scenario in scenarios for note in scenario.notes
    ))


def what_if_words(scenarios: Sequence[Scenario]) -> str:
    """What the place could not have under some of the scenarios, a sentence each after a blank, for captions; empty if nothing."""
    whose: dict[str, list[str]] = {}
    for scenario in scenarios:
        for note in scenario.notes:
            if note.startswith(WHAT_IF):
                whose.setdefault(note, []).append(scenario.name)
    return "".join(f" {note[:1].upper()}{note[1:]}{'' if len(names) == len(scenarios) else f' ({listing(names)})'}."
                   for note, names in whose.items())


def told(words: Sequence[str]) -> str:
    """Words that are mostly all the same, each once."""
    return listing(list(dict.fromkeys(words)))


def seeds_in_words(seeds: Sequence[int]) -> str:
    """``1 to 100``, or as a list where numbers are left out."""
    ordered = sorted(seeds)
    if len(ordered) > 2 and ordered == list(range(ordered[0], ordered[0] + len(ordered))):
        return f"{ordered[0]} to {ordered[-1]}"
    shown = [str(seed) for seed in ordered[:20]]
    return listing(shown) if len(ordered) <= 20 else f"{', '.join(shown)} and {len(ordered) - 20} more"


__all__ = [
    "POSTERIOR_WORDS", "band_words", "caption_line", "money_words", "notes_of", "place_words", "places_words", "quality_line",
    "seeds_in_words", "setting", "setting_line", "told", "uncertainties_words", "what_if_words",
]
