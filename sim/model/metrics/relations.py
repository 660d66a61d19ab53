"""How agencies, commissioners and departments stand to each other: trust, the network, encouragement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from totalplace.agents.compiled import rule
from totalplace.agents.joint_pot import hosts
from totalplace.sim.model.metrics.declaration import Metric
from totalplace.sim.model.metrics.ratio import over

if TYPE_CHECKING:
    from totalplace.agents.rows import MeasureRow
    from totalplace.agents.world import World

DECLARED: Final[tuple[Metric, ...]] = (
    Metric("mean_trust", "0-1", 1, "trust of each agency in each commissioner that is not its own, tied or not, mean; "
           "without a commissioner no value", "network"),
    Metric("joint_working_better", "% of partners", 1,
           "partners whose trust is noticeably above where it stood when they began to pool", "network"),
    Metric("density", "share", 0, "pairs of agencies that are tied or cede to one joint commission", "network"),
    Metric("centralisation", "0-1", 0, "degree centralisation of that network (Freeman 1979)", "network"),
    Metric("modularity", "-0.5 to 1", -1, "how far its ties stay within departments (Newman 2006)", "network"),
    Metric("encouragement", "-1 to 1", 0, "stance of departments, weighted by the money of their agencies", "network"),
)


@rule
def measure_trust(w: World, m: MeasureRow) -> None:
    """Mean trust, and the partners who say that joint working is better than it was.

    The mean is over each agency and each commissioner in post and not its own, tied or not: ties made and broken do not move it.
    """
    pairs, partners, better = 0, 0, 0
    for a in range(w.agencies.shape[0]):
        for c in range(w.commissioners.shape[0]):
            if hosts(w, a, c) or w.commissioners[c].in_post == 0:
                continue
            tie = w.ties[a, c]
            pairs += 1
            m.mean_trust += tie.trust
            if tie.tied == 1 and tie.money > 0.0:
                partners += 1
                better += 1 if tie.trust > tie.trust_joined + w.parameters.noticed_trust else 0
    m.mean_trust = m.mean_trust / pairs if pairs > 0 else w.parameters.initial_trust
    m.joint_working_better = 100.0 * over(float(better), float(partners))


@rule
def themes_ceded(w: World, a: int) -> int:
    """The themes that agency ``a`` cedes money of, as bits of a whole number."""
    bits = 0
    for j in range(w.themes.shape[0]):
        if w.shares[a, j].ceded > 0.0:
            bits |= 1 << j
    return bits


@rule
def measure_network(w: World, m: MeasureRow) -> None:
    """Density, degree centralisation and modularity by department of the network of agencies.

    Two are joined if they are tied or cede to one joint commission.
    """
    n = w.agencies.shape[0]
    most, ends, within, same = 0.0, 0.0, 0.0, 0.0
    degree, ceded = w.scratch[4], w.scratch[3]
    for a in range(n):
        degree[a], ceded[a] = 0.0, themes_ceded(w, a)
        for b in range(a):
            if w.links[a, b] > 0.0 or int(ceded[a]) & int(ceded[b]) != 0:
                degree[a] += 1.0
                degree[b] += 1.0
                within += 2.0 if w.agencies[a].department == w.agencies[b].department else 0.0
    for a in range(n):
        most = max(most, degree[a])
        ends += degree[a]
        for b in range(n):
            if w.agencies[a].department == w.agencies[b].department:
                same += degree[a] * degree[b]
    m.density = over(ends, float(n * (n - 1)))
    m.centralisation = over(n * most - ends, float((n - 1) * (n - 2)))
    m.modularity = over(within, ends) - over(same, ends * ends)


@rule
def measure_stance(w: World, m: MeasureRow) -> None:
    """The stance of departments, by the money of their agencies."""
    budgets = 0.0
    for a in range(w.agencies.shape[0]):
        agency = w.agencies[a]
        budgets += agency.budget
        m.encouragement += agency.budget * w.departments[agency.department].encouragement
    m.encouragement = over(m.encouragement, budgets)
