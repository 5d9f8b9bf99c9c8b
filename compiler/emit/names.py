"""Names: how text from traces becomes identifiers, and which words a tool's name holds.

Text from a trace reaches an identifier only through here. Every result is ASCII, at most ``limit`` long,
no keyword, and unique within its ``Names``.
"""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from collections.abc import Iterable

VERBS = frozenset(
    (
        "add",
        "apply",
        "assign",
        "book",
        "calculate",
        "cancel",
        "check",
        "close",
        "compute",
        "count",
        "create",
        "delete",
        "describe",
        "exchange",
        "execute",
        "fetch",
        "fill",
        "find",
        "get",
        "insert",
        "issue",
        "list",
        "load",
        "look",
        "lookup",
        "make",
        "modify",
        "move",
        "open",
        "pay",
        "post",
        "put",
        "query",
        "read",
        "remove",
        "reply",
        "reserve",
        "retrieve",
        "return",
        "run",
        "save",
        "schedule",
        "search",
        "send",
        "set",
        "show",
        "start",
        "submit",
        "transfer",
        "update",
        "upsert",
        "view",
        "write",
    )
)
"""First words of tool names that say what is done, not to what."""

VAGUE = frozenset(("data", "detail", "details", "info", "information", "record", "records"))
"""Last words of tool names that say no more than that there is something to know."""

KEYWORDS = frozenset((*keyword.kwlist, *keyword.softkwlist)) - {"type"}
BUILTINS = frozenset(name for name in dir(builtins) if not name.startswith("_"))

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_LIMIT = 40
_SHORTEST = 4
"""Shorter words, as "gas", are not taken for plurals."""


def words(text: str) -> list[str]:
    """Return the lower-case ASCII words of a name: ``calendar.searchEvents`` -> calendar, search, events."""
    ascii_text = unicodedata.normalize("NFKD", text[:200]).encode("ascii", "ignore").decode()
    return [word.lower() for word in _WORD.findall(ascii_text)]


def identifier(text: str, *, fallback: str = "value", limit: int = _LIMIT) -> str:
    """Return the snake-case identifier nearest to a text; a keyword gets an underscore at its end."""
    known = text if text.isascii() and text.isidentifier() and text == text.lower() else "_".join(words(text))
    name = known.strip("_")[:limit].rstrip("_") or fallback
    if name[0].isdigit():
        name = f"{fallback}_{name}"[:limit].rstrip("_")
    return f"{name}_" if name in KEYWORDS or name == "l" else name


def class_name(text: str, *, fallback: str = "Item") -> str:
    """Return the class name nearest to a text: ``order items`` -> OrderItems."""
    name = "".join(word.capitalize() for word in words(text))[:_LIMIT] or fallback
    if name[0].isdigit():
        name = f"{fallback}{name}"[:_LIMIT]
    return f"{name}{fallback}" if len(name) == 1 or name in KEYWORDS or name in BUILTINS else name


def constant_name(text: str, *, fallback: str = "QUESTION") -> str:
    """Return the upper-case name nearest to a text."""
    name = identifier(text, fallback=fallback.lower()).upper().strip("_") or fallback
    return f"{fallback}_{name}" if name in ("I", "L", "O") else name


def plural(noun: str) -> str:
    """Return the plural of an English noun in snake case."""
    noun = noun.rstrip("_")
    if singular(noun) != noun:
        return noun
    if re.search(r"[^aeiou]y$", noun):
        return f"{noun[:-1]}ies"
    if re.search(r"(s|x|z|ch|sh)$", noun):
        return f"{noun}es"
    return f"{noun}s"


def singular(noun: str) -> str:
    """Return the singular of an English noun in snake case."""
    if re.search(r"(ss|us|is|news|series)$", noun) or len(noun) < _SHORTEST:
        return noun
    if noun.endswith("ies"):
        return f"{noun[:-3]}y"
    if re.search(r"(ss|x|z|ch|sh|us)es$", noun):
        return noun[:-2]
    return noun[:-1] if noun.endswith("s") else noun


def tool_noun(tool: str) -> str:
    """Return what a tool is about: calendar.search_events -> events, find_user_id_by_email -> user_id."""
    rest = words(re.split(r"[./:]|__", tool)[-1]) or words(tool)
    if len(rest) > 1 and rest[0] in VERBS:
        rest = rest[1:]
    if "by" in rest[1:]:
        rest = rest[: rest.index("by", 1)]
    if len(rest) > 1 and rest[0] == "all":
        rest = rest[1:]
    if len(rest) > 1 and rest[-1] in VAGUE:
        rest = rest[:-1]
    return identifier("_".join(rest), fallback="result", limit=24)


def result_noun(noun: str, effect: str) -> str:
    """Return what else the result of a call may be called, where another value has the name ``noun``."""
    return f"{noun}_details" if effect == "read" else f"{noun}_result"


def tool_space(tool: str) -> str:
    """Return the word that a tool's namespace is, or nothing: ``calendar.search_events`` -> calendar."""
    parts = re.split(r"[./:]|__", tool)
    space = words(parts[-2]) if len(parts) > 1 else []
    return space[0] if len(space) == 1 else ""


def tool_phrase(tool: str) -> str:
    """Return what a tool does, as words: ``calendar.search_events`` -> search events."""
    return " ".join(words(re.split(r"[./:]|__", tool)[-1]) or words(tool) or ["use", "a", "tool"])[
        :60
    ].rstrip()


class Names:
    """Gives out names, each once; a name that is taken, and has nothing instead, gets ``_2``."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)

    def take(self, name: str, *, joint: str = "_", instead: tuple[str, ...] = ()) -> str:
        """Return ``name``, or what of ``instead`` is free, or a numbered variant, and keep it.

        ``joint`` precedes the number.
        """
        chosen, count = next((one for one in (name, *instead) if one not in self._taken), name), 1
        while chosen in self._taken:
            count += 1
            chosen = f"{name.rstrip('_')}{joint}{count}"
        self._taken.add(chosen)
        return chosen
