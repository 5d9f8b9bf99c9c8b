"""JSON out of traces: exact numbers, no NaN, bounded depth; and the ladder that decodes results.

Only parsing, never deserialising: the one thing besides JSON is ``ast.literal_eval``, for results that were
logged with ``str()``, and only on short texts.
"""

from __future__ import annotations

import ast
import json
import math
from typing import Final

from compiler.ir.run import JSON
from compiler.read.episode import Decoded

MAX_DEPTH: Final = 100
"""Values nested deeper are refused: no tool answers so, and everything after reading may recurse."""

MAX_LITERAL: Final = 64 * 1024
"""Python literals longer than this stay text: the parser's memory grows far faster than the text."""

RECORD_DEPTH: Final = MAX_DEPTH + 20
"""Of a whole record, which holds arguments and results a few levels down."""

TOO_DEEP: Final = "nested too deep; take it out"

_TEXT_PARTS: Final = ("text", "input_text", "output_text")


def _finite(text: str) -> float | str:
    number = float(text)
    return number if math.isfinite(number) else text


DECODER: Final = json.JSONDecoder(parse_float=_finite, parse_constant=str)
"""Integers stay exact; ``NaN``, ``Infinity`` and what overflows a float stay text."""


def loads(text: str, *, depth: int = MAX_DEPTH) -> JSON:
    """Parse one JSON document.

    Raises:
        ValueError: It is no JSON, has a number too long to convert, or is nested too deep.
    """
    try:
        value: JSON = DECODER.decode(text)
    except RecursionError:
        raise ValueError(TOO_DEEP) from None
    if too_deep(value, depth):
        raise ValueError(TOO_DEEP)
    return value


def too_deep(value: JSON, depth: int = MAX_DEPTH) -> bool:
    """Whether ``value`` is nested deeper than ``depth``; walks level by level, so it cannot overflow."""
    level: list[JSON] = [value]
    for _ in range(depth):
        below: list[JSON] = []
        for node in level:
            if isinstance(node, dict):
                below.extend(child for child in node.values() if isinstance(child, (dict, list)))
            elif isinstance(node, list):
                below.extend(child for child in node if isinstance(child, (dict, list)))
        if not below:
            return False
        level = below
    return True


def dumps(value: JSON) -> str:
    """Write a value as one line of ASCII JSON, so that lone surrogates survive."""
    return json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def shown(text: object, limit: int = 60) -> str:
    """Quote a text from a trace for a message: one line of printable ASCII, cut at ``limit``."""
    whole = str(text)
    return ascii(whole) if len(whole) <= limit else f"{whole[:limit]!a}..."


def decode_text(text: str) -> Decoded:
    """Decode a result that was logged as text.

        '{"id": 7}' -> {"id": 7} (json);  "{'id': 7}" -> {"id": 7} (literal);  'Not found' -> itself (text)

    A bare number counts as JSON only where it prints back the same, so that "1.50" and "1e5" stay texts.
    """
    try:
        value = loads(text)
    except ValueError:
        return _decode_literal(text)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and repr(value) != text.strip():
        return Decoded(value=text, how="text")
    if isinstance(value, str) and not text.lstrip().startswith('"'):
        return Decoded(value=text, how="text")
    return Decoded(value=value, how="json")


def _decode_literal(text: str) -> Decoded:
    """Read what ``str()`` makes of a dict, list, tuple, bool or None.

    Quoted strings and numbers stay texts: ``'7'`` or ``1_000`` is more likely an id than a literal.
    """
    kept = Decoded(value=text, how="text")
    stripped = text.strip()
    if len(text) > MAX_LITERAL or not stripped.startswith(("{", "[", "(", "None", "True", "False")):
        return kept
    try:
        value = _as_json(ast.literal_eval(stripped), MAX_DEPTH)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return kept
    return Decoded(value=value, how="literal")


def _as_json(value: object, depth: int) -> JSON:
    """The literal as JSON; a tuple becomes a list.

    Raises:
        ValueError: It holds what JSON cannot: sets, bytes, infinities, keys that are no strings.
    """
    if depth == 0:
        raise ValueError("nested too deep")
    match value:
        case None | bool() | int() | str():
            return value
        case float() if math.isfinite(value):
            return value
        case list() | tuple():
            return [_as_json(item, depth - 1) for item in value]
        case dict() if all(isinstance(key, str) for key in value):
            return {key: _as_json(item, depth - 1) for key, item in value.items()}
        case _:
            raise ValueError("no JSON")


def decode_result(content: JSON) -> Decoded:
    """Decode a result as its message holds it: text, parts of text, or a value that was never text."""
    if isinstance(content, list) and content:
        parts = [_part_text(part) for part in content]
        if all(part is not None for part in parts):
            content = "\n".join(part for part in parts if part is not None)
    if isinstance(content, str):
        return decode_text(content)
    return Decoded(value=content, how="json")


def decode_arguments(arguments: JSON, *, free: bool) -> JSON:
    """The arguments of a call: a mapping, if they are any. Nothing at all counts as ``{}``.

    The free text of a custom tool is ``{"input": text}``, the name that the API gives it.
    """
    if free and isinstance(arguments, str):
        return {"input": arguments}
    if arguments is None or arguments == "":
        return {}
    return decode_text(arguments).value if isinstance(arguments, str) else arguments


def text_of(content: JSON) -> str | None:
    """The text of a message: its text parts joined by line breaks; None where it has no text."""
    match content:
        case str():
            return content
        case list():
            texts = [text for text in map(_part_text, content) if text is not None]
            return "\n".join(texts) if texts else None
        case dict():
            return _part_text(content) or dumps(content)
        case _:
            return None


def _part_text(part: JSON) -> str | None:
    """The text of one content part; None where it is an image or anything else."""
    if not isinstance(part, dict) or part.get("type", "text") not in _TEXT_PARTS:
        return None
    text = part.get("text")
    return text if isinstance(text, str) else None
