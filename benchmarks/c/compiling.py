"""C from text to a library that is called on the memory of NumPy: with the compiler that is found, in a folder that goes again."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.c.kinds import Kind, Scalar, Several, kind_of

#: Compilers that know what the translation uses beyond the standard.
COMPILERS: Final = ("gcc", "clang")
#: No sum and product become one instruction, and whole numbers wrap round as they do in rules.
FLAGS: Final = ("-O3", "-march=native", "-ffp-contract=off", "-fwrapv", "-w", "-shared", "-fPIC", "-std=gnu11")
#: Leave that LLVM has with rules: a root sets no error number, no comparison traps. Neither changes a bit.
LEAVE: Final = ("-fno-math-errno", "-fno-trapping-math")
_SECONDS: Final = 600
_DTYPES: Final = {Scalar.NUMBER: np.float64, Scalar.TRUTH: np.bool_, Scalar.UNSIGNED: np.uint64, Scalar.WHOLE: np.int64}


def compilers() -> list[str]:
    """The C compilers of this machine, as paths: what ``CC`` names, else those of :data:`COMPILERS` that are there."""
    named = os.environ.get("CC")
    return [path for name in ((named,) if named else COMPILERS) if (path := shutil.which(name)) is not None]


def version(path: str) -> str:
    """What a compiler says that it is."""
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout
    return said.splitlines()[0]


def compiled(text: str, folder: Path, path: str, *more: str) -> ctypes.CDLL:
    """A library made of C in ``folder`` by the compiler at ``path``. Raises RuntimeError with what the compiler said."""
    number = len(list(folder.glob("*.c")))
    source, library = folder / f"rules{number}.c", folder / f"rules{number}.so"
    source.write_text(text, encoding="utf-8")
    words = [path, *FLAGS, *more, "-o", str(library), str(source), "-lm"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=_SECONDS)
    if done.returncode:
        raise RuntimeError(f"{path} could not compile the translation:\n{done.stderr}")
    return ctypes.CDLL(str(library))


def kinds_of(arguments: Sequence[Any]) -> tuple[Kind, ...]:
    """The kinds of what a rule is given."""
    return tuple(kind_of(argument) for argument in arguments)


def as_given(argument: Any) -> NDArray[Any]:
    """What C is to find where the pointer to an argument points: a number; where an array or each table of a world lies."""
    if isinstance(argument, tuple):
        return np.array([word for part in argument for word in _words(part)], np.int64)
    if isinstance(argument, np.ndarray):
        return np.array(_words(argument), np.int64)
    return np.array([argument])


def _words(part: Any) -> list[int]:
    """Where an array begins and how long its axes are; of a record where it begins."""
    here = np.asarray(part)
    return [here.ctypes.data, *here.shape] if isinstance(part, np.ndarray) else [here.ctypes.data]


def call(function: Any, given: Sequence[NDArray[Any]], result: Kind) -> Any:
    """Call a rule in C with what :func:`as_given` made of each argument; what it gives comes back, several as a tuple."""
    parts = result.parts if isinstance(result, Several) else () if result is Scalar.NOTHING else (result,)
    fields = [(f"p{number}", _DTYPES[part]) for number, part in enumerate(parts) if isinstance(part, Scalar)]
    room = np.zeros(1, np.dtype(fields, align=True))
    pointers = [ctypes.c_void_p(one.ctypes.data) for one in given]
    function.restype = None
    function(*pointers, *([ctypes.c_void_p(room.ctypes.data)] if parts else []))
    values = tuple(room[0][name] for name, _ in fields)
    return values if isinstance(result, Several) else values[0] if values else None
