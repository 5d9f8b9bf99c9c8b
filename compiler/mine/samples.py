"""samples: the results that every tool was seen to give, for the types of records and for what may happen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

from compiler.ir.run import JSON, Workload
from compiler.mine.clean import canonical

SAMPLES_KEPT = 40


def samples_of(
    results: Mapping[str, tuple[JSON, ...]], called: Collection[str]
) -> tuple[tuple[str, tuple[JSON, ...]], ...]:
    """Give the results that a program keeps of the tools that it calls."""
    return tuple((tool, found[:SAMPLES_KEPT]) for tool, found in sorted(results.items()) if tool in called)


def results_by_tool(workload: Workload) -> dict[str, tuple[JSON, ...]]:
    """Every different result of every tool, in an order that the order of runs does not change."""
    found: dict[str, dict[str, JSON]] = defaultdict(dict)
    for run in workload.runs:
        for call in run.calls:
            if call.status == "ok":
                found[call.tool][canonical(call.result)] = call.result
    return {tool: tuple(_varied(results)) for tool, results in found.items()}


def _varied(results: dict[str, JSON]) -> Iterator[JSON]:
    """Results of different shapes first, so that a cut keeps one of each."""
    shapes: dict[str, list[str]] = defaultdict(list)
    for key in sorted(results):
        shapes[shape(results[key])].append(key)
    queues = [shapes[name] for name in sorted(shapes)]
    for depth in range(max(map(len, queues), default=0)):
        for queue in queues:
            if depth < len(queue):
                yield results[queue[depth]]


def shape(value: JSON) -> str:
    """The types of a JSON value without its values; a list counts by the shapes that it holds."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{key}:{shape(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + "|".join(sorted({shape(item) for item in value})) + "]"
    return type(value).__name__
