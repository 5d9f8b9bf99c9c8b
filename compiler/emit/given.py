"""Optional fields of the request: the test that they are given, and the scope in which they are."""

from __future__ import annotations

from dataclasses import replace

from compiler.emit.expressions import lower_expr
from compiler.emit.scope import Scope
from compiler.emit.types import NONE, Model, without
from compiler.errors import InternalError
from compiler.ir import plan
from compiler.ir.expr import RequestField


def given_test(fields: tuple[str, ...], scope: Scope) -> plan.Term:
    """Return the test that the request gives all of some fields."""
    tests = tuple(
        plan.Test(lower_expr(RequestField(name), scope).term, "is not", plan.Scalar(None)) for name in fields
    )
    return tests[0] if len(tests) == 1 else plan.Every(tests)


def given(fields: tuple[str, ...], scope: Scope) -> Scope:
    """Return the scope in which the request gives some fields: none of them is None there."""
    shape = scope.request
    if shape is None or not isinstance(shape.type, Model):
        raise InternalError("optional fields need a request that is parsed")
    keys = {shape.paths[name][0] for name in fields}
    solid = tuple(
        (key, attribute, without(kind, NONE) if key in keys else kind)
        for key, attribute, kind in shape.type.fields
    )
    return replace(scope, request=replace(shape, type=Model(shape.type.name, solid)))
