"""Many runs: so many at a time, results in the order of the inputs, and a stop that loses none."""

from __future__ import annotations

import signal
import threading
from asyncio import CancelledError
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import TypeVar, final

from compiler.runtime import UNEXPECTED, Deviation, RunResult
from compiler.runtime.errors import in_short

Item = TypeVar("Item")
Result = TypeVar("Result")

AHEAD = 16
"""Results of each thread that may wait for one before them."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Runs that belong together: whoever starts a batch of this name again goes on with it.

    ``digest`` is that of the harness: recorded steps must not be replayed into other code.
    """

    name: str
    digest: str
    concurrency: int = 1


def in_order(
    execute: Callable[[Item], Result], items: Iterable[Item], concurrency: int
) -> Generator[Result, None, None]:
    """Execute each item, at most ``concurrency`` at a time; the results come in the order of the items.

    An item is taken when a thread is free for it, so that neither items nor results pile up. One at a time
    runs in the thread of the caller.
    """
    if concurrency == 1:
        yield from map(execute, items)
        return
    waiting: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(concurrency, thread_name_prefix="run") as pool:
        for item in items:
            waiting.append(pool.submit(execute, item))
            yield from _until_free(waiting, concurrency)
        while waiting:
            yield waiting.popleft().result()


def _until_free(waiting: deque[Future[Result]], concurrency: int) -> Iterator[Result]:
    """Give results in order until a thread is free, and there is room for what it gives."""
    while True:
        while waiting and waiting[0].done():
            yield waiting.popleft().result()
        running = [future for future in waiting if not future.done()]
        if len(waiting) >= concurrency * AHEAD:
            wait([waiting[0]])
        elif len(running) >= concurrency:
            wait(running, return_when=FIRST_COMPLETED)
        else:
            return


def contained(run: Callable[[], RunResult]) -> RunResult:
    """Make a deviation of what would end the whole batch, such as a tool that calls ``sys.exit``."""
    try:
        return run()
    except (Exception, SystemExit, GeneratorExit, CancelledError, BaseExceptionGroup) as error:
        deviation = Deviation(f"{UNEXPECTED} {in_short(error)}")
        deviation.__cause__ = error
        return RunResult(outcome="deviated", deviation=deviation, reason=deviation.message)


@final
class Stop:
    """Whether someone has asked to stop: what runs is finished, nothing else begins."""

    def __init__(self) -> None:
        self._asked = threading.Event()

    def __bool__(self) -> bool:
        return self._asked.is_set()

    def ask(self) -> None:
        """Ask to stop."""
        self._asked.set()

    def wait(self, seconds: float) -> bool:
        """Wait for so long at most; whether someone has asked."""
        return self._asked.wait(seconds)

    def until(self, items: Iterable[Item]) -> Iterator[Item]:
        """Give items until someone asks."""
        for item in items:
            if self:
                return
            yield item


@contextmanager
def stopping(told: Callable[[], None]) -> Iterator[Stop]:
    """Let the first Ctrl-C, or a SIGTERM, ask to stop (``told`` says so); the next one ends the process.

    So no result is lost, nor a line of one torn. Outside of the main thread, where Python handles no signals,
    nothing changes.
    """
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def handle(number: int, _frame: FrameType | None) -> None:
        stop.ask()
        # Python's own handler would wait for the threads that run.
        signal.signal(number, signal.SIG_DFL)
        told()

    before = {int(number): signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        signal.signal(number, handle)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
