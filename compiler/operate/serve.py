"""Offer harnesses as MCP tools, so that an agent calls a compiled workload as one tool.

The tool goes by the harness's name. It takes the request, says after each call what was done (progress),
and answers with how the run ended. A run that deviated is an error of the tool, which nobody takes for done.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from inspect import getdoc
from typing import Any, Final

from mcp.server import Server, ServerRequestContext
from mcp.types import (
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    Tool,
    ToolAnnotations,
)

from compiler import __version__
from compiler.operate.world import World
from compiler.runtime import Called, Harness, RunResult
from compiler.runtime.errors import in_short
from compiler.runtime.jsons import JSON, as_json


def serve(harnesses: Iterable[Harness], world: World) -> Server[Any]:
    """Make the MCP server of some harnesses.

    Raises:
        ValueError: Two of them have one name.
    """
    by_name: dict[str, Harness] = {}
    for harness in harnesses:
        if harness.name in by_name:
            message = f"two harnesses are called {harness.name}"
            raise ValueError(message)
        by_name[harness.name] = harness
    tools = [_tool(harness) for harness in by_name.values()]

    async def list_tools(
        _context: ServerRequestContext[Any], _page: PaginatedRequestParams | None
    ) -> ListToolsResult:
        return ListToolsResult(tools=tools)

    async def call_tool(context: ServerRequestContext[Any], asked: CallToolRequestParams) -> CallToolResult:
        harness = by_name.get(asked.name)
        if harness is None:
            return _failed(f"there is no tool {asked.name}; there are {', '.join(by_name)}")
        try:
            request = _request(harness, asked.arguments or {})
        except ValueError as error:
            return _failed(str(error))
        result = await _run(harness, request, world, context)
        return CallToolResult(
            content=[TextContent(text=_said(result))],
            structured_content=outcome(result),
            is_error=result.outcome == "deviated",
        )

    return Server("tracec", version=__version__, on_list_tools=list_tools, on_call_tool=call_tool)


def outcome(result: RunResult) -> dict[str, JSON]:
    """Say how a run ended, for the caller: also what it did before it deviated."""
    deviation = result.deviation
    return {
        "outcome": result.outcome,
        "value": _plain(result.value),
        "reason": result.reason,
        "deviation": None if deviation is None else deviation.message,
        "nearest": None if deviation is None else deviation.nearest,
        "calls": [_call(called) for called in result.calls],
        "questions": [asked.ask.question for asked in result.asks],
    }


def _tool(harness: Harness) -> Tool:
    reads = all(tool.effect == "read" for tool in harness.tools)
    return Tool(
        name=harness.name,
        description=(getdoc(harness.function) or harness.name).partition("\n\n")[0],
        input_schema=TEXT if harness.takes_text else harness.request_schema,
        annotations=ToolAnnotations(read_only_hint=reads),
    )


TEXT: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"request": {"type": "string", "description": "The task, in words."}},
    "required": ["request"],
    "additionalProperties": False,
}


def _request(harness: Harness, arguments: dict[str, Any]) -> str | dict[str, JSON]:
    """Take the request out of the arguments.

    Raises:
        ValueError: A text is needed, and is not there.
    """
    if not harness.takes_text:
        return arguments
    request = arguments.get("request")
    if list(arguments) != ["request"] or not isinstance(request, str):
        message = 'give {"request": "..."}: the task, in words'
        raise ValueError(message)
    return request


async def _run(
    harness: Harness, request: str | dict[str, JSON], world: World, context: ServerRequestContext[Any]
) -> RunResult:
    """Run a harness, and tell the caller of each call when it is made."""
    loop = asyncio.get_running_loop()
    made = 0

    def call(name: str, arguments: dict[str, JSON]) -> object:
        nonlocal made
        result = world.call(name, arguments)
        made += 1
        told = context.session.report_progress(made, message=name)
        asyncio.run_coroutine_threadsafe(told, loop).result()
        return result

    with world.watched(harness) as ended:
        result = await harness.arun(request, call=call, model=world.model, now=world.now, agent=world.agent)
        ended(result)
    return result


def _said(result: RunResult) -> str:
    end = result.deviation.message if result.deviation is not None else result.reason
    return result.outcome if end is None else f"{result.outcome}: {end}"


def _call(called: Called) -> JSON:
    made: dict[str, JSON] = {"tool": called.name, "arguments": called.arguments}
    return made | ({"error": in_short(called.result)} if isinstance(called.result, BaseException) else {})


def _plain(value: object) -> JSON:
    try:
        return as_json(value)
    except TypeError:
        return str(value)


def _failed(why: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(text=why)], is_error=True)
