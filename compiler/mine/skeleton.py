"""skeleton: cut a text as another one was cut: the same constant pieces, other values between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import final

from compiler.ir.expr import Expr
from compiler.mine.evaluate import NoValue, World, as_part, evaluate
from compiler.mine.holes import Hole
from compiler.mine.sighting import Sighting
from compiler.mine.spans import HOLE, Span, occurrences

MOST_PARSES = 500
"""Cuts of one text that are tried; a text with more of them is told by none."""

Ways = Sequence[set[Expr]]
"""For each hole, the expressions that may fill it."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Parse:
    """One text, cut like the first: what stands in each hole, and where the request says that."""

    texts: tuple[str, ...] = ()
    said: tuple[frozenset[Span], ...] = ()


def world_of(call: Sighting) -> World:
    """What the expressions of one call are computed from."""
    request = call.run.request
    return World(
        known={source.id: source.value for source in call.scope},
        request=request if isinstance(request, dict) else None,
        now=call.run.now,
    )


def shown(expr: Expr, world: World) -> str | None:
    """What an expression puts into a text; None where it has no value, or one without a single form."""
    if expr == HOLE:
        return None
    try:
        value = evaluate(expr, world)
        return as_part(value) if isinstance(value, str | int | float) else None
    except NoValue:
        return None


@final
class Skeleton:
    """The first text: constant pieces, and holes between them."""

    def __init__(self, text: str, holes: Sequence[Hole]) -> None:
        edges = [0, *(edge for hole in holes for edge in (hole.span.start, hole.span.end)), len(text)]
        self.constants = [text[edges[n] : edges[n + 1]] for n in range(0, len(edges), 2)]
        """What stands before each hole, and after the last."""
        self._holes = holes

    def parse(self, call: Sighting, ways: Ways) -> Parse | None:
        """Cut another text: at each hole a value of its expressions, or else the first text's own piece."""
        world = world_of(call)
        offers = [
            sorted(
                {text for expr in left if (text := shown(expr, world))}, key=lambda text: (-len(text), text)
            )
            for left in ways
        ]
        request = call.run.request if isinstance(call.run.request, str) else ""
        return next(self._cut(str(call.value), request, offers, ways), None)

    def _cut(self, text: str, request: str, offers: list[list[str]], ways: Ways) -> Iterator[Parse]:
        # Depth first, the longest value first; by hand, as a text may have many holes.
        todo: list[tuple[int, Parse]] = [(0, Parse())]
        for _ in range(MOST_PARSES):
            if not todo:
                return
            at, parse = todo.pop()
            number = len(parse.texts)
            if not text.startswith(self.constants[number], at):
                continue
            at += len(self.constants[number])
            if number < len(self._holes):
                said = (
                    _readings(text, at, self.constants[number + 1], request) if HOLE in ways[number] else ()
                )
                pieces = [*said, *self._known(number, text, at, offers[number])]
                for piece, spans in reversed(pieces):
                    longer = Parse(texts=(*parse.texts, piece), said=(*parse.said, spans))
                    todo.append((at + len(piece), longer))
            elif at == len(text):
                yield parse

    def _known(
        self, number: int, text: str, at: int, offers: list[str]
    ) -> Iterator[tuple[str, frozenset[Span]]]:
        """What may stand in a hole: a value that is offered, or what stands there in the first text."""
        own = self._holes[number].text
        for piece in (*offers, *(() if own in offers else (own,))):
            if text.startswith(piece, at):
                yield piece, frozenset()


def _readings(text: str, at: int, after: str, request: str) -> Iterator[tuple[str, frozenset[Span]]]:
    """What may stand in a hole that the request fills: up to each place where the text may go on."""
    end = len(text) if not after else text.find(after, at + 1)
    while end > at:
        piece = text[at:end]
        spans = frozenset(s for s in occurrences(request, piece) if request[s.start : s.end] == piece)
        if spans:
            yield piece, spans
        end = text.find(after, end + 1) if after else -1
