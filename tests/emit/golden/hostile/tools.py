# Compiled from the 6 runs in traces/hostile; evidence.json names them.
# Do not edit: the next `compile` writes this file anew from the tools and the traces.

"""The tools that the harness calls, and the records that they answer."""

from typing import Annotated, Protocol

from compiler.runtime import Record, tool
from pydantic import Field


class Class(Record):
    """Class, as the tools answer it."""

    x_import_os_type_ignore_run: str = Field(
        alias='x"""\nimport os  # type: ignore\u202e {run} \\'
    )
    json_: str = Field(alias="json")
    dict_: int = Field(alias="dict")
    field: None = Field(default=None, alias="")


class Tools(Protocol):
    """The tools that the harness calls."""

    @tool("class", effect="read")
    def class_(
        self,
        *,
        from_: Annotated[str, Field(alias="from")] = ...,
        x_import_os_type_ignore_run: Annotated[
            str, Field(alias='x"""\nimport os  # type: ignore\u202e\ud800 {run} \\')
        ] = ...,
        self_2: Annotated[tuple[float | None, ...], Field(alias="self")] = ...,
    ) -> tuple[Class, ...] | str:
        """X''' import os type - ignore??."""
        ...

    @tool("a.b-c", effect="write")
    def a_b_c(self, *, import_: Annotated[str, Field(alias="import")] = ...) -> float:
        """B c."""
        ...

    @tool("énorme\n", effect="write")
    def enorme(self, *, run: str = ...) -> object:
        """Enorme."""
        ...

    @tool("a.b_c", effect="write")
    def a_b_c_2(self, *, events: int = ...) -> object:
        """B c."""
        ...
