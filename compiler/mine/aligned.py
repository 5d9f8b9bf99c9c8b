"""aligned: requests of one wording, set word by word against each other, so that each shows the same places.

    Close A-1 for Ada Rossi, by air        Close {0} for {1}, by {2}:  A-1 | Ada Rossi | air
    Close A-2 for Ben Novak, by sea                                    A-2 | Ben Novak | sea

What fills an argument in one of them stands at the same place in the others, used or not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import final

from compiler.mine.binding import RunSpans
from compiler.mine.spans import Span, cached_mentions

MOST_WORDS = 80
"""A longer request is a text of its own, and no wording."""

MOST_WORDINGS = 40
LONGEST_NAME = 3
"""Words before a place that name it."""

WIDEST = 6
"""Words, and marks between them, that one place may take."""

TOKENS = re.compile(r"[^\s.,;:!?]+(?:[.,:][^\s.,;:!?]+)*|[.,;:!?]")
GAP = ""

Places = tuple[Span, ...]


@final
@dataclass(frozen=True, slots=True)
class Aligned:
    """The requests of one wording: the words before each place, where each run has it, and what it says."""

    before: tuple[tuple[str, ...], ...]
    runs: Mapping[str, Places]
    said: Mapping[str, tuple[str, ...]]

    def named(self, name: tuple[str, ...]) -> list[int]:
        """The places right after some words, given the last one first."""
        return [number for number, words in enumerate(self.before) if words[: len(name)] == name]


def align(texts: Mapping[str, tuple[str, datetime | None]]) -> tuple[Aligned, ...]:
    """Put requests, each with its date, together by wording; one that shares none is left out."""
    cut = {run: _cut(*text) for run, text in sorted(texts.items())}
    words = {run: [said for said, _ in tokens] for run, tokens in cut.items() if tokens}
    wordings: list[tuple[list[str], list[str]]] = []
    for run, said in words.items():
        if len(said) > MOST_WORDS:
            continue
        fits = [
            (len(both), -number, both)
            for number, (template, _) in enumerate(wordings)
            if (both := _common(template, said)) is not None
        ]
        if fits:
            _, number, both = max(fits, key=lambda fit: fit[:2])
            wordings[-number] = (both, [*wordings[-number][1], run])
        elif len(wordings) < MOST_WORDINGS:
            wordings.append((said, [run]))
    found = (_placed(template, {run: cut[run] for run in runs}) for template, runs in wordings)
    return tuple(one for one in found if one.before and len(one.runs) > 1)


def _cut(text: str, now: datetime | None) -> list[tuple[str, Span]]:
    """Cut a request into words and marks; a date that it names is one of them."""
    dates = {m.start: m.end for m in cached_mentions(text, now) if m.kind == "date"}
    found: list[tuple[str, Span]] = []
    at = 0
    while (token := TOKENS.search(text, at)) is not None:
        at = dates.get(token.start(), token.end())
        found.append((text[token.start() : at], Span(token.start(), at)))
    return found


def _common(template: Sequence[str], said: Sequence[str]) -> list[str] | None:
    """What a wording and a request share, with a gap wherever they differ; None where they are not alike.

    Source: least general generalisation (Plotkin 1970), of texts word by word.
    """
    if template[0] != said[0]:
        return None
    common: list[str] = []
    gaps = 0
    for op, start, end, left, right in SequenceMatcher(None, template, said, autojunk=False).get_opcodes():
        if op == "equal":
            common.extend(template[start:end])
            continue
        wide = max(end - start, right - left) > WIDEST
        if op != "replace" or wide or not (_says(template[start:end]) and _says(said[left:right])):
            return None
        common.append(GAP)
        gaps += 1
    return common if 2 * gaps <= len(common) - gaps else None


def _says(words: Sequence[str]) -> bool:
    return any(word == GAP or any(map(str.isalnum, word)) for word in words)


def _placed(template: Sequence[str], runs: Mapping[str, Sequence[tuple[str, Span]]]) -> Aligned:
    """Where each run has the places of a wording; a run that shows them otherwise is left out."""
    gaps = [number for number, word in enumerate(template) if word == GAP]
    found: dict[str, Places] = {}
    said: dict[str, tuple[str, ...]] = {}
    for run, tokens in runs.items():
        spans = tuple(_spans(template, tokens))
        if len(spans) == len(gaps):
            found[run] = spans
            said[run] = tuple(" ".join(word for word, at in tokens if span.covers(at)) for span in spans)
    return Aligned(tuple(_before(template, gap) for gap in gaps), found, said)


def _spans(template: Sequence[str], tokens: Sequence[tuple[str, Span]]) -> Iterator[Span]:
    said = [word for word, _ in tokens]
    for op, start, end, left, right in SequenceMatcher(None, template, said, autojunk=False).get_opcodes():
        if op == "equal":
            continue
        if list(template[start:end]) == [GAP] and right > left:
            yield Span(tokens[left][1].start, tokens[right - 1][1].end)


def _before(template: Sequence[str], gap: int) -> tuple[str, ...]:
    """The words right before a place, the nearest first."""
    words: list[str] = []
    for word in reversed(template[:gap]):
        if not word.isalpha():
            break
        words.append(word.lower())
    return tuple(words)


def completed(spans: RunSpans, alignment: Sequence[Aligned]) -> RunSpans:
    """Where every run has what some runs take from their requests: at the same place of the wording.

    In a wording of which no run takes it, that is the one place after the same words, if it looks alike.
    """
    found = {run: places for run, places in spans if places}
    known = dict(found)
    places = [place_of(known, wording) for wording in alignment]
    shown = [(wording, place) for wording, place in zip(alignment, places, strict=True) if place is not None]
    for wording, sure in zip(alignment, places, strict=True):
        unused = not known.keys() & wording.runs.keys()
        place = _by_name(wording, shown) if sure is None and unused else sure
        for run, held in wording.runs.items():
            if place is not None:
                found.setdefault(run, frozenset((held[place],)))
    return tuple(sorted(found.items())) if len(found) > len(known) else spans


def _by_name(wording: Aligned, shown: Sequence[tuple[Aligned, int]]) -> int | None:
    """The place of a wording after the words that name one in all others, which must be several."""
    looks = {_look(said[place]) for other, place in shown for said in other.said.values()}
    for count in range(1, LONGEST_NAME + 1) if len(shown) > 1 else ():
        names = {other.before[place][:count] for other, place in shown}
        name = min(names)
        if len(names) > 1 or len(name) < count:
            return None
        if any(len(other.named(name)) > 1 for other, _ in shown):
            continue
        here = wording.named(name)
        alike = len(here) == 1 and all(_look(said[here[0]]) in looks for said in wording.said.values())
        return here[0] if alike else None
    return None


def _look(value: str) -> str:
    """What kinds of letters and marks a value is made of: ``PE-12`` and ``RO-7`` are alike."""
    return re.sub(r"[0-9]+", "9", re.sub(r"[A-Z]+", "A", re.sub(r"[a-z]+", "a", value)))


def place_of(spans: Mapping[str, frozenset[Span]], wording: Aligned) -> int | None:
    """The one place of a wording where every run that has some spans has one of them."""
    shown = [(spans[run], places) for run, places in wording.runs.items() if spans.get(run)]
    fits = [
        number
        for number in range(len(wording.before))
        if shown and all(places[number] in own for own, places in shown)
    ]
    return fits[0] if len(fits) == 1 else None
