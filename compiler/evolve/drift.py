"""Watch new runs for signs that a harness no longer fits, and say when there are more than usual.

Every kind of sign has two charts (``cusum``): one for a rise to three times the usual share, one for what
most runs do from some run on. What is usual is what the runs showed that the harness was compiled from.
Together the charts alarm falsely once in ``QUIET_RUNS`` runs: deviations have half of that, the others share
the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import final

from compiler.evolve.cusum import Chart, at_most, design
from compiler.ir.observed import DEVIATION, NEW_WAY, Observation

QUIET_RUNS = 10_000
"""Usual runs to one false alarm, in the mean."""
RECENT = 200
"""Runs that are kept to say what an alarm is about."""
RISE, MOSTLY = 3, 0.8


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """How many of the runs that the harness stands on show a sign."""

    hits: int
    total: int

    @property
    def at_most(self) -> float:
        """The share that counts as usual: the upper 80 % bound of what was counted."""
        return at_most(self.hits, self.total)


Base = Mapping[str, Usual]
"""What is usual, by sign. A sign that no run of the base can show is not in it."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """Where a chart stands: its level, after how many runs that was last nothing, and the first run since."""

    value: int = 0
    since: int = 0
    first: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """More signs than usual: from the run of number ``onset`` on, which is ``first``, told at run ``at``."""

    sign: str
    onset: int
    first: str
    at: int
    window: tuple[Observation, ...]
    """The runs from there on, as many as are kept."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """All that a later look goes on from. Runs are counted from one, as they came."""

    runs: int = 0
    hits: tuple[tuple[str, int], ...] = ()
    """How many runs showed each sign."""
    levels: tuple[tuple[str, Level], ...] = ()
    """By the name of the chart."""
    alarms: tuple[Alarm, ...] = ()
    """The first of each sign; they stand until the harness is compiled anew."""
    recent: tuple[Observation, ...] = ()
    """The last runs, in order."""


@final
class Watch:
    """The charts of a harness, by what is usual there; ``ways`` are those in which usual runs deviate."""

    def __init__(self, base: Base, ways: Iterable[str] = (), quiet_runs: int = QUIET_RUNS) -> None:
        self.base = dict(base)
        self._ways = frozenset(ways)
        others = max(1, len(self.base) - 1)
        self.charts: dict[str, tuple[str, Chart]] = {}
        """By name: the sign, and the chart."""
        for sign, usual in self.base.items():
            share = 2 if sign == DEVIATION else 2 * others
            for name, chart in _charts(usual.at_most, quiet_runs * share * 2):
                self.charts[f"{sign}/{name}"] = sign, chart

    def signs(self, seen: Observation) -> frozenset[str]:
        """Name the signs that a run shows."""
        new = seen.left is not None and seen.left.way not in self._ways
        return seen.signs() | ({NEW_WAY} if new else frozenset())

    def look(self, state: State, seen: Iterable[Observation]) -> State:
        """Count some more runs, in their order."""
        for one in seen:
            state = self._count(state, one)
        return state

    def _count(self, state: State, seen: Observation) -> State:
        number, shown = state.runs + 1, self.signs(seen)
        levels, alarms = dict(state.levels), {alarm.sign: alarm for alarm in state.alarms}
        for name, (sign, chart) in self.charts.items():
            level = levels.get(name, Level(since=state.runs))
            level = _raised(level, chart, seen.run) if sign in shown else _lowered(level, number)
            if level.value >= chart.limit:
                alarms.setdefault(sign, _alarm(sign, level, number, state))
                level = Level(since=number)
            levels[name] = level
        hits = dict(state.hits)
        return State(
            runs=number,
            hits=tuple((sign, hits.get(sign, 0) + (sign in shown)) for sign in self.base),
            levels=tuple(levels.items()),
            alarms=tuple(_with(alarm, seen) for alarm in alarms.values()),
            recent=(*state.recent, seen)[-RECENT:],
        )


def _charts(usual: float, quiet: float) -> Iterable[tuple[str, Chart]]:
    risen = min(RISE * usual, (usual + 1) / 2)
    for name, shifted in (("rise", risen), ("mostly", max(MOSTLY, risen))):
        if (chart := design(usual, shifted, quiet)) is not None:
            yield name, chart


def _raised(level: Level, chart: Chart, run: str) -> Level:
    return replace(level, value=level.value + chart.up, first=level.first if level.value else run)


def _lowered(level: Level, number: int) -> Level:
    """Lower a level by one run; where it comes to nothing, what follows may begin after this run."""
    if level.value <= 1:
        return Level(since=number)
    return replace(level, value=level.value - 1)


def _alarm(sign: str, level: Level, number: int, state: State) -> Alarm:
    before = number - 1 - level.since
    window = state.recent[-before:] if before else ()
    return Alarm(sign=sign, onset=level.since + 1, first=level.first, at=number, window=window)


def _with(alarm: Alarm, seen: Observation) -> Alarm:
    return replace(alarm, window=(*alarm.window, seen)) if len(alarm.window) < RECENT else alarm
