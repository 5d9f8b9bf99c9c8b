"""What the runs wrote to the one thing that a question is about, in the order in which they wrote it.

A question inside a loop sees one element of the list. Where that element has an id, the writes that name the
id tell what the answer was: the first of them for a first question, and, where the element itself says what
was written and refused, the one after that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from compiler.ir.run import JSON, Run
from compiler.prove.canonical import leaves
from compiler.prove.compare import is_identifier
from compiler.runtime import Ask

Leaf: TypeAlias = tuple[str, JSON]
"""A value with the name of its argument."""

ROOT_FACTS = 2
"""Every question sees the request and the date; facts beyond these are of its own place in the call tree."""


def subject_of(ask: Ask) -> JSON:
    """Give the innermost fact of a question's own place; None where it has none."""
    return ask.facts[-1].value if len(ask.facts) > ROOT_FACTS else None


def written_about(ask: Ask, runs: Sequence[Run], reads: frozenset[str]) -> tuple[Leaf, ...]:
    """Give what the runs wrote beside an id of the question's subject.

    What came after a value that the subject holds itself comes first: that value was not the answer.
    """
    subject = subject_of(ask)
    ids = frozenset(_ids(subject))
    if not ids:
        return ()
    held = {_folded(value) for _, value in leaves(subject)} - ids
    later: list[Leaf] = []
    earlier: list[Leaf] = []
    for run in runs:
        found = [leaf for call in run.calls if _writes(call.tool, call.status, reads)
                 for leaf in _beside(call.arguments, ids)]  # fmt: skip
        refused = [place for place, (_, value) in enumerate(found) if _folded(value) in held]
        start = refused[-1] + 1 if refused else 0
        later += found[start:]
        earlier += [leaf for leaf in found[:start] if _folded(leaf[1]) not in held]
    return (*later, *earlier)


def _writes(tool: str, status: str, reads: frozenset[str]) -> bool:
    return tool not in reads and status != "error"


def _ids(subject: JSON) -> Iterator[str]:
    """Yield the ids that one thing has itself; those of its parts are other things."""
    if isinstance(subject, dict):
        for name, value in subject.items():
            if is_identifier(name) and isinstance(value, str | int) and not isinstance(value, bool):
                yield _folded(value)
    elif isinstance(subject, str):
        yield _folded(subject)


def _beside(arguments: dict[str, JSON], ids: frozenset[str]) -> list[Leaf]:
    """Give the arguments of a call that names one of the ids, without those that are the id."""
    found = list(leaves(arguments))
    if not any(_folded(value) in ids for _, value in found):
        return []
    return [(name, value) for name, value in found if _folded(value) not in ids]


def _folded(value: object) -> str:
    return str(value).strip().casefold()
