"""Which writes stay approved when a harness is compiled anew, and which ones a person has yet to approve."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, final

from compiler.runtime.approvals import APPROVED
from compiler.runtime.jsons import JSON

COMPILE: Final = "compile"
"""By whom: the first compile, since the whole folder was new to its reviewer."""
REVIEW: Final = "review"
"""By whom: `tracec approve`."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A write that is not approved; ``was_read`` where the same tool only read before."""

    tool: str
    was_read: bool = False

    @property
    def why(self) -> str:
        """Why it is not, in a reviewer's words."""
        return "it only read before" if self.was_read else "a new write"


def approve(tool: str, by: str, words: str = "") -> JSON:
    """Give the record of an approval, as it stands in a lock."""
    return {"tool": tool, "by": by, **({"words": words} if words else {})}


def carry_approvals(lock: Mapping[str, JSON] | None, old: str, new: str) -> list[JSON]:
    """Give the approvals of a folder that is compiled anew: those that it had, and no others.

    ``lock`` is that of the folder, None where there is no folder yet: then all that is written is under
    review, and its writes are approved by that. ``old`` and ``new`` are the texts of tools.py. A lock that is
    older than approvals approves what its tools.py wrote, as that ran unasked so far.
    """
    if lock is not None and APPROVED in lock:
        kept = lock[APPROVED]
        return list(kept) if isinstance(kept, list) else []
    writes = sorted(
        tool for tool, effect in effects(new if lock is None else old).items() if effect == "write"
    )
    return [approve(tool, COMPILE) for tool in writes]


def pending(approved: frozenset[str], old: str, new: str) -> tuple[Pending, ...]:
    """Give the writes of a new tools.py that are not approved, in its order."""
    before = effects(old)
    return tuple(
        Pending(tool=tool, was_read=before.get(tool) == "read")
        for tool, effect in effects(new).items()
        if effect == "write" and tool not in approved
    )


def effects(tools: str) -> dict[str, str]:
    """Give the effect of each tool that a generated tools.py declares; nothing of a text that is none."""
    try:
        tree = ast.parse(tools)
    except (SyntaxError, ValueError):
        return {}
    found: dict[str, str] = {}
    for tool, effect in _declared(tree):
        # Declared twice, it may write.
        found[tool] = "write" if "write" in (effect, found.get(tool)) else effect
    return found


def _declared(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield what each ``@tool("name", effect="...")`` says."""
    for node in ast.walk(tree):
        for mark in node.decorator_list if isinstance(node, ast.FunctionDef) else ():
            match mark:
                case ast.Call(func=ast.Name(id="tool"), args=[ast.Constant(value=str(name))]):
                    values = {one.arg: one.value for one in mark.keywords}
                    effect = values.get("effect")
                    yield name, str(effect.value) if isinstance(effect, ast.Constant) else "write"
                case _:
                    pass
