"""Strands: what the episodes did at one level, with labels that tell the parts of a level apart."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import final

from compiler.mine.clean import Episode
from compiler.mine.iterate import Item, rows_under
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

    One that ends where the others walk the list, and then all go on, may as well have stopped there: it is
    left as it is, unless others that find no row either go on.
    """
    loops = {item.label: item for strand in strands for item in strand.items if item.driver is not None}
    done = strands
    for label, loop in sorted(loops.items()):
        around = [strand.labels for strand in strands if label in strand.labels]
        own = any(loop.giver in strand.labels for strand in strands)
        able = [strand for strand in strands if not own or loop.giver in strand.labels]
        if sum(label in strand.labels for strand in strands) < RARE_LOOP * len(able):
            # An iteration out of its place makes no loop of its own for all others.
            continue
        empty = replace(loop, source=None, iterations=())
        spot = _spot(label, around)
        walked = [
            (
                strand
                if label in strand.labels or (own and loop.giver not in strand.labels)
                else _with_empty(strand, empty, spot)
            )
            for strand in done
        ]
        if any(new is not old for new, old in zip(walked, done, strict=True)):
            walked = [_ended(strand, empty) for strand in walked]
        done = walked
    return done


def _ended(strand: Strand, loop: Item) -> Strand:
    """Give a strand that ends with an empty list the loop over it: others walk an empty one, and go on."""
    given = [item.step for item in strand.items if item.label == loop.giver and item.step is not None]
    if loop.label in strand.labels or not given or rows_under(given[0].result, loop.keys):
        return strand
    return replace(strand, items=(*strand.items, loop))


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Spot:
    """Where most strands have a loop: the labels before and after it, and whether it ends one of them."""

    before: frozenset[str]
    after: frozenset[str]
    last: bool


def _spot(label: str, around: list[tuple[str, ...]]) -> _Spot:
    lead: Counter[str] = Counter()
    for labels in around:
        at = labels.index(label)
        lead.update(labels[at + 1 :])
        lead.subtract(labels[:at])
    return _Spot(
        before=frozenset(other for other, more in lead.items() if more < 0),
        after=frozenset(other for other, more in lead.items() if more > 0),
        last=any(labels[-1] == label for labels in around),
    )


def _with_empty(strand: Strand, loop: Item, spot: _Spot) -> Strand:
    """Put a loop into a strand, as others have it: before what follows it there, after what precedes it."""
    places = [place for place, label in enumerate(strand.labels) if label in spot.after]
    if spot.after and not places and not spot.last:
        return strand
    passed = [place + 1 for place, label in enumerate(strand.labels) if label in spot.before]
    at = places[0] if places else max(passed, default=0)
    return replace(strand, items=(*strand.items[:at], loop, *strand.items[at:]))
