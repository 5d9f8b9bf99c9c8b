"""Waiting for a tool no longer than the declaration allows."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context
from queue import Empty, SimpleQueue
from threading import Thread


def within(seconds: float | None, call: Callable[[], object]) -> object:
    """Make a call, and give up waiting for it after a time; None waits as long as it takes.

    Python cannot end a call from outside. One that is given up goes on in its own thread, and nobody sees
    what comes of it: whether a write was done is then not known.

    Raises:
        TimeoutError: There was no answer in time.
        Exception: What the call raised.
    """
    if seconds is None:
        return call()
    ended: SimpleQueue[tuple[bool, object]] = SimpleQueue()

    def work() -> None:
        try:
            ended.put((True, call()))
        except BaseException as error:  # for the thread that waits, whatever it is
            ended.put((False, error))

    # What is current for the caller, such as a span, is so for the tool.
    Thread(target=copy_context().run, args=(work,), daemon=True).start()
    try:
        fine, value = ended.get(timeout=seconds)
    except Empty:
        message = f"no answer within {seconds:g} seconds"
        raise TimeoutError(message) from None
    if not fine:
        assert isinstance(value, BaseException)
        raise value
    return value
