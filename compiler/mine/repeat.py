"""repeat: calls that are made again with the same arguments until they are done: polls, retries, repairs.

    submit -> refused; correct; submit -> ok  ->  submit until ok, and correct where it is refused

A call is one of these where a rule on its results alone tells the last attempt from those before it. A call
that was repeated for another reason, with results of one kind, is not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, final

from compiler.ir.expr import Expr, Ref
from compiler.ir.run import JSON
from compiler.mine.clean import Episode, Step, canonical
from compiler.mine.rules import MIN_SIDE, Rules, Sample, learn_rules
from compiler.mine.scope import values_in_scope
from compiler.mine.sources import scalar_key, walk
from compiler.mine.spans import is_common
from compiler.mine.trail import StepKey

AGAIN: Final = "again"
DONE: Final = "done"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """One call, or one with its failed attempts: each of these with the calls made before the next."""

    step: Step
    """The last attempt."""
    failed: tuple[tuple[Step, tuple[Step, ...]], ...] = ()

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every call, in order."""
        return (*(step for made, between in self.failed for step in (made, *between)), self.step)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one attempt came to, and whether it was the last."""

    task: str
    result: JSON
    last: bool


def uses(step: Step, earlier: Iterable[Step]) -> bool:
    """Whether a call takes a value that one of some earlier calls found."""
    taken = {scalar_key(leaf) for _, leaf in walk(step.arguments) if not is_common(leaf)}
    return any(taken & one.leaves.keys() for one in earlier)


def chunks(steps: Sequence[Step], kinds: frozenset[StepKey]) -> tuple[Chunk, ...]:
    """Put the attempts of each call of some kinds together, with what was done between them."""
    found: list[Chunk] = []
    at = 0
    while at < len(steps):
        places = _attempts(steps, at) if steps[at].key in kinds else [at]
        failed = tuple((steps[one], tuple(steps[one + 1 : other])) for one, other in pairwise(places))
        found.append(Chunk(step=steps[places[-1]], failed=failed))
        at = places[-1] + 1
    return tuple(found)


def _attempts(steps: Sequence[Step], first: int) -> list[int]:
    """The places of the attempts of a call: the same again, at once or after what its result led to."""
    places = [first]
    for place in range(first + 1, len(steps)):
        if (steps[place].tool, steps[place].arguments) != (steps[first].tool, steps[first].arguments):
            continue
        between = steps[places[-1] + 1 : place]
        if between and not _leads_to(steps[places[-1]], between):
            break
        places.append(place)
    return places


def _leads_to(attempt: Step, between: Sequence[Step]) -> bool:
    """Whether calls correct what an attempt complained of; a read after a write is a look at what it did."""
    if attempt.effect == "read" and any(step.effect == "write" for step in between):
        return False
    return any(uses(step, (attempt,)) for step in between)


def repeated_kinds(episodes: Iterable[Episode]) -> frozenset[StepKey]:
    """The kinds of calls that are repeated until a rule on their result holds, and no longer."""
    made: dict[StepKey, list[Episode]] = defaultdict(list)
    for episode in episodes:
        marks: set[str] = set()
        for step in episode.steps:
            mark = canonical([step.tool, step.arguments])
            if mark in marks and (not made[step.key] or made[step.key][-1] is not episode):
                made[step.key].append(episode)
            marks.add(mark)
    several = {key for key, who in made.items() if len({one.run.task for one in who}) >= MIN_SIDE}
    known = tuple(episodes) if several else ()
    return frozenset(key for key in several if done_rule(Ref("result"), _outcomes(known, key)) is not None)


def _outcomes(episodes: Iterable[Episode], key: StepKey) -> Iterable[Outcome]:
    for episode in episodes:
        for chunk in chunks(episode.steps, frozenset((key,))):
            if chunk.step.key == key:
                yield from outcomes(episode.run.task, [*(step for step, _ in chunk.failed), chunk.step])


def outcomes(task: str, attempts: Sequence[Step]) -> Iterable[Outcome]:
    """What the attempts of one call came to."""
    for number, step in enumerate(attempts, 1):
        yield Outcome(task=task, result=step.result, last=number == len(attempts))


def done_rule(base: Expr, seen: Iterable[Outcome], decisions: int = 1) -> Rules | None:
    """The rule on the result, ``base``, that tells a last attempt (DONE) from one before it (AGAIN).

    What every result has goes first: a result that is another in one way, such as its state, is another in
    many, and too many rules that fit are none.
    """
    found: dict[tuple[str, str, bool], tuple[Outcome, dict[Expr, JSON]]] = {}
    for outcome in seen:
        values = values_in_scope(((base, outcome.result),))
        # Each attempt decides for itself; the same result, again in one task, says nothing new.
        found.setdefault((outcome.task, canonical(outcome.result), outcome.last), (outcome, values))
    known = list(found.values())
    shared = frozenset.intersection(*(frozenset(values) for _, values in known)) if known else frozenset()
    always = [
        (one, {expr: value for expr, value in values.items() if expr in shared}) for one, values in known
    ]
    return learn_rules(_samples(always), decisions) or learn_rules(_samples(known), decisions)


def _samples(known: Sequence[tuple[Outcome, dict[Expr, JSON]]]) -> tuple[Sample, ...]:
    return tuple(
        Sample(task=f"{one.task} {place}", values=values, arm=DONE if one.last else AGAIN)
        for place, (one, values) in enumerate(known)
    )
