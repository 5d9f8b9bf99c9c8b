"""twins: explanations that say more than the cheapest one, and that runs could not have told from it.

A key that was the same in every task may be a value of the request that never varied, and a number that
always had two decimals may be written with two: where the two differ, the harness has to ask.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from compiler.ir.expr import AsText, Attr, Expr, Lookup
from compiler.ir.run import JSON
from compiler.mine.binding import Wired
from compiler.mine.derive import test
from compiler.mine.exprs import rewrite, walk_expr
from compiler.mine.flows import around, flows, plain
from compiler.mine.sighting import Sighting
from compiler.mine.space import by_task, intersect, is_said, wired
from compiler.mine.spans import Origin


def with_twins(found: Wired, seen: tuple[Sighting, ...]) -> Wired:
    """The same binding, with the twins of its rivals that explain every task as well."""
    if any(spans for _, spans in found.spans):
        # A place in the request has a field of its own already.
        return found
    first = by_task(seen)[0][0][0]
    candidates = {origin.expr: origin for rival in found.rivals for origin in _twins(rival, first)}
    if not candidates:
        return found
    space = intersect(by_task(seen), lambda call: test(call, candidates), test)
    others = tuple(one for one in space.survivors if one.expr not in found.rivals)
    if not others:
        return found
    # One argument has one field: of the twins that read the request's words, one is enough.
    said = [one for one in others if is_said(one)][:1]
    kept = (*said, *(one for one in others if not is_said(one)))
    twins = wired(kept, found.examples)
    return replace(twins, rivals=(*found.rivals, *twins.rivals))


def _twins(expr: Expr, first: Sighting) -> Iterator[Origin]:
    for part in walk_expr(expr):
        if isinstance(part, Attr) and len(part.key) > 1:
            for origin in flows(part.key, first):
                yield around(origin, _put(expr, part, Lookup(part.base, origin.expr)))
    if isinstance(expr, AsText) and not expr.format:
        yield from map(plain, formats(expr.base, first.value))


def formats(base: Expr, value: JSON) -> Iterator[Expr]:
    """A number with as many decimals as it has here."""
    decimals = str(value).partition(".")[2]
    if decimals.isdigit():
        yield AsText(base, f".{len(decimals)}f")


def _put(expr: Expr, old: Expr, new: Expr) -> Expr:
    return rewrite(expr, lambda part: new if part == old else None)
