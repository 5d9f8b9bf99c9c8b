"""accidents: the strands of one level that lost, repeated or moved a call by accident, not by decision."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import final

from compiler.ir.expr import Expr, Ref
from compiler.ir.run import JSON
from compiler.mine.blocks import Sequence
from compiler.mine.clean import Episode
from compiler.mine.damage import MANY_TASKS, MIN_PLACES, Place, most_expected, telling_damage
from compiler.mine.edits import LOOP, edits
from compiler.mine.misfits import unexplained
from compiler.mine.rules import MIN_SIDE
from compiler.mine.scope import values_in_scope
from compiler.mine.strands import Strand
from compiler.mine.trail import StepKey

MIN_SHARE = 0.02
"""Of a level; what a larger share does is no accident of several at once."""


@final
@dataclass(slots=True)
class Damage:
    """What is known of the damage of a log so far: the places, and the runs that are set aside for it."""

    places: list[Place] = field(default_factory=list)
    runs: set[str] = field(default_factory=set)

    def take(self, place: Place) -> None:
        """Set the runs of a place aside."""
        before = next((one for one in self.places if one.of == place.of), None)
        if before is None:
            self.places.append(place)
        else:
            more = Place(
                of=place.of, runs=before.runs | place.runs, chances=max(before.chances, place.chances)
            )
            self.places[self.places.index(before)] = more
        self.runs |= place.runs

    @property
    def telling(self) -> tuple[Place, ...]:
        """The places that say how often calls are lost, or made again."""
        return tuple(place for place in self.places if place.of.startswith(("lost ", "copied ")))


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Spot:
    """The strands that may have lost a label, or have it again or elsewhere, beside those that are whole."""

    how: str
    label: str
    whole: tuple[tuple[Strand, int], ...]
    broken: tuple[tuple[Strand, int, float], ...]
    """Each with the place of the call, and the share of this spot among all that explain the strand."""
    chances: float


def accidents(strands: list[Strand], damage: Damage) -> set[str]:
    """The runs whose strand at a level is damaged; they join what is known of the damage."""
    if len({strand.episode.run.task for strand in strands}) < MANY_TASKS:
        return set()
    spots = tuple(_spots(strands))
    places = [_place(spot) for spot in spots]
    quiet = list(_quiet(strands, spots, damage))
    found: list[Place] = []
    for spot, place in zip(spots, places, strict=True):
        if not place.runs:
            continue
        others = [
            other
            for rival, other in zip(spots, places, strict=True)
            if rival.how == "lost" and rival.label != spot.label
        ]
        expected = most_expected(place, [*others, *quiet, *damage.telling])
        broken = _broken(spot, expected) if expected else frozenset()
        if broken:
            found.append(Place(of=place.of, runs=broken, chances=place.chances))
    if len(damage.places) + len(found) >= MIN_PLACES:
        found += _odd(strands)
    for place in found:
        damage.take(place)
    return set().union(*(place.runs for place in found))


def _odd(strands: list[Strand]) -> Iterator[Place]:
    """What too few do for a rule to be learnt of it: in a damaged log, several accidents in one run."""
    shown: dict[Sequence, set[str]] = defaultdict(set)
    for strand in strands:
        shown[strand.labels].add(strand.episode.run.run_id)
    if sum(len(runs) >= MANY_TASKS for runs in shown.values()):
        for labels, runs in sorted(shown.items()):
            if len(runs) < min(MIN_SIDE, MIN_SHARE * len(strands)):
                yield Place(of=f"all of {' '.join(labels)}", runs=frozenset(runs), chances=len(strands))


def _spots(strands: list[Strand]) -> Iterator[_Spot]:
    shown: dict[Sequence, list[Strand]] = defaultdict(list)
    for strand in strands:
        shown[strand.labels].append(strand)
    weights = {labels: len(own) for labels, own in shown.items()}
    wholes: dict[tuple[str, str], dict[Sequence, int]] = defaultdict(dict)
    broken: dict[tuple[str, str], list[tuple[Strand, int, float]]] = defaultdict(list)
    for labels, ways in edits(weights).items():
        total = sum(weights[way.whole] for way in ways)
        for way in ways:
            if way.how != "again" and way.label.startswith(LOOP):
                # A loop is no call: what it lost is seen inside of it.
                continue
            share = weights[way.whole] / total
            wholes[way.how, way.label][way.whole] = way.place
            broken[way.how, way.label] += [(strand, way.place, share) for strand in shown[labels]]
    chances = _chances(strands)
    for (how, label), own in sorted(wholes.items()):
        yield _Spot(
            how=how,
            label=label,
            whole=tuple((strand, place) for whole, place in sorted(own.items()) for strand in shown[whole]),
            broken=tuple(broken[how, label]),
            chances=chances[label],
        )


def _chances(strands: list[Strand]) -> dict[str, float]:
    """By label, in how many runs an accident would meet it if it met every run once."""
    found: dict[str, float] = defaultdict(float)
    for strand in strands:
        for label in strand.labels:
            found[label] += 1 / max(len(strand.episode.steps), 1)
    return found


def _place(spot: _Spot) -> Place:
    runs = frozenset(strand.episode.run.run_id for strand, *_ in spot.broken)
    return Place(of=f"{spot.how} {spot.label}", runs=runs, chances=spot.chances)


def _quiet(strands: list[Strand], spots: tuple[_Spot, ...], damage: Damage) -> Iterator[Place]:
    """The labels that no strand lost; but those of which it shows elsewhere."""
    lost = {spot.label for spot in spots if spot.how == "lost"}
    known = {place.of for place in damage.places}
    chances = _chances(strands)
    for label in sorted(chances):
        if (
            not label.startswith(LOOP)
            and label not in lost
            and f"lost {label.split(' #')[0].split(' @')[0]}" not in known
        ):
            yield Place(of=f"lost {label}", runs=frozenset(), chances=chances[label])


def _broken(spot: _Spot, expected: int) -> frozenset[str]:
    """The runs that are damaged at a spot: those that no rule explains, if they are no more than expected."""
    left = spot.broken
    if spot.how == "lost":
        misfits = unexplained([_values(*one) for one in spot.whole], [_values(s, p) for s, p, _ in left])
        if misfits is not None:
            left = tuple(one for number, one in enumerate(left) if number in misfits)
    runs: dict[str, float] = defaultdict(float)
    for strand, _, share in left:
        runs[strand.episode.run.run_id] = max(runs[strand.episode.run.run_id], share)
    return frozenset(runs) if sum(runs.values()) <= expected else frozenset()


def _values(strand: Strand, place: int) -> Mapping[Expr, JSON]:
    """The values in scope before a place of a strand."""
    bound: list[tuple[Expr, JSON]] = [(Ref(source.id), source.value) for source in strand.outer]
    bound += [(Ref(item.label), item.step.result) for item in strand.items[:place] if item.step is not None]
    run = strand.episode.run
    if isinstance(run.request, dict):
        bound.append((Ref("request"), run.request))
    return values_in_scope(bound, run.now)


def known_damage(episodes: tuple[Episode, ...], repeats: frozenset[StepKey]) -> Damage:
    """The damage that single runs tell of."""
    damage = Damage()
    for place in telling_damage(episodes, repeats):
        damage.take(place)
    return damage
