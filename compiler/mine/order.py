"""order: reads that do not depend on each other, in the order that most tasks make them in.

Who looks up the person first, and who the customer, does the same work; as two routes it is half as well
supported, or not at all.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from compiler.mine.clean import Episode, Step, canonical
from compiler.mine.sources import scalar_key, walk

Key = tuple[str, tuple[str, ...]]


def in_one_order(episodes: tuple[Episode, ...]) -> tuple[Episode, ...]:
    """Put the reads of each episode into the order of the most tasks that make the same calls, if it may be.

    Calls that are made twice stay where they are, and so do writes with all that came before them.
    """
    tasks: dict[tuple[Key, ...], set[str]] = defaultdict(set)
    for episode in episodes:
        tasks[_keys(episode)].add(episode.run.task)
    orders: dict[tuple[Key, ...], list[tuple[Key, ...]]] = defaultdict(list)
    for keys in sorted(tasks, key=lambda keys: (-len(tasks[keys]), keys)):
        orders[tuple(sorted(keys))].append(keys)
    return tuple(_ordered(episode, orders[tuple(sorted(_keys(episode)))][0]) for episode in episodes)


def _keys(episode: Episode) -> tuple[Key, ...]:
    return tuple(step.key for step in episode.steps)


def _ordered(episode: Episode, wanted: tuple[Key, ...]) -> Episode:
    """An episode in another order of its calls; as it is where that might have made a difference."""
    by_key = {step.key: step for step in episode.steps}
    if len(by_key) < len(wanted) or _keys(episode) == wanted:
        return episode
    steps = tuple(by_key[key] for key in wanted)
    said = episode.run.request if isinstance(episode.run.request, str) else canonical(episode.run.request)
    place = {key: n for n, key in enumerate(wanted)}
    for n, later in enumerate(episode.steps):
        for earlier in episode.steps[:n]:
            swapped = place[later.key] < place[earlier.key]
            if swapped and (_writes(earlier, later) or _depends(later, earlier, said)):
                return episode
    return replace(episode, steps=steps)


def _writes(*steps: Step) -> bool:
    return any(step.effect != "read" for step in steps)


def _depends(later: Step, earlier: Step, said: str) -> bool:
    """Whether a call was given something that an earlier one answered, and that the request does not say."""
    return any(
        scalar_key(leaf) in earlier.leaves and str(leaf) not in said for _, leaf in walk(later.arguments)
    )
