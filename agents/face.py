"""The Mesa face of a row: attributes read and write the row, so that nothing is held twice."""

from __future__ import annotations

from typing import Any, ClassVar

import mesa

from agents.columns import Column, Table


class Cell:
    """An attribute of a Mesa agent that lives in a column of the world."""

    def __init__(self, column: Column) -> None:
        self.name = column.name
        self.__doc__ = f"{column.meaning} ({column.unit})"

    def __get__(self, agent: Any, owner: type | None = None) -> Any:
        return self if agent is None else agent.row[self.name]

    def __set__(self, agent: Any, value: Any) -> None:
        agent.row[self.name] = value


class Row(mesa.Agent[Any]):
    """A Mesa agent whose state is one row of a table of ``model.world``.

    Subclass a kind of agent and override its methods to try another rule; hand the subclass to
    ``PlaceModel(scenario, agent_classes={"agencies": MyAgency})``.
    """

    columns: ClassVar[Table]

    def __init_subclass__(cls, table: Table | None = None, **options: Any) -> None:
        super().__init_subclass__(**options)
        if table is None:
            return
        cls.columns = table
        for column in table.columns:
            if column.name not in cls.__dict__:
                setattr(cls, column.name, Cell(column))

    def __init__(self, model: Any, index: int, name: str) -> None:
        super().__init__(model)
        self.index = index
        self.name = name

    @property
    def world(self) -> Any:
        """The world that the agent lives in."""
        return self.model.world

    @property
    def row(self) -> Any:
        """The agent's row."""
        return getattr(self.model.world, self.columns.name)[self.index]

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"
