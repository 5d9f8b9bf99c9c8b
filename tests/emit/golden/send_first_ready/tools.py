# Compiled from the 6 runs in traces/send_first_ready; evidence.json names them.
# Do not edit: the next `compile` writes this file anew from the tools and the traces.

"""The tools that the harness calls, and the records that they answer."""

from typing import Protocol

from compiler.runtime import Record, tool
from pydantic import Field


class DepotParcel(Record):
    """Depot parcel, as the tools answer it."""

    parcel_id: str
    ready: bool


class Request(Record):
    """What the request names."""

    depot: str = Field(description="Fills depot of tool; for example north")


class Tools(Protocol):
    """The tools that the harness calls."""

    @tool("depot.find_parcels", effect="read")
    def depot_find_parcels(self, *, depot: str) -> tuple[DepotParcel, ...]:
        """Find parcels."""
        ...

    @tool("depot.send", effect="write")
    def depot_send(self, *, parcel_id: str) -> str:
        """Send."""
        ...

    @tool("depot.report", effect="write")
    def depot_report(self, *, depot: str) -> str:
        """Report."""
        ...
