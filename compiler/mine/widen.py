"""widen: what a choice may say beyond what the solved tasks happened to say.

Runs show some values of an argument. Its schema may list all of them, another field of the same argument may
show more, and the requests of tasks that nobody solved show which places vary.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias

from compiler.ir.program import Field, FieldKind, Pattern, Slot
from compiler.ir.run import JSON, ToolSchema
from compiler.mine.spans import Span, stems
from compiler.mine.unseen import SOME_DAY, name_of, reader_of

Requests: TypeAlias = tuple[tuple[str, datetime | None], ...]
"""Texts, each with what is now in its run."""

NAMED = re.compile(r"(?<!\w)(?P<mark>[\"'`])(?P<value>[^\"'`\n]{1,60})(?P=mark)(?!\w)")
"""A value that a description quotes."""

LEAST_NAMED = 2
"""Values that a description must quote to be taken for a list of them."""


def widen_choices(
    fields: tuple[Field, ...], spans: dict[str, dict[str, frozenset[Span]]], tools: tuple[ToolSchema, ...]
) -> tuple[Field, ...]:
    """Give each choice the wordings of fields of the same argument, and of the values that its schema lists."""
    known = {(tool.name, name): schema for tool in tools for name, schema in _properties(tool)}
    widened = []
    for field in fields:
        if field.kind != "choice" or field.closed:
            widened.append(field)
            continue
        like = [one for one in fields if one.kind == "choice" and set(one.fills) == set(field.fills)]
        choices = _agreed(pair for one in (field, *like) for pair in one.choices)
        values = _listed([known.get(_leaf(place)) for place in field.fills], {v for _, v in choices})
        told = [*(" ".join(re.findall(r"[a-z0-9]+", value.lower())) for value in values)]
        told += [s for one in fields if _same_place(field, one, spans) for s, _ in one.choices]
        new = {said: _meant(said, values) for said in told if said not in dict(choices)}
        choices = (*choices, *((said, value) for said, value in new.items() if said and value is not None))
        widened.append(replace(field, choices=tuple(sorted(choices))))
    return tuple(widened)


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


# ------------------------------------------------------------------------------------- places that vary


def free_choices(
    fields: tuple[Field, ...],
    patterns: tuple[Pattern, ...],
    requests: Requests,
    tools: tuple[ToolSchema, ...],
) -> tuple[Field, ...]:
    """Let a choice be any words, where it only looks up what the request says and other requests say otherwise.

    "Reassign it to Lena" in every solved task, and "Reassign it to Raj" in one that nobody solved: the place
    holds a name. A value that is written, and one that no request contradicts, stays what runs show.
    """
    effects = {tool.name: tool.effect for tool in tools}
    shared = {one for pattern in patterns for part in pattern.parts if isinstance(part, Slot) and part.also
              for one in (part.field, *part.also)}  # fmt: skip
    freed = []
    for field in fields:
        reads = all(effects.get(_leaf(place)[0]) == "read" for place in field.fills)
        verbatim = field.kind == "choice" and all(said == value.lower() for said, value in field.choices)
        if not verbatim or field.closed or not reads or field.name in shared or not field.fills:
            freed.append(field)
            continue
        like = [one.kind for one in fields if set(one.fills) == set(field.fills) and one.kind != "choice"]
        said = like[0] if like and like[0] in ("word", "phrase", "quoted") else None
        kind = said or _varying(field, fields, patterns, requests)
        freed.append(field if kind is None else replace(field, kind=kind, choices=()))
    return tuple(freed)


def _varying(
    field: Field, fields: tuple[Field, ...], patterns: tuple[Pattern, ...], requests: Requests
) -> FieldKind | None:
    """The narrowest kind of text by which other requests fit a wording with other words in the place."""
    known = {said for said, _ in field.choices}
    kinds: tuple[FieldKind, ...] = ("word", "phrase")
    for kind in kinds:
        if kind == "word" and any(" " in said for said in known):
            continue
        freed = tuple(replace(one, kind=kind, choices=()) if one is field else one for one in fields)
        reader = reader_of(patterns, freed, None)
        for text, now in requests:
            values = reader.match(text, now or SOME_DAY)
            if values is not None and str(values[name_of(fields, field)]).lower() not in known:
                return kind
    return None
