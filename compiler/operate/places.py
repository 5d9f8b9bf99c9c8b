"""Where durable runs are kept, and whose they are: so that a run is one process's at a time. Imports dbos."""

from __future__ import annotations

import logging
import sqlite3
import threading
import uuid
from contextlib import closing
from typing import Any, final

import psycopg
from dbos import DBOS

from compiler.errors import UsageError

FULL = 2
"""How SQLite calls it that a transaction is on the disk before it counts."""


@final
class Embedded:
    """An SQLite file, which is one process's own while it runs."""

    executor = "local"

    def __init__(self, url: str) -> None:
        self._path = url.removeprefix("sqlite:///")
        self._lock: sqlite3.Connection | None = None

    def take(self) -> None:
        """Lock the file for this process. The lock goes with the process, however that ends.

        Raises:
            UsageError: Another process has it, or it cannot be opened.
        """
        lock = sqlite3.connect(f"{self._path}.lock", timeout=0, isolation_level=None, check_same_thread=False)
        try:
            lock.execute("BEGIN EXCLUSIVE")
            self._write_ahead()
        except sqlite3.DatabaseError as error:
            lock.close()
            said = "another process runs a batch in it" if "locked" in str(error) else str(error)
            raise UsageError(f"--durable {self._path}: {said}") from error
        self._lock = lock

    def _write_ahead(self) -> None:
        """Let a step be one write to the disk, not several, if this SQLite waits for that one."""
        for mode in ("WAL", "DELETE"):
            self._tell(f"PRAGMA journal_mode={mode}")
            if self._tell("PRAGMA synchronous") >= FULL:
                return

    def _tell(self, pragma: str) -> Any:
        with closing(sqlite3.connect(self._path, timeout=0)) as database:
            return database.execute(pragma).fetchone()[0]

    def watch(self) -> None:
        """Watch nobody: there is no other process."""

    def leave(self) -> None:
        """Give the file free."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None


@final
class Shared:
    """A PostgreSQL database, which several processes use, any of which may die.

    Each holds an advisory lock that is its own, and that its connection's end takes from it. Who gets the
    lock of another has its runs taken up again. Where that other one lives on without its connection, the
    engine lets it record nothing more of them, so that it begins no further write.
    """

    def __init__(self, url: str, version: str) -> None:
        self.executor = uuid.uuid4().hex
        self._url, self._version = url, version
        self._done = threading.Event()
        self._thread: threading.Thread | None = None
        self._connection: Any = None

    def take(self) -> None:
        """Lock what is this process's own.

        Raises:
            UsageError: The database cannot be reached.
        """
        DBOS.migrate(self._url)
        try:
            self._connection = self._locked()
        except psycopg.Error as error:
            raise UsageError(f"--durable: the database cannot be reached: {one_line(error)}") from error

    def watch(self) -> None:
        """Begin to look for processes that have died."""
        self._thread = threading.Thread(target=self._look, name="takeover", daemon=True)
        self._thread.start()

    def leave(self) -> None:
        """Look no more, and give the lock free."""
        self._done.set()
        if self._thread is not None:
            self._thread.join()
        if self._connection is not None:
            self._connection.close()

    def _locked(self) -> Any:
        # Else a server notices hours later that a machine has lost its power.
        options = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
        connection = psycopg.connect(self._url, autocommit=True, options=options)
        connection.execute("SELECT pg_advisory_lock(%s)", (_lock_number(self.executor),))
        return connection

    def _look(self) -> None:
        while not self._done.wait(1):
            try:
                if self._connection is None:
                    self._connection = self._locked()
                self._take_over()
            except psycopg.Error:
                self._connection = None
            except Exception as error:
                logging.getLogger("dbos").warning("looking for processes that died: %s", error)

    def _take_over(self) -> None:
        running = DBOS.list_workflows(
            status="PENDING", app_version=self._version, load_input=False, load_output=False
        )
        others = sorted({run.executor_id for run in running if run.executor_id} - {self.executor})
        # Also shows whether the connection still stands.
        self._connection.execute("SELECT 1")
        for other in others:
            number = (_lock_number(other),)
            if self._connection.execute("SELECT pg_try_advisory_lock(%s)", number).fetchone()[0]:
                try:
                    DBOS._recover_pending_workflows([other])
                finally:
                    self._connection.execute("SELECT pg_advisory_unlock(%s)", number)


def one_line(error: BaseException) -> str:
    """Put the text of an error on one line."""
    return " ".join(str(error).split())[:300]


def _lock_number(executor: str) -> int:
    return int(executor[:15], 16)
