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
    allow_host: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Name of a host under which a proxy or hub shows the app; may be given again."),
    ] = None,
    root_path: Annotated[
        str | None, typer.Option(metavar="PATH", help="Path below which a proxy shows the app, such as /totalplace.")
    ] = None,
    allow_frame: Annotated[
        list[str] | None,
        typer.Option(metavar="ORIGIN", help="Origin whose pages may show the app in a frame; may be given again."),
    ] = None,
    token: Annotated[
        bool | None,
        typer.Option("--token/--no-token", help="Ask for the token in the printed address; usual where the network is served."),
    ] = None,
) -> None:
    """Start the web app: watch a place negotiate, move levers, compare scenarios. Works without the internet."""
    from importlib.util import find_spec

    from totalplace.scenarios.errors import InputError
    from totalplace.sim.system.extras import how_to_install

    if find_spec("solara") is None:
        raise InputError("The web app is not installed", allowed=how_to_install("browser"))
    from totalplace.sim.browser.server.open_sessions import keep_one_heap

    keep_one_heap()
    from totalplace.sim.browser.server.access import access
    from totalplace.sim.browser.server.serving import serve
    from totalplace.sim.browser.server.settings import set_sweep_root

    set_sweep_root(sweeps)
    serve(host, port, not no_open, access(host, allow_host or (), allow_frame or (), root_path, token))
