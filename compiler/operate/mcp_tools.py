"""The tools of an MCP server as what a harness calls: over stdio or HTTP, through the official SDK.

The client lives on an event loop in a thread of its own, so that plain harness code can call it, and runs
that overlap share one connection.
"""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Coroutine
from concurrent.futures import Future
from threading import Thread
from types import TracebackType
from typing import Any, Final, TypeVar, final

from mcp import Client, StdioServerParameters
from mcp.types import CallToolResult, TextContent

from compiler.read.jsontext import decode_text
from compiler.runtime import ToolSpec
from compiler.runtime.jsons import JSON

T = TypeVar("T")

STDIO: Final = "mcp:"
HTTP: Final = ("http://", "https://")
PREFIXES: Final = (STDIO, *HTTP)


class McpToolError(Exception):
    """A tool of an MCP server failed; the text is what it said."""


def server_of(spec: str) -> str | StdioServerParameters:
    """Read what names an MCP server: ``mcp:COMMAND ARGUMENT...`` or ``http(s)://...``.

    Raises:
        ValueError: There is no command, or its quotes are not closed.
    """
    if spec.startswith(HTTP):
        return spec
    words = shlex.split(spec.removeprefix(STDIO))
    if not words:
        message = "mcp: needs a command, as in 'mcp:python server.py'"
        raise ValueError(message)
    return StdioServerParameters(command=words[0], args=words[1:])


@final
class McpTools:
    """A connection to an MCP server, open inside ``with``. ``call`` may be used from any thread.

    ``server`` is a URL, the parameters of a command, or a server in this process.
    """

    def __init__(self, server: Any) -> None:
        self._server = server
        self._ready: Future[Client] = Future()
        self._closing: asyncio.Event | None = None
        self._thread = Thread(target=self._serve, daemon=True)
        self._wrapped: frozenset[str] = frozenset()
        self.tools: tuple[ToolSpec, ...] = ()

    def __enter__(self) -> McpTools:
        """Connect, and list the tools.

        Raises:
            Exception: The server cannot be reached, or does not speak MCP.
        """
        self._thread.start()
        self._ready.result()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Disconnect; a server that was started ends."""
        if self._closing is not None:
            self._loop.call_soon_threadsafe(self._closing.set)
        self._thread.join()

    def call(self, name: str, arguments: dict[str, JSON]) -> JSON:
        """Call a tool by its name.

        Raises:
            McpToolError: It failed, or gave what is no JSON value and no text.
        """
        client = self._ready.result()
        result = self._wait(client.call_tool(name, arguments))
        said = _text(result)
        if result.is_error:
            raise McpToolError(said or f"{name} failed and did not say why")
        if result.structured_content is None:
            # As texts in traces are read: the harness was compiled from what came out of that.
            return decode_text(said).value
        value: JSON = result.structured_content
        # Servers put what is no object into one, as older versions of the protocol ask for.
        return value["result"] if isinstance(value, dict) and name in self._wrapped else value

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _serve(self) -> None:
        try:
            asyncio.run(self._connected())
        except BaseException as error:  # for the thread that waits for the connection, whatever it is
            if not self._ready.done():
                self._ready.set_exception(_first(error))

    async def _connected(self) -> None:
        """Hold the connection until it is to be closed; it is closed in the task that opened it."""
        self._loop, self._closing = asyncio.get_running_loop(), asyncio.Event()
        async with Client(self._server) as client:
            await self._list(client)
            self._ready.set_result(client)
            await self._closing.wait()

    async def _list(self, client: Client) -> None:
        found: list[ToolSpec] = []
        wrapped: set[str] = set()
        cursor: str | None = None
        while True:
            page = await client.list_tools(cursor=cursor)
            for tool in page.tools:
                reads = tool.annotations is not None and tool.annotations.read_only_hint is True
                found.append(
                    ToolSpec(
                        name=tool.name,
                        method=tool.name,
                        effect="read" if reads else "write",
                        description=tool.description or "",
                        parameters=tool.input_schema,
                    )
                )
                if _wraps(tool.output_schema):
                    wrapped.add(tool.name)
            cursor = page.next_cursor
            if cursor is None:
                break
        self.tools, self._wrapped = tuple(found), frozenset(wrapped)


def _wraps(schema: dict[str, Any] | None) -> bool:
    """Whether a tool's output is an object with ``result`` alone: what stands for a value that is none."""
    return schema is not None and list(schema.get("properties", {})) == ["result"]


def _text(result: CallToolResult) -> str:
    texts = [block.text for block in result.content if isinstance(block, TextContent)]
    if len(texts) < len(result.content) and result.structured_content is None and not result.is_error:
        kinds = ", ".join(sorted({block.type for block in result.content} - {"text"}))
        message = f"the tool answered with {kinds}, which no harness can read"
        raise McpToolError(message)
    return "\n".join(texts)


def _first(error: BaseException) -> BaseException:
    """Take the first cause out of a group of exceptions, as task groups raise them."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
