"""quantities: an argument that sums up rows, or is a number in scope times a constant, or in a form."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.ir.expr import AsText, Expr, Measure, Ref, Scaled
from compiler.ir.run import JSON
from compiler.mine.atoms import scalars
from compiler.mine.flows import plain
from compiler.mine.scope import is_number, values_in_scope
from compiler.mine.sighting import Sighting
from compiler.mine.spans import Origin

WRITTEN = re.compile(r"-?(0+)?(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?")
FACTOR_DIGITS = 4
"""Digits of a constant that a number may be multiplied with."""

LEAST, MOST = 1e-6, 1e9
"""Between these lie the constants that people multiply with."""

CENTS = 2


def proposals(value: JSON, sighting: Sighting) -> Iterator[Origin]:
    """The value is a number, or writes one: every number in scope, with what makes it the value."""
    if is_number(value):
        for expr, held in _numbers(sighting):
            if isinstance(expr, Measure) and held == value:
                yield plain(expr)
            yield from map(plain, scalings(expr, held, value))  # type: ignore[arg-type]
    elif isinstance(value, str):
        yield from map(plain, _written(value, sighting))


def _numbers(sighting: Sighting) -> Iterator[tuple[Expr, int | float]]:
    """Numbers in scope, and those that sum up the rows of a list."""
    for expr, held in scalars(sighting.scope, sighting.run.request):
        if isinstance(held, int | float) and is_number(held):
            yield expr, held
    for expr, held in values_in_scope((Ref(source.id), source.value) for source in sighting.scope).items():
        if isinstance(expr, Measure) and expr.how not in ("first", "last") and isinstance(held, int | float):
            yield expr, held


def scalings(expr: Expr, held: int | float, value: int | float) -> Iterator[Expr]:
    """The constants that a number times is another one, which may be rounded."""
    if not held or not value or not LEAST <= abs(value / held) <= MOST:
        return
    rough = float(f"{value / held:.{FACTOR_DIGITS}g}")
    factor = int(rough) if rough.is_integer() else rough
    # A factor of one says nothing, unless the number is rounded as well: a mean mostly is.
    for digits in (0,) if isinstance(value, int) else (None, CENTS):
        if factor != 1 or (digits is not None and (held != value or isinstance(expr, Measure))):
            yield Scaled(expr, factor, digits)


def _written(value: str, sighting: Sighting) -> Iterator[Expr]:
    """The ways to write a number that give the text."""
    found = WRITTEN.fullmatch(value)
    if found is None or not value[-1].isdigit():
        return
    commas = "," if "," in value else ""
    form = f"{commas}.{len(found[3])}f" if found[3] is not None else f"{commas}d"
    if found[1] and found[3] is None and not commas:
        form = f"0{len(value)}d"
    for expr, held in _numbers(sighting):
        if form[-1] == "f" or (isinstance(held, int) and form != "d") or isinstance(expr, Measure):
            yield AsText(expr, "" if form == "d" else form)
