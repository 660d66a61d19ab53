"""Reading YAML in which a key may stand once only, so that no fact or setting takes the place of another unseen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from totalplace.scenarios.errors import InputError


class _OnceEach(yaml.SafeLoader):
    """YAML whose keys stand once each."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """The mapping of a node. Raises InputError for a key that is given twice."""
        keys = [key.value for key, _ in node.value]
        double = next((place for place, key in enumerate(keys) if key in keys[:place]), None)
        if double is not None:
            mark = node.value[double][0].start_mark
            raise InputError(f"The key '{keys[double]}' is given twice", file=mark.name, line=mark.line + 1, column=mark.column + 1)
        return dict(super().construct_mapping(node, deep=deep))


def read_once(path: Path) -> Any:
    """What a file of YAML holds. Raises InputError for a key that is given twice."""
    loader = _OnceEach(path.read_text("utf-8"))
    loader.name = path.name
    try:
        return loader.get_single_data()
    finally:
        loader.dispose()
