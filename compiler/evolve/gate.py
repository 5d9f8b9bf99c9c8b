"""Whether a new harness is as good as the one that it replaces, on runs that neither was learnt from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, final

from compiler.evolve.writes import Write, merge_writes
from compiler.ir.run import JSON

Aspect: TypeAlias = Literal["wrong", "success", "questions", "writes", "edits"]
"""In which way it is worse; ``edits``: what a person changed and what the runs changed do not go together."""

RIGHT: Final = frozenset(("exact", "equivalent", "asked"))
UNTOLD: Final = frozenset(("missed",))
"""Verdicts that speak neither for nor against a harness."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a harness did on one task: the verdict, its questions, the writes that it made or meant."""

    verdict: str
    asks: int = 0
    writes: tuple[Write, ...] = ()
    ends: bool = True
    """Whether it came to an end that it knows."""

    @property
    def deed(self) -> tuple[bool, tuple[Write, ...]]:
        """What counts outside: whether it came to an end that it knows, and the writes."""
        return self.ends, self.writes


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """One way in which the new harness is worse, with the tasks that show it."""

    aspect: Aspect
    what: str
    tasks: tuple[str, ...] = ()

    def to_json(self) -> dict[str, JSON]:
        """Give the loss as JSON."""
        return {"aspect": self.aspect, "what": self.what, "tasks": list(self.tasks)}


Trials: TypeAlias = Mapping[str, Trial]


def losses(before: Trials, after: Trials) -> tuple[Loss, ...]:
    """Compare two harnesses on the tasks that both were tried on.

    Both must not have been learnt from a task that they are tried on.
    """
    pairs = [
        (task, before[task], after[task])
        for task in sorted(before.keys() & after.keys())
        if UNTOLD.isdisjoint((before[task].verdict, after[task].verdict))
    ]
    return tuple(loss for compare in (_wrong, _success, _questions) if (loss := compare(pairs)) is not None)


Pairs: TypeAlias = Sequence[tuple[str, Trial, Trial]]


def _wrong(pairs: Pairs) -> Loss | None:
    # One wrong action more is not made up for by one less elsewhere.
    tasks = [task for task, old, new in pairs if new.verdict == "wrong" and old.verdict != "wrong"]
    return _loss("wrong", "acts wrongly on {} where it did not", tasks)


def _success(pairs: Pairs) -> Loss | None:
    for good, word in ((_right, "does"), (_sound, "does or rightly hands over")):
        count = [
            sum(good(side) for side in sides) for sides in zip(*((a, b) for _, a, b in pairs), strict=True)
        ]
        if count and count[1] < count[0]:
            tasks = [task for task, old, new in pairs if good(old) and not good(new)]
            said = f"{word} {count[1]} of {len(pairs)} tasks left out, not {count[0]}; lost: {{}}"
            return _loss("success", said, tasks)
    return None


def _questions(pairs: Pairs) -> Loss | None:
    both = [(task, old, new) for task, old, new in pairs if _right(old) and _right(new)]
    old, new = (
        (sum(side.asks for side in sides) for sides in zip(*((a, b) for _, a, b in both), strict=True))
        if both
        else (0, 0)
    )
    if new <= old:
        return None
    amount = "1 question" if new == 1 else f"{new} questions"
    said = f"asks {amount} on {len(both)} tasks that both do, not {old}; more on {{}}"
    return _loss("questions", said, [task for task, a, b in both if b.asks > a.asks])


def _right(trial: Trial) -> bool:
    return trial.verdict in RIGHT


def _sound(trial: Trial) -> bool:
    return trial.verdict in RIGHT or trial.verdict == "handed_over"


def _loss(aspect: Aspect, said: str, tasks: Sequence[str]) -> Loss | None:
    if not tasks:
        return None
    number = "1 task" if len(tasks) == 1 else f"{len(tasks)} tasks"
    return Loss(aspect=aspect, what=said.format(number), tasks=tuple(tasks))


def widened(before: frozenset[str], after: frozenset[str]) -> tuple[Loss, ...]:
    """List the writes that the new harness can reach and the old one could not."""
    return tuple(
        Loss(aspect="writes", what=f"may call {tool}, which writes") for tool in sorted(after - before)
    )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """What the four harnesses of a merge did on the same tasks, by task."""

    base: Trials
    ours: Trials
    theirs: Trials
    merged: Trials


def untrue(sides: Sides) -> tuple[Loss, ...]:
    """List the tasks on which a merged harness does what the changes of the two sides do not account for.

    What it should write is merged from what the three others write, as their sources were merged.
    """
    lost = [task for task in sorted(sides.theirs) if not _accounted(task, sides)]
    found = _loss("edits", "does on {} what neither your edits nor the new program account for", lost)
    return () if found is None else (found,)


def _accounted(task: str, sides: Sides) -> bool:
    base, ours, theirs, merged = (side[task] for side in (sides.base, sides.ours, sides.theirs, sides.merged))
    if ours.deed == base.deed:
        # Where the old program did not know the way, nobody has seen yet what an edit does there.
        return merged.deed == theirs.deed or (not base.ends and merged.ends)
    if theirs.deed == base.deed:
        return merged.deed == ours.deed
    wanted = merge_writes(base.writes, ours.writes, theirs.writes)
    return wanted is not None and merged.deed == (theirs.ends, wanted)
