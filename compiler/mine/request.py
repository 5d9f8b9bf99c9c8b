"""request: the fields that arguments take from the request, and the wordings that hold them.

A field is whatever the requests say at the place that fills an argument. A wording is a request with its
fields taken out: text that no argument uses stays literal, so that a request which differs there is not
mistaken for one that was seen.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import count
from typing import final

from compiler.ir.program import Expr, Field, FieldKind, Pattern, RequestField, Slot, Support
from compiler.ir.run import JSON
from compiler.mine.bind import TOOL, RunSpans, Wired
from compiler.mine.exprs import replace_fields, walk_expr
from compiler.mine.route import Route
from compiler.mine.spans import HOLE, HOLE_TIME, Span

Leaf = tuple[int, str]
"""An argument: the place of its role in the route, and its name."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """The fields of a request, the rivals of each argument in terms of them, and where each run has them."""

    fields: tuple[Field, ...]
    rivals: dict[Leaf, tuple[Expr, ...]]
    spans: dict[str, dict[str, frozenset[Span]]]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    kind: str
    spans: RunSpans
    leaf: Leaf
    wordings: tuple[tuple[str, str], ...]

    def same_place(self, other: _Draft) -> bool:
        if (self.kind, self.wordings) != (other.kind, other.wordings):
            return False
        mine, theirs = dict(self.spans), dict(other.spans)
        shared = mine.keys() & theirs.keys()
        return bool(shared) and all(mine[run] == theirs[run] for run in shared)


def name_fields(route: Route, wired: dict[Leaf, Wired]) -> Fields:
    """Give every place in the request that fills an argument the name of that argument."""
    groups: list[list[_Draft]] = []
    owner: dict[tuple[Leaf, bool], int] = {}
    for leaf, binding in wired.items():
        for is_time, spans in ((False, binding.spans), (True, binding.time_spans)):
            if not any(places for _, places in spans):
                continue
            draft = _Draft(
                kind="time" if is_time else binding.kind,
                spans=spans,
                leaf=leaf,
                wordings=binding.wordings,
            )
            home = next((n for n, group in enumerate(groups) if group[0].same_place(draft)), None)
            if home is None:
                groups.append([])
                home = len(groups) - 1
            groups[home].append(draft)
            owner[leaf, is_time] = home
    names = _names([group[0].leaf[1] + ("_time" if group[0].kind == "time" else "") for group in groups])
    rivals: dict[Leaf, tuple[Expr, ...]] = {}
    for leaf, binding in wired.items():
        new: dict[Expr, Expr] = {
            hole: RequestField(names[owner[leaf, is_time]])
            for hole, is_time in ((HOLE, False), (HOLE_TIME, True))
            if (leaf, is_time) in owner
        }
        rivals[leaf] = tuple(replace_fields(rival, new) for rival in binding.rivals)
    spans_of = {name: _merge(group) for name, group in zip(names, groups, strict=True)}
    texts = {
        trail.episode.run.run_id: trail.episode.run.request for trail in (*route.writing, *route.stopping)
    }
    fields = tuple(
        _field(name, group, route, [(str(texts[run]), places) for run, places in spans_of[name].items()])
        for name, group in zip(names, groups, strict=True)
    )
    found = Fields(fields=fields, rivals=rivals, spans=spans_of)
    # An argument may be called anything, so only the request tells a name from a path.
    return found if any(isinstance(text, str) for text in texts.values()) else _json_fields(found, route)


def _merge(group: list[_Draft]) -> dict[str, frozenset[Span]]:
    merged: dict[str, frozenset[Span]] = {}
    for draft in group:
        for run, places in draft.spans:
            merged[run] = places
    return merged


def _names(wanted: list[str]) -> list[str]:
    names: list[str] = []
    for name in wanted:
        numbered = (f"{name}_{number}" for number in count(2))
        names.append(name if name not in names else next(other for other in numbered if other not in names))
    return names


def _field(name: str, group: list[_Draft], route: Route, places: list[tuple[str, frozenset[Span]]]) -> Field:
    first = group[0]
    fills = tuple(dict.fromkeys(f"{route.roles[d.leaf[0]].tool}.{d.leaf[1]}" for d in group))
    kind = first.kind if first.kind != "text" else text_kind(places)
    return Field(
        name=name,
        kind=kind,  # type: ignore[arg-type]
        fills=fills,
        examples=tuple(sorted({text[span.start : span.end] for text, spans in places for span in spans}))[:5],
        choices=first.wordings,
        closed=first.leaf[1] == TOOL and first.kind == "choice",
    )


def text_kind(places: list[tuple[str, frozenset[Span]]]) -> FieldKind:
    """The narrowest kind of text that every observed value and its surroundings fit."""
    around = [(text, span) for text, spans in places for span in sorted(spans)]
    said = [text[span.start : span.end] for text, span in around]
    quoted = [
        span.start > 0
        and text[span.start - 1] in "'\""
        and text[span.end : span.end + 1] == text[span.start - 1]
        for text, span in around
    ]
    if all(quoted):
        return "quoted"
    if all(not any(letter.isspace() for letter in words) for words in said):
        return "word"
    if all("\n" not in words and not any(mark in words for mark in (". ", "? ", "! ")) for words in said):
        return "phrase"
    return "text"


def _json_fields(fields: Fields, route: Route) -> Fields:
    """Name the fields that arguments take from a structured request by their keys."""
    paths: dict[str, list[str]] = {}
    fills: dict[str, list[str]] = defaultdict(list)
    for leaf, exprs in fields.rivals.items():
        for rival in exprs:
            for part in walk_expr(rival):
                if isinstance(part, RequestField) and part.name.startswith("["):
                    paths.setdefault(part.name, json.loads(part.name))
                    fills[part.name].append(f"{route.roles[leaf[0]].tool}.{leaf[1]}")
    if not paths:
        return fields
    names = dict(zip(paths, _names([path[-1] for path in paths.values()]), strict=True))
    requests = [trail.episode.run.request for trail in route.writing]
    made = tuple(
        Field(
            name=names[key],
            kind="json",
            fills=tuple(dict.fromkeys(fills[key])),
            examples=_examples(requests, path),
            path=tuple(path),
        )
        for key, path in paths.items()
    )
    named: dict[Expr, Expr] = {RequestField(key): RequestField(name) for key, name in names.items()}
    rivals = {
        leaf: tuple(replace_fields(rival, named) for rival in found) for leaf, found in fields.rivals.items()
    }
    return Fields(fields=(*fields.fields, *made), rivals=rivals, spans=fields.spans)


def _examples(requests: list[str | dict[str, JSON]], path: list[str]) -> tuple[JSON, ...]:
    seen: dict[str, JSON] = {}
    for request in requests:
        value: JSON = request
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        seen.setdefault(json.dumps(value, sort_keys=True), value)
    return tuple(seen[key] for key in sorted(seen))[:5]


def find_patterns(route: Route, fields: Fields, *, decides: bool) -> tuple[Pattern, ...]:
    """The wordings of the requests in which every field has a place, the best supported first.

        Cancel my first meeting on December 13  ->  Cancel my first meeting on {time_min}

    Where the program ``decides``, by a question that sees the whole request before anything is written, a
    number that no field takes may be any number: it is that question's to judge. Elsewhere it stays literal.
    """
    found: dict[tuple[str | Slot, ...], set[str]] = defaultdict(set)
    runs: dict[str, list[str]] = defaultdict(list)
    for trail in (*route.writing, *route.stopping):
        run = trail.episode.run
        runs[run.task].append(run.run_id)
        parts = _parts(str(run.request), fields, run.run_id)
        if parts is not None:
            found[_with_gaps(parts) if decides else parts].add(run.task)
    patterns = [
        Pattern(
            parts=parts,
            support=Support(
                tasks=len(tasks),
                reached=len(runs),
                runs=tuple(sorted({run for task in tasks for run in runs[task]})),
            ),
        )
        for parts, tasks in found.items()
    ]
    return tuple(sorted(patterns, key=lambda p: (-p.support.tasks, repr(p.parts))))


def _parts(text: str, fields: Fields, run_id: str) -> tuple[str | Slot, ...] | None:
    """Cut a request at its fields, the longest first; None where a field has no place of its own."""
    slots = _slots(fields, run_id)
    wanted = [(span, slot) for slot, spans in slots.items() for span in spans]
    wanted.sort(key=lambda item: (item[0].start - item[0].end, item[0].start, item[1].field))
    taken: list[tuple[Span, Slot]] = []
    for span, slot in wanted:
        if not any(span.overlaps(other) for other, _ in taken):
            taken.append((span, slot))
    if {slot for _, slot in taken} != set(slots):
        return None
    parts: list[str | Slot] = []
    at = 0
    for span, slot in sorted(taken, key=lambda item: item[0]):
        if parts and span.start == at:
            return None  # two fields without a word between them cannot be told apart
        if text[at : span.start]:
            parts.append(text[at : span.start])
        parts.append(slot)
        at = span.end
    if text[at:]:
        parts.append(text[at:])
    return tuple(parts)


def _slots(fields: Fields, run_id: str) -> dict[Slot, frozenset[Span]]:
    """The slots of one request and their places; choices that read the same words share one."""
    closed = {one.name for one in fields.fields if one.kind == "choice"}
    homes: dict[tuple[bool, frozenset[Span]] | str, list[str]] = defaultdict(list)
    for name, places in fields.spans.items():
        spans = places.get(run_id, frozenset())
        homes[(True, spans) if name in closed else name].append(name)
    return {
        Slot(names[0], tuple(names[1:])): fields.spans[names[0]].get(run_id, frozenset())
        for names in homes.values()
    }


NUMBER = re.compile(r"(?<![\w.,-])\d+(?:\.\d+)?(?![\w]|[.,]\d)")


def _with_gaps(parts: tuple[str | Slot, ...]) -> tuple[str | Slot, ...]:
    """Let every number between words be any number."""
    made: list[str | Slot] = []
    for part in parts:
        if isinstance(part, Slot):
            made.append(part)
            continue
        at = 0
        for found in NUMBER.finditer(part):
            if part[at : found.start()].strip() and part[found.end() :].strip():
                made.extend((part[at : found.start()], Slot("", gap="number")))
                at = found.end()
        made.append(part[at:])
    return tuple(made)
