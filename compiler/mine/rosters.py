"""rosters: an argument that is made of lists in scope: a field of the rows, some of them, or the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.ir.expr import Each, Expr, JoinRows, Where, Without
from compiler.ir.run import JSON
from compiler.mine.atoms import lists
from compiler.mine.clean import canonical
from compiler.mine.flows import around, plain
from compiler.mine.joins import MAX_ROWS, values_for
from compiler.mine.sighting import Sighting
from compiler.mine.spans import Origin
from compiler.runtime.filters import equal

JOINTS = re.compile(r", |; |,|;|\n| \| |\|| / |/| and | & | ")


def proposals(value: list[JSON], sighting: Sighting) -> Iterator[Origin]:
    """Every way in which a list is made of the lists in scope."""
    known = list(columns(sighting))
    for expr, held in known:
        if held == value:
            yield plain(expr)
        elif len(held) > len(value) > 0:
            yield from map(plain, _rest(expr, held, known, value))
    if value:
        yield from _filtered(value, sighting)


def columns(sighting: Sighting) -> Iterator[tuple[Expr, list[JSON]]]:
    """The lists in scope, and each field of their rows."""
    for expr, held in lists(sighting.scope, sighting.run.request):
        if len(held) > MAX_ROWS:
            continue
        records = [row for row in held if isinstance(row, dict)]
        if not records:
            yield expr, held
        elif len(records) == len(held):
            for key in records[0]:
                if all(key in row for row in records):
                    yield Each(expr, key), [row[key] for row in records]


def _rest(
    expr: Expr, held: list[JSON], known: list[tuple[Expr, list[JSON]]], value: list[JSON]
) -> Iterator[Expr]:
    """What another list leaves of one."""
    wanted = {canonical(one) for one in value}
    missing = {canonical(one) for one in held} - wanted
    for other, rows in known:
        taken = {canonical(one) for one in rows}
        if missing and missing <= taken and not taken & wanted and other != expr:
            yield Without(expr, other)


def _filtered(value: list[JSON], sighting: Sighting) -> Iterator[Origin]:
    """A field of the rows that have one value under a key."""
    wanted = [canonical(one) for one in value]
    for rows, held in lists(sighting.scope, None):
        records = [row for row in held if isinstance(row, dict)]
        if records and len(records) == len(held) <= MAX_ROWS:
            for key in records[0]:
                at = [n for n, row in enumerate(records) if canonical(row.get(key)) in wanted]
                if [canonical(records[n][key]) for n in at] == wanted:
                    yield from _told(rows, records, key, at, sighting)


def _told(
    rows: Expr, records: list[dict[str, JSON]], key: str, at: list[int], sighting: Sighting
) -> Iterator[Origin]:
    """The rows at some places by a field that has one value there, and nowhere else."""
    for told, first in records[at[0]].items():
        kept = [n for n, row in enumerate(records) if told in row and equal(row[told], first)]
        if told != key and kept == at:
            for origin in values_for(first, rows, sighting):
                yield around(origin, Each(Where(rows, told, "equals", origin.expr), key))


def joined_proposals(value: str, sighting: Sighting) -> Iterator[Origin]:
    """The value is a list in one text, with a separator between the texts."""
    for separator in sorted(set(JOINTS.findall(value))):
        for origin in proposals(list(value.split(separator)), sighting):
            yield around(origin, JoinRows(origin.expr, separator))
