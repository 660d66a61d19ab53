"""Against whom: Mesa's own batch runner on the same model in plain Python, and Policy Priority Inference, side by side.

Each ratio is taken in one go: ours, theirs, ours, theirs.
"""

from __future__ import annotations

import importlib.util
import sys
import time

import numpy as np

from benchmarks.measuring import command, report

SCENARIO = "joint-commissioning"
#: Mesa's batch runner over the same Mesa model, with the rules as plain Python: no compiler anywhere.
PLAIN = """
import sys, time, warnings
warnings.simplefilter("ignore")
import mesa
import totalplace as tp
tp.PlaceModel("{scenario}", rng=1)
started = time.perf_counter()
mesa.batch_run(tp.PlaceModel, {{"scenario": ["{scenario}"]}}, rng=[1, 2], number_processes=1, data_collection_period=-1,
               display_progress=False)
print((time.perf_counter() - started) / 2)
"""
#: Size of the tutorial of Policy Priority Inference: 72 indicators, 30 steps.
INDICATORS, STEPS = 72, 30


def our_seconds(runs: int = 200) -> float:
    """Seconds a run of the compiled model takes on one core."""
    import totalplace as tp

    scenario = tp.load(SCENARIO)
    tp.run(scenario, seed=1)
    started = time.perf_counter()
    tp.ensemble(scenario, runs=runs, first_seed=1, threads=1)
    return (time.perf_counter() - started) / runs


def mesa_batch(times: int = 2) -> None:
    """Ratio of Mesa's ``batch_run`` in plain Python to the compiled ensemble, runs of the default place, 40 quarters."""
    ratios, plain = [], []
    for _ in range(times):
        theirs = float(command("-c", PLAIN.format(scenario=SCENARIO), NUMBA_DISABLE_JIT="1").strip().splitlines()[-1])
        plain.append(theirs)
        ratios.append(theirs / our_seconds())
    report("mesa.batch_run in plain Python", plain, "s a run")
    report("times faster than mesa.batch_run in plain Python", ratios, "ratio", 150.0)


def policy_priority_inference(times: int = 3) -> None:
    """Ratio to Policy Priority Inference at its tutorial size (a model of other things: for scale only)."""
    if importlib.util.find_spec("policy_priority_inference") is None:
        print("policy-priority-inference is not installed: pip install policy-priority-inference", file=sys.stderr)
        return
    import policy_priority_inference as ppi

    draw = np.random.default_rng(1)
    start, up, down, success = (draw.uniform(0.1, 0.9, INDICATORS) for _ in range(4))
    network = draw.normal(0.0, 0.1, (INDICATORS, INDICATORS))
    ratios, theirs = [], []
    for _ in range(times):
        started = time.perf_counter()
        for _ in range(20):
            ppi.run_ppi(start, 0.01 * up, 0.01 * down, success, A=network, T=STEPS)
        theirs.append((time.perf_counter() - started) / 20)
        ratios.append(theirs[-1] / our_seconds())
    report("Policy Priority Inference, 72 indicators, 30 steps", [1000 * value for value in theirs], "ms a run")
    report("times faster than Policy Priority Inference", ratios, "ratio")


def all_peers() -> None:
    """Every comparison with a peer."""
    mesa_batch()
    policy_priority_inference()
