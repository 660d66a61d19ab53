"""The address of a page: which page, and the ``?a=b`` part that holds its set-up. Its values come from strangers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from urllib.parse import parse_qs, urlencode

import solara

from totalplace.scenarios.errors import UnknownName

Query = dict[str, list[str]]
#: Goes to the same page with other values in its address, or with what a function makes of those that are there.
Go = Callable[[Mapping[str, object] | Callable[[Query], Mapping[str, object]]], None]

#: Technical: most values that an address may hold.
MOST_VALUES = 200


def read_query(search: str | None) -> Query:
    """The values of an address by name; ``a=1&a=2`` gives two. An address with too many gives none."""
    try:
        return parse_qs(search or "", keep_blank_values=False, max_num_fields=MOST_VALUES)
    except ValueError:
        return {}


def check_names(query: Query, names: Collection[str]) -> None:
    """Raise UnknownName for a value of an address that its page does not have."""
    for name in query:
        if name not in names:
            raise UnknownName("value", name, names, where="in the address of this page")


def written(path: str, query: Mapping[str, object]) -> str:
    """The address of a path with values; None and empty values are left out, a sequence gives one value each."""
    kept = {name: value for name, value in query.items() if value not in (None, "", [], ())}
    values = {name: list(value) if isinstance(value, list | tuple) else [value] for name, value in kept.items()}
    return path + ("?" + urlencode(values, doseq=True) if values else "")


def link(page: str, **query: object) -> str:
    """The address of a page: ``link("place", place="Kent", seed=1)`` is ``/place?place=Kent&seed=1``."""
    return written(f"/{page}", query)


def below() -> str:
    """The path below which the reader of this page reaches the app, such as ``/totalplace`` behind a proxy; usually nothing."""
    from solara.lab.utils.headers import headers

    told = (headers.peek() or {}).get("x-forwarded-prefix", [""])
    return str(told[0])


def use_query() -> tuple[Query, Go]:
    """The values in the address of this page, and a way to go to the same page with others; back goes back.

    Where the others follow from those that are there, a function of these is given: the address may have changed since the page
    was drawn.
    """
    router = solara.use_router()
    drawn = solara.use_ref(router.search)
    now = solara.use_ref(read_query(router.search))
    if drawn.current != router.search:
        drawn.current, now.current = router.search, read_query(router.search)

    def push(query: Mapping[str, object] | Callable[[Query], Mapping[str, object]]) -> None:
        address = written(router.path or "/", query(now.current) if callable(query) else query)
        now.current = read_query(address.partition("?")[2])
        router.push(address)

    return read_query(router.search), push
