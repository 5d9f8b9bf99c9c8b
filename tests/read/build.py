"""Small trace files for the tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from compiler.ir.run import Run
from compiler.read import read_runs


def write(path: Path, *records: object) -> str:
    """Write records as JSON Lines; a str is written as it is."""
    lines = [record if isinstance(record, str) else json.dumps(record) for record in records]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


def read_one(folder: Path, record: object, format: str | None = None) -> Run:
    """Read the only run of a file with one record."""
    (run,) = read_runs(write(folder / "one.jsonl", record), format).runs
    return run


def notes_of(folder: Path, *records: object) -> list[str]:
    """The notes of a file, without their places."""
    return [note.what for note in read_runs(write(folder / "notes.jsonl", *records)).notes]


def user(text: object = "Do it") -> dict[str, Any]:
    return {"role": "user", "content": text}


def call(name: str, arguments: object, call_id: str = "c1") -> dict[str, Any]:
    return {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}
        ],
    }


def result(content: object, call_id: str = "c1", **more: object) -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": call_id, "content": content, **more}


def chat(**more: object) -> dict[str, Any]:
    """A complete run of one call."""
    messages = [
        user(),
        call("find", '{"key": "a"}'),
        result('{"id": 7}'),
        {"role": "assistant", "content": "Done"},
    ]
    return {"messages": messages, **more}
