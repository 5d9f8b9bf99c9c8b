# Compiled from the 6 runs in traces/select_tool; evidence.json names them.
# Do not edit: the next `compile` writes this file anew from the tools and the traces.

"""The tools that the harness calls, and the records that they answer."""

import datetime as dt
from typing import Literal, Protocol

from compiler.runtime import Record, tool
from pydantic import Field


class Request(Record):
    """What the request names."""

    metric: Literal["analytics.total_visits_count", "analytics.engaged_users_count"] = (
        Field(
            description="Fills metric of tool; one of analytics.total_visits_count, "
            "analytics.engaged_users_count"
        )
    )
    since: dt.date = Field(description="Fills since of tool; for example 2023-11-01")
    plot: str = Field(description="Fills plot of tool; for example bar")


class Tools(Protocol):
    """The tools that the harness calls."""

    @tool("analytics.total_visits_count", effect="read")
    def analytics_total_visits_count(
        self, *, time_min: str = ..., time_max: str = ...
    ) -> dict[str, int]:
        """Total visits count."""
        ...

    @tool("analytics.engaged_users_count", effect="read")
    def analytics_engaged_users_count(
        self, *, time_min: str = ..., time_max: str = ...
    ) -> dict[str, int]:
        """Engaged users count."""
        ...

    @tool("analytics.create_plot", effect="write")
    def analytics_create_plot(
        self, *, time_min: str = ..., time_max: str = ..., plot_type: str = ...
    ) -> object:
        """Create plot."""
        ...
