"""moments: an argument that is a date in scope, in another form or moved by a constant time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from compiler.ir.expr import Const, Expr, FormatTime, ParseTime, Shift
from compiler.ir.run import JSON
from compiler.mine.atoms import scalars
from compiler.mine.flows import plain
from compiler.mine.sighting import Sighting
from compiler.mine.spans import HOLE, YEAR, Origin, Stamp, days_said, read_stamp

DAY = 24 * 60


def proposals(value: JSON, sighting: Sighting) -> Iterator[Origin]:
    """The value is a moment: every moment in scope, with the form and the constant step that lead to it."""
    stamp = read_stamp(value) if isinstance(value, str) else None
    if stamp is None:
        return
    for expr, held in scalars(sighting.scope, sighting.run.request):
        start = read_stamp(held) if isinstance(held, str) else None
        if start is not None and held != value:
            yield from map(plain, _steps(_parsed(expr, str(held), start), start, stamp))
    if isinstance(sighting.run.request, str):
        yield from _said(sighting.run.request, sighting.run.now, stamp)


def _parsed(expr: Expr, text: str, stamp: Stamp) -> Expr:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return ParseTime(expr, stamp.day_format + stamp.clock_format)
    return ParseTime(expr)


def _steps(start: Expr, was: Stamp, now: Stamp) -> Iterator[Expr]:
    days = (now.day - was.day).days
    if abs(days) <= YEAR:
        # A clock time that is the same for every task is part of the format.
        yield FormatTime(moved(start, "days", days), now.day_format + now.rest)
    if was.clock is None or now.clock is None:
        return
    form = now.day_format + now.clock_format
    step = datetime.combine(now.day, now.clock) - datetime.combine(was.day, was.clock)
    minutes, left = divmod(int(step.total_seconds()), 60)
    if not left and minutes % DAY == 0 and abs(minutes) <= YEAR * DAY:
        yield FormatTime(moved(start, "days", minutes // DAY), form)
    elif not left and abs(minutes) <= DAY:
        yield FormatTime(moved(start, "minutes", minutes), form)


def moved(start: Expr, unit: str, amount: int) -> Expr:
    """A moment some days or minutes later."""
    return Shift(start, unit, Const(amount)) if amount else start  # type: ignore[arg-type]


def _said(text: str, now: datetime | None, stamp: Stamp) -> Iterator[Origin]:
    """The value lies a constant number of days from a date that the request names."""
    for kind, day, spans in days_said(text, now):
        days = (stamp.day - day).days
        # A week before the coming Friday lies the last one: a weekday is moved away from now only.
        towards = (kind == "past_date" and days > 0) or (kind == "coming_date" and days < 0)
        if days and abs(days) <= YEAR and not towards:
            expr = FormatTime(moved(HOLE, "days", days), stamp.day_format + stamp.rest)
            yield Origin(expr=expr, kind=kind, spans=spans)
