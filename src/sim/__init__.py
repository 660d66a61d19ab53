"""The name of before: see ``totalplace.sim.former_name``."""

import sys

from totalplace.sim import former_name

sys.modules["sim"] = former_name
