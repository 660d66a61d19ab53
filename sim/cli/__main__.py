"""``python -m sim.cli`` is the command ``totalplace``."""

from sim.cli import main

main()
