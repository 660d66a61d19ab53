"""The generated tables of ``docs/odd.md`` and ``README.md``, read from the registries and the code, so that they cannot drift.

``python -m tools.documentation`` rewrites what stands between ``<!-- generated: NAME -->`` and ``<!-- end -->``;
``python -m tools.documentation --check`` only says which tables are out of date.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from tools import gallery, headline, questions, then_and_now
from tools import source_reading as source
from totalplace.scenarios.vocabulary import DECISION_RULES, FLAGS, LISTS, PERIODS, SAVINGS_RULES, TOPOLOGIES, Word, Words
from totalplace.sim.evidence import markdown_page as pages

ODD: Final = source.ROOT / "docs" / "odd.md"
README: Final = source.ROOT / "README.md"
TUTORIAL: Final = source.ROOT / "docs" / "tutorial.md"
THEN_AND_NOW: Final = source.ROOT / "docs" / "then-and-now.md"
QUESTIONS: Final = source.ROOT / "docs" / "how-to" / "questions-of-today.md"
GALLERY: Final = source.ROOT / "docs" / "gallery.md"
#: The scenario that all the shipped ones extend, and the shipped budget path.
BASE_SCENARIO: Final = "october-2010"
BUDGET_PATH: Final = "outturn-2010"
_BLOCK: Final = re.compile(r"<!-- generated: ([\w-]+) -->\n.*?<!-- end -->", re.DOTALL)
_DIRECTION: Final = {1: "more is better", -1: "less is better", 0: "neither"}


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    return "\n".join(pages.table(heads, rows)).rstrip()


def code(text: object) -> str:
    """Text as code; nothing for nothing."""
    return f"`{text}`" if text else ""


def codes(names: Iterable[str]) -> str:
    """Names as code, one after the other."""
    return ", ".join(map(code, names))


def parameters() -> str:
    """Every uncertainty of the registry."""
    from totalplace.scenarios.registry import PARAMETERS

    rows = ((code(p.name), p.meaning, p.unit, f"{p.default:g}", f"{p.low:g} to {p.high:g}, {p.distribution}", p.grade, p.source,
             codes(source.readers(p.name))) for p in PARAMETERS.values())
    return table(("name", "meaning", "unit", "default", "range", "grade", "source", "read by"), rows)


def levers() -> str:
    """Every lever of the registry."""
    from totalplace.scenarios.registry import LEVERS

    rows = []
    for lever in LEVERS.values():
        default = lever.choices[int(lever.default)] if lever.choices else f"{lever.default:g}"
        allowed = ", ".join(lever.choices) if lever.choices else f"{lever.low:g} to {lever.high:g}"
        per = "place" if lever.per == "none" else lever.per
        rows.append((code(lever.name), lever.meaning, f"one for each {per}", lever.unit, default, allowed,
                     codes(source.readers(lever.name))))
    return table(("name", "meaning", "values", "unit", "default", "range", "read by"), rows)


def constants() -> str:
    """Numbers that are declared at the top of a file with rules, with the comment that stands there."""
    rows = ((code(c.name), c.value, code(c.file), c.comment) for c in source.constants())
    return table(("name", "value", "file", "what it is, source or judgement with range"), rows)


def literals() -> str:
    """Numbers that stand in a rule itself: the weights and forms of its equation."""
    return table(("rule", "file", "where"), ((code(r), code(f), code(text)) for f, r, text in source.literals()))


def columns() -> str:
    """Every column of every table of the world."""
    from totalplace.sim.model.memory import LEVERS_TABLE, PARAMETERS_TABLE
    from totalplace.sim.model.metrics import MEASURES

    elsewhere = {LEVERS_TABLE.name, PARAMETERS_TABLE.name, MEASURES.name}
    shapes, tables = source.world_fields(), source.tables()
    parts = []
    for name, shape in shapes.items():
        if name not in tables or name in elsewhere:
            continue
        shown = tables[name]
        rows = []
        for column in shown.columns:
            kind = "whole number" if column.whole else "number"
            size = f"{kind} × {column.shape[0]}" if column.shape else kind
            rows.append((code(column.name), size, column.unit, column.meaning))
        parts.append(f"**`{name}`**, {shape}: {shown.row}.\n\n" + table(("column", "kind", "unit", "meaning"), rows))
    rest = [(code(name), shape) for name, shape in shapes.items() if name not in tables or name in elsewhere]
    parts.append("The other arrays of the world:\n\n" + table(("name", "what"), rest))
    return "\n\n".join(parts)


def metrics() -> str:
    """Every metric of the registry."""
    from totalplace.sim.model.metrics import DECLARED

    measured = source.measured()
    rows = ((code(m.name), m.group, m.unit, _DIRECTION[m.direction], m.aggregate, m.meaning, codes(measured.get(row.name, ())))
            for row in DECLARED for m in row.metrics())
    return table(("metric", "group", "unit", "direction", "a year is its", "meaning", "measured by"), rows)


def schedule() -> str:
    """The rules of a quarter in the order in which they run."""
    rows = []
    for number, step in enumerate(source.schedule(), 1):
        rows.append((number, step.phase, step.rows, code(step.rule), code(step.file), step.meaning, codes(step.calls)))
    return table(("step", "phase", "for", "rule", "file", "what it does", "calls"), rows)


def streams() -> str:
    """Every draw: its stream, where it is made and at which address."""
    rows = []
    for number, (stream, uses) in enumerate(source.streams().items()):
        for use in uses or [("", "", "", "")]:
            file, rule, kind, address = use
            rows.append((number, code(stream), kind, code(rule), code(file), code(address)))
    return table(("number", "stream", "draw", "rule", "file", "address: quarter, agent, draw"), rows)


def rules() -> str:
    """Every compiled rule with what it does and which parameters, levers and constants it reads."""
    rows = ((code(r.name), code(r.file), r.meaning, codes(source.reads()[r.name])) for r in source.rules())
    return table(("rule", "file", "what it does", "reads"), rows)


def arrangements() -> str:
    """The shipped arrangements side by side, their commissioners and their levers."""
    from totalplace.scenarios.arrangement import Arrangement, load_arrangement, names

    loaded = {name: load_arrangement(name) for name in names()}
    apart = {"name", "title", "description", "commissioners", "levers"}
    fields = [(name, field) for name, field in Arrangement.model_fields.items() if name not in apart]
    rows = [(code(name), field.description, *(_shown(getattr(one, name)) for one in loaded.values())) for name, field in fields]
    posts = ((code(name), c.name, c.host, f"{c.leadership:g}", ", ".join(c.themes))
             for name, one in loaded.items() for c in one.commissioners)
    own = ((code(name), code(lever), _shown(value)) for name, one in loaded.items() for lever, value in one.levers.items())
    return "\n\n".join((
        table(("field", "meaning", *(code(name) for name in loaded)), rows),
        table(("arrangement", "commissioner", "host", "leadership", "themes"), posts),
        table(("arrangement", "lever that comes with it", "value"), own),
    ))


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, dict):
        return ", ".join(f"{key} {_shown(item)}" for key, item in value.items())
    return ", ".join(_shown(item) for item in value) if isinstance(value, list | tuple) else str(value)


def vocabulary() -> str:
    """The words of each list in the order in which every array holds them, what their flags say, and the lists of rules."""
    parts = [f"**{words.what}** ({len(words)})\n\n{_words(words)}" for words in LISTS]
    carried_by = {"one": "exactly one", "some": "at least one", "any": "any number"}
    flags = ((code(flag), _what(file), row.meaning, carried_by[row.carried_by])
             for file, list_flags in FLAGS.items() for flag, row in list_flags.items())
    parts.append("What a flag says of a word, and how many words carry it in each period:\n\n"
                 + table(("flag", "of", "meaning", "carried by"), flags))
    others = {"decision rules": DECISION_RULES, "savings rules": SAVINGS_RULES, "topologies": TOPOLOGIES}
    parts.append("The other lists:\n\n" + table(("list", "members in order"), (
        (name, ", ".join(code(member) for member in members)) for name, members in others.items()
    )))
    return "\n\n".join(parts)


def _words(words: Words) -> str:
    """The table of one list, without the columns in which it has nothing."""
    heads = ["key", "label", "short", "what people type", "flags", "periods", "department", "by another name"]
    rows = [(code(row.name), row.label, row.short, ", ".join(row.also), ", ".join(code(flag) for flag in sorted(row.flags)),
             "" if row.periods == tuple(PERIODS) else ", ".join(row.periods), code(row.department), _renamed(row))
            for row in words.rows.values()]
    used = [i for i in range(len(heads)) if any(row[i] for row in rows)]
    return table([heads[i] for i in used], ([row[i] for i in used] for row in rows))


def _renamed(word: Word) -> str:
    """What a word is called in a period in which it is called otherwise, with its short name where that is another, too."""
    return "; ".join(f"{PERIODS[period].label}: " + ", ".join(dict.fromkeys((word.called(period), word.briefly(period))))
                     for period in PERIODS if word.called(period) != word.label)


def _what(file: str) -> str:
    """What a word of a file is."""
    return file.removesuffix("s").replace("_", " ")


def accounts() -> str:
    """The accounts of the ledger."""
    from totalplace.agents.ledger import CAPITAL_POT, account_names

    rows = []
    for number, name in enumerate(account_names(("NAME",))):
        rows.append((number, name, "holds only what the rules say" if number >= CAPITAL_POT else "the outer world"))
    return table(("number", "account", "at the close"), rows)


def scenario() -> str:
    """What the shipped scenarios start from, and the levers that it sets away from their defaults."""
    from totalplace import scenarios
    from totalplace.scenarios.registry import LEVERS

    base = scenarios.load(BASE_SCENARIO)
    keys = ("place", "year", "start", "quarters", "clusters", "nhs", "network", "cuts")
    rows = [(key, _shown(getattr(base, key))) for key in keys]
    for name, lever in LEVERS.items():
        given = base.levers[name]
        if given != lever.defaults:
            pairs = zip(lever.targets or ("place",), given, strict=True)
            rows.append((f"lever `{name}`", ", ".join(f"{target} {value:g}" for target, value in pairs)))
    return table((f"`{BASE_SCENARIO}`", "value"), rows)


def budgets() -> str:
    """The shipped budget path by agency kind."""
    from totalplace.scenarios.cuts import load_cuts

    path = load_cuts(BUDGET_PATH)
    rows = ((kind, row.year, f"{row.index:g}", f"{row.low:g} to {row.high:g}", row.quality, row.source)
            for kind, points in path.paths.items() for row in points)
    head = ("agency kind", "year", "index", "range", "quality", "source")
    return f"`{BUDGET_PATH}`, {path.base_year} = 1.\n\n" + table(head, rows)


def place_tables() -> str:
    """The hand-made tables of places: file, rows, what they are indexed by."""
    return table(("table", "rows", "indexed by", "of these values, judgement", "parameters that say how far it may be out"),
                 source.place_tables())


TABLES: Final[dict[str, Callable[[], str]]] = {
    "vocabulary": vocabulary,
    "columns": columns,
    "schedule": schedule,
    "streams": streams,
    "scenario": scenario,
    "place-tables": place_tables,
    "budgets": budgets,
    "rules": rules,
    "arrangements": arrangements,
    "levers": levers,
    "parameters": parameters,
    "constants": constants,
    "literals": literals,
    "accounts": accounts,
    "metrics": metrics,
}
#: Tables of the README: results of 1,000 runs, a few seconds of work.
README_TABLES: Final[dict[str, Callable[[], str]]] = {
    "answer": headline.answer, "results": lambda: table(*headline.results()), "verdicts": headline.verdicts, "uses": headline.uses,
    "survival": lambda: table(*headline.survival()),
}
#: Tables of the tutorial: what its commands print.
TUTORIAL_TABLES: Final[dict[str, Callable[[], str]]] = {"branch": headline.branch}
#: The table of ten arrangements then and now: the README's runs.
THEN_AND_NOW_TABLES: Final[dict[str, Callable[[], str]]] = {"then-and-now": lambda: table(*then_and_now.then_and_now())}
#: Answers of the page of questions of today: what its commands find, a minute of work.
QUESTIONS_TABLES: Final[dict[str, Callable[[], str]]] = questions.tables()
#: Answers of the gallery, without its pictures: what its commands find, some minutes of work.
GALLERY_TABLES: Final[dict[str, Callable[[], str]]] = gallery.tables()
DOCUMENTS: Final = {
    ODD: TABLES, README: README_TABLES, THEN_AND_NOW: THEN_AND_NOW_TABLES,
    TUTORIAL: TUTORIAL_TABLES, QUESTIONS: QUESTIONS_TABLES, GALLERY: GALLERY_TABLES,
}


def rewritten(text: str, tables: Mapping[str, Callable[[], str]] = TABLES) -> str:
    """``text`` with every generated table as the code has it now. Raises ValueError for a table that is missing or unknown."""
    found = _BLOCK.findall(text)
    if sorted(found) != sorted(tables):
        odd = sorted(set(found) ^ set(tables)) or "a table that stands twice"
        raise ValueError(f"the document and the generator do not have the same tables: {odd}")
    return _BLOCK.sub(lambda match: f"<!-- generated: {match[1]} -->\n{tables[match[1]]()}\n<!-- end -->", text)


def generated(text: str) -> str:
    """The generated tables of a document, without the rest."""
    return "\n".join(match[0] for match in _BLOCK.finditer(text))


def prose(text: str) -> str:
    """The document without its generated tables."""
    return _BLOCK.sub("", text)


def main(given: Sequence[str] = ()) -> int:
    """Rewrite the documents, or check them; 1 if one was out of date and only checked."""
    if not ODD.exists():
        print(f"There is no {ODD}: the document comes with the source tree, not with the installed package.", file=sys.stderr)
        return 2
    out_of_date = 0
    for document, tables in DOCUMENTS.items():
        before = document.read_text("utf-8")
        after = rewritten(before, tables)
        if "--check" in given:
            out_of_date |= int(after != before)
            state = "as the code has it" if after == before else "out of date: run python -m tools.documentation"
        else:
            document.write_text(after, "utf-8")
            state = "no change" if after == before else "rewritten"
        print(f"{_relative(document)}: {state}")
    return out_of_date


def _relative(path: Path) -> str:
    return path.relative_to(source.ROOT).as_posix()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
