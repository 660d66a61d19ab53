"""Sequential Monte Carlo by pyABC, with simulations in batches.

Parameters that move are proposed on the scale of standard normal quantiles of their priors, where every proposal is
possible; all others are drawn from their priors at an address of their own, which leaves the weights as they are. Since
each generation starts from a state of the random numbers that follows from seed and generation, and batches are kept, a
calibration that was stopped goes on to the same result.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import numpy as np
import pyabc
from pyabc.inference_util import evaluate_proposal, generate_valid_proposal
from pyabc.sampler import Sampler
from scipy.stats import norm

from totalplace.sim.evidence.calibration.distance import distances, of_pictures
from totalplace.sim.evidence.calibration.folder import Batches
from totalplace.sim.evidence.calibration.proposal import Fitted
from totalplace.sim.evidence.calibration.sample import Generation, Sample
from totalplace.sim.evidence.calibration.screening import Screening
from totalplace.sim.evidence.facts import Criterion, Floats

#: The first threshold: this quantile of the distances over the prior. Later ones: the median of the generation before.
FIRST_QUANTILE: Final = 0.3
QUANTILE: Final = 0.5
#: A generation is given up when fewer proposals than this are accepted, or when pictures run out; the one before it stands.
LEAST_ACCEPTED: Final = 0.02
_PROPOSAL: Final = ("t", "m", "p", "model_prior", "parameter_priors", "model_perturbation_kernel", "transitions")
_EVALUATION: Final = (
    "t", "models", "summary_statistics", "distance_function", "eps", "acceptor", "x_0", "weight_function", "proposal_id",
)


def unit_row(seed: int, picture: int, number: int) -> Floats:
    """Quantiles (P,) of the parameters that do not move, for one picture, at its own address."""
    return np.asarray(np.random.Generator(np.random.Philox(key=[seed, picture])).random(number))


class _Model(pyabc.Model):
    """Gives back what was simulated for the proposal now looked at."""

    def __init__(self) -> None:
        super().__init__("totalplace")
        self.now: dict[str, float] = {}

    def sample(self, pars: Any) -> dict[str, float]:
        return self.now


class _Batched(Sampler):
    """Draws proposals one by one, simulates them in batches, accepts in the order in which they were drawn."""

    def __init__(self, simulate: Callable[[int, Floats], tuple[Floats, int]], names: Sequence[str], model: _Model, batch: int,
                 most: int) -> None:
        super().__init__()
        self._simulate, self._names, self._model = simulate, names, model
        self._batch, self._left = batch, most

    def sample_until_n_accepted(self, n: int, simulate_one: Any, t: int, *, max_eval: float = np.inf,
                                all_accepted: bool = False, ana_vars: Any = None) -> Any:
        given = simulate_one.keywords
        sample, done = self._create_empty_sample(), 0
        while sample.n_accepted < n:
            if done >= min(max_eval, self._left):
                sample.ok = False
                break
            proposals = [generate_valid_proposal(**{key: given[key] for key in _PROPOSAL}) for _ in range(self._batch)]
            scores = np.array([[theta[name] for name in self._names] for _, theta in proposals])
            far, first = self._simulate(t, scores)
            for i, (m, theta) in enumerate(proposals):
                self._model.now = {"distance": float(far[i]), "picture": float(first + i)}
                sample.append(evaluate_proposal(m, theta, **{key: given[key] for key in _EVALUATION}))
                done += 1
                if sample.n_accepted == n:
                    break
        self.nr_evaluations_ = done
        self._left -= done
        return sample


class _Run:
    """The pictures of a calibration by number, with what was measured on them."""

    def __init__(self, batches: Batches, criteria: Sequence[Criterion], screening: Screening, seed: int) -> None:
        self.batches, self.criteria, self.screening, self.seed = batches, criteria, screening, seed
        self.next = len(screening.unit)
        self.measured: dict[int, Floats] = {}
        self.parts: dict[int, Floats] = {}

    def simulate(self, t: int, scores: Floats) -> tuple[Floats, int]:
        """Distances (N,) of proposals (N, moving) on the normal scale, and the number of the first picture."""
        simulator, first = self.batches.simulator, self.next
        number = len(simulator.parameters)
        unit = np.stack([unit_row(self.seed, first + i, number) for i in range(len(scores))])
        unit[:, self.screening.moving] = norm.cdf(scores)
        measured = self.batches.play(f"generation-{t}", simulator.values(unit), first)
        parts = distances(self.criteria, self.screening.scale, measured)
        for i in range(len(scores)):
            self.measured[first + i], self.parts[first + i] = measured[i], parts[i]
        self.next += len(scores)
        return of_pictures(parts), first


@contextlib.contextmanager
def _seeded() -> Iterator[None]:
    """Leave NumPy's global state, from which pyABC draws, as it was; and keep pyABC's messages off the screen."""
    state, log = np.random.get_state(), logging.getLogger("ABC")  # noqa: NPY002 (pyABC draws from it)
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        np.random.set_state(state)  # noqa: NPY002
        log.setLevel(level)


def _distance(x: dict[str, float], x_0: dict[str, float]) -> float:
    return x["distance"]


def sample(batches: Batches, criteria: Sequence[Criterion], screening: Screening, particles: int, generations: int,
           batch: int, most: int, seed: int) -> Sample:
    """Generations of ``particles`` until all are in every range, or ``generations`` or ``most`` pictures are simulated.

    Raises ValueError if not even the first generation can be filled.
    """
    names = [batches.simulator.parameters[i] for i in screening.moving]
    run, model = _Run(batches, criteria, screening, seed), _Model()
    first = float(np.quantile(screening.distance, FIRST_QUANTILE))
    abc = pyabc.ABCSMC(
        models=model,
        parameter_priors=pyabc.Distribution(**{name: pyabc.RV("norm", 0.0, 1.0) for name in names}),
        distance_function=_distance,
        population_size=particles,
        transitions=Fitted(),
        eps=pyabc.QuantileEpsilon(initial_epsilon=first, alpha=QUANTILE),
        sampler=_Batched(run.simulate, names, model, batch, most),
    )
    found: list[Generation] = []
    with _seeded():
        abc.new("sqlite://", {"distance": 0.0, "picture": 0.0})
        abc.initialize_components_before_run(
            minimum_epsilon=0.0, max_nr_populations=generations, min_acceptance_rate=LEAST_ACCEPTED,
            max_total_nr_simulations=np.inf, max_walltime=None, min_eps_diff=0.0,
        )
        population = None
        for t in range(generations):
            np.random.seed(np.random.SeedSequence([seed, t]).generate_state(4))  # noqa: NPY002
            done = abc.run_generation(t=t)
            if not done["successful"]:
                break
            population = abc.history.get_population(t=t)
            found.append(_generation(t, abc, population, done["acceptance_rate"], particles))
            if abc.check_terminate(t=t, acceptance_rate=done["acceptance_rate"]):
                break
        _close(abc.history)
    if population is None:
        raise ValueError("not one generation of the calibration could be filled: more pictures or fewer particles are needed")
    return _sample_of(population, run, tuple(found))


def _close(history: Any) -> None:
    """Let go of the database in memory here: SQLite does not let another thread do it."""
    history._session.close()
    history._engine.dispose()


def _generation(t: int, abc: Any, population: Any, acceptance: float, particles: int) -> Generation:
    weights = np.array([particle.weight for particle in population.particles])
    effective = float(weights.sum() ** 2 / (weights**2).sum())
    return Generation(t, float(abc.eps(t)), round(particles / acceptance), float(acceptance), effective)


def _sample_of(population: Any, run: _Run, generations: tuple[Generation, ...]) -> Sample:
    rows = sorted((int(particle.sum_stat["picture"]), float(particle.weight)) for particle in population.particles)
    pictures = np.array([picture for picture, _ in rows], dtype=np.int64)
    weights = np.array([weight for _, weight in rows])
    return Sample(
        values=np.stack([run.batches.values[i] for i in pictures.tolist()]),
        weights=weights / weights.sum(),
        measured=np.stack([run.measured[i] for i in pictures.tolist()]),
        parts=np.stack([run.parts[i] for i in pictures.tolist()]),
        pictures=pictures,
        generations=generations,
    )
