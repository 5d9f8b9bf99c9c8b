"""Amounts that are written with a unit: "2 hours", "1.5 kg", "$1,234.50", "30%"."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from compiler.runtime.errors import Deviation

WRITTEN: Final = re.compile(
    r"\s*(?P<sign>-?)(?P<head>[^\d\s.,+-]{0,4}?)\s*(?P<number>(?:\d{1,3}(?:,\d{3})+|\d{1,12})(?:\.\d{1,9})?)"
    r"\s*-?(?P<tail>[^\W\d]{0,12}\.?|[^\w\s.,]{0,2})\s*"
)
"""A number, with at most one unit before or after it."""

_NAMES: Final = {
    "second": "second seconds sec secs s",
    "minute": "minute minutes min mins",
    "hour": "hour hours hr hrs h",
    "day": "day days d",
    "week": "week weeks",
    "mg": "mg milligram milligrams",
    "g": "g gram grams gr",
    "kg": "kg kilo kilos kilogram kilograms",
    "t": "t ton tons tonne tonnes",
    "mm": "mm millimeter millimeters millimetre millimetres",
    "cm": "cm centimeter centimeters centimetre centimetres",
    "m": "m meter meters metre metres",
    "km": "km kilometer kilometers kilometre kilometres",
    "ml": "ml milliliter milliliters millilitre millilitres",
    "l": "l liter liters litre litres",
    "%": "% percent",
}
NAMES: Final = {name: unit for unit, names in _NAMES.items() for name in names.split()}
"""The unit that each of its names means."""

SIZES: Final = {
    "time": {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800},
    "mass": {"mg": 1, "g": 1000, "kg": 1_000_000, "t": 1_000_000_000},
    "length": {"mm": 1, "cm": 10, "m": 1000, "km": 1_000_000},
    "volume": {"ml": 1, "l": 1000},
}
"""Units that turn into each other, in the smallest of their kind."""


def read_amount(text: str) -> tuple[Decimal, str] | None:
    """Read a text as a number and its unit ("" if it has none), as ``NAMES`` has it or as it stands.

    None for anything else.
    """
    found = WRITTEN.fullmatch(text)
    if found is None or (found["head"] and found["tail"]):
        return None
    unit = found["head"] or NAMES.get(found["tail"].lower().rstrip("."), found["tail"])
    return Decimal(found["sign"] + found["number"].replace(",", "")), unit


def convert(number: Decimal, unit: str, wanted: str) -> Decimal | None:
    """Say a number of one unit in another; None where the two are of different kinds."""
    if unit == wanted:
        return number
    sizes = next((sizes for sizes in SIZES.values() if unit in sizes and wanted in sizes), None)
    return None if sizes is None else number * sizes[unit] / sizes[wanted]


def amount(text: str, unit: str) -> int | float:
    """Read the number of a text in a unit: "2 hours" in minutes is 120, "$1,234.50" in $ is 1234.5.

    Another kind of unit, and what is no such text, deviates.
    """
    read = read_amount(text)
    found = None if read is None else convert(*read, unit)
    if found is None:
        message = f"{text[:100]!r} is no {f'amount in {unit}' if unit else 'number'}"
        raise Deviation(message)
    return int(found) if found == found.to_integral_value() else float(found)
