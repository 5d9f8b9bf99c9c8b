"""conditions: of which number in scope the condition is said that the requests of a workload state.

The requests give the operator and the number; what is left to learn is one expression. Where their words say
of how many numbers it is meant, and one list of numbers is in scope, the tasks have only to confirm it.
Elsewhere the expression has to pass the gate of rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import log2
from typing import final

from compiler.ir.expr import Attr, Expr, Measure, Ref
from compiler.ir.program import Holds
from compiler.ir.run import JSON
from compiler.mine.exprs import walk_expr
from compiler.mine.rules import ALPHA, bits_told
from compiler.mine.scope import is_number
from compiler.mine.stated import Statement
from compiler.runtime.conditions import Stated
from compiler.runtime.stated import Over

MIN_TASKS = 2
MOST_RIVALS = 3


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """A request that states a condition: the values in scope where it is decided, and whether it was met."""

    task: str
    statement: Statement
    values: Mapping[Expr, JSON]
    sources: Mapping[Expr, JSON]
    """The lists and objects among the values."""
    searches: Mapping[Expr, JSON]
    """What reads gave, by what tells of it: their results, or the rows that hold what was sought."""
    met: bool


def learn_condition(instances: tuple[Instance, ...], needed: frozenset[str]) -> tuple[Holds, ...]:
    """Tests that each explain every task; several must agree where they are used. None if none is sure.

    Args:
        instances: The requests that state a condition; of several runs of a task, one has to be explained.
        needed: The nodes whose results nothing but the decision can use: each test must look at them all.
    """
    tasks: dict[str, set[Holds]] = {}
    sides: dict[str, int] = {}
    tried: set[Holds] = set()
    nothing = _texts(instances)
    for instance in instances:
        possible = {replace(test, none=nothing.get(test.value)) for test in _candidates(instance)}
        tried |= possible
        right = {test for test in possible if _is_met(test, instance) is instance.met}
        tasks.setdefault(instance.task, set()).update(right)
        sides[instance.task] = instance.met
    if len(tasks) < MIN_TASKS:
        return ()
    fitting = [test for test in set.intersection(*tasks.values()) if needed <= _refs(test)]
    # Where the words leave one thing that the condition may be said of, there is nothing to learn.
    said = all(_says_of_what(instance.statement) for instance in instances) and len(tried) == 1
    if not fitting or len(fitting) > MOST_RIVALS or not (said or _beyond_chance(sides, len(tried))):
        return ()
    return tuple(sorted(fitting, key=repr))


def _says_of_what(statement: Statement) -> bool:
    """Whether the words say of how many numbers the condition is meant, or that nothing is there."""
    return statement.over is not None or statement.condition.op == "none"


def _texts(instances: tuple[Instance, ...]) -> dict[Expr, str]:
    """The one text that each search answers in place of rows."""
    found: dict[Expr, set[str]] = {}
    for instance in instances:
        for expr, held in instance.searches.items():
            if isinstance(held, str):
                found.setdefault(expr, set()).add(held)
    return {expr: next(iter(texts)) for expr, texts in found.items() if len(texts) == 1}


def _beyond_chance(sides: Mapping[str, int], tried: int) -> bool:
    """Whether so many tasks would not be explained by chance, by one of so many tests."""
    met = sum(sides.values())
    return bits_told({"met": met, "not": len(sides) - met}) - log2(tried) >= log2(1 / ALPHA)


def _candidates(instance: Instance) -> Iterator[Holds]:
    """What the condition may be said of, as far as the words leave it open."""
    if instance.statement.condition.op == "none":
        yield from (Holds(how="rows", value=expr) for expr in instance.searches)
        return
    over: Over | None = instance.statement.over
    if over in ("any", "all"):
        how = "any" if over == "any" else "all"
        yield from (Holds(how=how, value=expr) for expr in instance.sources)  # type: ignore[arg-type]
        return
    for expr, value in instance.values.items():
        measured = isinstance(expr, Measure)
        if not is_number(value) or (over is not None) != measured:
            continue
        if over is None or (isinstance(expr, Measure) and expr.how == over):
            yield Holds(how="one", value=expr)


def _is_met(test: Holds, instance: Instance) -> bool | None:
    stated = Stated(instance.statement.condition)
    if test.how == "rows":
        return stated.holds_for_rows(instance.searches[test.value], none=test.none)
    if test.how == "one":
        return stated.holds_for(instance.values.get(test.value))
    held = instance.sources[test.value]
    return stated.holds_for_any(held) if test.how == "any" else stated.holds_for_all(held)


def _refs(test: Holds) -> frozenset[str]:
    return frozenset(part.id for part in walk_expr(test.value) if isinstance(part, Ref))


def sources(bound: list[tuple[Expr, JSON]]) -> dict[Expr, JSON]:
    """The lists of numbers, and the objects that hold nothing but numbers, among bound values."""
    found: dict[Expr, JSON] = {}
    for expr, value in bound:
        if isinstance(value, dict):
            found.update(sources([(Attr(expr, key), inner) for key, inner in value.items()]))
        held = list(value.values()) if isinstance(value, dict) else value
        if isinstance(held, list) and held and all(is_number(one) for one in held):
            found[expr] = value
    return found
