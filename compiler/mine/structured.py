"""structured: the fields that a program takes from a structured request, named by their keys."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from compiler.ir.expr import Expr, Ref, RequestField
from compiler.ir.program import Block, CallTool, Field, Switch
from compiler.ir.run import JSON
from compiler.mine.exprs import rewrite, walk_expr
from compiler.mine.request import numbered


def name_paths(body: Block, requests: Iterable[dict[str, JSON]]) -> tuple[Block, tuple[Field, ...]]:
    """Give the paths into a structured request, which expressions hold in place of fields, a name each.

    ``requests`` are those of the runs: the fields' examples.
    """
    found = dict.fromkeys(
        part.name for node in body for part in walk_expr(node) if isinstance(part, RequestField)
    )
    paths: dict[str, tuple[str, ...]] = {key: tuple(json.loads(key)) for key in found}
    names = dict(zip(paths, numbered([path[-1] for path in paths.values()]), strict=True))
    fills = _fills(body)
    known = list(requests)
    fields = tuple(
        Field(
            name=names[key],
            kind="json",
            fills=tuple(dict.fromkeys(fills[key])),
            examples=_examples(known, path),
            path=path,
        )
        for key, path in paths.items()
    )

    def named(part: Expr) -> Expr | None:
        return RequestField(names[part.name]) if isinstance(part, RequestField) else None

    return tuple(rewrite(node, named) for node in body), fields


def _fills(body: Block) -> dict[str, list[str]]:
    """The arguments that each path fills."""
    fills: dict[str, list[str]] = defaultdict(list)
    parts = [part for node in body for part in walk_expr(node)]
    switches = {part.id: part for part in parts if isinstance(part, Switch)}
    for call in (part for part in parts if isinstance(part, CallTool)):
        for name, expr in call.arguments:
            for path in _paths(expr, switches):
                fills[path].append(f"{call.tool}.{name}")
    return fills


def _paths(expr: Expr, switches: Mapping[str, Switch]) -> Iterator[str]:
    """The paths that an expression takes, also by the switches that it refers to."""
    for part in walk_expr(expr):
        if isinstance(part, RequestField):
            yield part.name
        elif isinstance(part, Ref) and part.id in switches:
            for case in switches[part.id].cases:
                yield from _paths(case.value, switches)


def _examples(requests: list[dict[str, JSON]], path: tuple[str, ...]) -> tuple[JSON, ...]:
    seen: dict[str, JSON] = {}
    for request in requests:
        value: JSON = request
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        seen.setdefault(json.dumps(value, sort_keys=True), value)
    return tuple(seen[key] for key in sorted(seen))[:5]
