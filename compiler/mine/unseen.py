"""unseen: whether a wording that no run had may be read by those that runs had.

The manner is tried before it is allowed: the wordings of all other tasks must read the request of each task
as its own wording does, or not at all.
"""

from __future__ import annotations

from datetime import datetime

from compiler.ir.program import Field, Pattern
from compiler.ir.wording import pattern_text
from compiler.mine.route import Route
from compiler.runtime.patterns import Patterns, Values
from compiler.runtime.unseen import Manner

SOME_DAY = datetime(2000, 1, 1)
"""What is now where a run does not say: what a request names is compared with itself only."""


def manner_of(
    route: Route, fields: tuple[Field, ...], patterns: tuple[Pattern, ...], *, decides: bool
) -> Manner | None:
    """How a text that fits no pattern may be read; None where it may not, and where that reads nothing more."""
    manner: Manner = "judged" if decides else "pieces"
    if not patterns or not fields or (manner == "pieces" and len(patterns) == 1):
        return None
    runs = [trail.episode.run for trail in (*route.writing, *route.stopping)]
    task_of = {run.run_id: run.task for run in runs}
    known = reader_of(patterns, fields, None)
    for task in sorted(set(task_of.values())):
        others = tuple(
            one for one in patterns if any(task_of.get(run, task) != task for run in one.support.runs)
        )
        # Even a wording that other tasks share is not needed to read its own request.
        for rest in (others, tuple(one for one in others if not _shows(one, task, task_of))):
            if not rest:
                continue
            reader = reader_of(rest, fields, manner)
            for run in runs:
                if run.task == task and not _agree(reader, known, str(run.request), run.now or SOME_DAY):
                    return None
    return manner


def _shows(pattern: Pattern, task: str, task_of: dict[str, str]) -> bool:
    return any(task_of.get(run) == task for run in pattern.support.runs)


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


def _agree(reader: Patterns, known: Patterns, text: str, now: datetime) -> bool:
    read: Values | None = reader.match(text, now)
    right = known.match(text, now)
    return read is None or right is None or read == right
