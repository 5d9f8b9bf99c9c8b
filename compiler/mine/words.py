"""words: names and phrases for people, made from tool and argument names."""

from __future__ import annotations

import re

VERBS = frozenset(
    ("get", "search", "find", "list", "fetch", "read", "query", "lookup", "look", "load", "all", "by", "id")
)
"""What names of tools say besides what the tool is about."""


def tokens(name: str) -> list[str]:
    """The words of a tool's or argument's name: ``calendar.searchEvents`` -> calendar, search, events."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return [word.lower() for word in re.findall(r"[A-Za-z0-9]+", spaced)]


def phrase(name: str) -> str:
    """A name as words, without the server or module in front: ``email.send_email`` -> send email."""
    words = tokens(re.split(r"[./:]|__", name)[-1])
    return " ".join(words) or "value"


def noun(name: str) -> str:
    """What one element of a tool's result is called: ``search_events`` -> event."""
    words = tokens(re.split(r"[./:]|__", name)[-1])
    kept = [word for word in words if word not in VERBS] or words[-1:]
    return singular(" ".join(kept)) or "row"


def singular(word: str) -> str:
    """One of many, by English endings; good enough for a name."""
    if word.endswith("ies") and len(word) > len("ties"):
        return word[:-3] + "y"
    if re.search(r"(ss|sh|ch|x|z)es$", word):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def plural(word: str) -> str:
    """Many of one."""
    if re.search(r"[^aeiou]y$", word):
        return word[:-1] + "ies"
    return word + ("es" if re.search(r"(s|sh|ch|x|z)$", word) else "s")


def question_name(verb: str, thing: str) -> str:
    """The constant that holds a question: WHICH_EVENT."""
    return "_".join([verb, *(word.upper() for word in tokens(re.split(r"[./:]|__", thing)[-1]))])
