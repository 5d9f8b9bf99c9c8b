"""Durable batches that are killed with SIGKILL, again and again, until they end."""

from __future__ import annotations

import json
import random
import signal
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from compiler.read import read_runs
from tests.operate.shop import command, log_of, variables, write_shop

RUNS = 8
LONGEST = 40
"""More processes than any of these batches takes."""


def killed_until_it_ends(folder: Path, seed: int, *options: object) -> int:
    """Start one command again and again, each time to be killed a little later; give how often it died."""
    write_shop(folder)
    items = [f"item{number}" for number in range(RUNS)]
    (folder / "in.jsonl").write_text("".join(json.dumps(f"Buy {item}") + "\n" for item in items))
    arguments = ["--inputs", "in.jsonl", "--durable", "--output", "out.jsonl", "--trace", "trace.jsonl"]
    moments = random.Random(seed)
    for deaths in range(LONGEST):
        environment = variables(SHOP_LOG=folder / "log.jsonl", SHOP_DIE=moments.randint(3, 20))
        done = subprocess.run(
            command(*arguments, *options),
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != -signal.SIGKILL:
            assert done.returncode in (0, 1), done.stderr
            return deaths
    raise AssertionError


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "concurrency"), [(1, 1), (2, 3)])
def test_a_batch_that_is_killed_loses_no_run_and_repeats_no_write(
    tmp_path: Path, seed: int, concurrency: int
) -> None:
    deaths = killed_until_it_ends(tmp_path, seed, "--concurrency", concurrency)
    assert deaths > 1
    results = lines(tmp_path / "out.jsonl")
    assert [result["index"] for result in results] == list(range(RUNS))
    assert [run.request for run in read_runs(str(tmp_path / "trace.jsonl")).runs] == [
        result["request"] for result in results
    ]
    log = log_of(tmp_path / "log.jsonl")
    writes = Counter((entry["what"], entry["item"]) for entry in log if entry["what"].startswith("shop."))
    assert set(writes.values()) == {1}
    asked = Counter(entry["item"] for entry in log if entry["what"] == "ask")
    # An answer that a process took with it has to be asked for again.
    assert 0 <= asked.total() - RUNS <= deaths * concurrency
    for result in results:
        item = result["request"].removeprefix("Buy ")
        made = [writes["shop.buy", item], writes["shop.tell", f"receipt for {item}"]]
        if result["outcome"] == "done":
            assert made == [1, 1]
        else:
            assert "write in doubt" in result["deviation"]["message"]
    if concurrency == 1:
        # So that it is the same each time.
        assert {result["outcome"] for result in results} == {"done", "deviated"}


@pytest.mark.slow
def test_with_a_key_every_run_is_done(tmp_path: Path) -> None:
    deaths = killed_until_it_ends(tmp_path, 3, "--idempotency-key", "key")
    assert deaths > 1
    results = lines(tmp_path / "out.jsonl")
    assert [result["outcome"] for result in results] == ["done"] * RUNS
    log = log_of(tmp_path / "log.jsonl")
    writes = Counter((entry["what"], entry["item"]) for entry in log if entry["what"].startswith("shop."))
    assert len(writes) == 2 * RUNS
    assert set(writes.values()) == {1}


@pytest.mark.slow
def test_ctrl_c_leaves_whole_lines_and_the_same_command_goes_on(tmp_path: Path) -> None:
    write_shop(tmp_path)
    (tmp_path / "in.jsonl").write_text("".join(f'"Buy item{number}"\n' for number in range(8)))
    arguments = ["--inputs", "in.jsonl", "--durable", "--output", "out.jsonl", "--concurrency", 2]
    environment = variables(SHOP_LOG=tmp_path / "log.jsonl", SHOP_SLOW=0.05)
    process = subprocess.Popen(
        command(*arguments), cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True
    )
    while len(log_of(tmp_path / "log.jsonl")) < 4:
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert "ending the runs under way" in said
    assert process.returncode == 1
    first = lines(tmp_path / "out.jsonl")
    assert 0 < len(first) < 8
    subprocess.run(command(*arguments), cwd=tmp_path, env=environment, check=True, capture_output=True)
    results = lines(tmp_path / "out.jsonl")
    assert [result["outcome"] for result in results] == ["done"] * 8
    assert results[: len(first)] == first
    writes = [entry["item"] for entry in log_of(tmp_path / "log.jsonl") if entry["what"] == "shop.buy"]
    assert len(writes) == len(set(writes)) == 8
