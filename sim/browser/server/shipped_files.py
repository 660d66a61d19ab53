"""The scripts and styles that Solara ships for its pages, from disk alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from solara.server import settings, starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

if TYPE_CHECKING:
    from starlette.routing import BaseRoute


class ShippedFiles(starlette.StaticCdn):
    """Files on disk; all else is not there.

    Solara's own fetches what it does not have, any file that anybody has published, keeps it for good and serves it as ours: a link
    on another site could run code in the app.
    """

    def lookup_path(self, path: str) -> tuple[str, Any]:
        """Where a file is, and what is known of it; nothing where there is none."""
        return StaticFiles.lookup_path(self, path)


def from_disk(route: BaseRoute) -> BaseRoute:
    """A route of Solara; that of files which it would fetch gives those on disk alone."""
    if isinstance(route, Mount) and isinstance(route.app, starlette.StaticCdn):
        return Mount(route.path, app=ShippedFiles(directory=settings.assets.proxy_cache_dir))
    return route


__all__ = ["ShippedFiles", "from_disk"]
