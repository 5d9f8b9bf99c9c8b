"""Measure what a harness costs beside the same calls made by hand, and whether memory stays flat.

    python -m benchmarks.overhead [--calls 1000] [--repeats 20] [--runs 100000]

The tools do next to nothing, so that what is left is the runtime: arguments to JSON and back, the record of
the call, and the check of the result against its type. By hand is ``call(name, arguments)`` in the same loop.
The figure is the median of the processor time. Memory is the resident size after each tenth of the runs.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path

from compiler.runtime import Harness, load_source
from compiler.runtime.jsons import JSON

TOOLS = """
from typing import Protocol

from compiler.runtime import Record, tool


class Request(Record):
    ticket_ids: tuple[str, ...]


class Ticket(Record):
    ticket_id: str
    owner: str
    priority: int


class Tools(Protocol):
    @tool("tickets.get", effect="read")
    def tickets_get(self, *, ticket_id: str) -> Ticket: ...

    @tool("tickets.close", effect="write")
    def tickets_close(self, *, ticket_id: str, note: str) -> str: ...
"""
HARNESS = '''
from compiler.runtime import Limits, Run, harness

from .tools import Request, Tools


@harness(limits=Limits(tool_calls=10_000_000, questions=0))
def close_tickets(run: Run[Tools], request: Request) -> None:
    """Look at each ticket, and close it."""
    for ticket_id in request.ticket_ids:
        ticket = run.tools.tickets_get(ticket_id=ticket_id)
        run.tools.tickets_close(ticket_id=ticket.ticket_id, note=f"seen by {ticket.owner}")
'''


def call(name: str, arguments: dict[str, JSON]) -> JSON:
    """Answer at once."""
    if name == "tickets.get":
        return {"ticket_id": arguments["ticket_id"], "owner": "Ann", "priority": 3}
    return "closed"


def by_hand(ticket_ids: list[str]) -> None:
    """Make the calls that the harness makes."""
    for ticket_id in ticket_ids:
        ticket = call("tickets.get", {"ticket_id": ticket_id})
        assert isinstance(ticket, dict)
        call("tickets.close", {"ticket_id": ticket["ticket_id"], "note": f"seen by {ticket['owner']}"})


def per_call(harness: Harness, calls: int, repeats: int) -> tuple[float, float]:
    """Give the microseconds of one call, by the harness and by hand."""
    ids = [f"T-{number}" for number in range(calls // 2)]
    harnessed, manual = [], []
    request: dict[str, JSON] = {"ticket_ids": list(ids)}
    for _ in range(repeats):
        started = time.process_time()
        result = harness.run(request, call=call)
        between = time.process_time()
        by_hand(ids)
        ended = time.process_time()
        assert (result.outcome, len(result.calls)) == ("done", calls)
        harnessed.append((between - started) / calls * 1e6)
        manual.append((ended - between) / calls * 1e6)
    return statistics.median(harnessed), statistics.median(manual)


def resident() -> int:
    """Give the resident memory of this process in kB (Linux)."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--calls", type=int, default=1000)
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--runs", type=int, default=100_000)
    given = parser.parse_args()
    harness = load_source("close_tickets", {"harness.py": HARNESS, "tools.py": TOOLS})
    harness.run({"ticket_ids": ["T-0"]}, call=call)
    harnessed, manual = per_call(harness, given.calls, given.repeats)
    print(
        f"a call: {harnessed:.1f} us by the harness, {manual:.1f} us by hand: {harnessed - manual:.1f} more"
    )
    sizes = []
    for _ in range(10):
        for number in range(given.runs // 10):
            harness.run({"ticket_ids": [f"T-{number}"]}, call=call)
        sizes.append(resident())
    print(f"resident kB over {given.runs} runs: {', '.join(map(str, sizes))}")


if __name__ == "__main__":
    main()
