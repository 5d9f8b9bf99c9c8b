"""Whether the condition that a request states holds, as a call in the harness."""

from __future__ import annotations

from compiler.emit.adapt import as_atom, as_json, method
from compiler.emit.expressions import RUN, lower_expr, measure_name
from compiler.emit.scope import Scope
from compiler.emit.taken import attribute_of
from compiler.emit.types import ANYTHING, RUNTIME, STR, Rows, Type, members
from compiler.ir import plan
from compiler.ir.expr import Measure, Where
from compiler.ir.program import Holds


def stated_test(test: Holds, scope: Scope) -> plan.Term:
    """Return whether the condition that the request states holds for a value."""
    name = "holds_for" if test.how == "one" else f"holds_for_{test.how}"
    condition = plan.Member(RUN, "condition")
    if test.how == "rows":
        return _of_rows(test, condition, scope)
    if isinstance(test.value, Measure) and test.value.how != "count":
        # Of what is no number nothing can be told: that is asked about, and no deviation.
        measure = plan.Imported(measure_name(test.value), RUNTIME)
        return method(condition, name, lower_expr(test.value.base, scope).term, of=measure)
    return method(condition, name, lower_expr(test.value, scope).term)


def _of_rows(test: Holds, condition: plan.Term, scope: Scope) -> plan.Term:
    """Return whether a search found nothing: by its rows, and by what they have to hold."""
    kept = test.value if isinstance(test.value, Where) else None
    found = lower_expr(test.value if kept is None else kept.rows, scope)
    named: dict[str, plan.Term] = {} if test.none is None else {"none": plan.Scalar(test.none)}
    if kept is not None and kept.key is not None:
        rows: Type = next((kind for kind in members(found.type) if isinstance(kind, Rows)), ANYTHING)
        named["by"] = plan.Scalar(attribute_of(rows, kept.key))
        named["contains"] = as_atom(as_json(lower_expr(kept.value, scope)), STR).term
    return method(condition, "holds_for_rows", found.term, **named)
