"""Adapting a value to the type that a place wants: a plain use, or a checked one that deviates.

Where the static type does not allow what the program wants, the runtime's ``present``, ``expect``,
``rows`` and ``item`` check it: a value that does not fit is a deviation, never a crash or a wrong call.
"""

from __future__ import annotations

from compiler.emit.scope import Typed
from compiler.emit.types import (
    ANYTHING,
    DATE,
    FLOAT,
    INT,
    MOMENT,
    NONE,
    RUNTIME,
    STR,
    TIME,
    Atom,
    Choice,
    Either,
    Model,
    Rows,
    Table,
    Type,
    Words,
    either,
    fits,
    members,
    without,
)
from compiler.ir import plan


def runtime(name: str, *args: plan.Term, **keywords: plan.Term) -> plan.Invoke:
    """Return a call of a function of compiler.runtime."""
    return plan.Invoke(plan.Imported(name, RUNTIME), args, tuple(keywords.items()))


def method(base: plan.Term, name: str, *args: plan.Term, **keywords: plan.Term) -> plan.Invoke:
    """Return a call of a method."""
    return plan.Invoke(plan.Member(base, name), args, tuple(keywords.items()))


def present(value: Typed) -> Typed:
    """Return the value where it cannot be None; None deviates."""
    if NONE not in members(value.type) or value.type == NONE:
        return value
    return Typed(runtime("present", value.term), without(value.type, NONE))


def as_json(value: Typed) -> Typed:
    """Return the value as JSON holds it: a date becomes its ISO text, an answer its label."""
    if isinstance(value.type, Choice):
        return Typed(plan.Member(value.term, "value"), STR)
    if any(kind in (DATE, TIME, MOMENT) for kind in members(value.type)):
        solid = present(value)
        return Typed(method(solid.term, "isoformat"), STR)
    return value


def as_atom(value: Typed, wanted: Atom) -> Typed:
    """Return the value as a scalar of one type; anything else deviates."""
    given = value if wanted in (DATE, TIME, MOMENT) else as_json(value)
    solid = present(given)
    if fits(solid.type, wanted):
        return solid
    name: plan.Term = plan.Name(wanted.kind)
    if wanted in (DATE, TIME, MOMENT):
        name = plan.Member(plan.Imported("datetime", None, "dt"), wanted.kind)
    return Typed(runtime("expect", given.term, name), wanted)


def as_rows(value: Typed) -> Typed:
    """Return the value as a list; anything else deviates."""
    if isinstance(value.type, Rows):
        return value
    items = [kind.item for kind in members(value.type) if isinstance(kind, Rows)]
    return Typed(runtime("rows", value.term), Rows(either(*items)))


def as_moment(value: Typed) -> Typed:
    """Return the value as a date or a moment; an ISO text is read."""
    if value.type in (DATE, MOMENT):
        return value
    if {DATE, MOMENT} & set(members(value.type)):
        return present(value)
    return Typed(runtime("moment", as_atom(value, STR).term), MOMENT)


def as_day(value: Typed) -> Typed:
    """Return the value as a date."""
    day = as_moment(value)
    return day if day.type == DATE else Typed(method(day.term, "date"), DATE)


def entry(value: Typed, key: str) -> Typed:
    """Return what an object holds under a key: an attribute of a record, an entry of a dict."""
    solid = present(value)
    match solid.type:
        case Model() as model if (found := model.field(key)) is not None:
            attribute, kind = found
            return Typed(plan.Member(solid.term, attribute), STR if isinstance(kind, Words) else kind)
        case Table(value=kind):
            return Typed(plan.Index(solid.term, (plan.Scalar(key),)), kind)
        case _:
            return Typed(runtime("item", value.term, plan.Scalar(key)), ANYTHING)


def fit(value: Typed, wanted: Type) -> plan.Term | None:
    """Return the value as it may be passed where ``wanted`` is declared; None where nothing makes it fit."""
    given = as_json(value)
    if fits(given.type, wanted):
        return given.term
    solid = present(given)
    if fits(solid.type, wanted):
        return solid.term
    atoms = [kind for kind in members(without(wanted, NONE)) if isinstance(kind, Atom)]
    if len(atoms) == 1 and (isinstance(solid.type, Either) or solid.type == ANYTHING):
        return as_atom(given, atoms[0]).term
    return None


def comparable(left: Typed, right: Typed, *, ordered: bool) -> tuple[Typed, Typed]:
    """Return both sides so that they may be compared: of one type, and neither None where order counts."""
    left, right = _timed(left, right), _timed(right, left)
    if ordered:
        left, right = present(left), present(right)
        numbers = {INT, FLOAT}
        if set(members(left.type)) <= numbers and set(members(right.type)) <= numbers:
            return left, right
        if left.type == right.type and isinstance(left.type, Atom):
            return left, right
        return _same_atom(left, right)
    if _overlap(left.type, right.type):
        return left, right
    return _same_atom(left, right)


def _timed(value: Typed, other: Typed) -> Typed:
    """Read a text as a moment where the other side is one; a date or label meets a text as a text."""
    kinds = set(members(other.type))
    if MOMENT in kinds and value.type != MOMENT and STR in members(value.type):
        return as_moment(value)
    if DATE in kinds and STR in members(value.type):
        return as_day(value)
    return as_json(value) if isinstance(value.type, Choice) else value


def _same_atom(left: Typed, right: Typed) -> tuple[Typed, Typed]:
    for pivot in (right, left):
        if isinstance(pivot.type, Atom) and pivot.type != NONE:
            return as_atom(left, pivot.type), as_atom(right, pivot.type)
    return as_atom(left, STR), as_atom(right, STR)


def _overlap(left: Type, right: Type) -> bool:
    numbers = (INT, FLOAT)
    return any(
        one == other or ANYTHING in (one, other) or (one in numbers and other in numbers)
        for one in members(left)
        for other in members(right)
    )
