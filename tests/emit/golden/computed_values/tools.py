# Compiled from the 6 runs in traces/computed_values; evidence.json names them.
# Do not edit: the next `compile` writes this file anew from the tools and the traces.

"""The tools that the harness calls, and the records that they answer."""

from typing import Protocol

from compiler.runtime import Record, tool
from pydantic import Field


class Desk(Record):
    """Desk, as the tools answer it."""

    tool: str | None = None
    part: str | None = None


class Line(Record):
    """Line, as the tools answer it."""

    kind: str
    item: str
    price: float


class DeskRead(Record):
    """Desk read, as the tools answer it."""

    owner: str
    mail: str
    notice: str
    due: str
    total: float
    desks: Desk
    all: tuple[str, ...]
    sent: tuple[str, ...]
    lines: tuple[Line, ...]


class Request(Record):
    """What the request names."""

    order_id: str = Field(description="Fills order_id of tool; for example tool")
    kind: str = Field(description="Fills kind of tool; for example tool")


class Tools(Protocol):
    """The tools that the harness calls."""

    @tool("desk.read", effect="read")
    def desk_read(self, *, order_id: str) -> DeskRead:
        """Read."""
        ...

    @tool("desk.note", effect="write")
    def desk_note(self, *, text: str) -> object:
        """Note."""
        ...

    @tool("desk.pay", effect="write")
    def desk_pay(self, *, cents: int, tax: int | float) -> object:
        """Pay."""
        ...

    @tool("desk.send", effect="write", idempotent=True)
    def desk_send(self, *, items: tuple[str, ...]) -> object:
        """Desk.send."""
        ...
