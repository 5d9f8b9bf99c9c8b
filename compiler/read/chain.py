"""Finds the requests of a log that a later request of the same run repeats.

A log of single model calls holds each run many times: every request repeats what came before it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import final

from compiler.ir.run import JSON
from compiler.read.jsontext import dumps


@final
class Chain:
    """Remembers the item lists of a file by digest, in linear time and little memory."""

    def __init__(self) -> None:
        self._whole: dict[bytes, int] = {}

    def continues(self, items: Sequence[JSON], number: int) -> int | None:
        """Remember list ``number``; return the number of the longest earlier list that it begins with.

        A list that is the same as an earlier one is a second run, not its continuation.
        """
        digest = hashlib.sha256()
        earlier: int | None = None
        for position, item in enumerate(items, 1):
            digest.update(dumps(item).encode() + b"\n")
            if position < len(items):
                earlier = self._whole.pop(digest.digest(), earlier)
        self._whole[digest.digest()] = number
        return earlier
