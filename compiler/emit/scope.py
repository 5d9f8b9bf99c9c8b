"""What a place in the program can refer to, with the static types it has there."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import final

from compiler.emit.types import Type, annotation
from compiler.ir import plan


@final
@dataclass(frozen=True, slots=True)
class Typed:
    """A term with its static type."""

    term: plan.Term
    type: Type


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class RequestShape:
    """The parsed request: its class, and the keys that lead to each field. None: nothing is parsed."""

    type: Type
    paths: dict[str, tuple[str, ...]]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The locals at one place: node id -> (name, type), and the labels that an answer may still have."""

    request: RequestShape | None
    bound: dict[str, tuple[str, Type]] = field(default_factory=dict)
    labels: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def bind(self, node: str, name: str, kind: Type) -> Scope:
        """Return this scope with one local more, or with another type for it."""
        return replace(self, bound={**self.bound, node: (name, kind)})

    def narrow(self, node: str, labels: tuple[str, ...]) -> Scope:
        """Return this scope where the answer ``node`` is one of ``labels``."""
        return replace(self, labels={**self.labels, node: labels})

    def local(self, node: str) -> Typed:
        """Return what a node bound."""
        name, kind = self.bound[node]
        return Typed(plan.Name(name), kind)

    def annotated(self) -> tuple[tuple[str, plan.Term], ...]:
        """Return the locals with their types, as parameters of a function would declare them."""
        request = () if self.request is None else (("request", annotation(self.request.type)),)
        return (*request, *((name, annotation(kind)) for name, kind in self.bound.values()))
