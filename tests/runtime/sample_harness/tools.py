# Made from tool schemas and recorded results. Do not edit: the next `compile` writes it again.

"""The tools that cancel_meeting may call, and the records that they give."""

from datetime import date
from typing import Protocol

from pydantic import Field

from compiler.runtime import Record, tool


class CalendarEvent(Record):
    """An event as calendar.search_events gives it."""

    event_id: str
    event_name: str
    event_start: str
    organiser: str | None = Field(default=None, alias="created/by")


class Receipt(Record):
    """What calendar.delete_event gives."""

    ok: bool


class Request(Record):
    """What the request says."""

    day: date = Field(description="The day that the request names")
    name: str | None = Field(default=None, description="The person that the meeting is with")


class Tools(Protocol):
    """The tools of the office."""

    @tool("calendar.search_events", effect="read")
    def calendar_search_events(
        self, *, query: str = ..., time_min: str = ..., time_max: str = ...
    ) -> tuple[CalendarEvent, ...] | str:
        """Search the events."""
        ...

    @tool("calendar.delete_event", effect="write")
    def calendar_delete_event(self, *, event_id: str) -> Receipt:
        """Delete an event."""
        ...

    @tool("email.send", effect="write")
    def email_send(self, *, recipient: str, body: str = ...) -> str:
        """Send an e-mail."""
        ...
