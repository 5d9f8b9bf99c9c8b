"""told: what a decision may look at in a request: its fields, and places that fill no argument."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import final

from compiler.ir.expr import Expr, RequestField
from compiler.ir.program import Field, Node
from compiler.ir.run import JSON
from compiler.mine.aligned import LONGEST_NAME, Aligned, place_of
from compiler.mine.exprs import walk_expr
from compiler.mine.request import Fields, numbered, text_kind
from compiler.mine.spans import Span
from compiler.mine.words import tokens

Spans = Mapping[str, frozenset[Span]]

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What each run's request says, by the expression that reads it, and the fields that nothing fills."""

    values: Mapping[str, Mapping[Expr, JSON]]
    hidden: tuple[tuple[Field, Spans], ...]


def told(fields: Fields, alignment: Sequence[Aligned], runs: Iterable[str]) -> Told:
    """Give what the request of every run says: a field counts only where all of them have it."""
    wanted = tuple(dict.fromkeys(runs))
    known = [(field, fields.spans[field.name]) for field in fields.fields]
    hidden = [
        (field, spans) for field, spans in _hidden(fields, alignment) if all(spans.get(run) for run in wanted)
    ]
    if not all(spans.get(run) for _, spans in known for run in wanted):
        # A wording without a place for some field is asked about, and no answer tells what fills nothing.
        hidden = []
    values: dict[str, dict[Expr, JSON]] = {run: {} for run in wanted}
    for field, spans in (*known, *hidden):
        said = {run: _value(field, fields.texts[run], spans.get(run, frozenset())) for run in wanted}
        if None not in said.values() and _may_decide(field.name, list(said.values())):
            for run, value in said.items():
                values[run][RequestField(field.name)] = value
    return Told(values=values, hidden=tuple(hidden))


def with_tested(fields: Fields, said: Told, body: Sequence[Node]) -> Fields:
    """Add the places that some rule of the program looks at, as fields that fill nothing."""
    used = {part.name for node in body for part in walk_expr(node) if isinstance(part, RequestField)}
    added = [(field, spans) for field, spans in said.hidden if field.name in used]
    return replace(
        fields,
        fields=(*fields.fields, *(field for field, _ in added)),
        spans={**fields.spans, **{field.name: dict(spans) for field, spans in added}},
    )


def _may_decide(name: str, values: Sequence[JSON]) -> bool:
    """Whether values may be reasons: numbers, and words that come again; what names a thing is none."""
    numbers = all(isinstance(value, int | float) for value in values)
    return tokens(name)[-1:] != ["id"] and (numbers or 2 * len(set(map(repr, values))) <= len(values))


def _value(field: Field, text: str, spans: frozenset[Span]) -> JSON:
    """What a field reads from a request, as the harness reads it; None for what decides nothing."""
    words = {text[span.start : span.end] for span in spans}
    if len(words) != 1:
        return None
    (word,) = words
    match field.kind:
        case "number":
            return _number(word)
        case "word" | "phrase" | "quoted":
            return word
        case _:
            return None


def _number(word: str) -> JSON:
    return None if not NUMBER.fullmatch(word) else float(word) if "." in word else int(word)


def _hidden(fields: Fields, alignment: Sequence[Aligned]) -> list[tuple[Field, Spans]]:
    """Places that fill nothing and that every wording has, by the words before them."""
    free = [_free(fields, wording) for wording in alignment]
    named = [_by_name(wording, places) for wording, places in zip(alignment, free, strict=True)]
    common: list[tuple[str, ...]] = []
    for words in sorted(set.intersection(*map(set, named)) if named else (), key=lambda one: (len(one), one)):
        if all(own[words] != own[other] for own in named for other in common):
            common.append(words)
    names = numbered([*(field.name for field in fields.fields), *("_".join(reversed(one)) for one in common)])
    found: list[tuple[Field, Spans]] = []
    for name, words in zip(names[len(fields.fields) :], common, strict=True):
        spans = {
            run: frozenset((places[own[words]],))
            for wording, own in zip(alignment, named, strict=True)
            for run, places in wording.runs.items()
        }
        found.append((_field(name, fields.texts, spans), spans))
    return found


def _free(fields: Fields, wording: Aligned) -> list[int]:
    """The places of a wording that no field takes."""
    taken = {place_of(spans, wording) for spans in fields.spans.values()}
    held = {
        number
        for spans in fields.spans.values()
        for run, places in wording.runs.items()
        for number, place in enumerate(places)
        if any(place.overlaps(span) for span in spans.get(run, ()))
    }
    return [number for number in range(len(wording.before)) if number not in taken | held]


def _by_name(wording: Aligned, places: Sequence[int]) -> dict[tuple[str, ...], int]:
    """Places by the last words before them, as few as tell them from all others of the wording."""
    found: dict[tuple[str, ...], int] = {}
    for place in places:
        for count in range(1, LONGEST_NAME + 1):
            name = wording.before[place][:count]
            if len(name) == count and len(wording.named(name)) == 1:
                found[name] = place
    return found


def _field(name: str, texts: Mapping[str, str], spans: Spans) -> Field:
    places = [(texts[run], held) for run, held in spans.items()]
    said = sorted({text[span.start : span.end] for text, held in places for span in held})
    numbers = all(NUMBER.fullmatch(word) for word in said)
    return Field(
        name=name,
        kind="number" if numbers else text_kind(places),
        fills=(),
        examples=tuple(map(_number, said[:5])) if numbers else tuple(said[:5]),
    )
