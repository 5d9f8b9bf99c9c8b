# Compiled from the 6 runs in traces/write_mail; evidence.json names them.
# Do not edit: the next `compile` writes this file anew from the tools and the traces.

"""The tools that the harness calls, and the records that they answer."""

import datetime as dt
from collections.abc import Mapping
from typing import Protocol

from compiler.runtime import Record, tool
from pydantic import Field


class CalendarEvent(Record):
    """Calendar event, as the tools answer it."""

    event_name: str
    participant_email: str
    event_start: str
    event_id: str | None = None
    duration: int | None = None


class Request(Record):
    """What the request names."""

    who: str = Field(description="Fills who of tool; for example Sam")
    day: dt.date = Field(description="Fills day of tool; for example 2023-12-01")
    at: dt.time = Field(description="Fills at of tool; for example 14:00")
    length: int = Field(description="Fills length of tool; in minutes; for example 30")
    weight: int | float = Field(
        description="Fills weight of tool; for example 1 or 2.5"
    )


class Details(Record):
    """What a question reads from the text."""

    subject: str = Field(description="Fills subject of tool; for example Hello")
    class_: str = Field(alias="class", description="Fills class of tool")


class Tools(Protocol):
    """The tools that the harness calls."""

    @tool("directory.find_email_address", effect="read")
    def directory_find_email_address(self, *, name: str = ...) -> tuple[str, ...]:
        """Find email address."""
        ...

    @tool("calendar.search_events", effect="read")
    def calendar_search_events(
        self, *, query: str = ..., time_min: str = ...
    ) -> tuple[CalendarEvent, ...] | str:
        """Searches the events."""
        ...

    @tool("email.send_email", effect="write")
    def email_send_email(
        self,
        *,
        recipient: str,
        subject: str,
        body: str,
        copies: tuple[object, ...] = ...,
        send_at: str = ...,
        labels: tuple[str, ...] = ...,
        meta: Mapping[str, object] = ...,
    ) -> str:
        """Send email."""
        ...
