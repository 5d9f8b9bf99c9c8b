"""damage: runs that lack, repeat or move a call at places where the others agree: an accident, no decision.

    create; pay; note  (960 tasks)     create; note  (13)     create; pay; pay; note  (11)     pay; note  (12)

What a decision leaves out is left out at one place; what accidents leave out is spread evenly over all of
them. So a place is taken for damaged only where calls are lost, or made again, at the other places of the log
about as often; a log in which the others never are has no damage at all, and keeps every way that it shows.
Source of the kinds: the noise of the Process Discovery Contest (Verbeek and de Carvalho 2018).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import exp
from statistics import median_low
from typing import final

from compiler.mine.clean import Episode, canonical
from compiler.mine.sources import ScalarKey, index, scalar_key, walk
from compiler.mine.spans import is_common
from compiler.mine.trail import StepKey

MANY_TASKS = 20
"""With fewer tasks nothing is called damaged: two of them that differ are as good as a decision."""

SLACK = 1.5
"""How many times as often as elsewhere a call may be lost, chance aside, and still be lost by accident."""

CHANCE = 0.05
MOST_SHARE = 0.2
"""What more of the tasks do is a way to do the job."""

MIN_PLACES = 2
"""Other places that must be damaged too; of what tells by itself, one."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where calls may be damaged: the runs in which they are, and how many would be if every run was.

    An accident in a run meets one of its calls, whichever: each call counts for its share of the run.
    """

    of: str
    runs: frozenset[str]
    chances: float

    @property
    def rate(self) -> float:
        """How often an accident there was met, of the times it could have been."""
        return len(self.runs) / self.chances if self.chances else 0.0


def most_expected(place: Place, others: Iterable[Place], places: int = MIN_PLACES) -> int:
    """How many calls may be damaged at a place, as often as they are at the others; 0 where they are not."""
    rates = [other.rate for other in others if other.chances]
    if sum(rate > 0 for rate in rates) < places:
        return 0
    return _quantile(SLACK * median_low(rates) * place.chances)


def _quantile(mean: float) -> int:
    """The least count that chance exceeds in fewer than CHANCE of all cases (Poisson)."""
    if mean > 500:  # noqa: PLR2004 - where exp(-mean) would vanish, the normal distribution is near enough
        return int(mean + 2.33 * mean**0.5)
    count, term = 0, exp(-mean)
    total = term
    while total < 1 - CHANCE:
        count += 1
        term *= mean / count
        total += term
    return count if mean else 0


def telling_damage(episodes: tuple[Episode, ...], repeats: frozenset[StepKey]) -> tuple[Place, ...]:
    """The places at which single runs tell that they are damaged, about as often as at the others."""
    if len({episode.run.task for episode in episodes}) < MANY_TASKS:
        return ()
    places = telling_places(episodes, repeats)
    return tuple(
        place
        for place in places
        if len(place.runs) <= most_expected(place, [other for other in places if other is not place], 1)
    )


def telling_places(episodes: tuple[Episode, ...], repeats: frozenset[StepKey]) -> tuple[Place, ...]:
    """Places at which a single run tells that it is damaged, whatever the others do.

    A write that was made twice alike; and a call that takes a value which no earlier call of the run gave,
    where in nearly all runs the call that gives it is made before: that call was lost, or stands too late.
    """
    chances: dict[StepKey, float] = defaultdict(float)
    for episode in episodes:
        for step in episode.steps:
            chances[step.key] += 1 / len(episode.steps)
    found: dict[tuple[str, StepKey], set[str]] = defaultdict(set)
    sources = _Sources(episodes)
    for episode in episodes:
        for key in _made_twice(episode, repeats):
            found["copied", key].add(episode.run.run_id)
        for key in sources.lacking(episode):
            found["lost", key].add(episode.run.run_id)
    return tuple(
        Place(of=f"{how} {key[0]}({', '.join(key[1])})", runs=frozenset(runs), chances=chances[key])
        for (how, key), runs in sorted(found.items())
    )


def _made_twice(episode: Episode, repeats: frozenset[StepKey]) -> set[StepKey]:
    seen = Counter((step.key, canonical(step.arguments)) for step in episode.writes)
    return {key for (key, _), times in seen.items() if times > 1 and key not in repeats}


Argument = tuple[StepKey, str]


@final
class _Sources:
    """What gives the arguments of calls: of those that nearly always have a source, which it is."""

    def __init__(self, episodes: tuple[Episode, ...]) -> None:
        self._taken = {episode.run.run_id: tuple(_takes(episode)) for episode in episodes}
        tasks: dict[Argument, set[str]] = defaultdict(set)
        adrift: dict[Argument, set[str]] = defaultdict(set)
        givers: dict[Argument, Counter[StepKey]] = defaultdict(Counter)
        who: dict[tuple[Argument, ScalarKey], set[str]] = defaultdict(set)
        for episode in episodes:
            for argument, leaf, giver, _ in self._taken[episode.run.run_id]:
                tasks[argument].add(episode.run.task)
                if giver is None:
                    adrift[argument].add(episode.run.task)
                    who[argument, leaf].add(episode.run.task)
                elif giver:
                    givers[argument][giver[0]] += 1
        self._usual = {
            argument: max(givers[argument], key=lambda key: (givers[argument][key], key))
            for argument in givers
            if len(adrift[argument]) <= MOST_SHARE * len(tasks[argument])
        }
        # What several tasks say of themselves is a word of the trade.
        self._words = {key for key, names in who.items() if len(names) > 1}

    def lacking(self, episode: Episode) -> set[StepKey]:
        """The kinds of calls that a run lacks where it takes what they give."""
        found: set[StepKey] = set()
        for argument, leaf, giver, before in self._taken[episode.run.run_id]:
            usual = self._usual.get(argument)
            if giver is None and usual and usual not in before and (argument, leaf) not in self._words:
                found.add(usual)
        return found


def _takes(
    episode: Episode,
) -> Iterable[tuple[Argument, ScalarKey, tuple[StepKey, ...] | None, frozenset[StepKey]]]:
    """What every call takes: the leaf, and the kind of the call that gave it first.

    An empty tuple for the request; None where nothing did. Beside it the kinds of the calls so far.
    """
    said = episode.run.request
    text = said if isinstance(said, str) else ""
    request = index(said) if not isinstance(said, str) else {}
    givers: dict[ScalarKey, StepKey] = {}
    before: frozenset[StepKey] = frozenset()
    for step in episode.steps:
        own = step.key
        for name, value in step.arguments.items():
            for _, leaf in walk(value):
                if is_common(leaf):
                    continue
                key = scalar_key(leaf)
                if key in request or (text and str(leaf) in text):
                    yield (own, name), key, (), before
                    continue
                giver = givers.get(key)
                yield (own, name), key, None if giver is None else (giver,), before
        for key in step.leaves:
            givers.setdefault(key, own)
        before |= {own}
