"""A progress bar in a notebook or on a terminal, for whoever asks for one with ``progress=True``."""

from __future__ import annotations

from collections.abc import Callable

from totalplace.scenarios.errors import InputError
from totalplace.sim.system.extras import how_to_install

#: Hears how many steps are done, and how many there are.
type Progress = Callable[[int, int], None]


def heard(progress: Progress | bool | None, words: str, unit: str = "run") -> Progress | None:
    """Who hears of progress: ``progress`` as it is given, a bar with ``words`` where it is True, nobody where it is False or None.

    Raises InputError where a bar is asked for and tqdm is not installed.
    """
    if isinstance(progress, bool):
        return _bar(words, unit) if progress else None
    return progress


def _bar(words: str, unit: str) -> Progress:
    """A bar that goes as far as it is told and closes at the end."""
    try:
        from tqdm.auto import tqdm
    except ImportError:
        raise InputError("A progress bar needs tqdm", allowed=f"{how_to_install('notebook')}; or progress=None") from None
    bar = tqdm(desc=words, unit=unit)

    def told(done: int, of: int) -> None:
        if bar.total != of:
            bar.reset(total=of)
        bar.update(done - bar.n)
        if done >= of:
            bar.close()

    return told


__all__ = ["Progress", "heard"]
