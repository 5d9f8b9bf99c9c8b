"""Source as units: logical lines, each with its depth, and a key that says what it means.

A unit is a whole statement, the whole head of a compound statement, or a comment of its own; so no merge can
cut a statement in two. Its key leaves out the layout and the numbers of evidence.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Final, final

INDENT: Final = "    "
COUNTS: Final = re.compile(r"\d+(?:\.\d+)?")
LIMIT: Final = re.compile(r"\b(tool_calls|questions)=\d+")
EXAMPLES: Final = "; for example "
"""What stands before them in the description of a field."""
_LAYOUT: Final = frozenset(
    (tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
)
_CLOSING: Final = frozenset(")]}")


@final
@dataclass(frozen=True)
class Unit:
    """One logical line: ``text`` without its depth, and how many empty lines stand before it."""

    depth: int
    text: str
    blank: int = 0

    @property
    def is_comment(self) -> bool:
        """Whether it is a comment of its own."""
        return self.text.startswith("#")

    @property
    def is_prose(self) -> bool:
        """Whether it does nothing: a comment or a docstring."""
        return self.is_comment or self.text.startswith(('"""', "'''"))

    @cached_property
    def tokens(self) -> tuple[str, ...]:
        """What it says, without layout, and without commas that only layout needs."""
        return tokens_of(self.text)

    @cached_property
    def key(self) -> tuple[str, ...]:
        """What it means: equal in two units where they differ in layout and evidence alone."""
        return tuple(
            COUNTS.sub("0", token) if token.startswith("#") else token
            for token in _without_examples(tokens_of(LIMIT.sub(r"\1=0", self.text)))
        )

    @property
    def weight(self) -> int:
        """How much it tells that two places are one; little, for a comment or an ``else``."""
        return 1 if self.is_comment else min(len(self.tokens), 12)

    def lines(self) -> list[str]:
        """Give its lines as they stand in a file."""
        return [*[""] * self.blank, *(shifted(self.text, self.depth).split("\n"))]

    def at(self, depth: int) -> Unit:
        """Give it at another depth."""
        return replace(self, depth=depth)


def _without_examples(tokens: tuple[str, ...]) -> Iterator[str]:
    """Leave out the values that a description names from the runs: they are evidence."""
    inside = False
    for token in tokens:
        is_text = token.endswith(('"', "'"))
        if not (inside and is_text):
            yield token.partition(EXAMPLES)[0] if is_text else token
        inside = is_text and (inside or EXAMPLES in token)


def shifted(text: str, depth: int) -> str:
    """Indent every line that is not empty."""
    margin = INDENT * depth
    return "\n".join(f"{margin}{line}" if line else line for line in text.split("\n"))


@lru_cache(maxsize=20_000)
def tokens_of(text: str) -> tuple[str, ...]:
    """Return the tokens of a logical line and its comments, without layout and trailing commas.

    What is no Python is its words.
    """
    try:
        found = [
            token.string
            for token in tokenize.generate_tokens(io.StringIO(f"{text}\n").readline)
            if token.type not in _LAYOUT
        ]
    except (tokenize.TokenError, SyntaxError):
        return tuple(text.split())
    after = [*found[1:], ""]
    return tuple(
        one.rstrip()
        for one, following in zip(found, after, strict=True)
        if not (one == "," and following in _CLOSING)
    )


def units_of(text: str) -> tuple[Unit, ...]:
    """Split a source into units.

    Raises:
        SyntaxError: It cannot be read as Python.
    """
    lines = text.split("\n")
    spans = spans_of(text)
    found: list[Unit] = []
    before = 0
    for first, last, depth in spans:
        blank = sum(not line.strip() for line in lines[before:first])
        body = lines[first : last + 1]
        margin = len(body[0]) - len(body[0].lstrip())
        cut = [body[0].strip(), *(_outdented(line, margin) for line in body[1:])]
        found.append(Unit(depth, "\n".join(line.rstrip() for line in cut), blank))
        before = last + 1
    return tuple(found)


def _outdented(line: str, margin: int) -> str:
    return line[margin:] if not line[:margin].strip() else line.lstrip()


def spans_of(text: str) -> list[tuple[int, int, int]]:
    """Give the first and last line (from zero) of every logical line and comment, and its depth."""
    spans: list[tuple[int, int, int]] = []
    waiting: list[int] = []
    depth, start = 0, -1
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            row = token.start[0] - 1
            if token.type == tokenize.INDENT:
                depth += 1
            elif token.type == tokenize.DEDENT:
                depth -= 1
            elif token.type == tokenize.COMMENT and start < 0:
                waiting.append(row)
            elif token.type == tokenize.NEWLINE:
                spans.append((start, row, depth))
                start = -1
            elif token.type not in _LAYOUT and start < 0:
                spans.extend((one, one, depth) for one in waiting)
                waiting, start = [], row
    except tokenize.TokenError as error:
        raise SyntaxError(str(error.args[0])) from error
    spans.extend((one, one, depth) for one in waiting)
    return _true_depths(text, spans)


def _true_depths(text: str, spans: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Give comments the depth at which they stand, where a statement of theirs stands at it too."""
    lines = text.split("\n")
    known = {0: 0}
    result = []
    for first, last, depth in spans:
        line = lines[first]
        margin = len(line) - len(line.lstrip())
        if line.lstrip().startswith("#"):
            result.append((first, last, known.get(margin, depth)))
        else:
            known[margin] = depth
            result.append((first, last, depth))
    return result


def text_of(units: tuple[Unit, ...]) -> str:
    """Put units together as a source."""
    return "".join(f"{line}\n" for unit in units for line in unit.lines())
