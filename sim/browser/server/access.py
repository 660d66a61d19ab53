"""Who may reach the app: under which names of hosts, from which origins, in whose frames, below which path, with which token."""

from __future__ import annotations

import ipaddress
import os
import re
import secrets
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from totalplace.scenarios.errors import InputError

#: Environment variables that stand in for options: names of hosts (by commas), path of the app, token.
HOSTS_VARIABLE: Final = "TOTALPLACE_BROWSER_HOSTS"
PATH_VARIABLE: Final = "SOLARA_ROOT_PATH"
TOKEN_VARIABLE: Final = "TOTALPLACE_BROWSER_TOKEN"
#: Addresses that stand for every address of the machine.
EVERY_ADDRESS: Final = ("0.0.0.0", "::")
#: Technical: longest path below which the app may be reached.
LONGEST_PATH: Final = 400

_HOST: Final = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?)\.?(?::([0-9]{1,5}))?", re.ASCII)
_NAMED: Final = re.compile(r"(\*|(?:\*\.)?[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?", re.ASCII)
_ORIGIN: Final = re.compile(r"(https?)://(.+)", re.ASCII)
_PATH: Final = re.compile(r"(?:/[A-Za-z0-9._~@%+-]+)*", re.ASCII)
_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Access:
    """Who may reach the app.

    ``host`` is the address that the server is bound to; ``hosts`` are further names of hosts, maybe with a port, under which a
    proxy or hub shows the app (``*.example.org`` for all of a domain); ``frames`` are origins whose pages may show it in a
    frame; ``path`` is the path below which it is reached, such as ``/totalplace``; ``token`` must be in the address of the first
    page that a browser asks for, unless it is empty.
    """

    host: str = "127.0.0.1"
    hosts: tuple[str, ...] = ()
    frames: tuple[str, ...] = ()
    path: str = ""
    token: str = ""

    def knows(self, host: str) -> bool:
        """Whether the ``Host`` header of a request names this server; a page elsewhere that rebinds its name does not."""
        found = _split(host)
        if found is None:
            return False
        name, _ = found
        if _is_loopback(name) or name == _bracketed(self.host) or any(_fits(named, name) for named in self.hosts):
            return True
        return self.host in EVERY_ADDRESS and (_is_address(name) or name in _own_names())

    def trusts(self, origin: str, host: str) -> bool:
        """Whether a page of ``origin`` may talk to the app that it calls ``host``: its own pages may, and those of a named host."""
        parts = _ORIGIN.fullmatch(origin.lower())
        found = _split(parts[2]) if parts else None
        asked = _split(host)
        if parts is None or found is None or asked is None:
            return False
        usual = _PORTS[parts[1]]
        name, port = found[0], found[1] or usual
        if (name, port) == (asked[0], asked[1] or usual):
            return True
        return any(_fits(named, name) and port == (_port(named) or usual) for named in self.hosts if named != "*")

    def admits(self, token: str) -> bool:
        """Whether somebody with this token, or with none, may come in."""
        return not self.token or secrets.compare_digest(token.encode("utf-8", "replace"), self.token.encode())

    @property
    def cookie(self) -> str:
        """The name of the cookie that holds the token: its own for each server, since ports share cookies."""
        return f"totalplace-{sha256(self.token.encode()).hexdigest()[:12]}"

    @property
    def query(self) -> str:
        """What the address of the first page needs beside its path."""
        return f"?token={self.token}" if self.token else ""


def access(host: str = "127.0.0.1", hosts: Sequence[str] = (), frames: Sequence[str] = (), path: str | None = None,
           token: bool | None = None) -> Access:
    """What the command line asks for. ``token`` None asks for one where the network is served. Raises InputError.

    Environment variables stand in for what is not given: see HOSTS_VARIABLE, PATH_VARIABLE, TOKEN_VARIABLE.
    """
    listed = [name for name in os.environ.get(HOSTS_VARIABLE, "").split(",") if name.strip()]
    wanted = not _is_loopback(_bracketed(host)) if token is None else token
    given = os.environ.get(TOKEN_VARIABLE, "").strip()
    if given and not re.fullmatch(r"[A-Za-z0-9._~-]{16,200}", given):
        raise InputError(f"The token in {TOKEN_VARIABLE} cannot be used", allowed="16 to 200 letters, digits and . _ ~ -")
    return Access(
        host=host,
        hosts=tuple(dict.fromkeys(_named_host(name) for name in (*hosts, *listed))),
        frames=tuple(dict.fromkeys(_frame(origin) for origin in frames)),
        path=root_path(os.environ.get(PATH_VARIABLE, "") if path is None else path),
        token=(given or secrets.token_urlsafe(24)) if wanted else "",
    )


def root_path(text: str) -> str:
    """A path below which the app is reached, without a slash at its end; ``/`` and nothing mean none. Raises InputError."""
    path = "/" + text.strip().strip("/") if text.strip("/ ") else ""
    if not is_path_below(path):
        raise InputError(f"'{text[:80]}' cannot be the path of the app", allowed="a path such as /totalplace")
    return path


def is_path_below(path: str) -> bool:
    """Whether a path, such as one that a proxy names, may stand before the addresses of the app."""
    return len(path) <= LONGEST_PATH and _PATH.fullmatch(path) is not None and not {".", ".."} & set(path.split("/"))


def _named_host(text: str) -> str:
    name = text.strip().lower()
    name = _bracketed(name) if name.count(":") > 1 else name
    if _NAMED.fullmatch(name) is None:
        allowed = "a name such as hub.example.org, hub.example.org:8443 or *.example.org"
        raise InputError(f"'{text[:80]}' cannot be the name of a host", allowed=allowed)
    return name


def _frame(text: str) -> str:
    origin = text.strip().rstrip("/").lower()
    parts = _ORIGIN.fullmatch(origin)
    if parts is None or _NAMED.fullmatch(parts[2]) is None:
        raise InputError(f"'{text[:80]}' cannot be an origin", allowed="an origin such as https://hub.example.org")
    return origin


def _split(host: str) -> tuple[str, int] | None:
    """Name and port (0: none given) of what a ``Host`` header holds, or None if it is none."""
    found = _HOST.fullmatch(host.strip().lower()) if len(host) < 300 else None
    if found is None or int(found[2] or 0) > 65535:
        return None
    return found[1], int(found[2] or 0)


def _port(named: str) -> int:
    found = _NAMED.fullmatch(named)
    return int(found[2] or 0) if found else 0


def _fits(named: str, name: str) -> bool:
    found = _NAMED.fullmatch(named)
    pattern = found[1] if found else named
    if pattern == "*":
        return True
    return name.endswith(pattern[1:]) if pattern.startswith("*.") else name == pattern


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host.lower()


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def _is_loopback(name: str) -> bool:
    return name == "localhost" or (_is_address(name) and ipaddress.ip_address(name.strip("[]")).is_loopback)


def _own_names() -> Iterable[str]:
    name = socket.gethostname().lower()  # without asking a name server, which strangers could make us do
    return name, f"{name.partition('.')[0]}.local"
