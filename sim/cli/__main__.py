"""``python -m totalplace`` is the command ``totalplace``."""

from totalplace.sim.cli import main

main()
