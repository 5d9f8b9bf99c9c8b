"""Tool schemas: an OpenAI ``tools`` list, Anthropic tools, or an MCP ``tools/list`` result."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from compiler.errors import InputError
from compiler.ir.run import JSON, ToolSchema
from compiler.read.jsontext import shown
from compiler.read.stream import read_document


def read_tools(path: str) -> tuple[ToolSchema, ...]:
    """Read tool schemas from a JSON file, in its order.

    A tool reads only if it says so (MCP's ``readOnlyHint``); every other one counts as a write, and as one
    that must not be made twice unless it says so (``idempotentHint``).

    Raises:
        InputError: The file cannot be read, holds no tool schemas, or gives one name to two tools.
    """
    entries = tool_entries(read_document(Path(path)))
    if not entries:
        raise InputError(
            "no tool schemas here; give an OpenAI or Anthropic tools list, or an MCP tools/list result",
            path=path,
        )
    by_name: dict[str, ToolSchema] = {}
    for position, entry in enumerate(entries, 1):
        schema = tool_schema(entry)
        if schema is None:
            raise InputError(f"entry {position} is no tool schema: it has no name", path=path)
        if by_name.setdefault(schema.name, schema) != schema:
            raise InputError(f"two different tools are called {shown(schema.name)}", path=path)
    return tuple(by_name.values())


def tool_entries(document: JSON) -> list[JSON]:
    """The list of schemas in a document: bare, under ``tools``, or in a JSON-RPC ``result``; else empty."""
    if isinstance(document, dict) and isinstance(document.get("result"), dict):
        document = document["result"]
    if isinstance(document, dict):
        document = document.get("tools")
    return document if isinstance(document, list) else []


def schemas_in(entries: JSON) -> tuple[ToolSchema, ...]:
    """The schemas in what a trace lists as its tools; what is none is passed over."""
    if not isinstance(entries, list):
        return ()
    found = (tool_schema(entry) for entry in entries)
    return tuple(schema for schema in found if schema is not None)


def looks_like_tools(document: JSON) -> bool:
    """Whether a document is a list of tool schemas and nothing else, to tell it from traces in a folder."""
    if isinstance(document, dict) and not document.keys() & {"tools", "result"}:
        return False
    if isinstance(document, dict) and document.keys() & {"messages", "input", "output", "steps"}:
        return False
    entries = tool_entries(document)
    return bool(entries) and all(_describes_tool(entry) for entry in entries)


def _describes_tool(entry: JSON) -> bool:
    schema_keys = {"inputSchema", "input_schema", "parameters", "function"}
    return isinstance(entry, dict) and "role" not in entry and bool(entry.keys() & schema_keys)


def tool_schema(entry: JSON) -> ToolSchema | None:
    """One schema in any of the spellings; None where there is no name."""
    if not isinstance(entry, dict):
        return None
    inner = entry.get("function", entry.get("custom"))
    body = inner if isinstance(inner, dict) else entry
    name, description = body.get("name"), body.get("description")
    if not isinstance(name, str) or not name:
        return None
    result = _first_object(body, ("outputSchema", "output_schema"))
    reads = _says(entry, body, "readOnlyHint")
    return ToolSchema(
        name=name,
        description=description if isinstance(description, str) else "",
        parameters=_first_object(body, ("inputSchema", "input_schema", "parameters")) or {},
        result=result,
        effect="read" if reads else "write",
        idempotent=not reads and _says(entry, body, "idempotentHint"),
    )


def merge_tools(groups: Iterable[Iterable[ToolSchema]]) -> tuple[tuple[ToolSchema, ...], tuple[str, ...]]:
    """Put schemas of many runs together, by name; the first of a name counts.

    Returns:
        The schemas, sorted by name, and the names that had more than one.
    """
    by_name: dict[str, ToolSchema] = {}
    differing: set[str] = set()
    for group in groups:
        for schema in group:
            if by_name.setdefault(schema.name, schema) != schema:
                differing.add(schema.name)
    return tuple(by_name[name] for name in sorted(by_name)), tuple(sorted(differing))


def _first_object(body: dict[str, JSON], keys: tuple[str, ...]) -> dict[str, JSON] | None:
    for key in keys:
        value = body.get(key)
        if isinstance(value, dict):
            return value
    return None


def _says(entry: dict[str, JSON], body: dict[str, JSON], hint: str) -> bool:
    found = (entry.get("annotations"), body.get("annotations"))
    return any(isinstance(annotations, dict) and annotations.get(hint) is True for annotations in found)
