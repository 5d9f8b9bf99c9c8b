"""holes: the places of a text that values in scope may have put there, for a template to be made of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import final

from compiler.ir.expr import Expr
from compiler.mine.atoms import scalars
from compiler.mine.exprs import walk_expr
from compiler.mine.flows import plain
from compiler.mine.sighting import Sighting
from compiler.mine.spans import HOLE, Origin, Span, occurrences

Propose = Callable[[Sighting], dict[Expr, Origin]]

MOST_HOLES = 12
MOST_FORMED = 16
"""Pieces of a text that are looked for in another form."""

MOST_WORDS = 12
"""Words of a request that fill one place."""

FORMED = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?)?|\d\d[./]\d\d[./]\d{4}|-?\d[\d,]*(?:\.\d+)?|\w+(?:[-_]\w+)*"
)
"""Pieces of a text that may be a value in another form: dates, numbers, words."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Hole:
    """A place in the first text: what stood there, and the expressions that may have put it there."""

    span: Span
    text: str
    ways: dict[Expr, Origin]


def find_holes(first: Sighting, propose: Propose) -> list[Hole]:
    """The longest stretches of a text that a value in scope may have put there, left to right."""
    text = str(first.value)
    found = _unchanged(first, text)
    matches = list(FORMED.finditer(text))
    if len(matches) > MOST_FORMED:
        # In prose, a word in another form is met by chance; a number or a date less so.
        matches = [match for match in matches if any(map(str.isdigit, match[0]))][:MOST_FORMED]
    for match in matches:
        span = Span(match.start(), match.end())
        if match[0] != text:
            formed = propose(replace(first, value=match[0]))
            # Of the request a template has the words themselves, in one place.
            if ways := {expr: origin for expr, origin in formed.items() if HOLE not in walk_expr(expr)}:
                found.setdefault(span, {}).update(ways)
    holes: list[Hole] = []
    for span in sorted(found, key=lambda one: (one.start - one.end, one.start)):
        if not any(span.overlaps(hole.span) for hole in holes):
            holes.append(Hole(span=span, text=text[span.start : span.end], ways=found[span]))
    # A text with more holes than that is prose, in which anything may stand.
    return sorted(holes, key=lambda hole: hole.span) if len(holes) <= MOST_HOLES else []


def _unchanged(first: Sighting, text: str) -> dict[Span, dict[Expr, Origin]]:
    """Where values in scope, and words of the request, stand in a text as they are."""
    found: dict[Span, dict[Expr, Origin]] = {}
    for expr, held in scalars(first.scope, first.run.request):
        for span in _standing(text, held):
            found.setdefault(span, {})[expr] = plain(expr)
    if isinstance(first.run.request, str):
        for span, origin in _said(text, first.run.request):
            found.setdefault(span, {})[HOLE] = origin
    return found


def _standing(text: str, held: object) -> Iterator[Span]:
    """Where a value stands in a text, between word boundaries and as it is."""
    if isinstance(held, bool) or not isinstance(held, str | int | float):
        return
    shown = str(held)
    if len(shown) > 1 or shown.isdigit():
        yield from (span for span in occurrences(text, shown) if text[span.start : span.end] == shown)


def _said(text: str, request: str) -> Iterator[tuple[Span, Origin]]:
    """The longest runs of words that a text shares with the request."""
    words = list(re.finditer(r"\S+", text))
    start = 0
    while start < len(words):
        for end in range(min(len(words), start + MOST_WORDS), start, -1):
            span = _trimmed(text, words[start].start(), words[end - 1].end())
            said = text[span.start : span.end]
            spans = frozenset(s for s in occurrences(request, said) if request[s.start : s.end] == said)
            if len(said) > 1 and spans:
                yield span, Origin(expr=HOLE, kind="text", spans=spans)
                start = end - 1
                break
        start += 1


def _trimmed(text: str, start: int, end: int) -> Span:
    """A stretch without the marks at its ends."""
    while start < end and not text[start].isalnum():
        start += 1
    while end > start and not text[end - 1].isalnum():
        end -= 1
    return Span(start, end)
