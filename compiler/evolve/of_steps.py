"""What the steps of a new program do that those of the old one did not, and the other way round."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from compiler.evolve.align import Alignment, align
from compiler.evolve.outline import Outline
from compiler.evolve.sentence import Change, Code, Group, change, seen, where
from compiler.ir.steps import Step


def of_steps(old: Outline, new: Outline) -> Iterator[Change]:
    """Tell the steps that are new, changed, gone, or in another order."""
    found = align(old.steps, new.steps)
    changed = [pair for pair in found.pairs if pair[0].under != pair[1].under]
    for step in _telling(found.come, (now for _, now in changed), old):
        yield _new_call(step, old, new) if step.kind in ("read", "write") else _new_end(step, new)
    for was, now in found.pairs:
        yield from _of_pair(was, now, old, new)
    for was, now in changed:
        if was.kind in ("leave", "stop", "deviate", "hand over"):
            yield _moved_end(was, now, new, writes=_writes_after(was, old, found))
    for step in _telling(found.gone, (was for was, _ in changed), new):
        yield _gone(step, old, found)
    if found.moved is not None:
        first, second = found.moved
        group: Group = "side effects" if "write" in (first.kind, second.kind) else "logic"
        yield change(group, Code(first.what), " now comes before ", Code(second.what))


def _telling(steps: tuple[Step, ...], changed: Iterable[Step], other: Outline) -> Iterator[Step]:
    """Leave out what others tell: the case of another new step, and a question that is told as a question."""
    beside = [one for one in (*steps, *changed) if one.kind not in ("way", "table")]
    for step in steps:
        parent = step.under[:-1]
        told = step.kind == "way" and any(one.under[: len(parent)] == parent for one in beside)
        if not told and (step.kind != "ask" or step.what in other.questions):
            yield step


_ENDS = {
    "way": ("goes on", "went on"),
    "leave": ("ends the walk", "ended the walk"),
    "stop": ("stops early", "stopped early"),
    "deviate": ("deviates", "deviated"),
    "hand over": ("leaves the rest to the agent", "left the rest to the agent"),
}
"""What a run does there now, and what it did."""


def _new_call(step: Step, old: Outline, new: Outline) -> Change:
    had = {(one.kind, one.what) for one in old.steps}
    on, times = where(step), seen(step, new.tasks)
    if (step.kind, step.what) in had:
        return change(_group(step), Code(step.what), " is also called", *on, f", in {times}")
    if step.kind == "read":
        return change("logic", "a new read: ", Code(step.what), *on, f", in {times}")
    was_read = ", which was a read" if ("read", step.what) in had else ""
    said = ("a new write: ", Code(step.what), was_read, *on, f", in {times}: approve it")
    return change("side effects", *said, approve=True)


def _new_end(step: Step, new: Outline) -> Change:
    times = f" ({seen(step, new.tasks)})"
    match step.kind:
        case "ask":
            return change("questions", Code(step.what), " is also asked", *where(step), times)
        case "table":
            return change("logic", "what is done now hangs on ", Code(step.what), *where(step), times)
        case "deviate":
            return change("logic", "the run now deviates", *where(step), ": ", Code(step.what))
        case _:
            return change("logic", f"the run now {_ENDS[step.kind][0]}", *where(step), times)


def _gone(step: Step, old: Outline, found: Alignment) -> Change:
    on = where(step)
    match step.kind:
        case "write" | "read":
            return change(_group(step), Code(step.what), " is no longer called", *on)
        case "ask":
            return change("questions", Code(step.what), " is no longer asked", *on)
        case "table":
            return change("logic", "what is done no longer hangs on ", Code(step.what), *on)
        case _:
            # Writes that come after it, and are still made, are now made in its case, too.
            wider = step.kind != "way" and _writes_after(step, old, found)
            reach = ": the writes that follow are made there, too" if wider else ""
            said = (f"the run no longer {_ENDS[step.kind][0]}", *on, reach)
            return change("side effects" if wider else "logic", *said, approve=wider)


def _writes_after(end: Step, outline: Outline, found: Alignment) -> bool:
    at = outline.steps.index(end)
    kept = [was for was, _ in found.pairs if was.kind == "write"]
    return any(outline.steps.index(write) > at for write in kept)


def _group(step: Step) -> Group:
    return "side effects" if step.kind == "write" else "logic"


def _of_pair(was: Step, now: Step, old: Outline, new: Outline) -> Iterator[Change]:
    match now.kind:
        case "read" | "write":
            yield from _condition(was, now, new)
            yield from _arguments(was, now, old, new)
        case "table":
            yield from _entries(was, now)
        case "ask":
            yield from _options(was, now)
        case _:
            pass


def _moved_end(was: Step, now: Step, new: Outline, *, writes: bool) -> Change:
    """Say that a run ends on other conditions: these decide how far the writes reach that follow."""
    does, did = _ENDS[now.kind]
    said = (f"the run {does}", *where(now), f" ({seen(now, new.tasks)}), {did}", *where(was))
    return change("side effects" if writes else "logic", *said)


def _condition(was: Step, now: Step, new: Outline) -> Iterator[Change]:
    """Say on which other conditions a call is made; where some only fell away, that is wider."""
    if was.under == now.under:
        return
    wider = now.kind == "write" and set(now.under) < set(was.under)
    here, there = (where(step) or (" always",) for step in (now, was))
    said = (Code(now.what), " is now called", *here, f" ({seen(now, new.tasks)}), was called", *there)
    yield change(_group(now), *said, approve=wider)


def _arguments(was: Step, now: Step, old: Outline, new: Outline) -> Iterator[Change]:
    """Say what a call now gives in place of what it gave; a question that is gone says so for itself."""
    group, gone = _group(now), [name for name in old.questions if name not in new.questions]
    had, has = dict(was.with_), dict(now.with_)
    for key in dict.fromkeys((*had, *has)):
        before, after = had.get(key), has.get(key)
        if before == after:
            continue
        what = (Code(key), " of ", Code(now.what))
        if before is None or after is None:
            yield change(group, *what, " is now given" if before is None else " is no longer given")
            continue
        asked = next((name for name in gone if takes(before, name)), None)
        if asked is not None:
            why = (": ", *what, " follows ", Code(after), f" in {seen(now, new.tasks)}")
            yield change("questions", Code(asked), " is no longer a question", *why)
        else:
            yield change(group, *what, " is now ", Code(after), ", was ", Code(before))


def _options(was: Step, now: Step) -> Iterator[Change]:
    """Say that a question is put on other conditions, or offers something else."""
    if was.under != now.under:
        here, there = (where(step) or (" always",) for step in (now, was))
        yield change("questions", Code(now.what), " is now asked", *here, ", was asked", *there)
    if was.with_ != now.with_:
        offered = [", ".join(value for _, value in step.with_) or "nothing" for step in (now, was)]
        yield change(
            "questions", Code(now.what), " offers ", Code(offered[0]), ", offered ", Code(offered[1])
        )


def _entries(was: Step, now: Step) -> Iterator[Change]:
    had, has = dict(was.with_), dict(now.with_)
    for value in dict.fromkeys((*has, *had)):
        before, after = had.get(value), has.get(value)
        head = (Code(value), " as ", Code(now.what))
        if before is None and after is not None:
            yield change("logic", *head, " is now known: ", Code(after))
        elif after is None:
            yield change("logic", *head, " is no longer known")
        elif after != before:
            yield change("logic", *head, " now gives ", Code(after), ", gave ", Code(str(before)))


def takes(source: str, question: str) -> bool:
    """Whether a value is, or is made from, the answer of a question."""
    return re.search(rf"\b{re.escape(question)}\b", source) is not None
