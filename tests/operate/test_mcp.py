"""Tools of MCP servers, and harnesses offered as such."""

from __future__ import annotations

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters
from mcp.types import CallToolResult

from compiler.operate.mcp_tools import McpToolError, McpTools, server_of
from compiler.operate.serve import serve
from compiler.operate.world import World
from compiler.runtime import Harness, ScriptedModel, load_source
from compiler.runtime.jsons import JSON
from compiler.runtime.tools import Call
from tests.cli.test_run import HARNESS, TOOLS
from tests.operate.mcp_shop import PRICES, shop

STRUCTURED = """
from compiler.runtime import Limits, Run, harness

from .tools import Request, Tools


@harness(limits=Limits(tool_calls=1, questions=0))
def price_of(run: Run[Tools], request: Request) -> int:
    \"\"\"Say what a thing costs.\"\"\"
    return run.tools.shop_price(name=request.name)
"""


@pytest.fixture
def buy_item() -> Harness:
    return load_source("buy_item", {"harness.py": HARNESS, "tools.py": TOOLS})


def test_tools_of_a_server_are_called_by_name() -> None:
    with McpTools(shop()) as tools:
        assert {tool.name: tool.effect for tool in tools.tools} == {
            "shop.price": "read",
            "shop.buy": "write",
            "shop.stock": "write",
        }
        # A number comes wrapped in an object, a text bare, an object as it is.
        assert tools.call("shop.price", {"name": "pen"}) == 2
        assert tools.call("shop.buy", {"name": "pen"}) == "receipt for pen"
        assert tools.call("shop.stock", {}) == PRICES
        with pytest.raises(McpToolError, match=r"shop\.price"):
            tools.call("shop.price", {"name": "moon"})


def test_a_harness_runs_on_a_server(buy_item: Harness) -> None:
    with McpTools(shop()) as tools:
        done = buy_item.run("Buy pen", call=tools.call)
        assert (done.outcome, done.value) == ("done", "receipt for pen")
        failed = buy_item.run("Buy moon", call=tools.call)
        assert (failed.outcome, len(failed.calls)) == ("deviated", 1)


def test_runs_that_overlap_share_a_connection(buy_item: Harness) -> None:
    with McpTools(shop()) as tools, ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: buy_item.run("Buy pen", call=tools.call), range(40)))
    assert {(result.outcome, result.value) for result in results} == {("done", "receipt for pen")}


def test_a_command_on_stdio_is_a_server_too() -> None:
    script = Path(__file__).with_name("mcp_shop.py")
    with McpTools(server_of(f"mcp:'{sys.executable}' '{script}'")) as tools:
        assert tools.call("shop.price", {"name": "lamp"}) == 60


def test_a_server_that_is_not_there_is_said_at_once() -> None:
    with pytest.raises(FileNotFoundError), McpTools(server_of("mcp:no-such-command-here")):
        pass
    with pytest.raises(ValueError, match="needs a command"):
        server_of("mcp:")
    assert server_of("mcp:a 'b c'") == StdioServerParameters(command="a", args=["b c"])


def served(
    harness: Harness, arguments: dict[str, Any], model: Any = None, call: Call | None = None
) -> tuple[CallToolResult, list[str | None]]:
    """Call a harness as an agent would; give the result, and the progress that was told."""
    heard: list[str | None] = []

    async def told(progress: float, total: float | None, message: str | None) -> None:
        del progress, total
        heard.append(message)

    async def asked() -> CallToolResult:
        with McpTools(shop()) as tools:
            world = World(call=call or tools.call, model=model)
            async with Client(serve([harness], world)) as client:
                return await client.call_tool(harness.name, arguments, progress_callback=told)

    return asyncio.run(asked()), heard


def test_an_agent_calls_a_workload_as_one_tool(buy_item: Harness) -> None:
    result, progress = served(buy_item, {"request": "Buy pen"})
    assert not result.is_error
    assert (result.structured_content["outcome"], result.structured_content["value"]) == (
        "done",
        "receipt for pen",
    )
    assert progress == ["shop.price", "shop.buy"]


def test_a_deviation_reaches_the_agent_with_what_was_done(buy_item: Harness) -> None:
    result, progress = served(buy_item, {"request": "Buy car"})
    assert result.is_error
    said: dict[str, JSON] = result.structured_content
    assert said["deviation"] == "nobody bought anything as dear"
    assert said["calls"] == [{"tool": "shop.price", "arguments": {"name": "car"}}]
    assert progress == ["shop.price"]


def test_a_served_harness_asks_its_own_model(buy_item: Harness) -> None:
    result, _ = served(buy_item, {"request": "Buy lamp"}, ScriptedModel({"CHEAP": 0}))
    assert (result.is_error, result.structured_content["questions"]) == (False, ["CHEAP"])


@pytest.mark.parametrize("arguments", [{}, {"request": 7}, {"request": "Buy pen", "now": "2026-01-01"}])
def test_what_is_no_request_is_refused(buy_item: Harness, arguments: dict[str, Any]) -> None:
    result, progress = served(buy_item, arguments)
    assert (result.is_error, progress) == (True, [])


def test_a_structured_request_is_the_arguments() -> None:
    harness = load_source("price_of", {"harness.py": STRUCTURED, "tools.py": TOOLS})
    result, _ = served(harness, {"name": "pen"})
    assert result.structured_content["value"] == 2


def test_harnesses_are_listed_with_what_they_do(buy_item: Harness) -> None:
    price_of = load_source("price_of", {"harness.py": STRUCTURED, "tools.py": TOOLS})

    async def listed() -> list[Any]:
        async with Client(serve([buy_item, price_of], World(call=lambda name, _: name))) as client:
            return (await client.list_tools()).tools

    first, second = asyncio.run(listed())
    assert (first.name, first.description) == ("buy_item", "Buy what the request names.")
    assert list(first.input_schema["properties"]) == ["request"]
    assert list(second.input_schema["properties"]) == ["name"]
    with pytest.raises(ValueError, match="two harnesses are called buy_item"):
        serve([buy_item, buy_item], World(call=lambda name, _: name))
