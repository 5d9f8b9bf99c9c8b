"""What differs between two texts, hunk by hunk, each labelled logic, evidence or format."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias, final

from compiler.evolve.units import LIMIT, spans_of, units_of

Label: TypeAlias = Literal["logic", "evidence", "format"]
LABELS: Final[tuple[Label, ...]] = ("logic", "evidence", "format")
CONTEXT: Final = 3

_TRAILING: Final = re.compile(r",([)\]}])")


@final
@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines that became others; ``start`` and ``to`` count from zero, in the old text and in the new."""

    label: Label
    start: int
    to: int
    old: tuple[str, ...]
    new: tuple[str, ...]


def hunks(old: str, new: str, label: Label | None = None) -> tuple[Hunk, ...]:
    """Return what differs; ``label`` is that of all of it, where it is no Python."""
    one, other = old.splitlines(keepends=True), new.splitlines(keepends=True)
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
    found = [
        Hunk(label or _label(one[i:j], other[k:m]), i, k, tuple(one[i:j]), tuple(other[k:m]))
        for tag, *spans in matcher.get_opcodes()
        if tag != "equal"
        for i, j, k, m in _finer(one, other, spans)
    ]
    if label is not None or all(hunk.label != "logic" for hunk in found):
        return tuple(found)
    sides = [_keys(text) for text in (old, new)]
    return tuple(_within_statements(hunk, *sides) for hunk in found)


Keys: TypeAlias = dict[int, tuple[int, tuple[str, ...]]]
"""Line -> where the statement on it begins, and what it means."""


def _keys(text: str) -> Keys:
    try:
        spans, units = spans_of(text), units_of(text)
    except SyntaxError:
        return {}
    return {
        line: (first, unit.key)
        for (first, last, _), unit in zip(spans, units, strict=True)
        for line in range(first, last + 1)
    }


def _within_statements(hunk: Hunk, old: Keys, new: Keys) -> Hunk:
    """Call a hunk evidence where the whole statements that it is in mean the same before and after."""
    if hunk.label != "logic" or not (hunk.old and hunk.new):
        return hunk
    before, after = (
        [key for _, key in dict.fromkeys(keys[line] for line in range(start, start + length) if line in keys)]
        for keys, start, length in ((old, hunk.start, len(hunk.old)), (new, hunk.to, len(hunk.new)))
    )
    return replace(hunk, label="evidence") if before and before == after else hunk


def _finer(one: Sequence[str], other: Sequence[str], spans: list[int]) -> list[tuple[int, int, int, int]]:
    """Cut a replacement of as many lines into its lines, where they are of several labels."""
    i, j, k, m = spans
    rows = range(j - i) if j - i == m - k else range(0)
    if len({_label(one[i + row : i + row + 1], other[k + row : k + row + 1]) for row in rows}) > 1:
        return [(i + row, i + row + 1, k + row, k + row + 1) for row in rows]
    return [(i, j, k, m)]


def _label(old: Sequence[str], new: Sequence[str]) -> Label:
    if _compact(old) == _compact(new):
        return "format"
    return "evidence" if _compact(_told(old)) == _compact(_told(new)) else "logic"


def _told(lines: Sequence[str]) -> list[str]:
    """Return lines without comments and first lines of docstrings, and without the numbers of limits."""
    return [LIMIT.sub(r"\1=0", line) for line in lines if not line.lstrip().startswith(("#", '"""'))]


def _compact(lines: Sequence[str]) -> str:
    return _TRAILING.sub(r"\1", "".join("".join(lines).split()))


def patch(found: Sequence[Hunk], old: str, names: tuple[str, str]) -> str:
    """Return hunks as a unified diff; every head ends in the label of its hunk."""
    if not found:
        return ""
    lines = old.splitlines(keepends=True)
    text = [f"--- {names[0]}\n", f"+++ {names[1]}\n"]
    for place, group in enumerate(groups := list(_grouped(found))):
        free = group[0].start - (_end(groups[place - 1][-1]) if place else 0)
        # Two groups never share a line of context: the one before takes its part first.
        lead = min(CONTEXT, free if not place else max(0, free - CONTEXT))
        until = groups[place + 1][0].start if place + 1 < len(groups) else len(lines)
        tail = min(CONTEXT, until - _end(group[-1]))
        text += _written(group, lines, lead, tail)
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in text
    )


def _end(hunk: Hunk) -> int:
    return hunk.start + len(hunk.old)


def _grouped(found: Sequence[Hunk]) -> Iterator[list[Hunk]]:
    group: list[Hunk] = []
    for hunk in found:
        if group and (hunk.label != group[-1].label or hunk.start - _end(group[-1]) > 2 * CONTEXT):
            yield group
            group = []
        group.append(hunk)
    yield group


def _written(group: list[Hunk], lines: Sequence[str], lead: int, tail: int) -> Iterator[str]:
    start, last = group[0].start - lead, _end(group[-1])
    shift = sum(len(hunk.new) - len(hunk.old) for hunk in group)
    before = last + tail - start
    spans = (_span(start, before), _span(group[0].to - lead, before + shift))
    yield f"@@ -{spans[0]} +{spans[1]} @@ {group[0].label}\n"
    at = start
    for hunk in group:
        yield from (f" {line}" for line in lines[at : hunk.start])
        yield from (f"-{line}" for line in hunk.old)
        yield from (f"+{line}" for line in hunk.new)
        at = _end(hunk)
    yield from (f" {line}" for line in lines[at : at + tail])


def _span(start: int, length: int) -> str:
    # An empty span is numbered by the line before it.
    return f"{start + 1 if length else start},{length}"
