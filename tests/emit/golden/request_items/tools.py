# Compiled from the 6 runs in traces/request_items; evidence.json names them.
# Do not edit: the next `compile` writes this file anew from the tools and the traces.

"""The tools that the harness calls, and the records that they answer."""

from typing import Protocol

from compiler.runtime import ClosedRecord, Record, tool
from pydantic import Field


class Item(ClosedRecord):
    """Item, as the request names it."""

    article: str
    marks: tuple[str, ...]


class Order(ClosedRecord):
    """Order, as the request names it."""

    cart: str
    items: tuple[Item, ...]


class CartItem(Record):
    """Cart item, as the tools answer it."""

    size: int | None = None


class Request(ClosedRecord):
    """What the request names."""

    order: Order
    rush: bool = Field(description="A part of the request; for example True or False")


class Tools(Protocol):
    """The tools that the harness calls."""

    @tool("cart.add_item", effect="write")
    def cart_add_item(self, *, cart: str, article: str, note: str) -> CartItem:
        """Add item."""
        ...
