"""rules: which way a decision went, explained by values in scope, or not at all.

Sources: decision mining (Rozinat & van der Aalst 2006) for the setting. The gate is an Occam bound (Blumer et
al. 1987) with a two-part code after Rissanen: a rule without an error must save more bits than naming it
costs, so that the chance of a false rule, over all decisions of a program, stays below ALPHA.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from math import lgamma, log, log2
from typing import final

from compiler.ir.expr import Expr
from compiler.ir.program import Both, Either, Guard
from compiler.ir.run import JSON
from compiler.mine.columns import Column, Kind, columns, prices
from compiler.mine.guards import both, compares, holds
from compiler.mine.literals import Literal, beside, covering

ALPHA = 0.01
MIN_SIDE = 3
MOST_RIVALS = 3
"""Rules that fit equally well and must then agree; of more, none is known to be meant."""

MOST_PAIRS = 2_000
"""Pairs of tests that are looked at; where more fit, too few tasks were seen for any of them to pass."""

MOST_LEFT_OUT = 100
"""Tasks that are left out in turn, spread evenly: of hundreds, hardly one by itself carries a rule."""

Z2 = 3.84


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A decision as one run took it: the values in scope, and the arm that it went.

    A value that is null, or missing, is None or has no entry; the two are not told apart.
    """

    task: str
    values: dict[Expr, JSON]
    arm: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """A guard for each arm: no two hold at once, and where none does, no run shows what to do.

    ``confidence`` is the lower 95 % Wilson bound of a rule that was right in every task. ``gaps`` gives, for
    each value that has a round number for a bound, the nearest two around it that were seen.
    """

    arms: tuple[tuple[str, Guard], ...]
    confidence: float
    gaps: tuple[tuple[Expr, JSON, JSON], ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """One test, or two, that part the samples of an arm from the rest; both sides name what was seen."""

    name: str
    arm: Guard
    rest: Guard
    literals: tuple[Literal, ...]
    bits: float

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of its tests."""
        return tuple(sorted(literal.kind for literal in self.literals))


def learn_rules(samples: tuple[Sample, ...], decisions: int = 1) -> Rules | None:
    """The rule on values in scope that explains a decision, if it passes the gate.

    Args:
        samples: The decision as each run took it; runs of one task count once.
        decisions: How many decisions the program has: they share the chance of a false rule.

    The gate: equal values never decided differently; at least two arms, and MIN_SIDE tasks in each; no
    error, with at most two tests an arm; log2(decisions / ALPHA) bits more saved than the tests cost; and
    the rule, learnt without any one task, does not decide that task otherwise.
    """
    kept = one_a_task(samples)
    if kept is None:
        return None
    arms = Counter(sample.arm for sample in kept)
    if len(arms) < 2 or min(arms.values()) < MIN_SIDE:  # noqa: PLR2004
        return None
    known = columns([sample.values for sample in kept])
    found = _chain(kept, known, (1 << len(kept)) - 1)
    if found is None or bits_told(arms) - found.bits < log2(decisions / ALPHA):
        return None
    every = range(0, len(kept), 1 + len(kept) // MOST_LEFT_OUT)
    if not all(_holds_without(kept, known, left_out) for left_out in every):
        return None
    n = len(kept)
    guards = tuple((arm, found.guards[arm]) for arm in sorted(arms))
    return Rules(arms=guards, confidence=n / (n + Z2), gaps=found.gaps)


def one_a_task(samples: Sequence[Sample]) -> tuple[Sample, ...] | None:
    """One sample for each task, by name; None where a task, or equal values, went two ways."""
    by_task: dict[str, Sample] = {}
    seen: dict[str, str] = {}
    ordered = sorted(((one.task, one.arm, _same(one), n) for n, one in enumerate(samples)))
    for task, arm, same, number in ordered:
        if by_task.setdefault(task, samples[number]).arm != arm:
            return None
        if seen.setdefault(same, arm) != arm:
            return None
    return tuple(by_task[task] for task in sorted(by_task))


def _same(sample: Sample) -> str:
    return repr(sorted((repr(expr), repr(value)) for expr, value in sample.values.items()))


def bits_told(arms: Mapping[str, int]) -> float:
    """How many bits it takes to say which task went which way, once it is known how many went each."""
    return (lgamma(sum(arms.values()) + 1) - sum(lgamma(count + 1) for count in arms.values())) / log(2)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Fit:
    """A guard for each arm, the bits that it takes to say them all, and the gaps of their bounds."""

    guards: dict[str, Guard]
    bits: float
    gaps: tuple[tuple[Expr, JSON, JSON], ...]


def _chain(kept: Sequence[Sample], known: Sequence[Column], all_: int) -> _Fit | None:
    """A guard for each arm of some samples.

    The arm that is told from all others most cheaply comes first, then the next, on what is left.
    """
    left = sorted({kept[n].arm for n in range(len(kept)) if all_ >> n & 1})
    guards: dict[str, Guard] = {}
    before: Guard | None = None
    gaps: list[tuple[Expr, JSON, JSON]] = []
    bits = 0.0
    while len(left) > 1:
        bits += log2(len(left))
        # What tells one of two arms from the other tells the other from the one.
        told = left if len(left) > 2 else left[:1]  # noqa: PLR2004
        fitting = _splits(kept, known, all_, told)
        if not fitting:
            return None
        arm = min(fitting, key=lambda one: (fitting[one].bits, one))
        split = fitting[arm]
        bits += split.bits
        gaps += [(one.holds.left, *one.gap) for one in split.literals if one.gap is not None]
        guards[arm] = both(before, split.arm)
        before = both(before, split.rest)
        left.remove(arm)
        all_ &= ~_mask(kept, arm)
    assert before is not None
    guards[left[0]] = before
    return _Fit(guards=guards, bits=bits, gaps=tuple(gaps))


def _mask(kept: Sequence[Sample], arm: str) -> int:
    return sum(1 << n for n, sample in enumerate(kept) if sample.arm == arm)


def _splits(
    kept: Sequence[Sample], known: Sequence[Column], all_: int, arms: Sequence[str]
) -> dict[str, Split]:
    """What parts each arm from the rest, for those that one test can part, else for those that two can."""
    sides = {arm: (inside := all_ & _mask(kept, arm), all_ & ~inside) for arm in arms}
    fitting = _fitting(known, sides)
    agreed = {arm: _agreeing(splits) for arm, splits in fitting.items()}
    return {arm: split for arm, split in agreed.items() if split is not None}


def fitting_rules(kept: Sequence[Sample], known: Sequence[Column]) -> tuple[Split, ...]:
    """Every rule without an error, of one test or else of two, for the arm that fewest samples went."""
    arms = Counter(sample.arm for sample in kept)
    rare = min(sorted(arms), key=lambda arm: arms[arm])
    inside = _mask(kept, rare)
    found = _fitting(known, {rare: (inside, ((1 << len(kept)) - 1) & ~inside)})[rare]
    return tuple(sorted(found, key=lambda split: (split.bits, repr(split.arm))))


def _fitting(known: Sequence[Column], sides: Mapping[str, tuple[int, int]]) -> dict[str, list[Split]]:
    """The splits of each arm (samples inside, and outside) that make no error."""
    cost = prices(known)
    wanted = {arm: _tests(known, *side) for arm, side in sides.items()}
    fitting = {
        arm: [_single(arm, one, cost) for one in wanted[arm] if one.out == out]
        for arm, (_, out) in sides.items()
    }
    if not any(fitting.values()):
        for arm, (inside, outside) in sides.items():
            unwanted = _tests(known, outside, inside)
            for pair in islice(_covering_pairs(wanted[arm], outside), MOST_PAIRS):
                fitting[arm].append(_pair(arm, _beside(pair, inside), cost))
            for pair in islice(_covering_pairs(unwanted, inside), MOST_PAIRS):
                fitting[arm].append(_turned(_pair(arm, _beside(pair, outside), cost)))
    return fitting


def _tests(known: Sequence[Column], inside: int, outside: int) -> list[Literal]:
    """The tests that all samples inside pass; a list of numbers only where no bound says the same."""
    found: dict[tuple[Expr, Expr | None, int], Literal] = {}
    for column in known:
        for test in covering(column, inside, outside):
            found.setdefault((column.left, column.right, test.out), test)
    return list(found.values())


def _covering_pairs(literals: Sequence[Literal], out: int) -> Iterator[tuple[Literal, Literal]]:
    """Pairs of tests that together leave out all of some samples."""
    large = sorted(literals, key=lambda one: -one.out.bit_count())
    for n, one in enumerate(large):
        # The rest is no larger: if this and the next leave out too few, so do all after it.
        for other in large[n + 1 :]:
            if one.out.bit_count() + other.out.bit_count() < out.bit_count():
                break
            if one.out | other.out == out:
                yield one, other


def _single(arm: str, one: Literal, cost: Mapping[Kind, float]) -> Split:
    return Split(name=arm, arm=one.holds, rest=one.fails, literals=(one,), bits=1 + cost[one.kind])


def _beside(pair: tuple[Literal, Literal], inside: int) -> tuple[Literal, Literal]:
    return beside(pair[0], pair[1], inside), beside(pair[1], pair[0], inside)


def _pair(arm: str, pair: tuple[Literal, Literal], cost: Mapping[Kind, float]) -> Split:
    """Two tests that must both hold."""
    one, other = sorted(pair, key=lambda test: repr(test.holds.left))
    return Split(
        name=arm,
        arm=Both(one.holds, other.holds),
        rest=Either(one.fails, other.fails),
        literals=pair,
        bits=2 + cost[one.kind] + cost[other.kind],
    )


def _turned(split: Split) -> Split:
    """The same tests, for which the rest must pass both."""
    return replace(split, arm=split.rest, rest=split.arm)


def _agreeing(splits: Sequence[Split]) -> Split | None:
    """The cheapest split; where others cost the same, all of them at once, so that they must agree."""
    if not splits:
        return None
    least = min(split.bits for split in splits)
    best = [split for split in splits if split.bits == least]
    if len(best) > MOST_RIVALS:
        return None
    arm, rest = best[0].arm, best[0].rest
    for other in best[1:]:
        arm, rest = Both(arm, other.arm), Both(rest, other.rest)
    return replace(best[0], arm=arm, rest=rest)


def _holds_without(kept: Sequence[Sample], known: Sequence[Column], left_out: int) -> bool:
    """Whether the rule, learnt without one task, decides it rightly; in the gap of a threshold it need not.

    Without the task beside it every gap is wider, so that the task may lie in the gap itself.
    """
    found = _chain(kept, known, ((1 << len(kept)) - 1) & ~(1 << left_out))
    if found is None:
        return False
    sample = kept[left_out]
    taken = [arm for arm, guard in found.guards.items() if holds(guard, sample.values)]
    if taken:
        return taken == [sample.arm]
    return any(one.op in ("<", "<=", ">", ">=") for guard in found.guards.values() for one in compares(guard))
