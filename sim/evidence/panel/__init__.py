"""The panel: what spending does to need and need to spending, by place and year, estimated from published tables.

``children.csv`` and ``councils.csv`` are written by ``tools/panel_tables.py``; ``docs/data.md`` describes them.
"""
