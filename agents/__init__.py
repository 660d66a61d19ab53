"""Who acts: agencies, commissioners, citizen cohorts, departments and the partnership board.

Each file holds one kind of agent: its columns, its rules and its Mesa face. A rule is a compiled function of the
:class:`~agents.world.World` and a row; the Mesa agents call the very same functions.
"""
