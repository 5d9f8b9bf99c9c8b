"""Which writes of a harness folder a person has approved, as its lock says."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

from compiler.runtime.errors import LoadError, in_short

LOCK = "harness.lock"
APPROVED = "approved"
"""The key in the lock: a list of objects, each with the name of a "tool", and "by" whom."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Approvals:
    """The approved writes of the harness in a folder, by the original names of their tools."""

    folder: str
    tools: frozenset[str]

    def withheld(self, writes: Iterable[str]) -> dict[str, str]:
        """Give those of some writes that are not approved, and what a person is told of each."""
        return {tool: self._refusal(tool) for tool in writes if tool not in self.tools}

    def _refusal(self, tool: str) -> str:
        how = command(self.folder, (tool,))
        return f"{tool} is a write that nobody has approved; approve it with `{how}`"


def command(folder: str, tools: tuple[str, ...]) -> str:
    """Give the command that approves tools, for a shell."""
    return shlex.join(("tracec", "approve", folder, *tools, "--words")) + ' "..."'


def read_approvals(folder: Path) -> Approvals | None:
    """Read what is approved from the lock of a folder; None where there is none, or an older one.

    Raises:
        LoadError: The lock cannot be read: nobody can tell what is approved.
    """
    file = folder / LOCK
    try:
        value = json.loads(file.read_bytes())
        tools = approved_tools(value) if isinstance(value, dict) else None
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        message = f"{file}: cannot be read: {in_short(error)}"
        raise LoadError(message) from error
    return None if tools is None else Approvals(folder=str(folder), tools=tools)


def approved_tools(lock: Mapping[str, Any]) -> frozenset[str] | None:
    """Give the tools that a lock approves; None where it does not speak of approval.

    Raises:
        ValueError: What it says of approval has another form.
    """
    if APPROVED not in lock:
        return None
    listed = lock[APPROVED]
    names = [one.get("tool") if isinstance(one, dict) else None for one in _list(listed)]
    if not all(isinstance(name, str) for name in names):
        message = f'each of "{APPROVED}" is an object with the name of a "tool"'
        raise ValueError(message)
    return frozenset(str(name) for name in names)


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        message = f'"{APPROVED}" is no list'
        raise ValueError(message)
    return value
