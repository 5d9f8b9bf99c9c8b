"""Read the workloads that a command was given."""

from __future__ import annotations

from compiler.commands.options import Sources
from compiler.errors import UsageError
from compiler.ir.run import Workload
from compiler.read import read_workloads


def read_sources(sources: Sources) -> tuple[Workload, ...]:
    """Read all workloads, and keep those that are wanted.

    Raises:
        InputError: A file cannot be used.
        UsageError: No workload has a name that was asked for.
    """
    found = read_workloads(
        sources.traces,
        outcomes=sources.outcomes,
        tools=sources.tools,
        format=sources.format,
        allow_no_tools=sources.allow_no_tools,
    )
    names = {workload.name for workload in found}
    for name in sources.workload:
        if name not in names:
            raise UsageError(f"no workload is called {name!r}; there are {', '.join(sorted(names))}")
    return tuple(w for w in found if not sources.workload or w.name in sources.workload)
