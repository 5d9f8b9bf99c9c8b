"""DBOS Transact as the engine of durable runs. It imports dbos, so that it is imported where that is needed.

An embedded database (SQLite) belongs to one process at a time, whose threads start the runs themselves. In
PostgreSQL the runs stand in a queue, which the processes of any number of machines take them from.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextvars import copy_context
from typing import Any, TypeAlias, final

from dbos import DBOS, DBOSConfig, Serializer, SetWorkflowID, WorkflowStatus
from dbos._error import DBOSUnexpectedStepError

from compiler.errors import TracecError, UsageError
from compiler.operate.batch import AHEAD, Batch, Stop, in_order
from compiler.operate.inputs import Request
from compiler.operate.journal import OtherStep, Record, Step
from compiler.operate.places import Embedded, Shared, one_line
from compiler.operate.results import dump_error, load_error

Stored: TypeAlias = tuple[int, str, dict[str, Any]]
"""The index of a run in its batch, its id, and what its workflow gave."""

ATTEMPTS = 100
"""How often a run is started again whose process died; one that kills its process must not do so for ever."""

POLL = 0.05
"""Seconds between two looks at the queue, or at a run that another process may be doing."""

PATIENCE = 3600
"""Seconds that runs under way have to end, once nothing else is begun."""

ENDED = ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
LEAST_AHEAD = 256


class EngineFailed(BaseException):
    """A step cannot be recorded.

    No Exception, so that no harness takes it for a tool that fails, and no engine for the end of the run.
    """

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error


@final
class Engine:
    """Runs ``perform`` for each request of a batch: once to its end, and step by step."""

    def __init__(self, perform: Callable[[Step, Request], Record], batch: Batch, url: str) -> None:
        self._perform, self._batch = perform, batch
        self._embedded = url.startswith("sqlite")
        self._version = f"{batch.digest[:16]}:{batch.name}"
        self._failed: EngineFailed | None = None
        self._stop: Stop | None = None
        # Also for runs that are taken up again: these the engine starts, all at once.
        self._slots = threading.Semaphore(batch.concurrency)
        self._place: Embedded | Shared = Embedded(url) if self._embedded else Shared(url, self._version)
        self._config: DBOSConfig = {
            "name": "tracec",
            "system_database_url": url,
            "application_version": self._version,
            "executor_id": self._place.executor,
            "enable_otlp": False,
            "serializer": Json(),
        }
        if self._embedded:
            # One writes at a time. Others had better wait in line for a connection than try for the file
            # again and again; two, as the engine's own chores take a second one.
            self._config["db_engine_kwargs"] = {"pool_size": 2, "pool_timeout": 600}

    def open(self) -> None:
        """Take the place: from now on, it is no other process's.

        Raises:
            UsageError: The place is taken, or cannot be used.
        """
        _quieten()
        try:
            self._place.take()
        except TracecError:
            raise
        except Exception as error:
            raise _unusable(error) from error

    def close(self, *, patient: bool) -> None:
        """Stop the engine; where the batch has not ended, what runs may end first."""
        patient = patient or (self._stop is not None and bool(self._stop))
        DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=PATIENCE if patient else 0)
        self._place.leave()

    def results(self, requests: Iterable[tuple[int, Request]], stop: Stop) -> Iterator[Stored]:
        """Give what the run of each request gave, in order, as far as known when ``stop`` is asked.

        Raises:
            UsageError: The database cannot be used, or the batch is of another version of the harness.
        """
        self._launch(stop)
        if self._embedded:
            return in_order(self._direct, stop.until(requests), self._batch.concurrency)
        return self._queued(iter(requests), stop)

    def work(self, stop: Stop) -> None:
        """Do runs of the queue until ``stop`` is asked.

        Raises:
            UsageError: The database cannot be used, or the batch is of another version of the harness.
        """
        self._launch(stop)
        while not stop.wait(1):
            self._check()
            self._refuse_other_code()

    def _launch(self, stop: Stop) -> None:
        """Start the engine, which takes up the runs of the batch that were cut short here."""
        self._stop = stop
        try:
            DBOS(config=self._config)
            self._workflow = DBOS.workflow(name="run", max_recovery_attempts=ATTEMPTS)(self._function())
            DBOS.listen_queues([] if self._embedded else [self._batch.name])
            DBOS.launch()
            self._refuse_other_code()
            if not self._embedded:
                DBOS.register_queue(
                    self._batch.name,
                    worker_concurrency=self._batch.concurrency,
                    polling_interval_sec=POLL,
                    on_conflict="always_update",
                )
            self._place.watch()
        except TracecError:
            raise
        except Exception as error:
            raise _unusable(error) from error

    # ---------------------------------------------------------------------------------------- one run

    def _function(self) -> Callable[[Request], Record]:
        def run(request: Request) -> Record:
            with self._slots:
                return self._perform(_Steps().step, request)

        def guarded(request: Request) -> Record:
            try:
                return run(request)
            except EngineFailed as failed:
                self._failed = failed
                raise

        return guarded

    def _direct(self, item: tuple[int, Request]) -> Stored:
        index, request = item
        run_id = self._id(index)
        self._check()
        try:
            with SetWorkflowID(run_id):
                return index, run_id, self._workflow(request)
        except EngineFailed as failed:
            raise _broken(failed) from failed
        except Exception:
            status = DBOS.get_workflow_status(run_id)
            if status is None or status.status not in ENDED:
                raise
            return index, run_id, _given(status)

    def _queued(self, requests: Iterator[tuple[int, Request]], stop: Stop) -> Iterator[Stored]:
        waiting: deque[int] = deque()
        ahead = max(LEAST_AHEAD, AHEAD * self._batch.concurrency)
        while not stop:
            for index, request in requests:
                with SetWorkflowID(self._id(index)):
                    DBOS.enqueue_workflow(self._batch.name, self._workflow, request)
                waiting.append(index)
                if len(waiting) >= ahead or stop:
                    break
            if not waiting:
                return
            status = self._awaited(self._id(waiting[0]), stop)
            if status is not None:
                yield waiting.popleft(), status.workflow_id, _given(status)

    def _awaited(self, run_id: str, stop: Stop) -> WorkflowStatus | None:
        while True:
            self._check()
            status = DBOS.get_workflow_status(run_id)
            if status is not None and status.status in ENDED:
                return status
            if stop.wait(POLL):
                return None

    def _id(self, index: int) -> str:
        return f"{self._batch.name}:{index}"

    def _check(self) -> None:
        if self._failed is not None:
            raise _broken(self._failed) from self._failed

    def _refuse_other_code(self) -> None:
        first = DBOS.list_workflows(
            workflow_id_prefix=f"{self._batch.name}:", limit=1, load_input=False, load_output=False
        )
        if first and first[0].app_version != self._version:
            raise UsageError(
                f"the batch {self._batch.name} was started with another version of the harness; "
                "finish it with that one, or give another --batch NAME"
            )


@final
class _Steps:
    """The steps of one run, one after the other, in whatever thread they are made."""

    def __init__(self) -> None:
        # The engine knows a run by its context, which threads that a harness starts do not have.
        self._context = copy_context()
        self._lock = threading.Lock()

    def step(self, name: str, function: Callable[[], Record]) -> Record:
        """Do a step, or give what is recorded of it."""
        try:
            with self._lock:
                return self._context.run(lambda: DBOS.run_step({"name": name}, function))
        except DBOSUnexpectedStepError as error:
            raise OtherStep(name) from error
        except Exception as error:
            raise EngineFailed(error) from error


@final
class Json(Serializer):
    """Stores ASCII JSON: nothing that is read back is code, and there is no text that a database refuses."""

    def name(self) -> str:
        """Name the form."""
        return "tracec_json"

    def serialize(self, data: Any) -> str:
        """Write a value, or an exception."""
        return json.dumps(
            {"raised": dump_error(data)} if isinstance(data, BaseException) else {"value": data}
        )

    def deserialize(self, serialized_data: str) -> Any:
        """Read what was written."""
        stored = json.loads(serialized_data)
        return load_error(stored["raised"]) if "raised" in stored else stored["value"]


def _given(status: WorkflowStatus) -> dict[str, Any]:
    match status.status:
        case "SUCCESS":
            return dict(status.output or {})
        case "CANCELLED":
            return {"gave_up": "the run was cancelled in the database"}
        case "MAX_RECOVERY_ATTEMPTS_EXCEEDED":
            return {"gave_up": f"the run is given up: its process died {ATTEMPTS} times"}
        case _:
            return {"gave_up": f"the run is given up: {status.error}"}


def _unusable(error: Exception) -> UsageError:
    return UsageError(f"durable runs: the database cannot be used: {one_line(error)}")


def _broken(failed: EngineFailed) -> UsageError:
    said = f"{one_line(failed.error)}; start the same command again to go on"
    return UsageError(f"durable runs: a step could not be recorded: {said}")


def _quieten() -> None:
    """Let the engine's log say on stderr what its user has to know: that the database cannot be reached."""
    logger = logging.getLogger("dbos")
    logger.propagate = False
    if not logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("tracec: durable runs: %(message)s"))
        handler.addFilter(lambda record: record.getMessage().startswith("Database connection"))
        logger.addHandler(handler)
