"""Approve the writes of a harness: what its lock says of them, and how a person adds to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import final

from compiler.commands.files import replace_file
from compiler.commands.verify import open_harness
from compiler.errors import InputError, UsageError
from compiler.evolve.approvals import REVIEW, Pending, approve, carry_approvals, pending
from compiler.ir.run import JSON
from compiler.present.escape import plain
from compiler.runtime.approvals import APPROVED, LOCK, approved_tools, command

TOOLS = "tools.py"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What stands approved in the lock of a harness, and what does not."""

    harness: str
    folder: str
    approved: tuple[Mapping[str, JSON], ...]
    pending: tuple[str, ...]
    added: tuple[str, ...] = ()
    enforced: bool = True
    """Whether the lock speaks of approval: one that is older withholds nothing."""

    def to_json(self) -> dict[str, JSON]:
        """Give what ``--json`` prints of it."""
        return {
            "harness": self.harness,
            "folder": self.folder,
            "approved": [dict(one) for one in self.approved],
            "not_approved": list(self.pending),
            "added": list(self.added),
            "enforced": self.enforced,
        }


def review(folder: str) -> Review:
    """Say which writes of a harness are approved, and which are not.

    Raises:
        InputError: The folder holds no harness, or its lock cannot be read.
    """
    harness, lock = open_harness(folder), _read_lock(folder)
    listed = _approvals(folder, lock)
    known = {str(one["tool"]) for one in listed}
    return Review(
        harness=harness.name,
        folder=folder,
        approved=tuple(listed),
        pending=tuple(tool for tool in harness.writes if tool not in known),
        enforced=APPROVED in lock,
    )


def approve_writes(folder: str, tools: tuple[str, ...], words: str) -> Review:
    """Record in the lock of a harness that a person approved writes of it; without tools, all that are not.

    Raises:
        InputError: The folder holds no harness, or its lock cannot be read.
        UsageError: There are no words, or the harness declares no such write.
    """
    if not words.strip():
        raise UsageError("--words says why it is right that the harness does this, for those who ask later")
    found = review(folder)
    writes = (*(str(one["tool"]) for one in found.approved), *found.pending)
    for tool in tools:
        if tool not in writes:
            raise UsageError(
                f"{found.harness} declares no write {tool!r}, but: {', '.join(writes) or 'none'}"
            )
    added = tuple(tool for tool in found.pending if not tools or tool in tools)
    approved = [*map(dict, found.approved), *(approve(tool, REVIEW, words.strip()) for tool in added)]
    if added:
        lock = {**_read_lock(folder), APPROVED: approved}
        text = _text(lock)
        replace_file(Path(folder) / LOCK, lambda file: file.write(text))
    after = review(folder)
    return Review(
        harness=after.harness, folder=folder, approved=after.approved, pending=after.pending, added=added
    )


def listing(found: Review) -> str:
    """Say what is approved, by whom and why, and what is not."""
    lines = [f"{plain(found.harness)}: {len(found.approved)} approved, {len(found.pending)} not"]
    for one in found.approved:
        mark = "+" if one["tool"] in found.added else " "
        words = f": {one['words']}" if one.get("words") else ""
        lines.append(plain(f"{mark} {one['tool']}: by {one.get('by')}{words}"))
    lines += [plain(f"! {tool}: not approved") for tool in found.pending]
    if found.pending and found.enforced:
        lines.append(plain(f"approve with `{command(found.folder, found.pending)}`"))
    if not found.enforced:
        lines.append("the lock is older than approvals, so that nothing is withheld; compile anew to have it")
    return "\n".join(lines)


def said_of_pending(folder: str, found: tuple[Pending, ...]) -> list[str]:
    """Say which writes of a newly written folder a person has yet to approve."""
    if not found:
        return []
    names = ", ".join(f"{one.tool} ({one.why})" for one in found)
    how = command(folder, tuple(one.tool for one in found))
    return [f"not approved yet: {names}; approve with `{how}`"]


def locked(
    there: Mapping[str, str | None], files: Mapping[str, str]
) -> tuple[dict[str, str], tuple[Pending, ...]]:
    """Give the files of a harness with the approvals of the folder that they go to, and what is not approved.

    ``there`` is what the folder holds, None for what it does not.
    """
    fresh = there[LOCK] is None and there[TOOLS] is None
    lock = _loads(there[LOCK] or "")
    known = lock.get("files")
    base = known.get(TOOLS) if isinstance(known, dict) else None
    old = base if isinstance(base, str) else there[TOOLS] or ""
    if not fresh and not isinstance(base, str):
        # A lock that is gone or damaged must not be a way to have everything approved.
        lock = {APPROVED: []}
    approved = carry_approvals(None if fresh else lock, old, files[TOOLS])
    text = _text({**_loads(files[LOCK]), APPROVED: approved})
    names = frozenset(str(one["tool"]) for one in approved if isinstance(one, dict) and "tool" in one)
    return {**files, LOCK: text}, pending(names, old, files[TOOLS])


def _approvals(folder: str, lock: Mapping[str, JSON]) -> list[dict[str, JSON]]:
    try:
        approved_tools(lock)
    except ValueError as error:
        raise InputError(str(error), path=str(Path(folder) / LOCK)) from None
    known = lock.get("files")
    tools = known.get(TOOLS) if isinstance(known, dict) else None
    carried = carry_approvals(lock, tools if isinstance(tools, str) else "", "")
    return [dict(one) for one in carried if isinstance(one, dict)]


def _read_lock(folder: str) -> dict[str, JSON]:
    path = Path(folder) / LOCK
    try:
        return _loads(path.read_text(encoding="utf-8", errors="replace"))
    except FileNotFoundError:
        raise InputError("there is no such file: compile the harness again", path=str(path)) from None


def _loads(text: str) -> dict[str, JSON]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _text(lock: Mapping[str, JSON]) -> str:
    """Give the text of a lock, as the compiler writes it."""
    return json.dumps(lock, indent=2, sort_keys=True, ensure_ascii=True) + "\n"
