"""columns: what the samples of a decision have in common that a test could look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from math import log2
from typing import Literal, final

from compiler.ir.expr import Attr, Expr, Measure, Now, ParseTime, Pick
from compiler.ir.run import JSON
from compiler.mine.exprs import walk_expr
from compiler.mine.scope import is_number, moment_of
from compiler.mine.spans import is_telling
from compiler.mine.words import tokens

MAX_WORDS = 8
"""A value of more kinds is no category."""

MAX_CODES = 5
"""A number of more kinds is an amount, and no code; naming its values would only price other tests up."""

MIN_SEEN = 3
"""Tasks that must share a long text before it is taken for a message of the tool's, and not for prose."""

MAX_PAIRED = 48
"""Values of one type that are compared with each other; with more, only the first are."""

Kind = Literal["plain", "pair", "derived", "empty"]
KIND_BITS: Mapping[Kind, float] = {"plain": 1, "pair": 2, "derived": 3, "empty": 3}
"""What it costs to say of which kind a test is: the shares 1/2, 1/4, 1/8 and 1/8 add up to one.

Whether a list is empty is a kind of its own: there are few lists, and it is what most often decides."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """What one expression, or a pair of them, gave in every sample."""

    kind: Kind
    form: Literal["number", "word", "presence", "age", "order", "sameness"]
    left: Expr
    right: Expr | None
    values: tuple[JSON, ...]
    """Numbers, days, words, whether a value is present, or how the left one stands to the right one."""
    tests: int
    """How many different tests of it there are."""


def columns(samples: Sequence[Mapping[Expr, JSON]]) -> tuple[Column, ...]:
    """Everything that some test could look at, in a fixed order; equal columns once, the simplest first."""
    exprs = sorted(
        {expr for values in samples for expr in values}, key=lambda expr: (weight(expr), repr(expr))
    )
    shared = {expr: tuple(v.get(expr) for v in samples) for expr in exprs if expr != Now()}
    alone = [column for expr, values in shared.items() for column in _alone(expr, values, samples)]
    return _distinct((*alone, *_pairs(shared, samples)))


def weight(expr: Expr) -> int:
    """How much an expression has to say: a field of a result less than what is computed from many."""
    return sum(1 + 2 * isinstance(part, Measure | Pick) for part in walk_expr(expr))


def prices(found: Sequence[Column]) -> dict[Kind, float]:
    """What a test of each kind costs in bits, before the choice among the tests of its kind."""
    counts: Counter[Kind] = Counter()
    for column in found:
        counts[column.kind] += column.tests
    return {kind: KIND_BITS[kind] + log2(max(counts[kind], 1)) for kind in KIND_BITS}


def _kind(expr: Expr) -> Kind:
    return "derived" if any(isinstance(part, Measure | Pick) for part in walk_expr(expr)) else "plain"


def _alone(expr: Expr, values: tuple[JSON, ...], samples: Sequence[Mapping[Expr, JSON]]) -> Iterator[Column]:
    """The columns that one expression gives by itself."""

    def column(form: str, held: Sequence[JSON], tests: int) -> Column:
        return Column(
            kind=_kind(expr), form=form, left=expr, right=None, values=tuple(held), tests=tests  # type: ignore[arg-type]
        )

    distinct = {value_key(value) for value in values}
    if len(distinct) < 2:  # noqa: PLR2004 - what never varies decides nothing
        return
    if all(is_number(value) for value in values) and not _is_id(expr):
        if isinstance(expr, Measure) and expr.how == "count" and 0 in values:
            some = tuple(int(value != 0) for value in values)
            yield Column(kind="empty", form="number", left=expr, right=None, values=some, tests=2)
        yield column("number", values, 2 * (len(distinct) - 1))
    if None in values:
        yield column("presence", [value is not None for value in values], 2)
    ages = _ages(values, samples)
    if ages is not None:
        yield column("age", ages, 2 * (len(set(ages)) - 1))
    most = MAX_CODES if any(map(is_number, values)) else MAX_WORDS
    if len(distinct) <= most and not _is_id(expr) and _are_words(values):
        yield column("word", values, 2 ** len(distinct) - 2)


def _are_words(values: tuple[JSON, ...]) -> bool:
    """Whether values are categories: no ids, no prose, but the same message of a tool's again and again."""
    counts = Counter(value_key(value) for value in values)
    return all(
        not isinstance(value, list | dict | float)
        and (not is_telling(value) or (_is_message(value) and counts[value_key(value)] >= MIN_SEEN))
        for value in values
    )


def _is_message(value: JSON) -> bool:
    return isinstance(value, str) and " " in value.strip() and "@" not in value


def _is_id(expr: Expr) -> bool:
    """Whether the name of a value says that it is an id: its order means nothing."""
    return isinstance(expr, Attr) and tokens(expr.key)[-1:] == ["id"]


def _ages(values: tuple[JSON, ...], samples: Sequence[Mapping[Expr, JSON]]) -> tuple[float, ...] | None:
    """How many days each moment lies back."""
    days = []
    for value, scope in zip(values, samples, strict=True):
        then, now = moment_of(value), scope.get(Now())
        if then is None or not isinstance(now, str):
            return None
        days.append((datetime.fromisoformat(now) - then).total_seconds() / 86_400)
    return tuple(days)


def _pairs(
    shared: Mapping[Expr, tuple[JSON, ...]], samples: Sequence[Mapping[Expr, JSON]]
) -> Iterator[Column]:
    """Two values of one type against each other: numbers and moments by order, texts by being the same."""
    numbers = {e: v for e, v in shared.items() if all(is_number(one) for one in v) and not _is_id(e)}
    stamps = {e: tuple(moment_of(one) for one in v) for e, v in shared.items()}
    moments = {e: times for e, times in stamps.items() if None not in times}
    texts = {e: v for e, v in shared.items() if e not in moments and all(isinstance(one, str) for one in v)}
    nows = tuple(scope.get(Now()) for scope in samples)
    if moments and all(isinstance(now, str) for now in nows):
        moments[Now()] = tuple(datetime.fromisoformat(str(now)) for now in nows)
    for left, right in combinations(list(numbers)[:MAX_PAIRED], 2):
        yield from _order(left, right, numbers[left], numbers[right])
    for left, right in combinations(list(moments)[:MAX_PAIRED], 2):
        yield from _order(_as_moment(left), _as_moment(right), moments[left], moments[right])
    for left, right in combinations(list(texts)[:MAX_PAIRED], 2):
        same = tuple(one == other for one, other in zip(texts[left], texts[right], strict=True))
        # That two words of a small trade agree now and then is no relation between them.
        if len(set(same)) > 1 and len(set(texts[left])) > MAX_WORDS:
            yield Column(kind="pair", form="sameness", left=left, right=right, values=same, tests=2)


def _as_moment(expr: Expr) -> Expr:
    return expr if expr == Now() else ParseTime(expr)


def _order(left: Expr, right: Expr, ones: Sequence[object], others: Sequence[object]) -> Iterator[Column]:
    signs = tuple((a > b) - (a < b) for a, b in zip(ones, others, strict=True))  # type: ignore[operator]
    seen = len(set(signs))
    if seen > 1:
        yield Column(kind="pair", form="order", left=left, right=right, values=signs, tests=2**seen - 2)


def _distinct(found: Sequence[Column]) -> tuple[Column, ...]:
    """Drop what says the same as a simpler column of a list: its only row is the first and the last."""
    kept: dict[tuple[object, ...], Column] = {}
    for column in found:
        key = (column.form, column.kind == "derived", tuple(map(value_key, column.values)))
        kept.setdefault((*key, None if column.kind == "derived" else len(kept)), column)
    return tuple(kept.values())


def value_key(value: JSON) -> tuple[type, str]:
    """What makes two values the same: type and value."""
    return type(value), repr(value)
