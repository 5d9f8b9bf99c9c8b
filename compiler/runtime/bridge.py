"""Between a harness, which is plain Python in a thread, and the event loop of its caller."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import Any, TypeVar, cast, final

from compiler.runtime.ask import Answer, Ask

T = TypeVar("T")


class Abandoned(BaseException):
    """The task that awaited the run was cancelled.

    No Exception, so that neither a retry nor harness code takes it for a failing tool.
    """


@final
class Bridge:
    """Lets the thread of one run call coroutine functions on the loop of the task that awaits it."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._abandoned = False
        self._pending: list[Future[Any]] = []

    async def in_thread(self, work: Callable[[], T]) -> T:
        """Await work that runs in a thread; where that is cancelled, the thread stops at its next call."""
        try:
            return await asyncio.to_thread(work)
        except asyncio.CancelledError:
            self._abandoned = True
            for pending in tuple(self._pending):
                pending.cancel()
            raise

    def plain(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Make a plain function of one that may be a coroutine function."""

        def call(*arguments: object) -> object:
            if self._abandoned:
                raise Abandoned
            result = function(*arguments)
            return self._wait(result) if inspect.isawaitable(result) else result

        return call

    def model(self, model: Any) -> _PlainModel:
        """Make a plain model of one whose ``answer`` may be a coroutine function."""
        return _PlainModel(self.plain(model.answer))

    def _wait(self, awaitable: Awaitable[T]) -> T:
        async def awaited() -> T:
            return await awaitable

        pending = asyncio.run_coroutine_threadsafe(awaited(), self._loop)
        # An agent that is awaited may itself make calls that are.
        self._pending.append(pending)
        if self._abandoned:
            # The task was cancelled just now, and may not have seen what is pending.
            pending.cancel()
        try:
            return pending.result()
        except BaseException:
            if self._abandoned:
                raise Abandoned from None
            raise
        finally:
            self._pending.remove(pending)


@final
class _PlainModel:
    def __init__(self, answer: Callable[..., Any]) -> None:
        self._answer = answer

    def answer(self, ask: Ask) -> Answer:
        return cast(Answer, self._answer(ask))
