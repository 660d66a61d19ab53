"""Who acts: agencies, commissioners, citizen cohorts, departments and the partnership board.

Each file holds one kind of agent: its columns and its rules. A rule is a compiled function of the
:class:`~totalplace.agents.world.World` and a row. ``totalplace.agents.mesa_agents`` holds the Mesa agents, which call the
very same functions.
"""
