"""Offer harnesses as MCP tools, on stdio or over HTTP."""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import Any

from compiler.commands.options import ServeOptions
from compiler.commands.verify import open_harness
from compiler.commands.world import limited, open_world, say_withheld
from compiler.errors import UsageError

LOCAL = "127.0.0.1"


def serve_harnesses(folders: tuple[str, ...], options: ServeOptions) -> None:
    """Serve until the client leaves (stdio), or until the process is told to end (HTTP).

    Raises:
        UsageError: The options contradict each other, or the tools cannot be opened.
        InputError: A folder holds no harness.
    """
    try:
        from compiler.operate.serve import serve
    except ImportError:
        raise UsageError("serving needs the extra: pip install 'tracec[mcp]'") from None
    harnesses = [limited(open_harness(folder), options.limit) for folder in folders]
    for harness in harnesses:
        say_withheld(harness)
    names = tuple(sorted({tool.name for harness in harnesses for tool in harness.tools}))
    with open_world(options, names, {}) as world:
        try:
            server = serve(harnesses, world)
        except ValueError as error:
            raise UsageError(str(error)) from None
        if options.http is None:
            asyncio.run(_on_stdio(server))
        else:
            _over_http(server, options.http)


async def _on_stdio(server: Any) -> None:
    from mcp.server.stdio import stdio_server

    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())


def _over_http(server: Any, place: str) -> None:
    host, _, port = place.rpartition(":")
    if not port.isdecimal():
        raise UsageError(f"--http {place}: not HOST:PORT or PORT")
    uvicorn: Any = import_module("uvicorn")
    host = host or LOCAL
    uvicorn.run(server.streamable_http_app(host=host), host=host, port=int(port), log_level="warning")
