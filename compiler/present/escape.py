"""Put text that came from a trace where it cannot act as markup.

Reports are read in a pull request, in a terminal and as a Mermaid drawing. In each of these, text can do
things: close a code fence, load an image, mention a person, move the cursor, hide what follows. Every
function here takes any text and returns one that is only ever read.
"""

from __future__ import annotations

import re
import textwrap
import unicodedata

_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
"""Categories that are not drawn but may act: controls, text direction, private use, half pairs, line ends."""

_MARKUP = re.compile(r"([\\`*_\[\]!|~$])")
_START = re.compile(r"^(\d*)([#+\-=.):])(?![^\W_])")
"""What makes a heading, a rule or a list of a line that starts with it."""
_LINKS = re.compile(r"(?<=[@#])|(?<=:)(?=//)|(?<=www)(?=\.)|(?<=GH)(?=-)", re.IGNORECASE)
"""Where an address, a mention or a reference must be parted not to become a link."""
_NOT_PLAIN = re.compile(r"(?<![^\W\d])[.\-]|[^\w ,:.\-]")
_BACKTICKS = re.compile(r"`+")


def shorten(text: str, limit: int) -> str:
    """Cut a text to ``limit`` characters, showing that it was cut."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def count(number: int, noun: str) -> str:
    """Put a number before its noun: ``1 task``, ``2 tasks``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def plain(text: str) -> str:
    r"""Make a text one line that a terminal prints as it is: ESC becomes ``\x1b``, a new line ``\n``."""
    return "".join(_visible(char) for char in text)


def code(text: str) -> str:
    """Make a text a Markdown code span, whatever backticks it holds."""
    shown = plain(text) or " "
    ticks = "`" * (1 + max((len(run) for run in _BACKTICKS.findall(shown)), default=0))
    # A space on both sides is dropped by the renderer, and keeps a backtick at an end from joining the marks.
    pad = " " if shown[0] in " `" or shown[-1] in " `" else ""
    return f"{ticks}{pad}{shown}{pad}{ticks}"


def cell(text: str) -> str:
    """Make a text a code span for a cell of a table, where a bar would end the cell even in code."""
    return code(text).replace("|", "\\|")


def prose(text: str) -> str:
    """Make a text running Markdown without any markup of its own: no HTML, link, mention or reference."""
    shown = plain(text).strip().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # An empty comment parts the words: renderers look for addresses and mentions after they have unescaped.
    escaped = _START.sub(r"\1\\\2", _MARKUP.sub(r"\\\1", shown))
    return _LINKS.sub("<!-- -->", escaped)


def within(text: str) -> str:
    """Make a text a part of a line of running Markdown: the spaces at its ends stay."""
    return prose(f"x{text}x")[1:-1]


def fence(text: str) -> str:
    """Make a text of several lines a fenced block that nothing in it can close, with no line to scroll."""
    lines = "\n".join(_wrapped(plain(line)) for line in text.split("\n"))
    ticks = "`" * max(3, 1 + max((len(run) for run in _BACKTICKS.findall(lines)), default=0))
    return f"{ticks}text\n{lines}\n{ticks}"


def mermaid(text: str) -> str:
    """Make a text the inside of a quoted Mermaid label: what is no letter, digit or space by its number.

    A dot or a dash stays where it stands between letters; after a digit it would start a list.
    """
    return _NOT_PLAIN.sub(lambda match: f"#{ord(match.group())};", plain(shorten(text, 80)))


def _wrapped(line: str) -> str:
    return textwrap.fill(line, 100, break_long_words=False, break_on_hyphens=False)


def _visible(char: str) -> str:
    if unicodedata.category(char) not in _UNSEEN:
        return char
    return char.encode("unicode_escape").decode("ascii")
