"""What was run: the question, the place, the scenarios, and the levers in which they differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from totalplace.scenarios.events import told as event_words
from totalplace.scenarios.lever_values import written_value
from totalplace.scenarios.period_words import called
from totalplace.scenarios.places.quality import marked
from totalplace.scenarios.registry import LEVERS, named, target_label
from totalplace.scenarios.uncertainties import Range
from totalplace.scenarios.vocabulary import AGENCY_KINDS, THEMES, label, period_of
from totalplace.sim.report.content import Listing, Section, upper
from totalplace.sim.results.plain import question as asked
from totalplace.sim.results.run import Ensemble
from totalplace.sim.results.setting import POSTERIOR_WORDS, seeds_in_words, told, uncertainties_words
from totalplace.sim.results.wording import amount, count, listing

if TYPE_CHECKING:
    from totalplace.scenarios.arrangement import Arrangement
    from totalplace.scenarios.places import Place
    from totalplace.scenarios.scenario import Scenario

#: Fields of an arrangement that name it or are shown elsewhere.
_NOT_COMPARED: Final = ("name", "title", "description", "levers", "commissioners")
#: What the row of the baseline says before its own settings.
_BASELINE: Final = "the baseline; against the defaults: "


def question(ensembles: Sequence[Ensemble], baseline: Ensemble) -> tuple[str, Section]:
    """What the runs ask, in one sentence, and what each scenario stands for."""
    first = baseline
    if len(ensembles) > 1:
        how = (
            f"Every scenario was run {count(first.runs, 'time')} on the same seeds. Runs with one seed share their random draws, "
            "so that a difference between two scenarios on one seed is due to what they change."
        )
    else:
        how = f"The scenario was run {count(first.runs, 'time')}, each with a seed of its own."
    shared = {e.scenario.description.strip() for e in ensembles}
    common = shared.pop() if len(shared) == 1 and len(ensembles) > 1 else ""
    points = tuple(f"{e.scenario.name}: {describe(e.scenario, leave_out=common)}" for e in ensembles)
    title = "What was compared" if len(ensembles) > 1 else "What was run"
    return asked(ensembles, baseline), Section("question", title, tuple(filter(None, (how, common))), points)


def describe(scenario: Scenario, leave_out: str = "") -> str:
    """Title and description of a scenario and of the arrangement that it ends with, each once; not a description said elsewhere.

    Where the arrangement changes on the way, the scenario's own words come first, and what it begins with is only named.
    """
    stages = _arrangements(scenario)
    _, last = stages[-1]
    own, of_last = [scenario.title, scenario.description], [last.title, last.description]
    if len(stages) > 1:
        said = [*own, f"Arrangement: {_in_time(stages)}", *of_last]
    else:
        said = [scenario.title, *of_last, scenario.description]
    texts = list(dict.fromkeys(text.strip().rstrip(".") for text in said if text.strip() not in ("", leave_out)))
    return ". ".join(texts) + "." if texts else "no description."


def _arrangements(scenario: Scenario) -> list[tuple[str, Arrangement]]:
    """The arrangements that are played, each with the month from which on it stands; the first from the start on, without one."""
    changes = scenario.played_changes
    return [("", scenario.arrangement), *((one.text[:7], one.arrangement) for one in changes if one.arrangement is not None)]


def _in_time(stages: Sequence[tuple[str, Arrangement]]) -> str:
    """Arrangements by their titles: ``Silo; from 2025-04 Integrated settlement``."""
    return "; ".join(f"{f'from {month} ' if month else ''}{one.title or one.name}" for month, one in stages)


def set_up(ensembles: Sequence[Ensemble], baseline: Ensemble) -> Section:
    """The place, the scenarios and the levers in which they differ; the scenario texts in full."""
    places = {(ensemble.place.code, ensemble.place.year): ensemble.place for ensemble in ensembles}
    rows = [_row(ensemble, baseline, len(ensembles) > 1) for ensemble in ensembles]
    head = ("scenario", "arrangement", "what differs" if len(ensembles) > 1 else "levers that are not at their default")
    note = "In brackets the value of the baseline." if len(ensembles) > 1 else "In brackets the default."
    table = Listing("set-up", "Scenarios", head, tuple(rows), words=len(head), note=note)
    notes = tuple(_notes(ensembles))
    return Section(
        "set-up", "Set-up", (*map(_about, places.values()), *_common(ensembles)), notes=notes, tables=(table,),
        texts={f"Scenario {e.scenario.name} in full": without_paths(e.scenario.text) for e in ensembles},
    )


def _notes(ensembles: Sequence[Ensemble]) -> Iterator[str]:
    """The notes of the scenarios, each once: one that all of them have is of the place or of their time, and names none."""
    of: dict[str, list[str]] = {}
    for ensemble in ensembles:
        for note in ensemble.scenario.notes:
            of.setdefault(note, []).append(ensemble.scenario.name)
    for note, names in of.items():
        yield f"{upper(note)}." if len(names) == len(ensembles) > 1 else f"{listing(names)}: {note}."


def _about(place: Place) -> str:
    return (
        f"{marked(place.code, place.year)} ({place.code}, {place.region}): {place.population:,.0f} people, "
        f"{amount(place.total, '£m a year')} of "
        f"public money in {place.year}, of which {amount(float(place.spend.sum()), '£m a year')} is spend of "
        f"{count(len(place.agency_names), 'agency', 'agencies')} that could be planned locally; "
        f"{count(len(place.neighbourhood_name), 'neighbourhood')} and {count(len(place.size), 'cohort')} of citizens."
    )


def _common(ensembles: Sequence[Ensemble]) -> Iterator[str]:
    """What the scenarios share, a sentence each."""
    first = ensembles[0]
    paths = list(dict.fromkeys(without_paths(str(e.scenario.cuts)) for e in ensembles))
    yield f"Budget path: {listing(paths)}. Seeds {seeds_in_words([int(seed) for seed in first.seeds])}."
    yield f"Bands are {told([uncertainties_words(e.scenario) for e in ensembles])}. {POSTERIOR_WORDS}"


def _row(ensemble: Ensemble, baseline: Ensemble, compared: bool) -> tuple[str, ...]:
    scenario = ensemble.scenario
    against = None if ensemble is baseline else baseline.scenario
    title = _in_time(_arrangements(scenario))
    changed = [*differing_levers(scenario, against)]
    if against is not None:
        changed += [*differing_fields(scenario, against), *_differing_parameters(scenario, against)]
        return scenario.name, title, "; ".join(changed) or "nothing"
    return scenario.name, title, (_BASELINE if compared else "") + ("; ".join(changed) or "all at their default")


def differing_levers(scenario: Scenario, against: Scenario | None = None) -> list[str]:
    """The levers whose value is not that of another scenario, or not the default: name, value and, in brackets, the other's."""
    changed, period = [], period_of(scenario.year)
    for name, lever in LEVERS.items():
        ours = scenario.levers[name]
        theirs = lever.defaults if against is None else against.levers[name]
        alike: dict[tuple[float, float], list[str]] = {}
        for index, (one, other) in enumerate(zip(ours, theirs, strict=True)):
            if one != other:
                alike.setdefault((one, other), []).append(target_label(lever, index, period) if lever.targets else "")
        for (one, other), targets in alike.items():
            whole = not lever.targets or len(targets) == len(lever.targets)
            of = "" if whole else f" of {listing(targets)}"
            changed.append(f"{label(name)}{of} {_shown(written_value(lever, one))} ({_shown(written_value(lever, other))})")
    return changed


def differing_fields(scenario: Scenario, against: Scenario) -> list[str]:
    """The fields in which two arrangements differ, as far as they are single values."""
    changed = []
    for name in type(scenario.arrangement).model_fields:
        ours, theirs = getattr(scenario.arrangement, name), getattr(against.arrangement, name)
        if name not in _NOT_COMPARED and ours != theirs:
            changed.append(f"{label(name)} {_shown(ours)} ({_shown(theirs)})")
    ours, theirs = (_commissioners(one) for one in (scenario, against))
    if ours != theirs:
        changed.append(f"commissioners {ours} ({theirs})")
    for name in ("start", "quarters", "year", "place", "clusters", "nhs", "network", "cuts"):
        ours, theirs = getattr(scenario, name), getattr(against, name)
        if ours != theirs:
            changed.append(f"{label(name)} {without_paths(_shown(ours))} ({without_paths(_shown(theirs))})")
    if (scenario.events, scenario.changes) != (against.events, against.changes):
        dated = [(one.quarter, one.text) for one in scenario.changes] + [
            (one.quarter, event_words(one.text, one.lever, one.index, period_of(scenario.year))) for one in scenario.events]
        told = dict.fromkeys(text for _, text in sorted(dated, key=lambda one: one[0]))
        changed.append(f"dated events: {'; '.join(told) or 'none'}")
    return changed


def _commissioners(scenario: Scenario) -> str:
    """Who commissions what: the host of each commissioner with its themes."""
    period = period_of(scenario.year)
    told = ((called(one.host, period, AGENCY_KINDS), listing([called(theme, period, THEMES) for theme in one.themes]))
            for one in scenario.arrangement.commissioners)
    return "; ".join(f"{host} for {themes}" for host, themes in told) or "none"


def _differing_parameters(scenario: Scenario, against: Scenario) -> list[str]:
    return [
        f"{named(name)} {_shown(value)} ({_shown(against.uncertainties[name])})"
        for name, value in scenario.uncertainties.items() if value != against.uncertainties[name]
    ]


def _shown(value: Any) -> str:
    if isinstance(value, Range):
        return f"{value.low:g} to {value.high:g}, {value.distribution}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}".replace("-", "\u2212")
    if isinstance(value, tuple):
        return listing([label(str(part)) for part in value]) or "none"
    return label(str(value)) if isinstance(value, str) else str(value)


def without_paths(text: str) -> str:
    """A text in which a path of somebody's machine is cut to its last part."""
    return " ".join(_short(word) for word in text.split(" "))


def _short(word: str) -> str:
    lines = word.split("\n")
    return "\n".join(line.rpartition("/")[2] if line.startswith("/") and line.count("/") > 1 else line for line in lines)
