"""Describe a harness, from its folder alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from compiler.commands.files import replace_file
from compiler.errors import InputError
from compiler.ir.run import JSON
from compiler.present.evidence import Evidence, Lock
from compiler.present.render import render
from compiler.present.report import ReportView, report_view

Part = TypeVar("Part", bound=BaseModel)


def write_report(folder: str, output: str | None, *, prompts: bool = False) -> tuple[str, dict[str, JSON]]:
    """Describe the harness in a folder in Markdown; write it to ``output``, if there is one.

    With ``prompts`` it also holds what the model reads.

    Returns:
        The Markdown, and what it says as a value for a machine.

    Raises:
        InputError: The folder is no harness folder.
    """
    view = report_view(
        read_part(Path(folder) / "evidence.json", Evidence),
        read_part(Path(folder) / "harness.lock", Lock),
        prompts=prompts,
    )
    text = render("report.md", view)
    if output is not None:
        replace_file(Path(output), lambda file: file.write(text))
    return text, TypeAdapter(ReportView).dump_python(view, mode="json")


def read_part(path: Path, part: type[Part]) -> Part:
    """Read evidence.json or harness.lock.

    Raises:
        InputError: It is not there, or not as it is written.
    """
    try:
        return part.model_validate_json(_without_surrogates(path.read_bytes()))
    except FileNotFoundError:
        raise InputError(
            "there is no such file: give the folder that `tracec compile` wrote", path=str(path)
        ) from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        what = f"not as `tracec compile` writes it: {place + ': ' if place else ''}{first['msg']}"
        raise InputError(what, path=str(path)) from None


def _without_surrogates(text: bytes) -> bytes:
    """Put "?" for half a character, which a trace may hold and pydantic refuses; no JSON is left as it is."""
    try:
        return json.dumps(json.loads(text), ensure_ascii=False).encode("utf-8", "replace")
    except (ValueError, RecursionError):
        return text
