"""Stand in for the model: answers that the recorded runs of a task imply, likeliest first.

Nobody recorded how a model would have answered the questions of a harness that did not exist. What it should
have answered shows in what the successful runs did next: the id that was written tells which row was chosen.
An answer built from that is a guess, so there are several, and the search in ``search`` tries them in turn.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from itertools import combinations
from math import fsum
from typing import final

from compiler.ir.run import JSON, Run
from compiler.prove.canonical import canonical, leaves
from compiler.prove.compare import is_identifier
from compiler.prove.schema import Schema, fitting, fixed_values, property_schemas
from compiler.prove.subject import Leaf, subject_of, written_about
from compiler.runtime import Answer3, Ask
from compiler.runtime.dates import mentions

MOST_ANSWERS = 40
MOST_OF_A_FIELD = 12
MOST_OF_A_REQUEST = 5000
MOST_IN_SUBSETS = 5
_WORDS = re.compile(r"[^\W_]+")
_DIGITS = re.compile(r"([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{4})")
_DOUBLE_QUOTED = re.compile(r"[\"\u201c]([^\"\u201d\n]{1,200})[\"\u201d]")
_SINGLE_QUOTED = re.compile(r"(?<!\w)['\u2018]([^'\u2019\n]{1,200})['\u2019](?!\w)")


@final
class Hints:
    """What the successful runs of one situation, and its request, say about the answers to any question."""

    def __init__(self, runs: Sequence[Run], reads: frozenset[str], now: datetime) -> None:
        self._runs, self._reads = tuple(runs), reads
        written = [_argument_leaves(r, reads, written=True) for r in runs]
        looked_up = [_argument_leaves(r, reads, written=False) for r in runs]
        self.written = frozenset(_folded(v) for pool in written for _, v in pool)
        self.used = self.written | {_folded(v) for pool in looked_up for _, v in pool}
        request = runs[0].request
        text = request if isinstance(request, str) else canonical(request)
        mentioned = _mentioned(text, now)
        self.by_run = tuple(tuple(w + read) for w, read in zip(written, looked_up, strict=True))
        self.pool = (
            *(leaf for pool in (*written, *looked_up) for leaf in pool),
            *mentioned,
            *(("", words) for words in _request_words(text)),
        )
        self._words = frozenset(_tokens(text))
        self._text = _folded(text)
        self._mentioned = frozenset(str(value) for _, value in mentioned)

    def says(self, raw: JSON, value: JSON) -> bool:
        """Whether the request holds a value, in its own words or as a date, a time or a duration."""
        return _folded(raw) in self._text or str(value) in self._mentioned

    def about(self, ask: Ask) -> tuple[Leaf, ...]:
        """Give what was written to the thing that a question is about, in order."""
        return written_about(ask, self._runs, self._reads)

    def names(self, label: str) -> bool:
        """Whether the request holds every word of a label."""
        words = _tokens(label)
        return bool(words) and words <= self._words


def candidates(ask: Ask, hints: Hints) -> tuple[JSON, ...]:
    """Give the answers to try, within the bounds of the question, likeliest first; never none."""
    about = hints.about(ask)
    match ask.kind:
        case "choose":
            found: Iterable[JSON] = _one(ask.options or (), hints, about)
        case "classify":
            found = _label(ask, hints, about)
        case "select":
            found = _some(ask.options or (), hints, about)
        case "compose":
            found = _texts(hints, about)
        case "extract":
            found = _objects(ask.schema or {}, hints, about)
    unique: dict[str, JSON] = {}
    for value in found:
        unique.setdefault(canonical(value), value)
        if len(unique) == MOST_ANSWERS:
            break
    return tuple(unique.values()) or (None,)


def _one(options: Sequence[JSON], hints: Hints, about: tuple[Leaf, ...]) -> list[JSON]:
    """Order positions by what the option shares with the writes and no other option, then with all calls.

    Writes to the thing that the question is about come before all others.
    """
    by_subject = _marks(options, _values(about))
    by_write, by_use = _marks(options, hints.written), _marks(options, hints.used)
    named = [isinstance(o, str) and hints.names(o) for o in options]
    places = range(len(options))
    return [*sorted(places, key=lambda i: (-by_subject[i], -by_write[i], -by_use[i], not named[i], i))]


def _values(pool: Iterable[Leaf]) -> frozenset[str]:
    return frozenset(_folded(value) for _, value in pool)


def _label(ask: Ask, hints: Hints, about: tuple[Leaf, ...]) -> list[JSON]:
    """Order labels; yes comes first where the runs wrote to what the question is about, else no."""
    options = ask.options or ()
    ranked = _one(options, hints, about)
    if Answer3.YES.value in options and Answer3.NO.value in options:
        first = Answer3.YES.value if _acted_on(ask, hints) else Answer3.NO.value
        ranked.sort(key=lambda i: (i != options.index(first), i))
    return ranked


def _acted_on(ask: Ask, hints: Hints) -> bool:
    """Whether the runs wrote to the innermost fact, if that is one thing, or else wrote anything at all."""
    subject = subject_of(ask)
    if isinstance(subject, dict):
        named = {_folded(v) for name, v in leaves(subject) if is_identifier(name)}
        if named:
            return bool(named & hints.written)
    elif isinstance(subject, str):
        return _folded(subject) in hints.written
    return bool(hints.written)


def _some(options: Sequence[JSON], hints: Hints, about: tuple[Leaf, ...]) -> Iterator[JSON]:
    """Yield subsets: those that the runs wrote to, those they used at all, all, none, then the others."""
    count = len(options)
    for known in (_values(about), hints.written, hints.used):
        marks = _marks(options, known)
        if any(marks):
            # A row that is known by its own value is meant; a shared value is only a weaker sign.
            yield _subset(i for i in range(count) if marks[i] >= 1)
            yield _subset(i for i in range(count) if marks[i])
    yield _subset(range(count))
    yield []
    if count <= MOST_IN_SUBSETS:
        for size in range(1, count):
            yield from map(_subset, combinations(range(count), size))
    else:
        yield from (_subset([i]) for i in range(count))


def _subset(positions: Iterable[int]) -> list[JSON]:
    return [*positions]


def _marks(options: Sequence[JSON], known: frozenset[str]) -> list[float]:
    """Weigh each option by its values that are known; one that n options share counts 1/n, or 0 for all."""
    values = [{_folded(v) for _, v in leaves(option)} for option in options]
    shared = Counter(v for held in values for v in held)
    spread = {v: 0.0 if n == len(options) > 1 else 1 / n for v, n in shared.items()}
    # fsum: a plain sum would depend on the order of a set.
    return [fsum(spread[v] for v in held & known) for held in values]


def _texts(hints: Hints, about: tuple[Leaf, ...]) -> Iterator[JSON]:
    """Yield texts: what was written to the subject, in order; then those written at all, the longest first.

    What was composed is rarely short. A date may have been written in another form than it was answered in.
    """
    for _, value in about:
        if isinstance(value, str):
            yield value
            yield from _iso_dates(value)
    texts = {v for _, v in hints.pool if isinstance(v, str)}
    yield from sorted(texts, key=lambda v: (_folded(v) not in hints.written, -len(v), v))


def _iso_dates(text: str) -> Iterator[str]:
    """Yield the dates that a text in digits may stand for, as ISO texts: ``03.04.2031`` stands for two."""
    match = _DIGITS.fullmatch(text.strip())
    if match is None:
        return
    one, two, year = (int(part) for part in match.groups())
    for day, month in ((one, two), (two, one)):
        with suppress(ValueError):
            yield date(year, month, day).isoformat()


def _objects(schema: Schema, hints: Hints, about: tuple[Leaf, ...]) -> Iterator[JSON]:
    """Yield objects: the likeliest, then each run's own values, then one field changed, or two.

    The likeliest of all holds what was written to the thing that the question is about.
    """
    fields = property_schemas(schema)
    if about:
        yield {name: _near(name, kinds, about, hints)[0] for name, kinds in fields.items()}
    near = _near_all(fields, hints.pool, hints)
    first = {name: values[0] for name, values in near.items()}
    yield dict(first)
    for pool in hints.by_run:
        own = {name: values[0] for name, values in _near_all(fields, pool, hints).items()}
        yield {
            name: first[name] if value is None and None not in near[name] else value
            for name, value in own.items()
        }
    for name, values in near.items():
        yield from ({**first, name: value} for value in values[1:])
    for one, other in combinations(near, 2):
        for value in near[one][1:3]:
            yield from ({**first, one: value, other: beside} for beside in near[other][1:3])


def _near_all(
    fields: Mapping[str, tuple[Schema, ...]], pool: Iterable[Leaf], hints: Hints
) -> dict[str, list[JSON]]:
    """Order the values of every field.

    Where some fields are called like an argument of the runs, one that is not, and that may be null, is.
    """
    leaves_ = tuple(pool)
    near = {name: _near(name, kinds, leaves_, hints) for name, kinds in fields.items()}
    called = {name for name in fields if any(_tokens(name) & _tokens(argument) for argument, _ in leaves_)}
    for name, values in near.items():
        if called and name not in called and None in values:
            near[name] = [None, *(value for value in values if value is not None)]
    return near


def _near(name: str, kinds: tuple[Schema, ...], pool: Iterable[Leaf], hints: Hints) -> list[JSON]:
    """Order the values that fit one field: named alike first, then those that the request says."""
    wanted = _tokens(name)
    ranked: dict[str, tuple[tuple[int, bool, int], JSON]] = {}
    for place, (argument, raw) in enumerate(pool):
        alike = len(wanted & _tokens(argument))
        for value in fitting(raw, kinds):
            rank, key = (-alike, not hints.says(raw, value), place), canonical(value)
            if key not in ranked or rank < ranked[key][0]:
                ranked[key] = (rank, value)
    ordered = [value for _, value in sorted(ranked.values(), key=lambda pair: pair[0])]
    fixed = [value for value in fixed_values(kinds) if canonical(value) not in ranked]
    return (ordered[:MOST_OF_A_FIELD] + fixed) or [None]


def _argument_leaves(run: Run, reads: frozenset[str], *, written: bool) -> list[Leaf]:
    """Give the scalars in the arguments of a run's writes, or of its reads, the latest call first."""
    calls = [c for c in run.calls if (c.tool not in reads) == written and c.status != "error"]
    return [leaf for call in reversed(calls) for leaf in leaves(call.arguments)]


def _mentioned(text: str, now: datetime) -> list[Leaf]:
    """Give the dates (ISO), times and minutes that a request mentions."""
    found: list[Leaf] = []
    for mention in mentions(text[:MOST_OF_A_REQUEST], now):
        value = mention.value
        found.append((mention.kind, value if isinstance(value, int) else value.isoformat()))
    return found


def _request_words(text: str) -> list[str]:
    """Give what may be quoted from a request: what stands in quotes, then its words, one to three."""
    text = text[:MOST_OF_A_REQUEST]
    quoted = _DOUBLE_QUOTED.findall(text) + _SINGLE_QUOTED.findall(text)
    words = text.split()
    spans = [" ".join(words[i : i + n]) for n in (1, 2, 3) for i in range(len(words) - n + 1)]
    return [*quoted, *(span.strip(".,;:!?'\"") for span in spans)]


def _tokens(name: str) -> set[str]:
    """Split ``assigned_to_email`` and ``assignedToEmail`` alike."""
    spaced = re.sub(r"([a-z])([A-Z])", r"\1 \2", name)
    return {word.lower() for word in _WORDS.findall(spaced)}


def _folded(value: object) -> str:
    return str(value).strip().casefold()
