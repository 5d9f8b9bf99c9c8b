"""The office of the examples as an MCP server on stdio; what is written goes to a file, a line each."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from mcp.server import Server
from mcp.server.stdio import stdio_server
from mcp.types import CallToolRequestParams, CallToolResult, ListToolsResult, TextContent, Tool

from traces.office import Office


def office(log: Path) -> Server[Any]:
    """Make the server; its tools are described as in the traces."""
    tools = json.loads(Path("traces/tools.json").read_text(encoding="utf-8"))["tools"]
    listed = ListToolsResult(tools=[Tool.model_validate(tool) for tool in tools])
    call = Office()

    async def list_tools(_context: Any, _page: Any) -> ListToolsResult:
        return listed

    async def call_tool(_context: Any, asked: CallToolRequestParams) -> CallToolResult:
        result = call(asked.name, asked.arguments or {})
        with log.open("a", encoding="utf-8") as file:
            file.write(json.dumps([asked.name, asked.arguments]) + "\n")
        text = result if isinstance(result, str) else json.dumps(result)
        return CallToolResult(content=[TextContent(text=text)])

    return Server("office", on_list_tools=list_tools, on_call_tool=call_tool)


async def main() -> None:
    """Serve until the client leaves."""
    server = office(Path(sys.argv[1]))
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())


if __name__ == "__main__":
    asyncio.run(main())
