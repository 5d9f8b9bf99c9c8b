"""What a person sees while a command works."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")


BAR = 20
"""How many columns the bar takes."""


def track(items: Iterable[Item], *, total: int, verb: str, bar: bool = False) -> Iterator[Item]:
    """Pass items on, and show on stderr how many have come; nothing where stderr is no terminal.

    The line is gone whenever an item is handed on, so that what the caller prints is not mixed with it.
    """
    if not sys.stderr.isatty():
        yield from items
        return
    waiting = iter(items)
    for done in range(total):
        sys.stderr.write(f"{verb} {done + 1} of {total}{_bar(done, total) if bar else ''} ...")
        sys.stderr.flush()
        try:
            item = next(waiting)
        except StopIteration:
            return
        finally:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
        yield item


def _bar(done: int, total: int) -> str:
    full = BAR * done // total
    return f" [{'#' * full}{'.' * (BAR - full)}]"
