"""English words that say how a request is meant, whatever it is about."""

from __future__ import annotations

POINTING = frozenset((
    "i", "me", "my", "mine", "myself", "you", "your", "yours", "he", "him", "his", "himself", "she", "her",
    "hers", "herself", "it", "its", "itself", "we", "us", "our", "ours", "they", "them", "their", "theirs",
    "themselves", "this", "that", "these", "those", "here", "there", "one", "ones", "who", "whom", "whose",
    "whoever", "what", "which", "everyone", "everybody", "everything", "anyone", "anybody", "anything",
    "someone", "somebody", "something", "nobody", "nothing", "none", "all", "both", "any", "each", "every",
    "either", "neither", "some", "another", "other", "others", "same", "former", "latter",
))  # fmt: skip
"""Words that name nothing by themselves."""

BESIDE_POINTING = frozenset(("of", "or", "and", "but", "not", "except", "the", "a", "an", "else"))
"""Words that leave what only points as it is: "all of those", "no one else"."""

TELLING = frozenset((
    "not", "no", "never", "t", "none", "nothing", "without", "except", "excluding", "unless", "if", "only",
    "but", "or", "nor", "instead", "other", "else", "rather", "all", "every", "each", "any", "both", "either",
    "neither", "first", "last", "next", "previous", "second", "third",
))  # fmt: skip
"""Words that turn a request into another one; ``t`` is the end of "don't"."""

EXCLUDING = frozenset(("except", "excluding", "unless", "without", "instead", "other", "else", "none"))
"""Words that take something out of a request, so that a yes or a no to all of it would be half an answer."""

JOINING = frozenset(("and", "or", "but", "nor", "not", "except", "without", "&", "/"))
"""Beside a value, these say that it is not all there is."""

LINKING = frozenset((
    "in", "on", "at", "by", "for", "from", "to", "with", "about", "of", "is", "are", "was", "were", "has",
    "have", "had", "if", "as", "so", "then", "when", "since", "until", "before", "after", "during",
))  # fmt: skip
"""Words that may follow a name that is over."""

COURTESY = frozenset(("please", "kindly"))


INERT = frozenset((
    "a", "an", "the", "it", "that", "so", "then", "as", "is", "are", "was", "were", "be", "been", "has",
    "have", "had", "do", "does", "did", "can", "could", "would", "will", "you", "me", "i",
)) | COURTESY  # fmt: skip
"""Words that a request may have, or lack, without meaning another thing."""

LIGHT = frozenset(("make", "do", "get", "take", "give", "let"))
"""Verbs that say little without their object: "make a plot of it" is "plot it"."""


DENYING = frozenset((
    "not", "never", "don't", "dont", "doesn't", "cannot", "can't", "won't", "except", "excluding", "unless",
    "without",
))  # fmt: skip
"""Words that a name hardly holds: whoever reads them as one has lost what they deny."""


def names_something(words: list[str]) -> bool:
    """Whether some words are a name: they deny nothing, and do not only point ("them", "all of those")."""
    points = not POINTING.isdisjoint(words) and all(
        word in POINTING or word in BESIDE_POINTING for word in words
    )
    return not points and DENYING.isdisjoint(words)
