# Compiled from the 6 runs in traces/checked_forms; evidence.json names them.
# Do not edit: the next `compile` writes this file anew from the tools and the traces.

"""The tools that the harness calls, and the records that they answer."""

from typing import Protocol

from compiler.runtime import Record, tool


class List(Record):
    """List, as the tools answer it."""

    id: int
    name: str


class ProjectTask(Record):
    """Project task, as the tools answer it."""

    name: str
    due: str | None
    task_id: str | None = None
    list: List | None = None
    tags: tuple[str, ...] | None = None
    points: int | float | None = None


class Tools(Protocol):
    """The tools that the harness calls."""

    @tool("project.search_tasks", effect="read")
    def project_search_tasks(self) -> tuple[ProjectTask, ...]:
        """Search tasks."""
        ...

    @tool("store.read_value", effect="read")
    def store_read_value(self) -> object:
        """Read value."""
        ...

    @tool("store.write_value", effect="write")
    def store_write_value(self, *, text: str, number: int | float = ...) -> object:
        """Write value."""
        ...
