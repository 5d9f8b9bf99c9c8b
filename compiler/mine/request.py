"""request: the fields that arguments take from the request, and the wordings that hold them.

A field is whatever the requests say at the place that fills an argument. A wording is a request with its
fields taken out: text that no argument uses stays literal, so that a request which differs there is not
mistaken for one that was seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import final

from compiler.ir.expr import Expr, Nth, RequestField, Where
from compiler.ir.program import Field, FieldKind
from compiler.mine.aligned import Aligned, align, completed
from compiler.mine.binding import TOOL, RunSpans, Wired
from compiler.mine.exprs import replace_fields, walk_expr
from compiler.mine.sighting import Leaf
from compiler.mine.spans import HOLE, HOLE_TIME, Span
from compiler.mine.trail import Route, calls_in


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """The fields of a request, the rivals of each argument in terms of them, and where each run has them."""

    fields: tuple[Field, ...]
    rivals: dict[Leaf, tuple[Expr, ...]]
    spans: dict[str, dict[str, frozenset[Span]]]
    texts: dict[str, str]
    """The requests, by run."""

    def spoken(self) -> dict[str, dict[str, str]]:
        """Give what each request says in the place of a field, by field and run, where that is one thing."""
        found: dict[str, dict[str, str]] = {}
        for name, places in self.spans.items():
            for run, spans in places.items():
                words = {self.texts[run][span.start : span.end] for span in spans}
                if len({word.casefold() for word in words}) == 1:
                    found.setdefault(name, {})[run] = min(words)
        return found


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    kind: str
    spans: RunSpans
    leaf: Leaf
    name: str
    wordings: tuple[tuple[str, str], ...]

    def same_place(self, other: _Draft) -> bool:
        if (self.kind, self.wordings) != (other.kind, other.wordings):
            return False
        mine, theirs = dict(self.spans), dict(other.spans)
        shared = mine.keys() & theirs.keys()
        return bool(shared) and all(mine[run] == theirs[run] for run in shared)


def aligned(route: Route) -> tuple[Aligned, ...]:
    """Set the requests of a route against each other; none where they are structured."""
    runs = [trail.episode.run for trail in (*route.writing, *route.stopping)]
    return align({run.run_id: (run.request, run.now) for run in runs if isinstance(run.request, str)})


def name_fields(route: Route, wired: dict[Leaf, Wired], alignment: Sequence[Aligned] = ()) -> Fields:
    """Give every place in the request that fills an argument the name of that argument.

    A run that never came to the call has the field all the same, where its wording shows which place it is.
    """
    wired = _widened(route, wired)
    groups: list[list[_Draft]] = []
    owner: dict[tuple[Leaf, bool], int] = {}
    for leaf, binding in wired.items():
        for is_time, spans in ((False, binding.spans), (True, binding.time_spans)):
            if not any(places for _, places in spans):
                continue
            draft = _Draft(
                kind="time" if is_time else binding.kind,
                spans=spans if binding.kind == "choice" else completed(spans, alignment),
                leaf=leaf,
                name=_field_name(leaf[1], binding),
                wordings=binding.wordings,
            )
            home = next((n for n, group in enumerate(groups) if group[0].same_place(draft)), None)
            if home is None:
                groups.append([])
                home = len(groups) - 1
            groups[home].append(draft)
            owner[leaf, is_time] = home
    names = numbered([group[0].name + ("_time" if group[0].kind == "time" else "") for group in groups])
    rivals: dict[Leaf, tuple[Expr, ...]] = {}
    for leaf, binding in wired.items():
        new: dict[Expr, Expr] = {
            hole: RequestField(names[owner[leaf, is_time]])
            for hole, is_time in ((HOLE, False), (HOLE_TIME, True))
            if (leaf, is_time) in owner
        }
        rivals[leaf] = tuple(replace_fields(rival, new) for rival in binding.rivals)
    spans_of = {name: _merge(group) for name, group in zip(names, groups, strict=True)}
    texts = {trail.episode.run.run_id: trail.episode.run.request for trail in route.sighted}
    fields = tuple(
        _field(name, group, route, [(str(texts[run]), places) for run, places in spans_of[name].items()])
        for name, group in zip(names, groups, strict=True)
    )
    said = {run: str(text) for run, text in texts.items()}
    return Fields(fields=fields, rivals=rivals, spans=spans_of, texts=said)


def _field_name(argument: str, binding: Wired) -> str:
    """What a field is called: as the argument that it fills, or as what it tells rows by."""
    for part in walk_expr(binding.rivals[0]):
        if isinstance(part, Where) and part.value == HOLE and part.key is not None:
            return part.key
        if isinstance(part, Nth) and part.place == HOLE:
            return "place"
    return argument


def _widened(route: Route, wired: dict[Leaf, Wired]) -> dict[Leaf, Wired]:
    """Let a choice read the words of another where it reads some of them: they say one thing.

    "average session duration" for the tool, "session duration" for its column  ->  the former for both
    """
    texts = {t.episode.run.run_id: str(t.episode.run.request) for t in route.sighted}
    choices = [leaf for leaf, binding in wired.items() if binding.kind == "choice"]
    widened = dict(wired)
    for leaf in choices:
        for other in choices:
            wider = _read_as(widened[leaf], dict(widened[other].spans), texts) if other != leaf else None
            widened[leaf] = wider or widened[leaf]
    return widened


def _read_as(choice: Wired, homes: dict[str, frozenset[Span]], texts: dict[str, str]) -> Wired | None:
    """A choice with the spans of another, where those hold its own in every run and still tell its values."""
    spans: dict[str, frozenset[Span]] = {}
    meaning: dict[str, str] = {}
    values = dict(choice.wordings)
    # What no run said, but the tools' names or schemas do, stays as it is.
    seen = {texts[run][span.start : span.end].lower() for run, places in choice.spans for span in places}
    for run, places in choice.spans:
        inside = {span: home for span in places for home in homes.get(run, ()) if home.covers(span)}
        if len(inside) < len(places):
            return None
        spans[run] = frozenset(inside.values())
        for span, home in inside.items():
            value = values[texts[run][span.start : span.end].lower()]
            if meaning.setdefault(texts[run][home.start : home.end].lower(), value) != value:
                return None
    wordings = {said: value for said, value in choice.wordings if said not in seen} | meaning
    return replace(choice, spans=tuple(sorted(spans.items())), wordings=tuple(sorted(wordings.items())))


def _merge(group: list[_Draft]) -> dict[str, frozenset[Span]]:
    merged: dict[str, frozenset[Span]] = {}
    for draft in group:
        for run, places in draft.spans:
            merged[run] = places
    return merged


def numbered(wanted: list[str]) -> list[str]:
    """Names that differ: the second of one name gets a number."""
    names: list[str] = []
    for name in wanted:
        numbered = (f"{name}_{number}" for number in count(2))
        names.append(name if name not in names else next(other for other in numbered if other not in names))
    return names


def _field(name: str, group: list[_Draft], route: Route, places: list[tuple[str, frozenset[Span]]]) -> Field:
    first = group[0]
    tools = {role.id: role.tool for role in calls_in(route.roles)}
    fills = tuple(dict.fromkeys(f"{tools[d.leaf[0]]}.{d.leaf[1]}" for d in group))
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
