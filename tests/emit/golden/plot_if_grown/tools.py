# Compiled from the 6 runs in traces/plot_if_grown; evidence.json names them.
# Do not edit: the next `compile` writes this file anew from the tools and the traces.

"""The tools that the harness calls, and the records that they answer."""

from typing import Protocol

from compiler.runtime import tool


class Tools(Protocol):
    """The tools that the harness calls."""

    @tool("analytics.total_visits_count", effect="read")
    def analytics_total_visits_count(
        self, *, time_min: str = ..., time_max: str = ...
    ) -> dict[str, int]:
        """Total visits count."""
        ...

    @tool("analytics.create_plot", effect="write")
    def analytics_create_plot(
        self, *, time_min: str = ..., time_max: str = ..., plot_type: str = ...
    ) -> str:
        """Create plot."""
        ...
