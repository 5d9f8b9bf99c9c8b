"""amounts: an argument that is the number of a text with a unit: "2 hours", "1.5 kg", "$1,234.50", "30%"."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ir.expr import Amount, AsText
from compiler.ir.run import JSON
from compiler.mine.atoms import scalars
from compiler.mine.flows import plain
from compiler.mine.quantities import scalings
from compiler.mine.scope import is_number
from compiler.mine.sighting import Sighting
from compiler.mine.spans import Origin
from compiler.runtime import amount
from compiler.runtime.units import SIZES, read_amount

LONGEST = 40
"""A longer text is prose, and no amount."""


def proposals(value: JSON, sighting: Sighting) -> Iterator[Origin]:
    """Every text in scope that writes the number, in some unit of its kind or times a constant."""
    written = isinstance(value, str) and value[-1:].isdigit()
    if not written and not is_number(value):
        return
    for expr, text in scalars(sighting.scope, sighting.run.request):
        read = read_amount(text) if isinstance(text, str) and 0 < len(text) <= LONGEST else None
        if read is None or text == value:
            continue
        units = next((sizes for sizes in SIZES.values() if read[1] in sizes), (read[1],))
        for unit in units:
            number = amount(str(text), unit)
            if str(number) == value:
                yield plain(AsText(Amount(expr, unit)))
            elif number == value:
                yield plain(Amount(expr, unit))
        if isinstance(value, int | float):
            yield from map(plain, scalings(Amount(expr, read[1]), float(read[0]), value))
