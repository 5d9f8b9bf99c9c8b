"""The journal of one durable run: each call and each question is a step, whose outcome is recorded once.

A run that a crash cut short is started again from its beginning. Its steps give what they gave, without being
done again, up to the first one whose outcome nobody recorded. Where that is a read or a question, it is done
again. Where it is a write, nobody knows whether it was made: so its *intent* is a step of its own before it,
which says which attempt at the run was about to make it. A write that an earlier attempt intended is made
again only where the tool says that this does no harm; else the run ends here, for a person to look at.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime
from hashlib import sha256
from typing import Any, TypeAlias, cast, final

from compiler.operate.batch import contained
from compiler.operate.results import dump_answer, load_answer, outcome_of, result_of
from compiler.operate.world import World
from compiler.runtime import Answer, Ask, Deviation, Harness, Model, RunResult, ToolSpec, WriteInDoubt
from compiler.runtime.jsons import JSON, canonical

Record: TypeAlias = dict[str, Any]
Step: TypeAlias = Callable[[str, Callable[[], Record]], Record]
"""Does a function once: records what it gives under a name, or gives what is recorded at this place."""


class OtherStep(Exception):  # noqa: N818 - seen by the journal alone
    """Another step than this is recorded at this place."""


@final
class Journal:
    """Stands between one run and the world: its ``call`` and its ``answer``."""

    def __init__(self, step: Step, world: World, tools: tuple[ToolSpec, ...]) -> None:
        self._step, self._world = step, world
        self._tools = {tool.name: tool for tool in tools}
        self._attempt = uuid.uuid4().hex
        self._over: Deviation | None = None

    def run(self, harness: Harness, request: str | dict[str, JSON]) -> tuple[RunResult, datetime]:
        """Run a harness, and give the moment that "today" meant."""
        now = self._world.now or self._now()
        model = None if self._world.model is None else self
        with self._world.watched(harness) as ended:
            result = contained(lambda: harness.run(request, call=self.call, model=model, now=now))
            ended(result)
        if self._over is not None and result.deviation is not self._over:
            # Code that catches exceptions has caught this one as well.
            result = replace(result, outcome="deviated", deviation=self._over, reason=self._over.message)
        return result, now

    def call(self, name: str, arguments: dict[str, JSON]) -> object:
        """Call a tool, or give what came of it.

        Raises:
            WriteInDoubt: It is a write that an earlier attempt may or may not have made.
            Deviation: The run is not as it is recorded, or one of these two was raised before.
        """
        if self._over is not None:
            raise self._over
        tool = self._tools.get(name)
        if tool is None or tool.effect == "write":
            return self._write(name, arguments)
        sent = _copy(arguments)
        return result_of(
            self._record(f"read {name}", sent, lambda: outcome_of(lambda: self._world.call(name, arguments)))
        )

    def answer(self, ask: Ask) -> Answer:
        """Ask the model, or give what it answered."""
        if self._over is not None:
            raise self._over
        model = cast(Model, self._world.model)
        about = {"prompt": sha256(canonical(asdict(ask)).encode("utf-8", "surrogatepass")).hexdigest()}

        def put() -> Record:
            return outcome_of(lambda: dump_answer(model.answer(ask)))

        return load_answer(cast(Record, result_of(self._record(f"ask {ask.question}", about, put))))

    def _now(self) -> datetime:
        return datetime.fromisoformat(self._record("now", {}, lambda: {"result": _moment()})["result"])

    def _write(self, name: str, arguments: dict[str, JSON]) -> object:
        sent = _copy(arguments)
        intent = self._record(f"intend {name}", sent, self._intent)
        key_name = self._world.keys.get(name, self._world.keys.get(""))

        def issue() -> Record:
            if intent["attempt"] != self._attempt and key_name is None and not self._idempotent(name):
                return {"doubt": intent["at"]}
            if key_name is not None:
                arguments[key_name] = intent["key"]
            return outcome_of(lambda: self._world.call(name, arguments))

        outcome = self._record(f"write {name}", sent, issue)
        if "doubt" in outcome:
            raise self._end(_doubt(name, sent, outcome["doubt"]))
        return result_of(outcome)

    def _intent(self) -> Record:
        # The key is drawn, not derived: a batch of the same name in another database is another batch.
        return {"attempt": self._attempt, "key": str(uuid.uuid4()), "at": _moment()}

    def _idempotent(self, name: str) -> bool:
        tool = self._tools.get(name)
        return tool is not None and tool.idempotent

    def _record(self, name: str, about: dict[str, Any], function: Callable[[], Record]) -> Record:
        """Do a step, or give what is recorded of it.

        Raises:
            Deviation: What is recorded is another step, or is about something else.
        """
        try:
            recorded = self._step(name, lambda: {"about": about, **function()})
        except OtherStep as error:
            raise self._end(_not_as_recorded(name)) from error
        if recorded["about"] != about:
            raise self._end(_not_as_recorded(name))
        return recorded

    def _end(self, deviation: Deviation) -> Deviation:
        """Let nothing more be done by this run."""
        self._over = deviation
        return deviation


def _doubt(name: str, arguments: dict[str, JSON], at: str) -> WriteInDoubt:
    shown = json.dumps(arguments, ensure_ascii=False)
    message = (
        f"write in doubt: the process ended while it made {name}, at {at}, and nobody recorded what came "
        f"of it; its arguments: {shown}"
    )
    return WriteInDoubt(message)


def _not_as_recorded(name: str) -> Deviation:
    message = f"the run does not go as it went before it was cut short: {name!r} stood elsewhere, or differed"
    return Deviation(message)


def _copy(arguments: dict[str, JSON]) -> dict[str, JSON]:
    """Give the arguments as they were sent: a tool may change its own."""
    return cast(dict[str, JSON], json.loads(json.dumps(arguments)))


def _moment() -> str:
    return datetime.now().isoformat()
