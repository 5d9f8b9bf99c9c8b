"""What a step may refer to at its place in a process, and what nothing refers to yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import final

from benchmarks.processes.tools import Field, Rows, Tool
from benchmarks.processes.tree import Held, Picked, Term


@final
@dataclass(frozen=True, slots=True)
class Known:
    """A scalar: the term that gives it, its kind, and the variable that holds it (None: the request)."""

    term: Term
    field: Field
    var: str | None


@final
@dataclass(frozen=True, slots=True)
class KnownRows:
    """A list, and whether it is known to hold something, so that a row may be picked."""

    term: Term
    rows: Rows
    var: str | None
    filled: bool


@final
@dataclass(slots=True)
class Scope:
    """The values at a place. ``unused`` are variables of this block that no term refers to yet."""

    parent: Scope | None = None
    known: list[Known] = field(default_factory=list)
    lists: list[KnownRows] = field(default_factory=list)
    unused: dict[str, None] = field(default_factory=dict)

    def inner(self) -> Scope:
        """Open a block in this one."""
        return Scope(parent=self)

    def values(self) -> Iterator[Known]:
        """Every scalar in scope, the innermost block's first."""
        yield from self.known
        if self.parent is not None:
            yield from self.parent.values()

    def all_lists(self) -> Iterator[KnownRows]:
        """Every list in scope."""
        yield from self.lists
        if self.parent is not None:
            yield from self.parent.all_lists()

    def use(self, var: str | None) -> None:
        """Note that something refers to a variable."""
        if var is not None:
            self.unused.pop(var, None)
            if self.parent is not None:
                self.parent.use(var)

    def bind_result(self, var: str, tool: Tool, *, filled: bool) -> None:
        """Bring what a tool gave into scope."""
        self.known.extend(Known(Held(var, (one.name,)), one, var) for one in tool.gives)
        if tool.rows is not None:
            path = () if tool.key is None else (tool.key,)
            self.lists.append(KnownRows(Held(var, path), tool.rows, var, filled))
        if tool.effect == "read":
            self.unused[var] = None

    def bind_element(self, var: str, rows: Rows) -> None:
        """Bring the element of a loop into scope."""
        self.known.extend(Known(Held(var, (one.name,)), one, var) for one in rows.fields)
        self.unused[var] = None

    def picks(self) -> Iterator[Known]:
        """Every field of a row that can be described in a list that holds something."""
        for listed in self.all_lists():
            if not listed.filled:
                continue
            for one in listed.rows.fields:
                yield Known(Picked(listed.term, "first", None, one.name), one, listed.var)
                yield Known(Picked(listed.term, "last", None, one.name), one, listed.var)
                for by in listed.rows.fields:
                    if by.kind in ("amount", "date") and by != one:
                        yield Known(Picked(listed.term, "lowest", by.name, one.name), one, listed.var)
                        yield Known(Picked(listed.term, "highest", by.name, one.name), one, listed.var)
