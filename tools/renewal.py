"""Steps that update generated files, in order, each only where something that it depends on has changed.

What each step was last made from is kept as digests in ``tools/renewed.json``, one for each thing that it depends on, so that
it can be said what changed. A step that fails leaves those after it undone.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from totalplace.sim.engine.sweep.parts import write_whole

#: What became of a step.
MADE, SAME, SKIPPED, FAILED, UNDONE = "updated", "rebuilt, no change", "up to date", "failed", "not reached"
Kept = dict[str, dict[str, str]]


class RenewalError(Exception):
    """Why a step cannot be done, in words for whoever asked for it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is made from others. ``depends``: digest of each, by name; ``files``: what is written, below the root.

    ``make`` writes the files. ``written`` gives the part of a file that the step writes; by default the whole file.
    """

    name: str
    what: str
    depends: Mapping[str, Callable[[], str]]
    files: Callable[[], Iterable[Path]]
    make: Callable[[], None]
    written: Callable[[Path], bytes] = Path.read_bytes

    def inputs(self) -> dict[str, str]:
        """The digest of each thing that the step depends on, as it is now."""
        return {name: digest() for name, digest in self.depends.items()}

    def outputs(self) -> dict[Path, str]:
        """The digest of what the step has written, by file; files that are not there are left out."""
        return {path: digest_of(self.written(path)) for path in self.files() if path.is_file()}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a step, with the files that changed, why it was made, and why it failed."""

    step: Step
    state: str
    why: str = ""
    changed: tuple[Path, ...] = ()
    error: str = ""


@dataclass(slots=True)
class Record:
    """The file in which it is kept what every step was made from."""

    path: Path
    kept: Kept = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Record:
        """The record in a file; an empty one where there is none. Raises RenewalError for one that is damaged."""
        if not path.exists():
            return cls(path)
        try:
            kept: Kept = json.loads(path.read_text("utf-8"))
            return cls(path, {name: {str(key): str(digest) for key, digest in one.items()} for name, one in kept.items()})
        except (ValueError, AttributeError) as error:
            raise RenewalError(f"{path} is damaged: {error}; without it every step is done") from error

    def reasons(self, step: Step) -> list[str]:
        """Why a step would be done, in words; nothing when it is up to date."""
        before = self.kept.get(step.name)
        if before is None:
            return ["never made"]
        now = step.inputs() | self._results(step)
        differing = [name for name in now if before.get(name) != now[name]]
        gone = [f"{name} is not there any more" for name in before if name not in now]
        return [name if name in step.depends else f"{name} is not what was made" for name in differing] + gone

    def keep(self, step: Step) -> None:
        """Write down that a step is made from what there is now."""
        self.kept[step.name] = step.inputs() | self._results(step)
        write_whole(self.path, (json.dumps(self.kept, indent=1, sort_keys=True) + "\n").encode())

    def _results(self, step: Step) -> dict[str, str]:
        root = self.path.parent.parent
        return {path.relative_to(root).as_posix(): digest for path, digest in step.outputs().items()}


def digest_of(content: bytes) -> str:
    """A short digest of bytes."""
    return hashlib.sha256(content).hexdigest()[:12]


def files_digest(paths: Iterable[Path], root: Path) -> str:
    """A digest of files: of code without comments and docstrings, of all else to the byte."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        content = code_of(path.read_text("utf-8")) if path.suffix == ".py" else path.read_bytes()
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + content + b"\0")
    return digest.hexdigest()[:12]


def code_of(source: str) -> bytes:
    """Python without comments, docstrings and layout."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        body: Any = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
            body[0].value.value = ""
    return ast.unparse(tree).encode()


def code_files(*modules: Any) -> list[Path]:
    """The files of modules, and of packages with all in them."""
    found = []
    for module in modules:
        path = Path(module.__file__)
        found += sorted(path.parent.rglob("*.py")) if path.name == "__init__.py" else [path]
    return found


def chosen(steps: Sequence[Step], only: Sequence[str]) -> list[Step]:
    """The steps that are asked for, in their order; all without any name. Raises RenewalError for an unknown name."""
    names = [step.name for step in steps]
    unknown = [name for name in only if name not in names]
    if unknown:
        raise RenewalError(f"There is no step '{unknown[0]}'. There are: {', '.join(names)}")
    return [step for step in steps if not only or step.name in only]


def renewed(steps: Sequence[Step], record: Record, tell: Callable[[str], None], forced: bool = False) -> Iterator[Outcome]:
    """Do steps in order, each where it is out of date or ``forced``, and give the outcome of each; none after one that failed."""
    failed = False
    for step in steps:
        if failed:
            yield Outcome(step, UNDONE)
            continue
        reasons = record.reasons(step)
        if not reasons and not forced:
            yield Outcome(step, SKIPPED)
            continue
        why = ", ".join(reasons) or "asked for"
        tell(f"{step.name}: {step.what} (changed: {why})" if reasons != ["never made"] else f"{step.name}: {step.what} ({why})")
        outcome = _made(step, record, why)
        failed = outcome.state == FAILED
        yield outcome


def _made(step: Step, record: Record, why: str) -> Outcome:
    before = step.outputs()
    try:
        step.make()
        after = step.outputs()
        missing = [path for path in step.files() if path not in after]
        if missing:
            raise RenewalError(f"{missing[0].name} was not written")
    except Exception as error:  # whatever it is, the steps before it stand and those after it are not to be done
        kind = "" if isinstance(error, RenewalError) else f"{type(error).__name__}: "
        return Outcome(step, FAILED, why, error=f"{kind}{error}")
    record.keep(step)
    changed = tuple(path for path in (before | after) if before.get(path) != after.get(path))
    return Outcome(step, MADE if changed else SAME, why, changed)


def listed(steps: Sequence[Step], record: Record) -> list[tuple[str, str, str]]:
    """Name, what it makes, and why it would be done or that it is up to date, of each step."""
    return [(step.name, step.what, ", ".join(record.reasons(step)) or SKIPPED) for step in steps]
