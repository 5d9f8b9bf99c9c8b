"""stated: a condition that a request states in words, where they leave no doubt of what is meant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, final

from compiler.ir.program import Slot
from compiler.runtime.conditions import NOTHING, Condition
from compiler.runtime.stated import Over, lone_comparison, lone_denial

Parts: TypeAlias = tuple[str | Slot, ...]

SLOT = Slot("", gap="condition")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A condition in a request, of which numbers it is said (None: not said), and the wording around it."""

    condition: Condition
    over: Over | None
    wording: Parts
    """The request with a slot in the place of the condition."""


def statement(parts: Parts) -> Statement | None:
    """The one condition that the words around the fields of a request state; None if that is not sure."""
    literals = [part if isinstance(part, str) else None for part in parts]
    compared, denied = lone_comparison(literals), lone_denial(literals)
    found = compared or denied
    text = None if found is None else parts[found.part]
    if found is None or not isinstance(text, str):
        return None
    pieces: Parts = (text[: found.start], SLOT, text[found.end :])
    wording = (*parts[: found.part], *(piece for piece in pieces if piece), *parts[found.part + 1 :])
    beside = [n for n, part in enumerate(wording) if isinstance(part, Slot)]
    if any(n + 1 in beside for n in beside):
        return None
    if compared is None:
        return Statement(condition=NOTHING, over=None, wording=wording)
    return Statement(condition=compared.condition, over=compared.over, wording=wording)
