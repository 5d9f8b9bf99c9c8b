"""How a request is understood, and the evidence that everything in a program carries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, final

from compiler.ir.run import JSON

# --------------------------------------------------------------------------------------------- evidence


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """How many tasks, and which runs, show a thing; ``reached`` counts the tasks that came to the place."""

    tasks: int
    reached: int
    runs: tuple[str, ...] = ()


# ------------------------------------------------------------------------------------------- the request

FieldKind = Literal[
    "text",
    "phrase",
    "word",
    "quoted",
    "number",
    "date",
    "past_date",
    "coming_date",
    "time",
    "minutes",
    "condition",
    "choice",
    "json",
]
"""What a field of the request may hold.

``word`` has no white space; ``quoted`` lies between quotes and holds none of that kind; ``phrase`` is text
within one sentence; ``text`` is any text; ``number`` an int or float; ``date`` a date; ``past_date`` and
``coming_date`` a date, or a weekday alone, the last or the next one as the runs meant it; ``time`` a time of
day; ``minutes`` a duration, as an int; ``condition`` a number and on which side of it something lies (only
a gap holds one); ``choice`` one of the known wordings, each with its value; ``json`` a value of a structured
request.
"""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A typed field of the request, named after the argument that it fills."""

    name: str
    kind: FieldKind
    fills: tuple[str, ...]
    """``tool.argument`` of every argument that it fills."""
    examples: tuple[JSON, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()
    """Of a ``choice``: pairs of wording and value."""
    closed: bool = False
    """Of a ``choice``: no value but these has a meaning, because it selects a tool."""
    schema: JSON = None
    """Of a ``json`` field: its JSON Schema."""
    path: tuple[str, ...] = ()
    """Of a ``json`` field: the keys that lead to it."""
    optional: bool = False
    """Of a text: whether it may leave the field out (None); then only a call that needs it reads it."""
    absent: bool = False
    """Of a ``json`` field: some request had no such key."""


@final
@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a pattern that holds the named field, and any that take their value from the same words.

    Without a field, ``gap`` says what kind of thing stands there: no argument takes it, and a question that
    sees the whole request comes before any write.
    """

    field: str
    also: tuple[str, ...] = ()
    gap: FieldKind | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A wording of the request: literal text and slots. A slot may stand more than once."""

    parts: tuple[str | Slot, ...]
    support: Support


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """How the request is understood.

    ``text``: one of the patterns, or else ``question`` extracts the same fields (None: nothing to read).
    ``json``: the fields are taken from a mapping by their paths; one that fills nothing is known, no more.
    ``unseen`` says how a text that fits no pattern may still be read before that is asked: by ``pieces`` of
    the patterns, or, where a question that sees it judges it before any write, by its fields alone.
    """

    form: Literal["text", "json"]
    fields: tuple[Field, ...] = ()
    closed: bool = False
    """Of ``json``: the fields are all keys that a run's request had; another key deviates."""
    patterns: tuple[Pattern, ...] = ()
    question: str | None = None
    unseen: Literal["pieces", "judged"] | None = None
