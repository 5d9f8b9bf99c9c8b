"""Small steps on texts and numbers: cutting, joining, scaling.

Where a text is not of the form that every run had, or a number cannot be rounded in one way only, they
deviate.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from math import isfinite
from typing import TypeVar

from compiler.runtime.errors import Deviation
from compiler.runtime.jsons import canonical
from compiler.runtime.values import no_text

T = TypeVar("T")

MOST_DIGITS = 15
"""Digits of a number that a float holds for certain."""

LEAST, MOST = Decimal("1e-12"), Decimal("1e15")
"""Between these, the product of two numbers is computed exactly."""


def piece(text: str, separator: str, index: int) -> str:
    """Cut a text at every separator and give one piece without white space around it; below 0 from the end.

    "ann@shop.example", "@", 0  ->  "ann"
    """
    pieces = text.split(separator)
    if separator not in text or not -len(pieces) <= index < len(pieces) or not pieces[index].strip():
        message = f"{text[:100]!r} has no piece {index} between {separator!r}"
        raise Deviation(message)
    return pieces[index].strip()


def between(text: str, *, after: str, before: str = "") -> str:
    """Give what follows the only ``after``, up to the next ``before``, or to the end of the text."""
    _, found, tail = text.partition(after)
    body, stop, _ = tail.partition(before) if before else (tail, "end", "")
    if not found or not stop or not body or (after and after in tail) or (not after and not before):
        message = f"{text[:100]!r} does not say one thing after {after!r} and before {before!r}"
        raise Deviation(message)
    return body


def joined(rows: Iterable[object], separator: str) -> str:
    """Put texts together with a separator between them; of none there is nothing to say, which deviates."""
    no_text(rows)
    texts = [row for row in rows if isinstance(row, str)]
    if not texts or len(texts) < len(list(rows)):
        message = "texts are expected, to put them together"
        raise Deviation(message)
    return separator.join(texts)


def without(rows: Iterable[T], others: Iterable[object]) -> tuple[T, ...]:
    """Leave out the rows that the other list holds too, in any order and number."""
    no_text(rows)
    no_text(others)
    held = {canonical(other) for other in others}
    return tuple(row for row in rows if canonical(row) not in held)


def number(value: object) -> int | float:
    """Give a value that must be a number."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not isfinite(value):
        message = f"a number is expected, and this is none: {canonical(value)[:100]}"
        raise Deviation(message)
    return value


def scaled(value: object, *, by: float, digits: int | None = None) -> float:
    """Multiply a number as people do on paper, and round it to some digits after the point.

    Half a unit more or less rounds in two ways, of which no run says which is meant: it deviates.
    """
    product = _product(value, by, digits)
    return int(product) if product == product.to_integral_value() else float(product)


def whole(value: object, *, by: float) -> int:
    """Multiply a number, and round it to a whole one; half a unit deviates, as in ``scaled``."""
    return int(_product(value, by, 0))


def _product(value: object, by: float, digits: int | None) -> Decimal:
    product = Decimal(str(number(value))) * Decimal(str(by))
    if not LEAST <= abs(product) <= MOST and product:
        message = f"{product} is no number to round"
        raise Deviation(message)
    if digits is not None:
        unit = Decimal(1).scaleb(-digits)
        if abs(product % unit) * 2 == unit:
            message = f"{product} may be rounded up or down"
            raise Deviation(message)
        product = product.quantize(unit)
    if len(product.normalize().as_tuple().digits) > MOST_DIGITS:
        message = f"{product} has more digits than a number holds"
        raise Deviation(message)
    return product
