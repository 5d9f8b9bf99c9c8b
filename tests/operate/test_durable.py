"""Durable batches in SQLite: the same command again goes on, and does nothing twice."""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from compiler.errors import UsageError
from compiler.operate.batch import Batch, Stop
from compiler.operate.durable import Durable, DurableRun, batch_name, database_url, harness_digest
from compiler.operate.inputs import Request
from compiler.operate.world import World
from tests.operate.shop import Shop, shop_harness, write_shop

BATCH = Batch(name="buy_item.test", digest="0" * 64)
ITEMS: tuple[Request, ...] = ("Buy pen", {"item": "cup"}, "Buy pen", "Sell it")


def run(
    folder: Path, shop: Shop, requests: tuple[Request, ...] = ITEMS, batch: Batch = BATCH
) -> list[DurableRun]:
    world = World(call=shop.call, model=shop)
    with Durable(shop_harness(), world, batch, str(folder / "runs.sqlite")) as durable:
        return list(durable.runs(enumerate(requests), Stop()))


def summary(runs: list[DurableRun]) -> list[tuple[Any, ...]]:
    found = []
    for one in runs:
        result = one.result
        what = (result.outcome, result.value, result.calls, str(result.deviation), result.asks)
        found.append((one.index, one.request, one.now, *what))
    return found


@pytest.mark.parametrize("concurrency", [1, 3])
def test_a_batch_that_is_run_again_is_not_run_again(tmp_path: Path, concurrency: int) -> None:
    shop, batch = Shop(), Batch(name="b", digest="1", concurrency=concurrency)
    first = run(tmp_path, shop, batch=batch)
    assert [one.result.outcome for one in first] == ["done", "done", "done", "deviated"]
    assert [one.request for one in first] == list(ITEMS)
    assert sorted(shop.reads) == ["cup", "pen", "pen"]
    assert len(shop.writes) == 6
    assert all(isinstance(one.now, datetime) for one in first)

    again = run(tmp_path, Shop(lambda: pytest.fail("nothing is left to do")), batch=batch)
    assert summary(again) == summary(first)

    longer = run(tmp_path, shop, (*ITEMS, "Buy hat"), batch)
    assert [one.earlier for one in longer] == [True] * 4 + [False]
    assert not any(one.earlier for one in first)
    assert summary(longer[:-1]) == summary(first)
    assert shop.reads[-1] == "hat"
    assert len(shop.writes) == 8


def test_another_batch_is_run(tmp_path: Path) -> None:
    shop = Shop()
    run(tmp_path, shop, ("Buy pen",))
    run(tmp_path, shop, ("Buy pen",), Batch(name="buy_item.test2", digest=BATCH.digest))
    assert shop.reads == ["pen", "pen"]


def test_other_code_does_not_go_on_with_a_batch(tmp_path: Path) -> None:
    run(tmp_path, Shop(), ("Buy pen",))
    with pytest.raises(UsageError, match="another version of the harness"):
        run(tmp_path, Shop(), batch=Batch(name=BATCH.name, digest="1" * 64))
    assert len(run(tmp_path, Shop())) == 4


def test_other_requests_are_not_taken_for_those_of_the_batch(tmp_path: Path) -> None:
    shop = Shop()
    run(tmp_path, shop, ("Buy pen", "Buy cup"))
    with pytest.raises(UsageError, match="request 2 is not what it was"):
        run(tmp_path, shop, ("Buy pen", "Buy hat", "Buy cup"))
    assert "hat" not in shop.reads


def test_a_file_is_one_process_s_own(tmp_path: Path) -> None:
    lock = sqlite3.connect(tmp_path / "runs.sqlite.lock", isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    with pytest.raises(UsageError, match="another process"):
        run(tmp_path, Shop())
    lock.close()
    assert len(run(tmp_path, Shop())) == 4


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "runs.sqlite").write_text("something else " * 100)
    with pytest.raises(UsageError, match="not a database"):
        run(tmp_path, Shop())


def test_a_run_that_is_given_up_is_no_success(tmp_path: Path) -> None:
    run(tmp_path, Shop(), ("Buy pen", "Buy cup", "Buy hat"))
    with sqlite3.connect(tmp_path / "runs.sqlite") as database:
        for index, status in enumerate(("CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")):
            database.execute(
                "UPDATE workflow_status SET status = ? WHERE workflow_uuid = ?",
                (status, f"{BATCH.name}:{index}"),
            )
    database.close()
    found = run(tmp_path, Shop(), ("Buy pen", "Buy cup", "Buy hat"))
    assert [one.result.outcome for one in found] == ["deviated", "deviated", "done"]
    assert "cancelled" in str(found[0].result.deviation)
    assert "died 100 times" in str(found[1].result.deviation)


def test_values_that_databases_do_not_like_survive(tmp_path: Path) -> None:
    shop = Shop()
    requests: tuple[Request, ...] = ("Buy \x00\ud800'\U0001f600", {"item": "\ud800 \x00"})
    first = run(tmp_path, shop, requests)
    assert summary(run(tmp_path, shop, requests)) == summary(first)
    assert first[1].result.outcome == "deviated"


def test_the_steps_are_what_a_person_looks_for(tmp_path: Path) -> None:
    run(tmp_path, Shop(), ("Buy pen",))
    with sqlite3.connect(tmp_path / "runs.sqlite") as database:
        rows = database.execute("SELECT function_name, output FROM operation_outputs ORDER BY function_id")
        steps = [(name, json.loads(output)["value"]) for name, output in rows]
    database.close()
    assert [name for name, _ in steps][:4] == ["now", "read shop.price", "ask CHEAP", "intend shop.buy"]
    assert steps[1][1] == {"about": {"item": "pen"}, "result": 2}


def test_an_error_outside_of_the_runs_does_not_cut_them_short(tmp_path: Path) -> None:
    shop = Shop(lambda: time.sleep(0.02))
    world, batch = World(call=shop.call, model=shop), Batch(name="b", digest="1", concurrency=3)
    requests = tuple(f"Buy item{number}" for number in range(12))

    def fail() -> None:
        with (
            Durable(shop_harness(), world, batch, str(tmp_path / "runs.sqlite")) as durable,
            closing(durable.runs(enumerate(requests), Stop())) as runs,
        ):
            next(runs)
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        fail()
    found = run(tmp_path, shop, requests, batch)
    assert [one.result.outcome for one in found] == ["done"] * 12
    assert len(shop.writes) == 24


def test_names_and_places() -> None:
    assert batch_name("buy", "2026-11", "x") == "buy.2026-11"
    assert batch_name("buy", None, "x") == batch_name("buy", None, "x") != batch_name("buy", None, "y")
    with pytest.raises(UsageError):
        batch_name("buy", "a:b", "x")
    assert database_url("postgres://h/d") == "postgresql://h/d"
    assert database_url("runs.sqlite") == f"sqlite:///{Path.cwd() / 'runs.sqlite'}"
    assert database_url("sqlite:////srv/x") == "sqlite:////srv/x"
    with pytest.raises(UsageError, match="SQLite or PostgreSQL"):
        database_url("mysql://h/d")


def test_a_harness_is_another_one_when_any_of_its_files_is(tmp_path: Path) -> None:
    write_shop(tmp_path)
    folder = tmp_path / "buy_item"
    before = harness_digest(str(folder))
    (folder / "evidence.json").write_text("{}")
    assert harness_digest(str(folder)) == before
    (folder / "tools.py").write_text((folder / "tools.py").read_text() + "\n")
    assert harness_digest(str(folder)) != before
