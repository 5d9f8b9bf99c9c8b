"""Wordings that no pattern lists, read by what stands beside the fields in those that are listed.

    "Delay my call with {who:word} on {day:date}" and "Push my call with {who:word} to {day:date}"
    also read  "Push my call with nia on December 4"

Nothing is taken that could be taken otherwise: each field must stand out, by its kind or by its neighbours,
and nothing telling may be left over.

Source: the neighbours are the token contexts of Gulwani, "Automating string processing in spreadsheets using
input-output examples" (POPL 2011), learnt from the patterns in place of examples.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Literal, TypeAlias, final

from compiler.runtime.conditions import Condition
from compiler.runtime.dates import mentions
from compiler.runtime.function_words import COURTESY, EXCLUDING, JOINING, LINKING, TELLING
from compiler.runtime.restated import Restated
from compiler.runtime.slots import Slot, Value, folded, reader_of
from compiler.runtime.tokens import (
    END,
    Span,
    Token,
    neighbours,
    places,
    quoted_spans,
    strength,
    tokenize,
)

Manner: TypeAlias = Literal["pieces", "judged"]
"""``pieces``: whatever is no field stands in the patterns, beside the same fields.
``judged``: it may be anything, because a question judges the whole request before anything is written.
"""

LONGEST = 4_000
"""A longer text, in characters, is read by whole patterns only."""


@final
@dataclass(frozen=True, slots=True)
class Wording:
    """A pattern in parts: a literal before each slot, and one after the last."""

    literals: tuple[str, ...]
    slots: tuple[Slot, ...]


@final
@dataclass(frozen=True, slots=True)
class _Context:
    """What stands before and after a field in one wording, nearest first."""

    before: tuple[str, ...]
    after: tuple[str, ...]


@final
@dataclass(frozen=True, slots=True)
class _Claim:
    span: Span
    said: str
    strength: int


@final
@dataclass(frozen=True, slots=True)
class _Piece:
    """The words between two fields; None stands for the start or the end of the text."""

    after: frozenset[str] | None
    words: tuple[str, ...]
    before: frozenset[str] | None


Claims: TypeAlias = dict[str, tuple[_Claim, ...]]


@final
class Unseen:
    """Reads texts that are no whole pattern; ``manner`` says what may stand between the fields.

    ``anonymous`` is the name of slots that are no fields.
    """

    def __init__(self, wordings: tuple[Wording, ...], manner: Manner, anonymous: str) -> None:
        self._manner = manner
        self._slots: dict[str, Slot] = {}
        self._contexts: dict[str, list[_Context]] = {}
        self._together: set[frozenset[str]] = set()
        for wording in wordings:
            for place, slot in enumerate(wording.slots):
                fields = [one for one in (slot, *slot.also) if one.name != anonymous]
                self._together.update(frozenset((a.name, b.name)) for a, b in combinations(fields, 2))
                for field in fields:
                    self._slots.setdefault(field.name, field)
                    self._contexts.setdefault(field.name, []).append(_context(wording.literals, place))
        self._known = tuple(tuple(_known_pieces(wording)) for wording in wordings)
        self._literal = "\n".join("#".join(wording.literals) for wording in wordings)
        stating = [wording for wording in wordings if any(slot.kind == "condition" for slot in wording.slots)]
        self._restated = Restated(tuple(wording.literals for wording in stating))

    def read(
        self, text: str, now: datetime, deed: frozenset[str] = frozenset()
    ) -> tuple[dict[str, Value], Condition | None] | None:
        """Read a text, and the condition that it states, as far as that is sure.

        None where a field does not stand out, or something telling is left over. ``deed`` are words for what
        is done if the condition holds.
        """
        quotes = quoted_spans(text) if len(text) <= LONGEST else None
        if quotes is None or not self._slots:
            return None
        tokens = tokenize(text)
        found = {name: tuple(places(slot, text, tokens, quotes, now)) for name, slot in self._slots.items()}
        claims = {name: self._claims(name, spans, text, tokens) for name, spans in found.items()}
        if not all(claims.values()) or self._in_conflict(claims):
            return None
        taken = [claim.span for held in claims.values() for claim in held]
        rest = [span for name, spans in found.items() if self._slots[name].kind == "choice" for span in spans]
        if any(not _overlaps(span, taken) for span in rest):
            return None
        if self._manner == "pieces":
            complete = self._is_made_of_pieces(tokens, claims)
        else:
            complete = self._takes_nothing_out(tokens, claims) and self._is_nothing_left(
                text, quotes, taken, now
            )
        values = self._values(text, now, claims) if complete else None
        return None if values is None else (values, self._restated.condition(text, taken, deed))

    # ------------------------------------------------------------------------------------------ the fields

    def _claims(
        self, name: str, spans: tuple[Span, ...], text: str, tokens: tuple[Token, ...]
    ) -> tuple[_Claim, ...]:
        """The places that hold a field: all have one text, and no other text has as good a place."""
        kind, rivalled = self._slots[name].kind, self._has_rival(self._slots[name])
        found = [
            _Claim(span, folded(text[span.start : span.end]), self._strength(name, neighbours(tokens, span)))
            for span in spans
        ]
        alone = not rivalled and len({claim.said for claim in found}) == 1
        strong = [claim for claim in found if claim.strength >= _needed(kind, claim.said, alone=alone)]
        top = max((claim.strength for claim in strong), default=0)
        best = {claim.said for claim in strong if claim.strength == top}
        if len(best) != 1:
            return ()
        return tuple(claim for claim in (found if alone else strong) if claim.said in best)

    def _strength(self, name: str, around: tuple[tuple[str, ...], tuple[str, ...]]) -> int:
        """How many words beside a place are those beside the field in some wording; -1: it is no place."""
        before, after = around
        kind = self._slots[name].kind
        free = kind in ("word", "phrase")
        best = -1
        for context in self._contexts[name]:
            left, right = strength(before, context.before), strength(after, context.after)
            joined = (left is None and before[0] in JOINING) or (right is None and after[0] in JOINING)
            # "nia moreau" is more than "nia", and so is "nia, raj".
            loose = free and (
                (left is None and before[0] != END)
                or (right is None and after[0] != END and after[0] not in LINKING)
            )
            # "before October 3" is another thing than "since October 3".
            adrift = kind in ("date", "past_date", "coming_date", "time", "minutes") and left is None
            if not joined and not loose and not adrift:
                best = max(best, (left or 0) + (right or 0))
        return best

    def _has_rival(self, slot: Slot) -> bool:
        """Whether another field could be read from the same places."""
        return any(
            other.kind == slot.kind
            and other.name != slot.name
            and frozenset((other.name, slot.name)) not in self._together
            and (slot.kind != "choice" or not set(slot.choices).isdisjoint(other.choices))
            for other in self._slots.values()
        )

    def _in_conflict(self, claims: Claims) -> bool:
        """Whether two fields share words that no wording shares between them."""
        return any(
            mine.span.overlaps(other.span)
            and not (mine.span == other.span and frozenset((one, two)) in self._together)
            for one, two in combinations(claims, 2)
            for mine in claims[one]
            for other in claims[two]
        )

    def _values(self, text: str, now: datetime, claims: Claims) -> dict[str, Value] | None:
        values: dict[str, Value] = {}
        for name, (claim, *_) in claims.items():
            value = reader_of(self._slots[name], text, now).read(claim.span.start, claim.span.end)
            if value is None:
                return None
            values[name] = value
        return values

    # ------------------------------------------------------------------------------------ what is left over

    def _is_nothing_left(self, text: str, quotes: tuple[Span, ...], taken: list[Span], now: datetime) -> bool:
        """Whether every quoted text is a field's, and every date and duration, or a pattern has it too."""
        literal = folded(self._literal)
        known = {(one.kind, one.value) for one in mentions(self._literal, now)}
        if not all(_overlaps(span, taken) for span in quotes):
            return False
        for mention in mentions(text, now):
            span = Span(mention.start, mention.end)
            # A number that is open in a pattern is open in a date or a duration too.
            shape = re.sub(r"\d+(?:\.\d+)?", "#", folded(text[span.start : span.end]))
            if not _overlaps(span, [*taken, *quotes]) and (mention.kind, mention.value) not in known:
                amount = shape[shape.find("#") :] if "#" in shape else shape
                if shape not in literal and not (" " in amount and amount in literal):
                    return False
        return True

    def _takes_nothing_out(self, tokens: tuple[Token, ...], claims: Claims) -> bool:
        """Whether the words that except something are those of a pattern, as often."""
        said = _words_of(_pieces(tokens, claims))
        return _among(EXCLUDING, said) in [_among(EXCLUDING, _words_of(known)) for known in self._known]

    def _is_made_of_pieces(self, tokens: tuple[Token, ...], claims: Claims) -> bool:
        """Whether all words between the fields stand in patterns, and those that matter are all there."""
        pieces = _pieces(tokens, claims)
        said = _words_of(pieces)
        known = [_words_of(pattern) for pattern in self._known]
        always = set.intersection(*(set(words) for words in known))
        if not always <= said.keys() or _among(TELLING, said) not in [
            _among(TELLING, words) for words in known
        ]:
            return False
        every = [piece for pattern in self._known for piece in pattern]
        return all(_is_known(piece, every) for piece in pieces)


def _needed(kind: str, said: str, *, alone: bool) -> int:
    """How many known neighbours a field must have; the lone text in quotes is that wherever it stands."""
    if kind in ("word", "phrase"):
        return 2
    return 0 if alone and (kind == "quoted" or (kind == "choice" and " " in said)) else 1


def _overlaps(span: Span, others: list[Span]) -> bool:
    return any(span.overlaps(other) for other in others)


def _words_of(pieces: Iterable[_Piece]) -> Counter[str]:
    return Counter(word for piece in pieces for word in piece.words)


def _among(wanted: frozenset[str], words: Mapping[str, int]) -> dict[str, int]:
    return {word: count for word, count in words.items() if word in wanted}


def _context(literals: tuple[str, ...], place: int) -> _Context:
    before = [token.said for token in reversed(tokenize(literals[place]))]
    after = [token.said for token in tokenize(literals[place + 1])]
    return _Context(
        tuple(before if place else [*before, END]),
        tuple(after if place + 2 < len(literals) else [*after, END]),
    )


def _names(slot: Slot) -> frozenset[str]:
    return frozenset(one.name for one in (slot, *slot.also))


def _known_pieces(wording: Wording) -> list[_Piece]:
    sides = [None, *map(_names, wording.slots), None]
    return [
        _Piece(sides[place], _plain(tokenize(literal)), sides[place + 1])
        for place, literal in enumerate(wording.literals)
    ]


def _pieces(tokens: tuple[Token, ...], claims: Claims) -> list[_Piece]:
    """Cut a text at its fields."""
    fields: dict[Span, set[str]] = {}
    for name, held in claims.items():
        for claim in held:
            fields.setdefault(claim.span, set()).add(name)
    pieces: list[_Piece] = []
    side: frozenset[str] | None = None
    at = 0
    for span in sorted(fields):
        between = tuple(token for token in tokens if at <= token.start < span.start)
        pieces.append(_Piece(side, _plain(between), frozenset(fields[span])))
        side, at = frozenset(fields[span]), span.end
    pieces.append(_Piece(side, _plain(tuple(token for token in tokens if at <= token.start)), None))
    return pieces


def _plain(tokens: tuple[Token, ...]) -> tuple[str, ...]:
    """The words of a piece, and its marks but those that end a clause or add nothing."""
    return tuple(
        token.said for token in tokens if token.said not in (END, ",") and token.said not in COURTESY
    )


def _is_known(piece: _Piece, known: list[_Piece]) -> bool:
    """Whether a piece starts as what is known after its first field, and goes on as before its last."""
    words = piece.words
    starts = {
        one.words[:n] for one in known if _same(one.after, piece.after) for n in range(len(one.words) + 1)
    }
    ends = {
        one.words[n:]
        for one in known
        if _same(one.before, piece.before)
        for n in range(len(one.words) + 1)
        # What stands right before a field is what tells it.
        if piece.before is None or n < len(one.words) or not one.words
    }
    return any(words[:n] in starts and words[n:] in ends for n in range(len(words) + 1))


def _same(one: frozenset[str] | None, other: frozenset[str] | None) -> bool:
    if one is None or other is None:
        return one is other
    return not one.isdisjoint(other)
