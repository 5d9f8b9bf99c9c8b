"""What a process may compute from values, written without the compiler's own functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from operator import ge, gt, itemgetter, lt
from statistics import mean, median
from typing import Any

from compiler.ir.run import JSON


def reckon(how: str, parts: Sequence[Any], settings: Sequence[Any]) -> JSON:
    """Compute a value; ``how`` is one of WAYS."""
    return WAYS[how](*parts, *settings)


def _row(rows: list[Any], wanted: JSON, key: str, field: str) -> JSON:
    return next(row[field] for row in rows if row[key] == wanted)  # type: ignore[no-any-return]


def _total(rows: list[Any], key: str) -> JSON:
    return float(sum(Decimal(str(row[key])) for row in rows)) if rows else 0


def _scaled(number: float, factor: int) -> JSON:
    return int(Decimal(str(number)) * factor)


PASSES: dict[str, Callable[[Any, Any], bool]] = {
    "above": gt,
    "from": ge,
    "below": lt,
    "among": lambda one, some: one in some,
}


def _passing(rows: list[Any], bound: Any, key: str, test: str) -> list[Any]:
    return [row for row in rows if PASSES[test](row[key], bound)]


def _place(rows: list[Any], place: int, key: str, field: str) -> JSON:
    return sorted(rows, key=lambda row: row[key])[place - 1][field]  # type: ignore[no-any-return]


def _amount(text: str, sizes: dict[str, int]) -> JSON:
    number, unit = text.split(" ")
    return int(Decimal(number) * sizes[unit])


WAYS: dict[str, Callable[..., JSON]] = {
    "count": len,
    "total": _total,
    "least": lambda rows, key: min(row[key] for row in rows),
    "row": _row,
    "entry": lambda table, key: table[key],
    "piece": lambda text, separator, index: text.split(separator)[index],
    "match": lambda text, pattern: re.search(pattern, text)[1],  # type: ignore[index]
    "upper": str.upper,
    "mean": lambda rows, key: float(mean(row[key] for row in rows)),
    "slug": lambda text: re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_"),
    "scaled": _scaled,
    "written": format,
    "texts": lambda rows, key: [row[key] for row in rows],
    "without": lambda rows, others, key: [
        row[key] for row in rows if row[key] not in {other[key] for other in others}
    ],
    "kept": lambda rows, key, value, field: [row[field] for row in rows if row[key] == value],
    "passing": _passing,
    "nth": lambda rows, place, field: rows[place - 1][field],
    "place": _place,
    "texts_by": lambda rows, key, field: [row[field] for row in sorted(rows, key=itemgetter(key))],
    "middle": lambda rows, key: float(median(Decimal(str(row[key])) for row in rows)),
    "amount": _amount,
    "cost": lambda text: float(text.strip("$").replace(",", "")),
    "share": lambda text: float(Decimal(text.strip("%")) / 100),
    "joined": lambda rows, key, separator: separator.join(row[key] for row in rows),
}
