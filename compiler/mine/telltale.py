"""telltale: which words of the requests select a tool, where its name does not say so.

The same words always go with the same tool, and stand where other words go with another:

    ... if total visits was more ...   counts_a
    ... if engaged users was less ...  counts_b     ->  total visits = counts_a, engaged users = counts_b

Source: substitution in a frame, the distributional test of structural linguistics (Harris 1951).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import final

from compiler.mine.spans import Span

MOST_WORDS = 3
MIN_REPEATS = 2
"""Tasks beyond one for each tool: words that never came back tell nothing."""
WORD = re.compile(r"[^\W\d_]+")
TOKEN = re.compile(r"\w+")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A request in the words of one task, and what was chosen."""

    task: str
    text: str
    chosen: str


def telling_words(choices: Sequence[Choice]) -> Mapping[str, str] | None:
    """Words, in lower case, with what they select; None where no words do, or several by themselves.

    Every request must hold the words of what was chosen, and no words of anything else. Dates and numbers
    tell nothing, and words that differ only from task to task are met by chance.
    """
    texts: dict[str, list[str]] = defaultdict(list)
    tasks: dict[str, set[str]] = defaultdict(set)
    for one in choices:
        texts[one.chosen].append(one.text)
        tasks[one.chosen].add(one.task)
    if len(texts) == 1 or sum(map(len, tasks.values())) - len(tasks) < MIN_REPEATS:
        return None
    frames = {chosen: _exclusive(chosen, texts) for chosen in sorted(texts)}
    told: dict[str, str] = {}
    for chosen, own in frames.items():
        beside = [around for name, other in frames.items() if name != chosen for around in other.values()]
        shared = {words for words, around in own.items() if any(around & other for other in beside)}
        # The longest of words that lie in one another; two that do not are two explanations.
        longest = [
            words for words in shared if not any(words != o and f" {words} " in f" {o} " for o in shared)
        ]
        if len(longest) != 1:
            return None
        told[longest[0]] = chosen
    return told


def place_of(text: str, told: Mapping[str, str]) -> Span | None:
    """Where a request first holds one of the telling words."""
    return next((span for words, span, _ in _phrases(text) if words in told), None)


def _exclusive(chosen: str, texts: Mapping[str, list[str]]) -> dict[str, set[tuple[str, str]]]:
    """The phrases that all requests for one choice hold, each with its frames.

    No other request holds the first of their words, or the last: else these belonged to the frame.
    """
    own = [_framed(text) for text in texts[chosen]]
    others = {words for name in texts if name != chosen for text in texts[name] for words in _framed(text)}
    common = {
        words
        for words in set(own[0]).intersection(*own)
        if not others & {words, words.split()[0], words.split()[-1]}
    }
    return {words: set().union(*(framed[words] for framed in own)) for words in common}


def _framed(text: str) -> dict[str, set[tuple[str, str]]]:
    framed: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for words, _, frame in _phrases(text):
        framed[words].add(frame)
    return framed


def _phrases(text: str) -> Iterator[tuple[str, Span, tuple[str, str]]]:
    """Phrases of a few words with their place and the words on either side."""
    tokens = [(found[0].lower(), found.start(), found.end()) for found in TOKEN.finditer(text)]
    for first, (_, start, _) in enumerate(tokens):
        for last in range(first, min(first + MOST_WORDS, len(tokens))):
            if not WORD.fullmatch(tokens[last][0]):
                break
            before = tokens[first - 1][0] if first else ""
            after = tokens[last + 1][0] if last + 1 < len(tokens) else ""
            words = " ".join(token for token, _, _ in tokens[first : last + 1])
            # Words with anything but spaces between them are no phrase.
            if text[start : tokens[last][2]].lower() == words:
                yield words, Span(start, tokens[last][2]), (before, after)
