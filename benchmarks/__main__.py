"""Measure the speed that the project promises; one JSON object a line on standard output.

``python -m benchmarks`` measures all, ``python -m benchmarks starting scaling`` some. Nothing here fails when a target is
missed: machines differ, and every ratio is taken side by side in one run.
"""

from __future__ import annotations

import sys

from benchmarks import browser, first, in_c, peers, scaling, starting, sweeps

GROUPS = {
    "starting": starting.all_starting,
    "scaling": scaling.all_scaling,
    "peers": peers.all_peers,
    "c": in_c.all_c,
    "first": first.all_first,
    "sweeps": sweeps.all_sweeps,
    "browser": browser.all_browser,
}


def main(wanted: list[str]) -> int:
    """Measure the groups named, or all."""
    if {"-h", "--help"} & set(wanted):
        print(f"{__doc__}\nGroups: {', '.join(GROUPS)}. CC names the C compiler of the group c; otherwise all that are found.")
        return 0
    unknown = [name for name in wanted if name not in GROUPS]
    if unknown:
        print(f"no group of benchmarks is called {unknown[0]}; there are {', '.join(GROUPS)}", file=sys.stderr)
        return 2
    for name in wanted or GROUPS:
        GROUPS[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
