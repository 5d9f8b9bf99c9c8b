"""cuts: an argument that is a piece of a text in scope, or the text in another case."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.ir.expr import Between, Case, Expr, Piece
from compiler.ir.run import JSON
from compiler.mine.atoms import scalars
from compiler.mine.flows import plain
from compiler.mine.sighting import Sighting
from compiler.mine.spans import CASES, Origin

LONGEST = 2_000
"""A longer text is a document, and no piece of it is told by what stands around it."""

SEPARATORS = re.compile(r"\s*[^\w\s]\s*|\s+")
HOWS = (*CASES, "slug")


def proposals(value: JSON, sighting: Sighting) -> Iterator[Origin]:
    """Every text in scope that holds the value, or says it in another case."""
    if not isinstance(value, str) or len(value) < 2:  # noqa: PLR2004 - one letter is a piece of any text
        return
    folded = value.casefold()
    for expr, held in scalars(sighting.scope, sighting.run.request):
        if not isinstance(held, str) or len(held) > LONGEST or held == value:
            continue
        if _letters(held) == _letters(folded):
            yield from (plain(Case(expr, how)) for how in HOWS)  # type: ignore[arg-type]
        elif value in held:
            yield from map(plain, _pieces(expr, held, value))
        elif folded in held.casefold():
            for inner in _pieces(expr, held.casefold(), folded):
                yield from (plain(Case(inner, how)) for how in CASES)  # type: ignore[arg-type]


def _letters(text: str) -> str:
    """What is left of a text in any case, slugs included."""
    return re.sub(r"[\W_]+", "", text.casefold())


def _pieces(base: Expr, text: str, value: str) -> Iterator[Expr]:
    at = text.index(value)
    end = at + len(value)
    if value.strip() != value or (at and text[at - 1].isalnum()) or (end < len(text) and text[end].isalnum()):
        return
    around = {found[0] for found in SEPARATORS.finditer(text) if found.end() == at or found.start() == end}
    for separator in sorted({cut for one in around for cut in (one, one.strip(), one[:1]) if cut}):
        pieces = [one.strip() for one in text.split(separator)]
        for index, one in enumerate(pieces):
            if one == value:
                yield Piece(base, separator, index)
                yield Piece(base, separator, index - len(pieces))
    yield from _between(base, text, at, end)


def _between(base: Expr, text: str, at: int, end: int) -> Iterator[Expr]:
    """The value by the words before it and what follows it."""
    heads = [m.start() for m in re.finditer(r"\w+\W*", text[:at])][-3:]
    befores = {text[end : end + 1], text[end : end + 2], *re.findall(r"\A\W*\w+", text[end:])}
    for start in heads:
        for before in sorted(befores):
            yield Between(base, text[start:at], before)
