# Compiled from the 6 runs in traces/cancel_meeting; evidence.json names them.
# Do not edit: the next `compile` writes this file anew from the tools and the traces.

"""The tools that the harness calls, and the records that they answer."""

import datetime as dt
from typing import Protocol

from compiler.runtime import Record, tool
from pydantic import Field


class CalendarEvent(Record):
    """Calendar event, as the tools answer it."""

    event_id: str
    event_start: str
    event_name: str | None = None
    participant_email: str | None = None
    duration: int | None = None


class Request(Record):
    """What the request names."""

    day: dt.date = Field(description="Fills day of tool; for example 2023-12-13")
    name: str = Field(description="Fills name of tool; for example stand-up")


class Tools(Protocol):
    """The tools that the harness calls."""

    @tool("calendar.search_events", effect="read")
    def calendar_search_events(
        self, *, query: str = ..., time_min: str = ...
    ) -> tuple[CalendarEvent, ...] | str:
        """Searches the events."""
        ...

    @tool("calendar.delete_event", effect="write")
    def calendar_delete_event(self, *, event_id: str) -> str:
        """Delete event."""
        ...
