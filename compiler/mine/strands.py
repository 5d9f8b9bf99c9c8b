"""Strands: what the episodes did at one level, with labels that tell the parts of a level apart."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import final

from compiler.mine.clean import Episode
from compiler.mine.iterate import Item
from compiler.mine.roles import Seen, tell_apart
from compiler.mine.sighting import Sighting
from compiler.mine.sources import Bound, scalar_key, walk
from compiler.mine.spans import is_common

RARE_LOOP = 0.02
"""A loop that a smaller share of the strands walk is not given to the others."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Strand:
    """What one episode did at one level, in order, with what was in scope before."""

    episode: Episode
    items: tuple[Item, ...]
    outer: tuple[Bound, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels in order: what makes two strands alike."""
        return tuple(item.label for item in self.items)


def labelled(strands: list[Strand]) -> list[Strand]:
    """Give every part of a strand a label that no other part of it has, and the same role the same label.

    A strand that walks no row of a list that others walk gets a loop without iterations.
    """
    return _with_empty_loops([_numbered(strand) for strand in _by_role(strands)])


def needs_of(strands: list[Strand]) -> frozenset[tuple[str, str]]:
    """Pairs of calls of which the later always takes a value that the earlier was the first to find."""
    both: Counter[tuple[str, str]] = Counter()
    using: Counter[tuple[str, str]] = Counter()
    for strand in strands:
        calls = [(item.label, item.step) for item in strand.items if item.step is not None]
        for place, (label, step) in enumerate(calls):
            taken = {scalar_key(leaf) for _, leaf in walk(step.arguments) if not is_common(leaf)}
            both.update((label, earlier) for earlier, _ in calls[:place])
            for earlier, made in calls[:place]:
                held = taken & made.leaves.keys()
                if held:
                    using[label, earlier] += 1
                    taken -= held
    return frozenset(pair for pair, times in using.items() if times == both[pair])


def _by_role(strands: list[Strand]) -> list[Strand]:
    """Name the roles that calls of one kind play."""
    made: dict[str, list[tuple[int, int, Seen]]] = defaultdict(list)
    for number, strand in enumerate(strands):
        for place, seen in _calls(strand):
            made[strand.items[place].label].append((number, place, seen))
    items = [list(strand.items) for strand in strands]
    for label, calls in made.items():
        for (number, place, _), kind in zip(calls, tell_apart([seen for *_, seen in calls]), strict=True):
            if kind:
                items[number][place] = replace(items[number][place], label=f"{label} @{kind}")
    return [replace(strand, items=tuple(own)) for strand, own in zip(strands, items, strict=True)]


def _calls(strand: Strand) -> Iterator[tuple[int, Seen]]:
    """The calls of a strand with arguments, each with its place and what was in scope."""
    scope, run = strand.outer, strand.episode.run
    names: Counter[str] = Counter()
    for place, item in enumerate(strand.items):
        if item.step is None:
            continue
        seen = tuple(
            (name, Sighting(run=run, value=value, scope=scope, effect=item.step.effect))
            for name, value in item.step.arguments.items()
        )
        if seen:
            yield place, Seen(task=run.task, arguments=seen)
        if item.step.effect == "read":
            names[item.label] += 1
            id_ = f"{item.label} #{names[item.label]}"
            scope = (*scope, Bound(id=id_, value=item.step.result, known=item.step.leaves))


def _numbered(strand: Strand) -> Strand:
    """Number what comes more than once."""
    seen: Counter[str] = Counter()
    items = []
    for item in strand.items:
        seen[item.label] += 1
        number = seen[item.label]
        items.append(item if number == 1 else replace(item, label=f"{item.label} #{number}"))
    return replace(strand, items=tuple(items))


def _with_empty_loops(strands: list[Strand]) -> list[Strand]:
    """Give a strand that walks no row of a list a loop without iterations, where others have theirs.

    One that ends where the others walk the list may as well have stopped there: it is left as it is.
    """
    loops = {item.label: item for strand in strands for item in strand.items if item.driver is not None}
    done = strands
    for label, loop in sorted(loops.items()):
        after: Counter[str] = Counter()
        for strand in strands:
            if label in strand.labels:
                at = strand.labels.index(label)
                after.update(strand.labels[at + 1 :])
                after.subtract(strand.labels[:at])
        own = any(loop.giver in strand.labels for strand in strands)
        able = [strand for strand in strands if not own or loop.giver in strand.labels]
        if sum(label in strand.labels for strand in strands) < RARE_LOOP * len(able):
            # An iteration out of its place makes no loop of its own for all others.
            continue
        empty = replace(loop, source=None, iterations=())
        later = frozenset(other for other, more in after.items() if more > 0)
        done = [_with_empty(strand, empty, own=own, after=later) for strand in done]
    return done


def _with_empty(strand: Strand, loop: Item, *, own: bool, after: frozenset[str]) -> Strand:
    if loop.label in strand.labels or (own and loop.giver not in strand.labels):
        return strand
    places = [place for place, label in enumerate(strand.labels) if label in after]
    if after and not places:
        return strand
    at = places[0] if places else len(strand.items)
    return replace(strand, items=(*strand.items[:at], loop, *strand.items[at:]))
