from __future__ import annotations

import json
from pathlib import Path

import pytest

from compiler.errors import InputError
from compiler.ir.run import JSON, ToolSchema
from compiler.read import read_tools
from tests.read.build import write

SCHEMA: dict[str, JSON] = {"type": "object", "properties": {"key": {"type": "string"}}}
MCP = {
    "name": "find",
    "description": "Find it.",
    "inputSchema": SCHEMA,
    "outputSchema": {"type": "array"},
    "annotations": {"readOnlyHint": True},
}


@pytest.mark.parametrize(
    "document",
    [{"tools": [MCP]}, [MCP], {"jsonrpc": "2.0", "id": 1, "result": {"tools": [MCP], "nextCursor": None}}],
)
def test_mcp_lists_say_what_only_reads(tmp_path: Path, document: object) -> None:
    assert read_tools(write(tmp_path / "t.json", json.dumps(document, indent=1))) == (
        ToolSchema(
            name="find", description="Find it.", parameters=SCHEMA, result={"type": "array"}, effect="read"
        ),
    )


@pytest.mark.parametrize(
    "entry",
    [
        {"type": "function", "function": {"name": "find", "description": "Find it.", "parameters": SCHEMA}},
        {"type": "function", "name": "find", "description": "Find it.", "parameters": SCHEMA},
        {"name": "find", "description": "Find it.", "input_schema": SCHEMA},
        {
            "name": "find",
            "description": "Find it.",
            "inputSchema": SCHEMA,
            "annotations": {"readOnlyHint": "yes"},
        },
    ],
)
def test_a_tool_that_does_not_say_so_writes(tmp_path: Path, entry: object) -> None:
    (tool,) = read_tools(write(tmp_path / "t.json", [entry]))
    assert tool == ToolSchema(name="find", description="Find it.", parameters=SCHEMA, effect="write")


@pytest.mark.parametrize(
    ("annotations", "idempotent"),
    [
        ({"idempotentHint": True}, True),
        ({"idempotentHint": 1}, False),
        ({}, False),
        ({"idempotentHint": True, "readOnlyHint": True}, False),
    ],
)
def test_a_write_may_be_made_twice_only_if_it_says_so(
    tmp_path: Path, annotations: object, *, idempotent: bool
) -> None:
    (tool,) = read_tools(write(tmp_path / "t.json", [{"name": "put", "annotations": annotations}]))
    assert tool.idempotent is idempotent


@pytest.mark.parametrize(
    ("document", "what"),
    [
        ([], "empty"),
        ({"tools": []}, "no tool schemas here"),
        ({"messages": []}, "no tool schemas here"),
        ([{"description": "x"}], "entry 1 is no tool schema"),
        ([MCP, {**MCP, "description": "Other."}], "two different tools are called 'find'"),
        ([MCP, 7], "entry 2 is no tool schema"),
    ],
)
def test_bad_tool_files(tmp_path: Path, document: object, what: str) -> None:
    with pytest.raises(InputError, match=what):
        read_tools(write(tmp_path / "t.json", document))


def test_the_same_tool_twice_is_one(tmp_path: Path) -> None:
    assert len(read_tools(write(tmp_path / "t.json", [MCP, MCP]))) == 1
