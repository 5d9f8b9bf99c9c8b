"""The one sanitiser for text that enters comments and docstrings.

Such text may come from a trace, so it may try to end the docstring, to hide itself, or to speak to a tool
that reads comments (``# type: ignore``, ``coding: utf-7``). What comes out is one line of printable ASCII
that can do none of these.
"""

from __future__ import annotations

import re
import textwrap
import unicodedata

_DIRECTIVE = re.compile(
    r"\b(type|noqa|ruff|fmt|mypy|coding|isort|pylint|pragma|nosec|black|yapf|flake8|pyright|pytype)(\s*)[:=]",
    re.I,
)
_ASCII = {"\u2018": "'", "\u2019": "'", "\u201c": "'", "\u201d": "'", "\u2013": "-", "\u2014": "-"}
_HARMLESS = str.maketrans({**_ASCII, '"': "'", "\\": "/", "#": " "})


def plain(text: str, limit: int = 72) -> str:
    """Return a text as one short line of printable ASCII that no tool takes for a directive."""
    folded = unicodedata.normalize("NFKD", text[: limit * 8].translate(_HARMLESS))
    kept = "".join(char for char in folded if not unicodedata.combining(char))
    ascii_text = "".join(char if " " <= char <= "~" else " " if char.isspace() else "?" for char in kept)
    line = " ".join(_DIRECTIVE.sub(r"\1 -", ascii_text).split())
    return line if len(line) <= limit else line[: limit - 3].rstrip() + "..."


def wrapped(text: str, width: int, limit: int = 400) -> tuple[str, ...]:
    """Return a text as lines of a comment, each at most ``width`` long."""
    return tuple(textwrap.wrap(plain(text, limit), width, break_on_hyphens=False))


def sentence(text: str, limit: int = 72) -> str:
    """Return the first sentence of a text for a docstring: a capital first, a full stop last."""
    first = re.split(r"(?<=[.!?])\s", plain(text, limit * 4), maxsplit=1)[0].rstrip(" .'")
    line = plain(first, limit - 1).rstrip(".").strip()
    return f"{line[0].upper()}{line[1:]}." if line else ""
