"""idle: reads that feed nothing: those made before, and those that hardly ever feed anything."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from compiler.mine.clean import Episode, canonical
from compiler.mine.route import feeds_nothing
from compiler.mine.trail import StepKey

FLOOR_TASKS = 2
"""What fewer tasks show is not generalised."""


def without_idle_reads(episodes: tuple[Episode, ...], repeats: frozenset[StepKey]) -> tuple[Episode, ...]:
    """Leave out reads that feed nothing: those made before, and those that hardly ever feed anything.

    One that most tasks make is kept all the same: it may be what a decision turns on.
    """
    idle = [feeds_nothing(episode) for episode in episodes]
    made: dict[StepKey, set[str]] = defaultdict(set)
    fed: dict[StepKey, set[str]] = defaultdict(set)
    for episode, dead in zip(episodes, idle, strict=True):
        for place, step in enumerate(episode.steps):
            made[step.key].add(episode.run.task)
            if place not in dead:
                fed[step.key].add(episode.run.task)
    tasks = len({episode.run.task for episode in episodes})
    useless = {key for key, who in made.items() if len(fed[key]) < FLOOR_TASKS and 2 * len(who) < tasks}
    kept = []
    for episode, dead in zip(episodes, idle, strict=True):
        seen: set[str] = set()
        steps = []
        for place, step in enumerate(episode.steps):
            mark = canonical([step.tool, step.arguments])
            if place not in dead or step.key in repeats or not (step.key in useless or mark in seen):
                steps.append(step)
            seen.add(mark)
        kept.append(replace(episode, steps=tuple(steps)))
    return tuple(kept)
