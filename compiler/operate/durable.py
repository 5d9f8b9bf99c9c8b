"""Durable runs: where a batch is kept, and its runs, which a crash does not lose or repeat.

Each run is a workflow of DBOS Transact, each call and each question a step of it (``journal``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

from compiler.errors import UsageError
from compiler.operate.batch import Batch, Stop
from compiler.operate.inputs import Request
from compiler.operate.journal import Journal, Record, Step
from compiler.operate.results import dump_result, load_result
from compiler.operate.world import World
from compiler.runtime import Deviation, Harness, RunResult
from compiler.runtime.jsons import canonical

if TYPE_CHECKING:
    from compiler.operate.engine import Engine

EMBEDDED = "tracec.sqlite"
"""The database that stands in the working directory where none is named."""

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class DurableRun:
    """A run of a batch that has ended, now or, ``earlier``, before the batch was started this time."""

    index: int
    run_id: str
    request: Request
    now: datetime
    result: RunResult
    earlier: bool = False


@final
class Durable:
    """The runs of one batch in one database. A context manager: the engine runs inside of it.

    Raises:
        UsageError: DBOS is not installed, the database cannot be used, or the batch belongs to other code.
    """

    def __init__(self, harness: Harness, world: World, batch: Batch, database: str) -> None:
        self._harness, self._world, self._batch = harness, world, batch
        self._began = datetime.now(UTC)
        self._engine = _engine(self._perform, batch, database_url(database))

    def __enter__(self) -> Durable:
        self._engine.open()
        return self

    def __exit__(self, *raised: object) -> None:
        self._engine.close(patient=raised[0] is not None)

    def runs(self, requests: Iterable[tuple[int, Request]], stop: Stop) -> Generator[DurableRun, None, None]:
        """Run each request that has not run yet, and give all results in order, until ``stop`` is asked.

        Raises:
            UsageError: A request is not the one that stood at its index when the batch was started.
        """
        asked: dict[int, Request] = {}

        def noted() -> Iterator[tuple[int, Request]]:
            for index, request in requests:
                asked[index] = request
                yield index, request

        for index, run_id, stored in self._engine.results(noted(), stop):
            yield self._loaded(index, run_id, asked.pop(index), stored)

    def work(self, stop: Stop) -> None:
        """Take runs of the batch off its queue, whoever put them there, until ``stop`` is asked."""
        self._engine.work(stop)

    def _perform(self, step: Step, request: Request) -> dict[str, Any]:
        result, now = Journal(step, self._world, self._harness.tools).run(self._harness, request)
        ended = datetime.now(UTC).isoformat()
        return {"request": request, "now": now.isoformat(), "ended": ended, **dump_result(result)}

    def _loaded(self, index: int, run_id: str, request: Request, stored: Mapping[str, Any]) -> DurableRun:
        if "gave_up" in stored:
            deviation = Deviation(stored["gave_up"])
            result = RunResult(outcome="deviated", deviation=deviation, reason=deviation.message)
            return DurableRun(index=index, run_id=run_id, request=request, now=datetime.now(), result=result)
        if canonical(stored["request"]) != canonical(request):
            raise UsageError(
                f"request {index + 1} is not what it was when the batch {self._batch.name} was started; "
                "give another --batch NAME to run these requests"
            )
        return DurableRun(
            index=index,
            run_id=run_id,
            request=request,
            now=datetime.fromisoformat(stored["now"]),
            result=load_result(dict(stored)),
            earlier=datetime.fromisoformat(stored["ended"]) < self._began,
        )


def harness_digest(folder: str) -> str:
    """Digest all Python files of a harness, with their names."""
    digest = sha256()
    root = Path(folder)
    for file in sorted(root.rglob("*.py")):
        text = file.read_bytes()
        digest.update(f"{file.relative_to(root).as_posix()} {len(text)}\n".encode())
        digest.update(text)
    return digest.hexdigest()


def batch_name(harness: str, given: str | None, source: str) -> str:
    """Name a batch of a harness: as its user does, else after what its requests come from.

    Raises:
        UsageError: The name that is given holds what a name cannot.
    """
    if given is None:
        return f"{harness}.{sha256(source.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"
    if NAME.fullmatch(given) is None:
        raise UsageError(f"--batch {given}: a name is of letters, digits, '.', '_' and '-'")
    return f"{harness}.{given}"


def database_url(database: str) -> str:
    """Give the URL of a database that is named by its URL, or by the path of an SQLite file.

    Raises:
        UsageError: It is of another kind.
    """
    scheme, colon, rest = database.partition("://")
    if not colon:
        return f"sqlite:///{Path(database).resolve()}"
    if scheme in ("postgres", "postgresql"):
        return f"postgresql://{rest}"
    if scheme == "sqlite":
        return database
    raise UsageError(f"--durable {scheme}://...: durable runs are kept in SQLite or PostgreSQL")


def _engine(perform: Callable[[Step, Request], Record], batch: Batch, url: str) -> Engine:
    try:
        import_module("dbos")
    except ImportError as error:
        raise UsageError("durable runs need DBOS Transact: pip install 'tracec[durable]'") from error
    from compiler.operate.engine import Engine

    return Engine(perform, batch, url)
