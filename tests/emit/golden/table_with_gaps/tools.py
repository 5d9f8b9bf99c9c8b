# Compiled from the 6 runs in traces/table_with_gaps; evidence.json names them.
# Do not edit: the next `compile` writes this file anew from the tools and the traces.

"""The tools that the harness calls, and the records that they answer."""

from typing import Protocol

from compiler.runtime import ClosedRecord, Record, tool
from pydantic import Field


class Home(ClosedRecord):
    """Home, as the request names it."""

    city: str
    street: str


class Meta(ClosedRecord):
    """Meta, as the request names it."""

    tags: tuple[str, ...] | None = None


class SurveyGap(Record):
    """Survey gap, as the tools answer it."""

    gap_id: str
    topic: str
    size: str | None = None


class Request(ClosedRecord):
    """What the request names."""

    survey: str = Field(description="Fills survey of tool; for example north")
    home: Home
    phone: str | None = Field(description="Fills phone of tool; for example 12 or None")
    seen_at: int = Field(description="A part of the request; for example 3")
    meta: Meta | None = None


class Tools(Protocol):
    """The tools that the harness calls."""

    @tool("survey.list_gaps", effect="read")
    def survey_list_gaps(self, *, survey: str) -> tuple[SurveyGap, ...]:
        """List gaps."""
        ...

    @tool("survey.say", effect="write")
    def survey_say(self, *, gap_id: str, text: str) -> str:
        """Say."""
        ...
