"""The command that starts the web app."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def browser(
    port: Annotated[int, typer.Option(min=0, max=65535, metavar="PORT", help="Port; 0 takes a free one.")] = 8765,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Address to serve on; 0.0.0.0 serves the network.")] = "127.0.0.1",
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open a web browser.")] = False,
    sweeps: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder whose sweeps may be opened in the app.")
    ] = Path("results"),
) -> None:
    """Start the web app: watch a place negotiate, move levers, compare scenarios. Works without the internet."""
    from importlib.util import find_spec

    from scenarios.errors import InputError

    if find_spec("solara") is None:
        raise InputError("The web app is not installed", allowed="pip install 'totalplace[browser]'")
    from sim.browser.server import serve
    from sim.browser.settings import set_sweep_root

    set_sweep_root(sweeps)
    serve(host, port, open_page=not no_open)
