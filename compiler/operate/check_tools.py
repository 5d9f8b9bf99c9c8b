"""Compare the tools that are there with those that a harness was compiled against."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, final

from compiler.runtime import ToolSpec
from compiler.runtime.jsons import JSON, canonical

Weight = Literal["breaks", "risk"]
"""``breaks``: calls of the harness fail, or may; ``risk``: they may mean something else than before."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Where a tool is not as the harness knows it."""

    tool: str
    weight: Weight
    what: str


def compare(known: Iterable[ToolSpec], live: Iterable[ToolSpec]) -> tuple[Difference, ...]:
    """Compare the tools of a harness with live ones, by their original names.

    Tools that only the live set has are no difference. What a live tool leaves open (a parameter without a
    type, as plain Python has it) is not compared.
    """
    there = {spec.name: spec for spec in live}
    return tuple(difference for spec in known for difference in _compare(spec, there.get(spec.name)))


def _compare(known: ToolSpec, live: ToolSpec | None) -> Iterator[Difference]:
    def differs(weight: Weight, what: str) -> Difference:
        return Difference(tool=known.name, weight=weight, what=what)

    if live is None:
        yield differs("breaks", "is gone")
        return
    if known.effect == "read" and live.effect == "write":
        yield differs(
            "risk", "was a read, and does not say so any more: it may be retried, and may change things"
        )
    ours, theirs = _properties(known), _properties(live)
    gone = () if _open(live) else sorted(ours.keys() - theirs.keys())
    yield from (differs("breaks", f"takes no {name!r} any more") for name in gone)
    for name in sorted(_required(live) - _required(known)):
        new = "" if name in ours else ", which is new,"
        yield differs("breaks", f"needs {name!r}{new} in every call")
    for name in sorted(ours.keys() & theirs.keys()):
        yield from (differs(*found) for found in _parameter(name, ours[name], theirs[name]))


def _parameter(name: str, known: JSON, live: JSON) -> Iterator[tuple[Weight, str]]:
    """Compare what a parameter may hold: fewer kinds or values than before break calls, more do not."""
    had, has = _kinds(known), _kinds(live)
    if had and has and had - has:
        yield "breaks", f"takes {name!r} as {_listed(has)}, not as {_listed(had - has)}"
    had, has = _values(known), _values(live)
    if has and not had:
        yield "risk", f"takes {name!r} only from {_listed(has)}"
    elif has and had - has:
        yield "breaks", f"takes {name!r} no longer as {_listed(had - has)}"


def _properties(spec: ToolSpec) -> Mapping[str, JSON]:
    found = spec.parameters.get("properties")
    return found if isinstance(found, dict) else {}


def _required(spec: ToolSpec) -> frozenset[str]:
    found = spec.parameters.get("required")
    return frozenset(map(str, found)) if isinstance(found, list) else frozenset()


def _open(spec: ToolSpec) -> bool:
    """Whether a tool takes arguments that its schema does not name, and says so."""
    return bool(spec.parameters.get("additionalProperties", False))


def _kinds(schema: JSON) -> frozenset[str]:
    """The JSON types of a parameter; none where its schema leaves them open. An integer is a number."""
    if not isinstance(schema, dict):
        return frozenset()
    options = schema.get("anyOf") or schema.get("oneOf")
    if isinstance(options, list):
        each = [_kinds(option) for option in options]
        return frozenset().union(*each) if all(each) else frozenset()
    kind = schema.get("type")
    kinds = frozenset(map(str, kind if isinstance(kind, list) else [kind] if kind else []))
    return kinds | {"integer"} if "number" in kinds else kinds


def _values(schema: JSON) -> frozenset[str]:
    values = schema.get("enum") if isinstance(schema, dict) else None
    return frozenset(map(canonical, values)) if isinstance(values, list) else frozenset()


def _listed(names: Iterable[str]) -> str:
    return " or ".join(sorted(names))
