"""blocks: the block structure of sequences of labels: what always comes, in which order, what is a choice.

    a b d, a c d, a d  ->  a (b | c | nothing) d

Sources: the exclusive-choice and sequence cuts of the inductive miner (Leemans, Fahland and van der Aalst
2013). Left out are its loop cut, since loops are found by data flow, and its parallel cut: what agents do in
either order is rarely meant to be concurrent, and a cut for it explains nearly any log.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias, final

Sequence = tuple[str, ...]
Weights = Mapping[Sequence, int]
"""How many tasks show a sequence. No label stands twice in one."""


@final
@dataclass(frozen=True, slots=True)
class Leaf:
    """One label."""

    label: str


@final
@dataclass(frozen=True, slots=True)
class Chain:
    """Parts in order."""

    parts: tuple[Tree, ...] = ()


@final
@dataclass(frozen=True, slots=True)
class Choice:
    """One of several ways to go on; an empty chain among them where nothing may come."""

    arms: tuple[Tree, ...]


Tree: TypeAlias = Leaf | Chain | Choice
Needs: TypeAlias = frozenset[tuple[str, str]]
"""Pairs of labels of which the first always uses what the second found."""

SURE = 5
"""Times that chance would have broken a dependence which nothing broke, before it is believed."""

START, END = "", "\0"


def labels_of(tree: Tree) -> frozenset[str]:
    """Every label in a tree."""
    match tree:
        case Leaf(label):
            return frozenset((label,))
        case Chain(parts) | Choice(parts):
            return frozenset().union(*map(labels_of, parts))


def without_rare(weights: Weights, floor: int) -> dict[Sequence, int]:
    """Leave out the sequences in which two labels follow each other that do so in fewer than ``floor`` tasks.

    Rare behaviour before any cut is what makes miners call everything optional.
    """
    edges: Counter[tuple[str, str]] = Counter()
    for sequence, weight in weights.items():
        edges.update(dict.fromkeys(_pairs(sequence), weight))
    return {
        sequence: weight
        for sequence, weight in weights.items()
        if all(edges[pair] >= floor for pair in _pairs(sequence))
    }


def _pairs(sequence: Sequence) -> Iterable[tuple[str, str]]:
    return zip((START, *sequence), (*sequence, END), strict=True)


def find_blocks(weights: Weights, needs: Needs = frozenset()) -> tuple[Tree, dict[Sequence, int]]:
    """Find the structure of sequences; gives the sequences that have it as well.

    Where two labels come in both orders, the order that more tasks show is kept, and the others are left out.
    """
    kept = dict(weights)
    while True:
        tree = _tree(kept, needs)
        if tree is not None:
            return tree, kept
        kept = _without_rarest_order(kept)


def _tree(weights: Weights, needs: Needs) -> Tree | None:
    """The structure of sequences; None where two labels come in both orders."""
    labels = sorted({label for sequence in weights for label in sequence})
    ways = _sharing(weights, labels)
    if len(ways) > 1 or (ways and () in weights):
        arms = [_tree(_only(weights, way, whole=True), needs) for way in ways]
        found = tuple(arm for arm in arms if arm is not None)
        return Choice((*found, *((Chain(),) if () in weights else ()))) if len(found) == len(arms) else None
    if len(labels) == 1:
        return Leaf(labels[0])
    groups = _together(weights, _in_order(weights, labels), needs) if labels else []
    if len(groups) == 1:
        return None
    parts = [_tree(_only(weights, group), needs) for group in groups]
    if any(part is None for part in parts):
        return None
    flat: list[Tree] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, Chain) else () if part is None else (part,))
    return Chain(tuple(flat))


def _only(weights: Weights, group: frozenset[str], *, whole: bool = False) -> dict[Sequence, int]:
    """The sequences cut down to some labels; of ``whole``, only those that have one."""
    found: dict[Sequence, int] = {}
    for sequence, weight in weights.items():
        cut = tuple(label for label in sequence if label in group)
        if cut or not whole:
            found[cut] = found.get(cut, 0) + weight
    return found


def _sharing(weights: Weights, labels: list[str]) -> list[frozenset[str]]:
    """Groups of labels that no sequence mixes."""
    groups = [frozenset((label,)) for label in labels]
    for sequence in weights:
        touched = [group for group in groups if group.intersection(sequence)]
        if len(touched) > 1:
            groups = [group for group in groups if group not in touched]
            groups.append(frozenset().union(*touched))
    return sorted(groups, key=min)


def _in_order(weights: Weights, labels: list[str]) -> list[frozenset[str]]:
    """The finest groups of labels that come strictly one after the other."""
    after: dict[str, set[str]] = {label: set() for label in labels}
    for sequence in weights:
        for place, label in enumerate(sequence):
            after[label].update(sequence[place + 1 :])
    for middle in labels:
        for label in labels:
            if middle in after[label]:
                after[label] |= after[middle]
    groups = [frozenset((label,)) for label in labels]
    while True:
        tied = next(
            (
                (one, other)
                for number, one in enumerate(groups)
                for other in groups[number + 1 :]
                if _leads(after, one, other) == _leads(after, other, one)
            ),
            None,
        )
        if tied is None:
            break
        groups = [group for group in groups if group not in tied] + [tied[0] | tied[1]]
    # A group of several labels leads to itself, and not to what comes after it alone.
    return sorted(
        groups, key=lambda group: sum(_leads(after, other, group) for other in groups if other is not group)
    )


def _leads(after: dict[str, set[str]], one: frozenset[str], other: frozenset[str]) -> bool:
    return any(label in after[earlier] for earlier in one for label in other)


def _together(weights: Weights, groups: list[frozenset[str]], needs: Needs) -> list[frozenset[str]]:
    """Join neighbours of which the later comes only with one way through the earlier: they are one choice."""
    joined = [groups[0]]
    for group in groups[1:]:
        if _feeds(weights, joined[-1], group, needs) or _hangs_on(weights, joined[-1], group, needs):
            joined[-1] |= group
        else:
            joined.append(group)
    return joined


def _feeds(weights: Weights, earlier: frozenset[str], later: frozenset[str], needs: Needs) -> bool:
    """Whether something is found in the earlier group only for what needs it in the later one.

    The other ways through the two are ways beside it: one choice, if that tells them apart.
    """
    pairs = ((late, early) for late in sorted(later) for early in sorted(earlier) if (late, early) in needs)
    if not any(_having(weights, frozenset((a,))) == _having(weights, frozenset((b,))) for a, b in pairs):
        return False
    cut = _only(weights, earlier | later)
    return () in cut or len(_sharing(cut, sorted(earlier | later))) > 1


def _hangs_on(weights: Weights, earlier: frozenset[str], later: frozenset[str], needs: Needs) -> bool:
    """Whether every way through the later group comes with just one way through the earlier.

    That two things always come together may be believed at once: it leaves one decision of two. That one
    never comes without the other must be more than chance, else it would be left out in silence; or it needs
    what the other finds.
    """
    total = sum(weights.values())
    ways = _ways(weights, earlier)
    if len(ways) == 1 and all(ways[0].intersection(sequence) for sequence in weights):
        return False
    for way in _ways(weights, later):
        having = _having(weights, way)
        with_it = [shown for one in ways if having.keys() <= (shown := _having(weights, one)).keys()]
        if not with_it:
            return False
        broken = sum(having.values()) * (1 - sum(with_it[0].values()) / total)
        needed = any((late, early) in needs for late in way for early in earlier)
        if having.keys() != with_it[0].keys() and broken < SURE and not needed:
            return False
    return True


def _having(weights: Weights, way: frozenset[str]) -> dict[Sequence, int]:
    return {sequence: weight for sequence, weight in weights.items() if way.intersection(sequence)}


def _ways(weights: Weights, group: frozenset[str]) -> list[frozenset[str]]:
    return _sharing(_only(weights, group, whole=True), sorted(group))


def _without_rarest_order(weights: Weights) -> dict[Sequence, int]:
    """Leave out the sequences that show two labels in the rarer of both orders, where that is rarest."""
    order: Counter[tuple[str, str]] = Counter()
    for sequence, weight in weights.items():
        order.update({(a, b): weight for n, a in enumerate(sequence) for b in sequence[n + 1 :]})
    both = [pair for pair in order if (pair[1], pair[0]) in order]
    first, second = min(both, key=lambda pair: (order[pair], pair))
    return {
        sequence: weight
        for sequence, weight in weights.items()
        if not (first in sequence and second in sequence) or sequence.index(first) > sequence.index(second)
    }
