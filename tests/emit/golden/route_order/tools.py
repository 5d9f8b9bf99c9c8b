# Compiled from the 6 runs in traces/route_order; evidence.json names them.
# Do not edit: the next `compile` writes this file anew from the tools and the traces.

"""The tools that the harness calls, and the records that they answer."""

from typing import Protocol

from compiler.runtime import Record, tool
from pydantic import Field


class ShopOrder(Record):
    """Shop order, as the tools answer it."""

    status: str
    total: int | float
    paid: bool
    note: None
    order_id: str | None = None


class ShopRefundOrder(Record):
    """Shop refund order, as the tools answer it."""

    ok: bool | None = None


class Request(Record):
    """What the request names."""

    order_id: str = Field(description="Fills order_id of tool; for example 7")


class Tools(Protocol):
    """The tools that the harness calls."""

    @tool("shop.get_order_details", effect="read")
    def shop_get_order_details(self, *, order_id: str) -> ShopOrder:
        """Get order details."""
        ...

    @tool("shop.refund_order", effect="write")
    def shop_refund_order(self, *, order_id: str) -> ShopRefundOrder:
        """Refund order."""
        ...

    @tool("shop.send_notice", effect="write")
    def shop_send_notice(self, *, text: str) -> object:
        """Send notice."""
        ...
