"""A Bernoulli CUSUM chart whose rate of false alarms is computed, not simulated.

Each run adds ``up`` to the level where it shows a sign, and else takes one off; the level never falls below
nothing, and at ``limit`` the chart alarms. The change then lies after the last run at which the level was
nothing. No other test with as few false alarms finds the shift that it is made for sooner, in the worst case.

Sources: Page 1954; Moustakides 1986 (optimality); Reynolds & Stoumbos 1999 (whole steps, for shares); Brook &
Evans 1972 (the runs to an alarm as those of a Markov chain).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, fsum, lgamma, log
from typing import final

LEAST_RATE = 0.005
"""No sign counts as rarer than this: a chart for rarer ones would be long, and no faster."""
MOST_LIMIT = 4000


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """How far a sign raises the level, and where the chart alarms."""

    up: int
    limit: int


def design(usual: float, shifted: float, quiet: float) -> Chart | None:
    """Make the chart that tells ``shifted`` from ``usual`` soonest, with an alarm in ``quiet`` usual runs.

    Both are shares of runs that show a sign; ``quiet`` is a mean. None where usual runs show it so often that
    whole steps cannot tell the two apart.
    """
    usual = max(usual, LEAST_RATE)
    if not usual < shifted < 1:
        return None
    up = max(1, round(log(shifted / usual) / log((1 - usual) / (1 - shifted))))
    if usual * (up + 1) >= 1 or shifted * (up + 1) <= 1:
        return None
    low, high = 0, 1
    while runs_to_alarm(usual, Chart(up=up, limit=high)) < quiet:
        if high > MOST_LIMIT:
            return None
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        enough = runs_to_alarm(usual, Chart(up=up, limit=middle)) >= quiet
        low, high = (low, middle) if enough else (middle, high)
    return Chart(up=up, limit=high)


def runs_to_alarm(rate: float, chart: Chart) -> float:
    """Give the mean number of runs, from nothing to an alarm, where this share of them shows the sign.

    The runs left from level i are fixed[i] + share[i] times those from i - 1, which is solved from the limit
    down, as the level falls by one at a time.
    """
    fixed, share = [0.0] * (chart.limit + 1), [0.0] * (chart.limit + 1)
    for level in range(chart.limit - 1, -1, -1):
        above, carried = _from_above(level, chart, fixed, share)
        if level == 0:
            return (1 + rate * above) / (1 - rate * carried - (1 - rate))
        rest = 1 - rate * carried
        fixed[level], share[level] = (1 + rate * above) / rest, (1 - rate) / rest
    return 0.0


def _from_above(level: int, chart: Chart, fixed: list[float], share: list[float]) -> tuple[float, float]:
    """Put the runs left after a sign in terms of those left at this level; none are after an alarm."""
    top = level + chart.up
    if top >= chart.limit:
        return 0.0, 0.0
    above, carried = 0.0, 1.0
    for high in range(top, level, -1):
        above, carried = above + carried * fixed[high], carried * share[high]
    return above, carried


def at_most(hits: int, total: int, doubt: float = 0.2) -> float:
    """Bound the share behind ``hits`` of ``total`` from above; it is more with probability ``doubt`` at most.

    With more doubt alarms come sooner, and more of them are false: at three tenths more than are stated, at
    two about half as many (``benchmarks/drift.py``).

    Source: Clopper & Pearson 1934.
    """
    if hits >= total:
        return 1.0
    low, high = hits / total, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if _so_few(hits, total, middle) > doubt else (low, middle)
    return high


def _so_few(hits: int, total: int, share: float) -> float:
    """The probability of ``hits`` or fewer."""
    yes, no = log(share), log(1 - share)
    ways = (lgamma(total + 1) - lgamma(k + 1) - lgamma(total - k + 1) for k in range(hits + 1))
    return fsum(exp(way + k * yes + (total - k) * no) for k, way in enumerate(ways))
