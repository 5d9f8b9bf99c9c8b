"""absence: what a run looked for and did not find, where others found it and went on with it."""

from __future__ import annotations

from collections.abc import Sequence

from compiler.ir.run import JSON
from compiler.mine.bind import is_absence
from compiler.mine.clean import Step
from compiler.mine.sources import scalar_key, walk
from compiler.mine.spans import is_common

Went = tuple[JSON, tuple[Step, ...]]
"""What another run found at the same place, and the calls that it made after it."""


def missing(result: JSON, others: Sequence[Went]) -> tuple[str, ...] | None:
    """The keys to what a result lacks and the others go on with; () for all of it, None for nothing.

        {"items": []}, where the others close the first item  ->  ("items",)

    A list inside a record counts only if every other run takes something from it later: that it is empty
    must be a reason to stop, and no coincidence.
    """
    if is_absence(result, [found for found, _ in others]):
        return ()
    if not isinstance(result, dict):
        return None
    empty = [key for key in sorted(result) if result[key] == []]
    return next(((key,) for key in empty if others and all(_takes(key, *went) for went in others)), None)


def may_lack(result: JSON) -> bool:
    """Whether a result holds a text or an empty list, so that it is worth a look at what others found."""
    return result == [] or isinstance(result, str) or (isinstance(result, dict) and [] in result.values())


def _takes(key: str, found: JSON, later: tuple[Step, ...]) -> bool:
    """Whether later calls take a value that a list of a result holds."""
    rows = found.get(key) if isinstance(found, dict) else None
    held = {scalar_key(leaf) for _, leaf in walk(rows) if not is_common(leaf)}
    taken = {scalar_key(leaf) for step in later for _, leaf in walk(step.arguments)}
    return isinstance(rows, list) and bool(held & taken)
