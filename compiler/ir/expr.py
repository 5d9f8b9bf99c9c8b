"""Expressions: where a value of a program comes from. A closed union: a consumer matches every member."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, assert_never, final

from compiler.ir.run import JSON


@final
@dataclass(frozen=True, slots=True)
class Const:
    """A JSON value that every task agrees on."""

    value: JSON


@final
@dataclass(frozen=True, slots=True)
class Ref:
    """What the node ``id`` bound: a call's result, a row, a loop's element, an answer."""

    id: str


@final
@dataclass(frozen=True, slots=True)
class RequestField:
    """A field of the parsed request."""

    name: str


@final
@dataclass(frozen=True, slots=True)
class Now:
    """The moment that the run takes for now (a datetime)."""


@final
@dataclass(frozen=True, slots=True)
class Attr:
    """The value under ``key`` of a JSON object."""

    base: Expr
    key: str


@final
@dataclass(frozen=True, slots=True)
class Lookup:
    """The value of a JSON object under a key that is itself a value in scope."""

    base: Expr
    key: Expr


@final
@dataclass(frozen=True, slots=True)
class Pick:
    """One element of a list: the first, the last, the one with the lowest or highest ``by``, the only one."""

    rows: Expr
    how: Literal["first", "last", "lowest", "highest", "only"]
    by: str | None = None


@final
@dataclass(frozen=True, slots=True)
class Nth:
    """The element of a list at a place, from 1 in the order that ``how`` says; ``by`` where that ranks."""

    rows: Expr
    place: Expr
    how: Literal["first", "last", "lowest", "highest"]
    by: str | None = None


@final
@dataclass(frozen=True, slots=True)
class Ranked:
    """The elements of a list in the order of a field; those that tie as they stand."""

    rows: Expr
    by: str
    descending: bool


Test: TypeAlias = Literal[
    "equals",
    "contains",
    "names",
    "among",
    "above",
    "at_least",
    "below",
    "at_most",
    "after",
    "since",
    "before",
    "until",
]
"""What may be asked of an element: above to at_most compare numbers, after to until days and moments."""


@final
@dataclass(frozen=True, slots=True)
class Where:
    """The elements of a list whose ``key`` (None: the element itself) passes a test against a value."""

    rows: Expr
    key: str | None
    op: Test
    value: Expr


@final
@dataclass(frozen=True, slots=True)
class FormatTime:
    """A date or moment as text, by a strftime format (zero-padded codes only)."""

    base: Expr
    format: str


@final
@dataclass(frozen=True, slots=True)
class ParseTime:
    """A text as a moment (a datetime): an ISO text, or one in a strptime format."""

    base: Expr
    format: str | None = None


@final
@dataclass(frozen=True, slots=True)
class Shift:
    """A date or moment, moved by an integer amount of days or minutes."""

    base: Expr
    unit: Literal["days", "minutes"]
    amount: Expr


@final
@dataclass(frozen=True, slots=True)
class Combine:
    """A date and a time of day as a moment."""

    day: Expr
    time: Expr


@final
@dataclass(frozen=True, slots=True)
class Case:
    """A text in another case; ``slug`` is lower case with underscores."""

    base: Expr
    how: Literal["lower", "upper", "capitalize", "title", "slug"]


@final
@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a text that a separator cuts, without white space around it; below 0 from the end."""

    base: Expr
    separator: str
    index: int


@final
@dataclass(frozen=True, slots=True)
class Between:
    """What stands in a text after the only ``after``, up to the next ``before`` (empty: to the end)."""

    base: Expr
    after: str
    before: str


@final
@dataclass(frozen=True, slots=True)
class AsText:
    """A number as text; by a format specification (``.2f``), or as Python writes it."""

    base: Expr
    format: str = ""


@final
@dataclass(frozen=True, slots=True)
class Scaled:
    """A number times a constant, exactly; ``digits`` after the point, or as many as it takes (None)."""

    base: Expr
    factor: int | float
    digits: int | None


@final
@dataclass(frozen=True, slots=True)
class Amount:
    """The number that a text writes with a unit, in a unit of the same kind."""

    base: Expr
    unit: str


@final
@dataclass(frozen=True, slots=True)
class Template:
    """Texts put together, in order."""

    parts: tuple[Expr, ...]


@final
@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of the given expressions."""

    items: tuple[Expr, ...]


@final
@dataclass(frozen=True, slots=True)
class Record:
    """A JSON object of the given expressions."""

    items: tuple[tuple[str, Expr], ...]


@final
@dataclass(frozen=True, slots=True)
class Each:
    """The value under ``key`` of every element of a list."""

    rows: Expr
    key: str


@final
@dataclass(frozen=True, slots=True)
class Without:
    """The elements of a list that no element of another list equals, in order."""

    rows: Expr
    others: Expr


@final
@dataclass(frozen=True, slots=True)
class JoinRows:
    """The texts of a list in one text, with a separator between them."""

    rows: Expr
    separator: str


@final
@dataclass(frozen=True, slots=True)
class Measure:
    """One number for many: for the rows of a list, or the numbers in a list or an object.

    ``count`` counts the elements of any list; the others need numbers. The first and the last number of an
    object are those under its first and last key, in the order of the keys.
    """

    base: Expr
    how: Literal["count", "total", "average", "median", "least", "greatest", "first", "last"]


Expr: TypeAlias = (
    Const
    | Ref
    | RequestField
    | Now
    | Attr
    | Lookup
    | Pick
    | Nth
    | Where
    | Ranked
    | FormatTime
    | ParseTime
    | Shift
    | Combine
    | Case
    | Piece
    | Between
    | AsText
    | Scaled
    | Amount
    | Template
    | ListOf
    | Record
    | Each
    | Without
    | JoinRows
    | Measure
)


def inner_exprs(expr: Expr) -> tuple[Expr, ...]:
    """Return the expressions that stand directly in one."""
    match expr:
        case Const() | Ref() | RequestField() | Now():
            return ()
        case Pick() | Nth() | Each() | Where() | Ranked():
            return _taken_from(expr)
        case Attr() | FormatTime() | ParseTime() | Shift() | Case() | AsText() | Measure():
            return (expr.base, expr.amount) if isinstance(expr, Shift) else (expr.base,)
        case Lookup() | Piece() | Between() | Scaled() | Amount() | Without() | JoinRows():
            return _made_from(expr)
        case Combine() | Template() | ListOf() | Record():
            return _composed_of(expr)
        case _:
            assert_never(expr)


def _taken_from(expr: Pick | Nth | Each | Where | Ranked) -> tuple[Expr, ...]:
    match expr:
        case Nth(rows=rows, place=inner) | Where(rows=rows, value=inner):
            return (rows, inner)
        case Pick(rows=rows) | Each(rows=rows) | Ranked(rows=rows):
            return (rows,)
        case _:
            assert_never(expr)


def _made_from(
    expr: Lookup | Piece | Between | Scaled | Amount | Without | JoinRows,
) -> tuple[Expr, ...]:
    match expr:
        case Lookup(base=base, key=inner) | Without(rows=base, others=inner):
            return (base, inner)
        case Piece(base=base) | Between(base=base) | Scaled(base=base) | Amount(base=base):
            return (base,)
        case JoinRows(rows=base):
            return (base,)
        case _:
            assert_never(expr)


def _composed_of(expr: Combine | Template | ListOf | Record) -> tuple[Expr, ...]:
    match expr:
        case Combine(day=day, time=time):
            return (day, time)
        case Template(parts=items) | ListOf(items=items):
            return items
        case Record(items=pairs):
            return tuple(value for _, value in pairs)
        case _:
            assert_never(expr)
