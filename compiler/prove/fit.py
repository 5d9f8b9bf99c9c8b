"""Whether recorded calls fit what the tools.py of a harness says of its tools."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from pydantic import ValidationError

from compiler.ir.run import JSON, Call
from compiler.prove.schema import undeclared
from compiler.runtime.tools import Method, first_problem

_INDEX = re.compile(r"(?<![^.])\d+(?=[.:])")


def misfits(call: Call, methods: Mapping[str, Method]) -> Iterator[str]:
    """Say what of a call is not as declared: fields and arguments that miss, are new, or of another type.

    The same misfit of two calls gets the same words. A tool that is not declared, and a call that failed or
    has no result, have none.
    """
    method = methods.get(call.tool)
    if method is None or call.status != "ok":
        return
    yield from (f"{call.tool} is called {problem}" for problem in _arguments(call.arguments, method))
    yield from (f"{call.tool} answers {problem}" for problem in _result(call.result, method))


def _arguments(given: Mapping[str, JSON], method: Method) -> Iterator[str]:
    schema = method.parameters_schema
    required = schema.get("required")
    names = required if isinstance(required, list) else []
    yield from (f"without {name}" for name in names if name not in given)
    yield from (f"with {name}, which is new" for name in undeclared(dict(given), schema))


def _result(result: JSON, method: Method) -> Iterator[str]:
    try:
        method.adapter.validate_json(json.dumps(result), strict=True)
    except ValidationError as error:
        yield f"what does not fit: {_INDEX.sub('*', first_problem(error))}"
    yield from (f"with {name}, which is new" for name in undeclared(result, method.result_schema))
