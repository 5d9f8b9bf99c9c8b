"""Run a harness for real, on one request or on many."""

from __future__ import annotations

import io
import json
import sys
import uuid
from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime
from textwrap import indent
from typing import final

from compiler.commands.batches import check_options, find_batch, key_arguments
from compiler.commands.console import track
from compiler.commands.options import RunOptions
from compiler.commands.verify import open_harness
from compiler.commands.world import limited, open_world, say_withheld
from compiler.ir.run import JSON
from compiler.operate.batch import Batch, Stop, contained, in_order, stopping
from compiler.operate.durable import Durable, harness_digest
from compiler.operate.inputs import Given, Inputs, Request, Requests
from compiler.operate.lines import Lines, only_of
from compiler.operate.record import Code, as_plain, meaning, own_run
from compiler.operate.world import World
from compiler.present.escape import plain, shorten
from compiler.read import write_native
from compiler.runtime import Answer, Ask, Harness, RunResult

WIDTH = 160
"""How much of an argument or a result is shown."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Executed:
    """One run of a harness: the one of the request with this index."""

    index: int
    run_id: str
    request: Request
    now: datetime
    result: RunResult

    @property
    def ended(self) -> bool:
        """Whether the run came to an end that the traces show, or an agent took it on."""
        return self.result.outcome in ("done", "stopped") or (
            self.result.outcome == "handed_over" and self.result.agent_from is not None
        )

    def to_json(self) -> dict[str, JSON]:
        """Give what ``--json`` prints of it."""
        result = self.result
        deviation = result.deviation
        return {
            "request": self.request,
            "outcome": result.outcome,
            "value": as_plain(result.value),
            "reason": result.reason,
            "agent_from": result.agent_from,
            "tokens": result.tokens,
            "dollars": result.dollars,
            "calls": [_call_json(name, arguments, got) for name, arguments, got in result.calls],
            "asks": [_ask_json(ask, answer) for ask, answer in result.asks],
            "deviation": (
                None
                if deviation is None
                else {
                    "message": deviation.message,
                    "where": list(deviation.where),
                    "nearest": deviation.nearest,
                }
            ),
        }


def run_harness(folder: str, options: RunOptions) -> Iterator[Executed]:
    """Run the harness in a folder on each request; results come in the order of the requests.

    A run is in the files that were asked for before its result is handed on. Ctrl-C lets the runs under way
    end first, and then ends the results with KeyboardInterrupt.

    Raises:
        UsageError: The options contradict each other, or the tools or the database are of no use.
        InputError: The harness or the requests cannot be read.
    """
    check_options(options)
    harness = limited(open_harness(folder), options.limit)
    say_withheld(harness)
    names = tuple(tool.name for tool in harness.tools)
    with ExitStack() as stack:
        world = stack.enter_context(open_world(options, names, key_arguments(options, names)))
        requests = stack.enter_context(closing(_requests(harness, options)))
        stop = stack.enter_context(stopping(_say_stopping))
        if options.durable is None:
            batch = None
            executed = _plain_runs(harness, world, requests, options.concurrency, stop)
        else:
            batch = find_batch(folder, harness.name, options)
            durable = stack.enter_context(Durable(harness, world, batch, options.durable))
            executed = _durable_runs(durable, requests, stop)
            if options.worker:
                sys.stderr.write(f"tracec: taking runs of the batch {batch.name} until interrupted\n")
                durable.work(stop)
                return
        code = Code(name=harness.name, digest=harness_digest(folder))
        files = stack.enter_context(closing(_Files(code, options, batch)))
        # Whatever happens here, the runs under way end before what they run in is closed.
        stack.enter_context(closing(executed))
        ended = 0
        for done in track(executed, total=len(requests), verb="running", bar=True):
            files.add(done)
            ended += 1
            yield done
    if ended < len(requests):
        raise KeyboardInterrupt


def _plain_runs(
    harness: Harness, world: World, requests: Requests, concurrency: int, stop: Stop
) -> Generator[Executed, None, None]:
    def execute(item: tuple[int, Request]) -> Executed:
        index, request = item
        at = world.now or datetime.now()
        result = contained(lambda: _run(harness, world, request, at))
        run_id = f"{harness.name}-{uuid.uuid4().hex[:12]}"
        return Executed(index=index, run_id=run_id, request=request, now=at, result=result)

    return in_order(execute, stop.until(enumerate(requests)), concurrency)


def _run(harness: Harness, world: World, request: Request, now: datetime) -> RunResult:
    with world.watched(harness) as ended:
        result = harness.run(request, call=world.call, model=world.model, now=now, agent=world.agent)
        ended(result)
    return result


def _durable_runs(durable: Durable, requests: Requests, stop: Stop) -> Generator[Executed, None, None]:
    earlier = 0
    for run in durable.runs(enumerate(requests), stop):
        earlier += run.earlier
        yield Executed(
            index=run.index, run_id=run.run_id, request=run.request, now=run.now, result=run.result
        )
    if earlier:
        sys.stderr.write(
            f"tracec: {earlier} of {len(requests)} runs had ended before, and were not repeated\n"
        )


@final
class _Files:
    """The files that a batch leaves: each run once in each, however often it was cut short."""

    def __init__(self, harness: Code, options: RunOptions, batch: Batch | None) -> None:
        self._harness = harness
        known = None if batch is None else batch.name
        self._trace = self._output = None
        if options.output is not None:
            if known is not None:
                only_of(options.output, known)
            self._output = Lines(options.output, key="run", batch=known, fresh=known is None)
        if options.trace is not None:
            self._trace = Lines(options.trace, key="session_id", batch=known)

    def add(self, done: Executed) -> None:
        """Append a run to the files that do not have it yet."""
        if self._output is not None and done.index >= self._output.written:
            line = {"run": done.run_id, "index": done.index, **done.to_json()}
            self._output.append(json.dumps(line))
        if self._trace is not None and done.index >= self._trace.written:
            text = io.StringIO()
            run = own_run(self._harness, done.run_id, done.request, done.now, done.result)
            write_native([run], text)
            self._trace.append(text.getvalue())

    def close(self) -> None:
        """Close the files."""
        for lines in (self._output, self._trace):
            if lines is not None:
                lines.close()


def _say_stopping() -> None:
    sys.stderr.write("tracec: ending the runs under way; interrupt again to stop at once\n")


def printed(runs: Iterable[Executed], options: RunOptions, *, as_json: bool) -> Iterator[tuple[str, bool]]:
    """Give what is printed of each run, and whether it came to an end that the traces show."""
    if as_json:
        yield from _printed_json(runs)
    elif options.output is None:
        for done in runs:
            yield f"{describe_run(done)}\n", done.ended
    else:
        yield from _printed_summary(runs, options.output)


def _printed_json(runs: Iterable[Executed]) -> Iterator[tuple[str, bool]]:
    """One JSON object, printed run by run; whole as well where it is interrupted."""
    before = '{\n  "runs": ['
    try:
        for done in runs:
            # ASCII: what a trace says must not move the cursor either, and reads the same in every locale.
            text = indent(json.dumps(done.to_json(), indent=2), "    ")
            yield f"{before}\n{text}", done.ended
            before = ","
    except KeyboardInterrupt:
        yield _end_of_json(before), True
        raise
    yield _end_of_json(before), True


def _end_of_json(before: str) -> str:
    return "\n  ]\n}\n" if before == "," else f"{before}]\n}}\n"


def _printed_summary(runs: Iterable[Executed], output: str) -> Iterator[tuple[str, bool]]:
    counts: Counter[str] = Counter()
    try:
        for done in runs:
            counts[done.result.outcome] += 1
            yield "", done.ended
    except KeyboardInterrupt:
        yield _summary(output, counts), True
        raise
    yield _summary(output, counts), True


def _summary(output: str, counts: Counter[str]) -> str:
    said = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items()))
    return f"{output}: {counts.total()} runs: {said}\n"


def describe_run(done: Executed) -> str:
    """Say what a run did: a line for each call and question, then how it ended."""
    result = done.result
    lines = [_shown(done.request)]
    for name, arguments, got in result.calls:
        lines.append(f"  {plain(name)}({_arguments(arguments)}) -> {_outcome(got)}")
    for ask, answer in result.asks:
        lines.append(f"  asked {plain(ask.question)} ({ask.kind}): {_shown(meaning(ask, answer))}")
    end = ""
    if result.deviation is not None:
        end = f": {plain(result.deviation.message)}"
        lines += [f"  at {plain(place)}" for place in result.deviation.where]
        lines += [f"  nearest known: {plain(path)}" for path in (result.deviation.nearest,) if path]
    elif result.reason is not None:
        end = f": {plain(result.reason)}"
    elif result.value is not None:
        end = f": {_shown(as_plain(result.value))}"
    return "\n".join([*lines, f"{result.outcome}{end}"])


def _requests(harness: Harness, options: RunOptions) -> Requests:
    if options.worker:
        return Given(())
    if options.request is not None:
        return Given((_one_request(harness, options.request),))
    return Inputs(str(options.inputs))


def _one_request(harness: Harness, text: str) -> Request:
    """A text, unless it is a JSON object of nothing but the fields that the harness's request has."""
    properties = harness.request_schema.get("properties")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    known = isinstance(value, dict) and isinstance(properties, dict) and value.keys() <= properties.keys()
    return value if known and value else text


def _call_json(name: str, arguments: dict[str, JSON], got: object) -> JSON:
    call: dict[str, JSON] = {"tool": name, "arguments": arguments}
    return call | ({"error": str(got)} if isinstance(got, BaseException) else {"result": as_plain(got)})


def _ask_json(ask: Ask, answer: Answer) -> JSON:
    usage = answer.usage
    return {
        "question": ask.question,
        "kind": ask.kind,
        "answer": as_plain(answer.value),
        "meaning": meaning(ask, answer),
        "prompt_tokens": None if usage is None else usage.prompt_tokens,
        "completion_tokens": None if usage is None else usage.completion_tokens,
    }


def _shown(value: JSON) -> str:
    return plain(shorten(value, WIDTH)) if isinstance(value, str) else _literal(value)


def _literal(value: JSON) -> str:
    return plain(shorten(json.dumps(value, ensure_ascii=False), WIDTH))


def _arguments(arguments: dict[str, JSON]) -> str:
    return ", ".join(f"{plain(name)}={_literal(value)}" for name, value in arguments.items())


def _outcome(got: object) -> str:
    return f"failed: {_shown(str(got))}" if isinstance(got, BaseException) else _literal(as_plain(got))
