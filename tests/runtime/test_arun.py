"""Running from an event loop, with coroutine functions for tools, model and agent."""

from __future__ import annotations

import asyncio
import threading

import pytest

from compiler.runtime import Answer, Ask, Handover, Harness, ScriptedModel
from compiler.runtime.jsons import JSON
from tests.runtime.fakes import NOW, Office

TEXT = "Cancel my first meeting on December 13"


class AsyncModel:
    """A model that answers on the loop."""

    def __init__(self, script: dict[str, JSON]) -> None:
        self.scripted = ScriptedModel(script)
        self.threads: list[threading.Thread] = []

    async def answer(self, ask: Ask) -> Answer:
        await asyncio.sleep(0)
        self.threads.append(threading.current_thread())
        return self.scripted.answer(ask)


def test_coroutine_functions_run_on_the_loop_of_the_caller(sample: Harness, office: Office) -> None:
    threads: list[threading.Thread] = []

    async def call(name: str, arguments: dict[str, JSON]) -> object:
        await asyncio.sleep(0)
        threads.append(threading.current_thread())
        return office.call(name, arguments)

    model = AsyncModel({"ALSO_TOLD": [1], "STILL_DUE": 0})
    result = asyncio.run(sample.arun(TEXT, call=call, model=model, now=NOW))
    assert result.outcome == "done"
    assert len(result.calls) == 3
    assert set(threads + model.threads) == {threading.main_thread()}


def test_plain_functions_run_too_but_not_on_the_loop(sample: Harness, office: Office) -> None:
    threads: list[threading.Thread] = []

    def call(name: str, arguments: dict[str, JSON]) -> object:
        threads.append(threading.current_thread())
        return office.call(name, arguments)

    result = asyncio.run(sample.arun(TEXT, call=call, model=ScriptedModel({"ALSO_TOLD": []}), now=NOW))
    assert result.outcome == "done"
    assert threading.main_thread() not in threads


def test_failures_are_retried_and_an_agent_is_awaited(sample: Harness, office: Office) -> None:
    office.failures["calendar.search_events"] = [TimeoutError("slow")]

    async def call(name: str, arguments: dict[str, JSON]) -> object:
        return office.call(name, arguments)

    async def agent(handover: Handover) -> str:
        await asyncio.sleep(0)
        return f"after {len(handover.calls)} calls"

    result = asyncio.run(sample.arun(TEXT, call=call, now=NOW, agent=agent))
    assert (result.outcome, result.value) == ("handed_over", "after 3 calls")


def test_runs_may_overlap(sample: Harness) -> None:
    async def both() -> list[list[str]]:
        offices = [Office("No events found."), Office("Try later.")]
        runs = [sample.arun(TEXT, call=office.call, now=NOW) for office in offices]
        return [
            [result.outcome, *[call.name for call in result.calls]] for result in await asyncio.gather(*runs)
        ]

    assert asyncio.run(both()) == [
        ["stopped", "calendar.search_events"],
        ["deviated", "calendar.search_events"],
    ]


def test_no_tool_is_called_once_the_task_is_cancelled(sample: Harness, office: Office) -> None:
    async def cancelled() -> None:
        reached = asyncio.Event()

        async def call(name: str, arguments: dict[str, JSON]) -> object:
            result = office.call(name, arguments)
            reached.set()
            await asyncio.sleep(60)
            return result

        task = asyncio.create_task(
            sample.arun(TEXT, call=call, model=ScriptedModel({"ALSO_TOLD": []}), now=NOW)
        )
        await reached.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    # asyncio.run waits for the thread before it returns.
    asyncio.run(cancelled())
    assert [name for name, _ in office.sent] == ["calendar.search_events"]


def test_a_plain_tool_that_is_under_way_is_the_last_one(sample: Harness, office: Office) -> None:
    started, go_on = threading.Event(), threading.Event()

    def call(name: str, arguments: dict[str, JSON]) -> object:
        started.set()
        go_on.wait(10)
        return office.call(name, arguments)

    async def cancelled() -> None:
        task = asyncio.create_task(
            sample.arun(TEXT, call=call, model=ScriptedModel({"ALSO_TOLD": []}), now=NOW)
        )
        await asyncio.to_thread(started.wait, 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        go_on.set()

    asyncio.run(cancelled())
    assert [name for name, _ in office.sent] == ["calendar.search_events"]
