"""widen: what a choice may say beyond what the solved tasks happened to say.

Runs show some values of an argument. Its schema may list all of them, another field of the same argument may
show more, and the requests of tasks that nobody solved show which places vary.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias

from compiler.ir.program import Field, FieldKind, Pattern, Slot
from compiler.ir.run import JSON, ToolSchema
from compiler.mine.binding import Wired
from compiler.mine.request import Fields, text_kind
from compiler.mine.spans import Span, occurrences, stems
from compiler.mine.unseen import SOME_DAY, name_of, reader_of
from compiler.mine.words import VERBS, phrase

Requests: TypeAlias = tuple[tuple[str, datetime | None], ...]
"""Texts, each with what is now in its run."""

NAMED = re.compile(r"(?<!\w)(?P<mark>[\"'`])(?P<value>[^\"'`\n]{1,60})(?P=mark)(?!\w)")
"""A value that a description quotes."""

NAME = re.compile(r"[A-Z][\w'-]+(?: [A-Z][\w'-]+)+")
"""Two or more words that are written like a name."""

NAMES: tuple[FieldKind, ...] = ("phrase",)
"""The kind of text that a name is."""

LEAST_NAMED = 2
"""Values that a description must quote to be taken for a list of them."""

LEAST_WORDS = 2
"""Words of a tool's name that a request must say: one is met by chance."""


def widen_choices(
    fields: tuple[Field, ...],
    spans: dict[str, dict[str, frozenset[Span]]],
    requests: Requests,
    tools: tuple[ToolSchema, ...],
) -> tuple[Field, ...]:
    """Give each choice the wordings of fields of the same argument, and of the values in its schema."""
    known = {(tool.name, name): schema for tool in tools for name, schema in _properties(tool)}
    widened = []
    for field in fields:
        if field.kind != "choice" or field.closed:
            widened.append(field)
            continue
        like = [one for one in fields if one.kind == "choice" and set(one.fills) == set(field.fills)]
        choices = _agreed(pair for one in (field, *like) for pair in one.choices)
        values = _listed([known.get(_leaf(place)) for place in field.fills], {v for _, v in choices})
        told = [said for value in values for said in _said(value, requests)]
        told += [s for one in fields if _same_place(field, one, spans) for s, _ in one.choices]
        new = {said: _meant(said, values) for said in told if said not in dict(choices)}
        # A value that never varied may decide what else is done: another has to stand in some request.
        varies = len({value for _, value in choices}) > 1
        added = {
            said: value
            for said, value in new.items()
            if value is not None and (varies or any(_holds(text, said) for text, _ in requests))
        }
        widened.append(replace(field, choices=tuple(sorted((*choices, *added.items())))))
    return tuple(widened)


def _holds(text: str, said: str) -> bool:
    return next(occurrences(text, said), None) is not None


def _leaf(place: str) -> tuple[str, str]:
    tool, _, name = place.rpartition(".")
    return tool, name


def _properties(tool: ToolSchema) -> Iterator[tuple[str, JSON]]:
    properties = tool.parameters.get("properties")
    if isinstance(properties, dict):
        yield from properties.items()


def _agreed(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The wordings that stand for one value only."""
    meaning: dict[str, set[str]] = defaultdict(set)
    for said, value in pairs:
        meaning[said].add(value)
    return tuple((said, next(iter(values))) for said, values in sorted(meaning.items()) if len(values) == 1)


def _listed(schemas: list[JSON], observed: set[str]) -> tuple[str, ...]:
    """The values that a schema lists, as an enum or in quotes; none where runs show one that it does not."""
    lists = [_values(schema) for schema in schemas]
    if not lists or any(set(one) != set(lists[0]) for one in lists) or not observed <= set(lists[0]):
        return ()
    return tuple(sorted(lists[0]))


def _values(schema: JSON) -> tuple[str, ...]:
    if not isinstance(schema, dict):
        return ()
    enum, described = schema.get("enum"), schema.get("description")
    if isinstance(enum, list):
        return tuple(value for value in enum if isinstance(value, str))
    named = [found["value"] for found in NAMED.finditer(described)] if isinstance(described, str) else []
    return tuple(dict.fromkeys(named)) if len(named) >= LEAST_NAMED else ()


def _said(value: str, requests: Requests) -> Iterator[str]:
    """How requests may say a value: in its own words, and in the same words in another order or number."""
    words = re.findall(r"[a-z0-9]+", value.lower())
    yield " ".join(words)
    for text, _ in requests:
        found = [*re.finditer(r"[A-Za-z0-9]+", text)]
        for first in range(len(found) - len(words) + 1):
            said = text[found[first].start() : found[first + len(words) - 1].end()]
            if stems(said) == stems(value):
                yield said.lower()


def _same_place(field: Field, other: Field, spans: dict[str, dict[str, frozenset[Span]]]) -> bool:
    """Whether another choice reads the same words in every run."""
    mine, theirs = spans.get(field.name, {}), spans.get(other.name, {})
    shared = mine.keys() & theirs.keys()
    return other.kind == "choice" and bool(shared) and all(mine[run] == theirs[run] for run in shared)


def _meant(said: str, values: tuple[str, ...]) -> str | None:
    """The one value that shares most words with a wording: at least half of its own, and no other as many."""
    words = stems(said)
    shared = {value: len(words & stems(value)) / max(len(stems(value)), 1) for value in values}
    best = max(shared.values(), default=0)
    found = [value for value in values if shared[value] == best]
    return found[0] if 2 * best >= 1 and len(found) == 1 else None


def widen_tool(
    choice: Wired, known: tuple[tuple[str, str], ...], family: Sequence[str], requests: Requests
) -> Wired:
    """Let words select each tool of a family that a request of the workload names, solved or not.

    The words are those of the tool's name, without what goes unsaid of the tools that runs show:
    ``total visits`` for ``total_visits_count``, where ``engaged users`` means ``engaged_users_count``.
    """
    unsaid = frozenset[str]().union(*(stems(phrase(tool)) - stems(said) for said, tool in known))
    wordings = dict(choice.wordings)
    for tool in family:
        words = [word for word in phrase(tool).split() if word not in VERBS and not stems(word) & unsaid]
        said = " ".join(words)
        if tool in wordings.values() or len(words) < LEAST_WORDS or said in wordings:
            continue
        if any(_holds(text, said) for text, _ in requests):
            wordings[said] = tool
    return replace(choice, wordings=tuple(sorted(wordings.items())))


# ------------------------------------------------------------------------------------- places that vary


def free_choices(
    named: Fields, patterns: tuple[Pattern, ...], requests: Requests, tools: tuple[ToolSchema, ...]
) -> tuple[Field, ...]:
    """Let a choice be any words where other requests, solved or not, have other words in its place.

    "Reassign it to Lena" in every solved task, "Reassign it to Raj" in one that nobody solved: the place
    holds a name. Only for words that are taken as they stand: all are quoted, or no more than looked up, or
    names of several words.
    """
    fields = named.fields
    shared = {name for pattern in patterns for part in pattern.parts for name in _sharing(part)}
    freed = []
    for field in fields:
        kinds = () if field.name in shared else _free_kinds(field, named, tools)
        like = [one.kind for one in fields if set(one.fills) == set(field.fills) and one.kind in kinds]
        kind = like[0] if like else None
        if kind is None and (kinds or (field.name not in shared and _is_name(field, named))):
            kind = _varying(field, fields, patterns, requests, kinds)
        freed.append(field if kind is None else replace(field, kind=kind, choices=()))
    return tuple(freed)


def _sharing(part: str | Slot) -> tuple[str, ...]:
    return (part.field, *part.also) if isinstance(part, Slot) and part.also else ()


def _is_name(field: Field, named: Fields) -> bool:
    """Whether a choice was always a name of several words, as the request writes it."""
    said = {
        named.texts[run][span.start : span.end]
        for run, spans in named.spans.get(field.name, {}).items()
        for span in spans
    }
    return (
        field.kind == "choice"
        and not field.closed
        and said == {value for _, value in field.choices}
        and all(NAME.fullmatch(words) for words in said)
    )


def _free_kinds(field: Field, named: Fields, tools: tuple[ToolSchema, ...]) -> tuple[FieldKind, ...]:
    """The kinds of text that a choice may turn out to be, the narrowest first."""
    if field.kind != "choice" or field.closed:
        return ()
    texts = named.texts
    places = [(texts[run], spans) for run, spans in named.spans[field.name].items()]
    said = {text[span.start : span.end] for text, spans in places for span in spans}
    if said != {value for _, value in field.choices}:
        return ()
    if text_kind(places) == "quoted":
        return ("quoted",)
    effects = {tool.name: tool.effect for tool in tools}
    if not field.fills or any(effects.get(_leaf(place)[0]) != "read" for place in field.fills):
        return ()
    return ("phrase",) if any(" " in words for words in said) else ("word", "phrase")


def _varying(
    field: Field,
    fields: tuple[Field, ...],
    patterns: tuple[Pattern, ...],
    requests: Requests,
    kinds: tuple[FieldKind, ...],
) -> FieldKind | None:
    """The first kind by which some request can be read with other words in the place.

    Without kinds it is a name that is written as it stands, which takes two more names in its place.
    """
    known = {said for said, _ in field.choices}
    names = not kinds
    for kind in kinds or NAMES:
        freed = tuple(replace(one, kind=kind, choices=()) if one is field else one for one in fields)
        # Whether a place varies is all that counts here, so any reading will do.
        reader = reader_of(patterns, freed, "judged")
        found: set[str] = set()
        for text, now in requests:
            values = reader.match(text, now or SOME_DAY)
            said = "" if values is None else str(values[name_of(fields, field)])
            if said and said.lower() not in known and (not names or NAME.fullmatch(said)):
                found.add(said)
        if len(found) > names:
            return kind
    return None
