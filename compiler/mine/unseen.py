"""unseen: whether a wording that no run had may be read by those that runs had.

The manner is tried before it is allowed: the wordings of all other tasks must read the request of each task
as its own wording does, or not at all.
"""

from __future__ import annotations

from datetime import datetime

from compiler.ir.program import Field, Pattern, Slot
from compiler.ir.run import Run
from compiler.ir.wording import pattern_text
from compiler.runtime.patterns import Patterns
from compiler.runtime.unseen import Manner

SOME_DAY = datetime(2000, 1, 1)
"""What is now where a run does not say: what a request names is compared with itself only."""


MOST_WORDINGS = 40
"""Wordings of a workload; where there are more, trying each with all others takes long."""

TRIED = 10
"""Requests of one wording that the others are tried on."""


def reads_others(
    manner: Manner, runs: tuple[Run, ...], fields: tuple[Field, ...], patterns: tuple[Pattern, ...]
) -> bool:
    """Whether other wordings may be read so: it reads more than the patterns do, and nothing wrongly."""
    if not fields or not 0 < len(patterns) <= MOST_WORDINGS:
        return False
    if manner == "pieces" and not _recombine(patterns):
        return False
    by_id = {run.run_id: run for run in runs}
    known = reader_of(patterns, fields, None)
    for pattern in patterns:
        own = [by_id[run] for run in pattern.support.runs if run in by_id]
        tasks = {run.task for run in own}
        # A wording of the same task is no evidence of how another task would be read.
        rest = tuple(
            one
            for one in patterns
            if one is not pattern and any(by_id[run].task not in tasks for run in one.support.runs)
        )
        reader = reader_of(rest, fields, manner) if rest else known
        if not all(_agree(reader, known, run) for run in own[:TRIED]):
            return False
    return True


def _recombine(patterns: tuple[Pattern, ...]) -> bool:
    """Whether wordings differ in two places at least: the pieces of others make no more than those others."""
    cut = [_cut(pattern) for pattern in patterns]
    if len({slots for slots, _ in cut}) > 1:
        return True
    return sum(len(set(place)) > 1 for place in zip(*(literals for _, literals in cut), strict=True)) > 1


def _cut(pattern: Pattern) -> tuple[tuple[Slot, ...], tuple[str, ...]]:
    """The slots of a pattern, and the literals before, between and after them."""
    slots: list[Slot] = []
    literals = [""]
    for part in pattern.parts:
        if isinstance(part, Slot):
            slots.append(part)
            literals.append("")
        else:
            literals[-1] += part.casefold()
    return tuple(slots), tuple(literals)


def name_of(fields: tuple[Field, ...], field: Field) -> str:
    """The name of a field in ``reader_of``: a trace may have called it anything."""
    return f"f{[one.name for one in fields].index(field.name)}"


def reader_of(patterns: tuple[Pattern, ...], fields: tuple[Field, ...], manner: Manner | None) -> Patterns:
    """What the harness will read requests with, under names that are no trace's."""
    names = {field.name: name_of(fields, field) for field in fields}
    kinds = {field.name: field.kind for field in fields}
    return Patterns(
        *(pattern_text(pattern, kinds, names) for pattern in patterns),
        vocabulary={names[field.name]: dict(field.choices) for field in fields if field.kind == "choice"},
        unseen=manner,
    )


def _agree(reader: Patterns, known: Patterns, run: Run) -> bool:
    text, now = str(run.request), run.now or SOME_DAY
    read, right = reader.match(text, now), known.match(text, now)
    return read is None or right is None or read == right
