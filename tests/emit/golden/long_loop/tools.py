# Compiled from the 6 runs in traces/long_loop; evidence.json names them.
# Do not edit: the next `compile` writes this file anew from the tools and the traces.

"""The tools that the harness calls, and the records that they answer."""

from typing import Protocol

from compiler.runtime import Record, tool
from pydantic import Field


class List(Record):
    """List, as the tools answer it."""

    id: int
    name: str


class ProjectTask(Record):
    """Project task, as the tools answer it."""

    task_id: str
    name: str
    tags: tuple[str, ...]
    due: str | None = None
    list: List | None = None
    points: int | float | None = None


class Request(Record):
    """What the request names."""

    who: str = Field(description="Fills who of tool; for example Sam")


class Tools(Protocol):
    """The tools that the harness calls."""

    @tool("project.search_tasks", effect="read")
    def project_search_tasks(self, *, assignee: str = ...) -> tuple[ProjectTask, ...]:
        """Search tasks."""
        ...

    @tool("project.update_task", effect="write")
    def project_update_task(self, *, task_id: str, field: str, new_value: str) -> str:
        """Update task."""
        ...
