"""A batch in PostgreSQL: two processes take its runs off one queue, and one of them is lost."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.operate.postgres import cluster, needed
from tests.operate.shop import command, log_of, variables, write_shop

RUNS = 30
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def url() -> Iterator[str]:
    with cluster(needed()) as url:
        yield url


@pytest.fixture
def start(tmp_path: Path, url: str) -> Iterator[Start]:
    """Give what starts a process that works on the batch."""
    write_shop(tmp_path)
    (tmp_path / "in.jsonl").write_text("".join(f'"Buy item{number}"\n' for number in range(RUNS)))
    started: list[subprocess.Popen[str]] = []

    def start(*options: object) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            command("--durable", url, "--batch", "b", "--concurrency", 2, *options),
            cwd=tmp_path,
            env=variables(SHOP_LOG=tmp_path / "log.jsonl", SHOP_SLOW=0.05),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def until_it_works(process: subprocess.Popen[str], log: Path) -> None:
    """Wait until a process is in the middle of its work."""
    while Counter(entry["pid"] for entry in log_of(log))[process.pid] < 5:
        assert process.poll() is None
        time.sleep(0.01)


def check(folder: Path, lost: subprocess.Popen[str]) -> None:
    """Check that each run is there once, and that what the lost process did is not done again."""
    results: list[dict[str, Any]] = [
        json.loads(line) for line in (folder / "out.jsonl").read_text().splitlines()
    ]
    assert [result["index"] for result in results] == list(range(RUNS))
    log = log_of(folder / "log.jsonl")
    assert len({entry["pid"] for entry in log}) == 2
    assert lost.pid in {entry["pid"] for entry in log}
    writes = Counter((entry["what"], entry["item"]) for entry in log if "shop." in entry["what"])
    assert set(writes.values()) == {1}
    doubtful = [result for result in results if result["outcome"] != "done"]
    assert len(doubtful) <= 2
    assert all("write in doubt" in result["deviation"]["message"] for result in doubtful)
    for result in results:
        item = result["request"].removeprefix("Buy ")
        if result["outcome"] == "done":
            assert writes["shop.buy", item] == writes["shop.tell", f"receipt for {item}"] == 1


@pytest.mark.slow
def test_two_processes_do_one_batch_and_one_is_killed(tmp_path: Path, start: Start) -> None:
    helper = start("--worker")
    feeder = start("--inputs", "in.jsonl", "--output", "out.jsonl")
    until_it_works(helper, tmp_path / "log.jsonl")
    helper.kill()
    _, said = feeder.communicate(timeout=100)
    assert feeder.returncode in (0, 1), said
    check(tmp_path, helper)

    # Who helps with a batch that is over has nothing to do, and stops when told to.
    idle = start("--worker")
    assert idle.stderr is not None
    assert "taking runs of the batch buy_item.b" in idle.stderr.readline()
    idle.send_signal(signal.SIGTERM)
    assert idle.wait(timeout=100) == 0


@pytest.mark.slow
def test_a_process_that_only_lost_its_connection_writes_no_further(
    tmp_path: Path, start: Start, url: str
) -> None:
    helper = start("--worker")
    feeder = start("--inputs", "in.jsonl", "--output", "out.jsonl")
    until_it_works(helper, tmp_path / "log.jsonl")
    # It is not dead, but nobody can tell: it stands still, and the database has lost it.
    helper.send_signal(signal.SIGSTOP)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
    _, said = feeder.communicate(timeout=100)
    assert feeder.returncode in (0, 1), said
    helper.send_signal(signal.SIGCONT)
    # Long enough for all that is left of a run.
    time.sleep(1)
    helper.send_signal(signal.SIGINT)
    helper.communicate(timeout=100)
    check(tmp_path, helper)
