"""Runs of an agent that closes orders of a shop, and the ways in which they shift."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from compiler.ir.run import JSON, Call, Run, ToolSchema, Workload

STATUSES = ("pending", "delivered", "cancelled")
TOOLS = tuple(
    ToolSchema(
        name=name,
        description=f"{name}.",
        effect="read" if name == "get_order" else "write",
        parameters={
            "type": "object",
            "properties": {parameter: {"type": "string"} for parameter in parameters},
            "required": list(parameters),
        },
    )
    for name, *parameters in (
        ("get_order", "order_id"),
        ("cancel_order", "order_id"),
        ("return_order", "order_id"),
        ("audit", "order_id"),
        ("notify", "customer_id", "text"),
    )
)
Shift = Callable[[Run], Run]


def close_order(number: int, status: str | None = None) -> Run:
    """Cancel a pending order and return a delivered one, then say so; a cancelled one is left alone."""
    order, customer = f"O{7000 + 13 * number}", f"C{400 + 7 * number}"
    state = status or STATUSES[number % 3]
    row: JSON = {"order_id": order, "status": state, "customer_id": customer}
    calls = [Call(tool="get_order", arguments={"order_id": order}, result=row)]
    if state in ("pending", "delivered"):
        tool = "cancel_order" if state == "pending" else "return_order"
        calls.append(Call(tool=tool, arguments={"order_id": order}, result={"ok": True}))
        told: dict[str, JSON] = {"customer_id": customer, "text": f"Order {order} is closed."}
        calls.append(Call(tool="notify", arguments=told, result={"ok": True}))
    return Run(
        run_id=f"run-{number:05}", request=f"Close order {order}", calls=tuple(calls), success=True, agent="a"
    )


def workload(runs: Iterable[Run]) -> Workload:
    """Put runs beside the schemas of the tools."""
    return Workload(name="close_order", runs=tuple(runs), tools=TOOLS)


def without(tool: str) -> Shift:
    """Make the runs leave out a call."""
    return lambda run: replace(run, calls=tuple(call for call in run.calls if call.tool != tool))


def with_call(tool: str, *, before: str) -> Shift:
    """Make the runs call another tool, on the order, before one that they call."""

    def shift(run: Run) -> Run:
        arguments = run.calls[0].arguments
        extra = Call(tool=tool, arguments=dict(arguments), result={"ok": True})
        return replace(
            run,
            calls=tuple(
                one for call in run.calls for one in ((extra, call) if call.tool == before else (call,))
            ),
        )

    return shift


def renamed_field(old: str, new: str) -> Shift:
    """Make get_order answer with a field of another name."""

    def shift(run: Run) -> Run:
        first, *others = run.calls
        row = first.result if isinstance(first.result, dict) else {}
        answer: JSON = {(new if key == old else key): value for key, value in row.items()}
        return replace(run, calls=(replace(first, result=answer), *others))

    return shift


def write(path: Path, runs: Iterable[Run]) -> Path:
    """Write runs as chat transcripts, one a line, with the schemas of the tools."""
    path.write_text("".join(json.dumps(_record(run)) + "\n" for run in runs), encoding="utf-8")
    return path


def write_tools(path: Path) -> Path:
    """Write the schemas of the tools as an MCP server lists them."""
    path.write_text(
        json.dumps(
            {
                "tools": [
                    {
                        "name": tool.name,
                        "description": tool.description,
                        "inputSchema": dict(tool.parameters),
                        "annotations": {"readOnlyHint": tool.effect == "read"},
                    }
                    for tool in TOOLS
                ]
            }
        ),
        encoding="utf-8",
    )
    return path


def _record(run: Run) -> JSON:
    messages: list[JSON] = [{"role": "user", "content": run.request}]
    for number, call in enumerate(run.calls):
        function: JSON = {"name": call.tool, "arguments": json.dumps(call.arguments)}
        asked: JSON = {"id": str(number), "type": "function", "function": function}
        messages += [
            {"role": "assistant", "content": None, "tool_calls": [asked]},
            {"role": "tool", "tool_call_id": str(number), "content": json.dumps(call.result)},
        ]
    return {"run_id": run.run_id, "messages": messages, "success": run.success}
