"""`--tools` that are MCP servers, `tracec check-tools` and `tracec serve`."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters

from tests.cli.runner import ROOT, tracec
from tests.cli.test_run import HARNESS, SHOP, TOOLS

SERVER = f"mcp:'{sys.executable}' '{ROOT / 'tests' / 'operate' / 'mcp_shop.py'}'"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "buy_item"
    folder.mkdir()
    (folder / "harness.py").write_text(HARNESS)
    (folder / "tools.py").write_text(TOOLS.replace(" = ...", ""))
    (tmp_path / "shop_tools.py").write_text(SHOP)
    return folder


def test_a_harness_runs_on_an_mcp_server(folder: Path) -> None:
    result = tracec("run", folder, "--tools", SERVER, "--request", "Buy pen", "--json")
    assert result.exit_code == 0, result.output
    (run,) = json.loads(result.output)["runs"]
    assert (run["outcome"], run["value"]) == ("done", "receipt for pen")


@pytest.mark.parametrize(
    ("tools", "said"),
    [
        ("mcp:", "needs a command"),
        ("mcp:no-such-command", "cannot connect: FileNotFoundError"),
        ("http://127.0.0.1:9/mcp", "cannot connect"),
    ],
)
def test_a_server_that_is_not_there_is_one_line(folder: Path, tools: str, said: str) -> None:
    result = tracec("run", folder, "--tools", tools, "--request", "Buy pen")
    assert (result.exit_code, result.output.count("\n")) == (2, 1)
    assert said in result.output


def test_live_tools_are_compared(folder: Path) -> None:
    result = tracec("check-tools", folder, "--tools", SERVER)
    assert (result.exit_code, result.output) == (0, "buy_item: 0 differences in 2 tools\n")
    file = folder.parent / "shop_tools.py"
    half = tracec("check-tools", folder, "--tools", f"{file}:HALF", "--json")
    assert half.exit_code == 1
    assert json.loads(half.output)["differences"] == [
        {"tool": "shop.buy", "weight": "breaks", "what": "is gone"}
    ]
    assert tracec("check-tools", folder, "--tools", f"{file}:MAPPING").exit_code == 0
    closed = tracec("check-tools", folder, "--tools", f"{file}:shop.call")
    assert closed.exit_code == 2
    assert "does not say what they take" in closed.output


def test_traces_are_tools_too(folder: Path, tmp_path: Path) -> None:
    trace = tmp_path / "runs.jsonl"
    file = folder.parent / "shop_tools.py"
    made = tracec("run", folder, "--tools", f"{file}:MAPPING", "--request", "Buy pen", "--trace", trace)
    assert made.exit_code == 0
    again = tracec("run", folder, "--tools", f"traces:{trace}", "--request", "Buy pen", "--json")
    assert json.loads(again.output)["runs"][0]["value"] == "receipt 1 for pen"
    other = tracec("run", folder, "--tools", f"traces:{trace}", "--request", "Buy car")
    assert other.exit_code == 1
    assert "no run recorded shop.price" in other.output


def test_a_harness_is_served_on_stdio(folder: Path) -> None:
    file = folder.parent / "shop_tools.py"
    command = StdioServerParameters(
        command=sys.executable,
        args=["-m", "compiler", "serve", str(folder), "--tools", f"{file}:MAPPING"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )

    async def asked() -> Any:
        async with Client(command) as client:
            listed = await client.list_tools()
            result = await client.call_tool("buy_item", {"request": "Buy pen"})
            return [tool.name for tool in listed.tools], result.structured_content

    names, said = asyncio.run(asyncio.wait_for(asked(), 60))
    assert (names, said["outcome"], said["value"]) == (["buy_item"], "done", "receipt 1 for pen")


def test_help_keeps_its_tables() -> None:
    shown = tracec("check-tools", "--help").output
    assert "  Exit code:\n    0  the harness can call them as before\n" in shown
