"""Pairs results with calls, by id and by order."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import final

from compiler.ir.run import Call
from compiler.read.episode import Called, Event, Returned, UnusableError
from compiler.read.jsontext import decode_arguments, decode_result, dumps, shown, too_deep


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Paired:
    """The calls in source order, each with its result, and what did not fit."""

    calls: tuple[Call, ...]
    problems: tuple[str, ...]


def pair_calls(events: Iterable[Event]) -> Paired:
    """Give every result to the call that it answers.

    Ids repeat inside real runs, so an id alone does not name a call: a result goes to the nearest earlier
    call with its id that is still unanswered. Calls of one turn are answered in their order. A result
    without an id answers the latest turn that still waits.

    Raises:
        UnusableError: A result answers no call, so that what the run did is not known whole; or arguments or
            a result are nested too deep.
    """
    calls: list[Called] = []
    answers: dict[int, Returned] = {}
    waiting = _Waiting()
    problems: list[str] = []
    for event in events:
        if isinstance(event, Called):
            waiting.add(event, len(calls))
            calls.append(event)
        elif isinstance(event, Returned):
            index = waiting.answered_by(event)
            if index is None:
                what = f"a result has no call before it that it answers (id {shown(event.id)})"
                raise UnusableError(f"{what}; log the whole run")
            answers[index] = event
    made = tuple(_call(call, answers.get(index), problems) for index, call in enumerate(calls))
    return Paired(calls=made, problems=tuple(problems))


@final
class _Waiting:
    """The unanswered calls, by id and name, each alone, and neither: a stack of turns, each a queue of calls.

    Answered calls leave the other queues when they come up, so that pairing takes linear time.
    """

    def __init__(self) -> None:
        self._stacks: dict[tuple[str | None, str | None], list[tuple[int, deque[int]]]] = {}
        self._answered: set[int] = set()

    def add(self, call: Called, index: int) -> None:
        """Let a call wait."""
        for key in {(call.id, call.tool), (call.id, None), (None, call.tool), (None, None)}:
            stack = self._stacks.setdefault(key, [])
            if not stack or stack[-1][0] != call.turn:
                stack.append((call.turn, deque()))
            stack[-1][1].append(index)

    def answered_by(self, result: Returned) -> int | None:
        """Take the call that a result answers; None if none waits for it.

        A name beside the id decides between calls that share the id; without an id it must fit.
        """
        index = self._first(result.id, result.tool)
        if index is None and result.id is not None:
            index = self._first(result.id, None)
        if index is not None:
            self._answered.add(index)
        return index

    def _first(self, call_id: str | None, tool: str | None) -> int | None:
        """The first waiting call of the latest turn that has one."""
        stack = self._stacks.get((call_id, tool), [])
        while stack:
            queue = stack[-1][1]
            while queue and queue[0] in self._answered:
                queue.popleft()
            if queue:
                return queue[0]
            stack.pop()
        return None


def _call(call: Called, result: Returned | None, problems: list[str]) -> Call:
    arguments = decode_arguments(call.arguments, free=call.free)
    if not isinstance(arguments, dict):
        problems.append(
            f"the arguments of a call of {shown(call.tool)} are no JSON object: {shown(dumps(arguments))};"
            ' they are kept as {"input": ...}'
        )
        arguments = {"input": arguments}
    if too_deep(arguments) or (result is not None and too_deep(result.content)):
        raise UnusableError(
            f"the arguments or the result of a call of {shown(call.tool)} are nested too deep"
        )
    if result is None:
        return Call(tool=call.tool, arguments=arguments, status="missing")
    decoded = result.decoded or decode_result(result.content)
    return Call(
        tool=call.tool,
        arguments=arguments,
        result=decoded.value,
        status="error" if result.error else "ok",
        decode=decoded.how,
    )
