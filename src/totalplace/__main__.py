"""``python -m totalplace`` is the command ``totalplace``."""

from totalplace.sim.cli import main

if __name__ == "__main__":
    main()
