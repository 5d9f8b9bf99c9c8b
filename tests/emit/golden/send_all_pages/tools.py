# Compiled from the 6 runs in traces/send_all_pages; evidence.json names them.
# Do not edit: the next `compile` writes this file anew from the tools and the traces.

"""The tools that the harness calls, and the records that they answer."""

from typing import Protocol

from compiler.runtime import Record, tool
from pydantic import Field


class Parcel(Record):
    """Parcel, as the tools answer it."""

    parcel_id: str
    ready: bool | None = None


class DepotParcel(Record):
    """Depot parcel, as the tools answer it."""

    parcels: tuple[Parcel, ...]
    next: str | None


class Request(Record):
    """What the request names."""

    depot: str = Field(description="Fills depot of tool; for example north")


class Tools(Protocol):
    """The tools that the harness calls."""

    @tool("depot.list_parcels", effect="read")
    def depot_list_parcels(self, *, depot: str, cursor: str = ...) -> DepotParcel:
        """List parcels."""
        ...

    @tool("depot.send", effect="write")
    def depot_send(self, *, parcel_id: str) -> str:
        """Send."""
        ...
