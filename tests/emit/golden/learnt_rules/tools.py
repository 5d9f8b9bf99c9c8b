# Compiled from the 6 runs in traces/learnt_rules; evidence.json names them.
# Do not edit: the next `compile` writes this file anew from the tools and the traces.

"""The tools that the harness calls, and the records that they answer."""

from typing import Protocol

from compiler.runtime import Record, tool
from pydantic import Field


class Line(Record):
    """Line, as the tools answer it."""

    amount: int


class ShopOrder(Record):
    """Shop order, as the tools answer it."""

    ordered: str
    lines: tuple[Line, ...]
    order_id: str | None = None


class ShopRefundOrder(Record):
    """Shop refund order, as the tools answer it."""

    ok: bool | None = None


class Request(Record):
    """What the request names."""

    order_id: str = Field(description="Fills order_id of tool; for example 7")


class Tools(Protocol):
    """The tools that the harness calls."""

    @tool("shop.get_order", effect="read")
    def shop_get_order(self, *, order_id: str) -> ShopOrder:
        """Get order."""
        ...

    @tool("stats.visits", effect="read")
    def stats_visits(self) -> dict[str, int]:
        """Visits."""
        ...

    @tool("shop.refund_order", effect="write")
    def shop_refund_order(self, *, order_id: str) -> ShopRefundOrder:
        """Refund order."""
        ...
