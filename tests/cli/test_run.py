"""`tracec run`: tools in many shapes, requests, and the traces that are left."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from compiler.ir.run import Call
from compiler.read import read_runs
from tests.cli.runner import subprocess_tracec, tracec

HARNESS = '''
from compiler.runtime import Answer3, Deviation, Limits, Patterns, Question, Run, harness

from .tools import Request, Tools

PATTERNS = Patterns("Buy {name:word}")
REQUEST = Question("What is to be bought?")
CHEAP = Question("Is it cheap?")


@harness(limits=Limits(tool_calls=2, questions=2))
def buy_item(run: Run[Tools], text: str) -> str:
    """Buy what the request names."""
    request = run.parse(text, PATTERNS, Request, otherwise=REQUEST)
    price = run.tools.shop_price(name=request.name)
    if price > 100:
        raise Deviation("nobody bought anything as dear")
    if price > 50 and run.classify(CHEAP, Answer3) is not Answer3.YES:
        raise Deviation("it is not cheap")
    return run.tools.shop_buy(name=request.name)
'''
TOOLS = """
from typing import Protocol

from compiler.runtime import Record, tool


class Request(Record):
    name: str


class Tools(Protocol):
    @tool("shop.price", effect="read")
    def shop_price(self, *, name: str = ...) -> int: ...

    @tool("shop.buy", effect="write")
    def shop_buy(self, *, name: str = ...) -> str: ...
"""
SHOP = """
class Shop:
    def __init__(self):
        self.sold = 0

    def __getattr__(self, name):
        raise AttributeError(name)

    def shop_price(self, name):
        return {"pen": 2, "car": 9000, "lamp": 60}[name]

    async def shop_buy(self, name):
        self.sold += 1
        return f"receipt {self.sold} for {name}"

    def call(self, name, arguments):
        return f"by name: {name}" if name == "shop.buy" else 1


shop = Shop()
MAPPING = {"shop.price": shop.shop_price, "shop.buy": shop.shop_buy}
HALF = {"shop.price": shop.shop_price}
broken = 3


def shop_price(name):
    return 1


def shop_buy(name):
    return "from the module"


def made():
    return MAPPING


def needs(x):
    return x


def fails():
    raise RuntimeError("no connection")
"""


@pytest.fixture
def shop(tmp_path: Path) -> tuple[Path, Path]:
    """Give a harness folder, and a file with tools for it."""
    folder = tmp_path / "buy_item"
    folder.mkdir()
    (folder / "harness.py").write_text(HARNESS)
    (folder / "tools.py").write_text(TOOLS)
    file = tmp_path / "shop_tools.py"
    file.write_text(SHOP)
    return folder, file


@pytest.mark.parametrize(
    ("tools", "said"),
    [
        ("shop", "receipt 1 for pen"),
        ("Shop", "receipt 1 for pen"),
        ("MAPPING", "receipt 1 for pen"),
        ("made", "receipt 1 for pen"),
        ("shop.call", "by name: shop.buy"),
        ("Shop.call", "by name: shop.buy"),
        ("", "from the module"),
    ],
)
def test_tools_come_in_many_shapes(shop: tuple[Path, Path], tools: str, said: str) -> None:
    folder, file = shop
    spec = f"{file}:{tools}" if tools else str(file)
    result = tracec("run", folder, "--tools", spec, "--request", "Buy pen")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[-1] == f"done: {said}"


@pytest.mark.parametrize(
    ("tools", "problem"),
    [
        ("HALF", "no callable for 'shop.buy'"),
        ("broken", "no callable for 'shop.buy', 'shop.price'"),
        ("missing", "there is no 'missing'"),
        ("needs", "must take a tool's name and its arguments"),
        ("fails", "calling fails failed: RuntimeError: no connection"),
    ],
)
def test_tools_that_are_of_no_use(shop: tuple[Path, Path], tools: str, problem: str) -> None:
    folder, file = shop
    result = tracec("run", folder, "--tools", f"{file}:{tools}", "--request", "Buy pen")
    assert result.exit_code == 2
    assert problem in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.usefixtures("shop")
def test_tools_of_a_module_in_the_working_directory(tmp_path: Path) -> None:
    done = subprocess_tracec(
        "run", "buy_item", "--tools", "shop_tools:Shop", "--request", "Buy pen", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    missing = subprocess_tracec("run", "buy_item", "--tools", "nowhere:x", "--request", "y", cwd=tmp_path)
    assert missing.returncode == 2
    assert "cannot import 'nowhere'" in missing.stderr


def test_a_write_that_is_not_approved_is_said_first_and_not_made(
    shop: tuple[Path, Path], tmp_path: Path
) -> None:
    folder, file = shop
    (folder / "harness.lock").write_text('{"approved": []}')
    trace = tmp_path / "runs.jsonl"
    result = tracec("run", folder, "--tools", f"{file}:Shop", "--request", "Buy pen", "--trace", trace)
    assert result.exit_code == 1
    refusal = "shop.buy is a write that nobody has approved; "
    assert result.stderr.startswith(f"tracec: {refusal}")
    assert refusal in result.stdout
    (run,) = read_runs(str(trace)).runs
    assert [call.tool for call in run.calls] == ["shop.price"]


def test_a_deviation_is_exit_1_and_says_where(shop: tuple[Path, Path]) -> None:
    folder, file = shop
    result = tracec("run", folder, "--tools", f"{file}:shop", "--request", "Buy car")
    assert result.exit_code == 1
    assert 'shop.price(name="car") -> 9000' in result.stdout
    assert "at harness.py:" in result.stdout
    assert result.stdout.splitlines()[-1] == "deviated: nobody bought anything as dear"


def test_a_question_without_a_model_deviates(shop: tuple[Path, Path]) -> None:
    folder, file = shop
    result = tracec("run", folder, "--tools", f"{file}:shop", "--request", "Buy lamp", "--json")
    assert result.exit_code == 1
    (run,) = json.loads(result.stdout)["runs"]
    assert run["outcome"] == "deviated"
    assert "CHEAP" in run["deviation"]["message"]


def test_a_batch_leaves_a_trace_of_every_run(shop: tuple[Path, Path], tmp_path: Path) -> None:
    folder, file = shop
    inputs, trace = tmp_path / "in.jsonl", tmp_path / "trace.jsonl"
    inputs.write_text('"Buy pen"\n\n{"name": "pen"}\n"Buy car"\n')
    arguments = ["run", folder, "--tools", f"{file}:Shop", "--inputs", inputs, "--trace", trace]
    result = tracec(*arguments, "--now", "2026-03-31T09:00", "--json")
    assert result.exit_code == 1
    runs = json.loads(result.stdout)["runs"]
    assert [run["outcome"] for run in runs] == ["done", "done", "deviated"]
    assert [run["value"] for run in runs[:2]] == ["receipt 1 for pen", "receipt 2 for pen"]

    read = read_runs(str(trace)).runs
    assert [run.request for run in read] == ["Buy pen", {"name": "pen"}, "Buy car"]
    assert [run.success for run in read] == [None, None, False]
    assert read[0].calls[0] == Call(tool="shop.price", arguments={"name": "pen"}, result=2, decode="json")
    assert {run.now.isoformat() for run in read if run.now} == {"2026-03-31T09:00:00"}
    assert len({run.run_id for run in read}) == 3

    assert tracec(*arguments).exit_code == 1
    assert len(read_runs(str(trace)).runs) == 6


@pytest.mark.parametrize(
    ("request_", "outcome"), [('{"name": "pen"}', "done"), ('{"other": 1}', "deviated"), ("{", "deviated")]
)
def test_a_request_of_fields(shop: tuple[Path, Path], request_: str, outcome: str) -> None:
    folder, file = shop
    result = tracec("run", folder, "--tools", f"{file}:shop", "--request", request_, "--json")
    assert json.loads(result.stdout)["runs"][0]["outcome"] == outcome


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ([], "either --request or --inputs"),
        (["--request", "x", "--inputs", "-"], "either --request or --inputs"),
        (["--inputs", "-"], "-:2: no request"),
        (["--request", "x", "--now", "tomorrow"], "not an ISO date"),
        (["--request", "x", "--batch", "b"], "for --durable runs"),
        (["--request", "x", "--idempotency-key", "key"], "for --durable runs"),
        (["--inputs", "-", "--durable"], "needs --batch NAME"),
        (["--request", "x", "--durable", "--batch", "a:b"], "a name is of letters"),
        (["--request", "x", "--durable", "mysql://h/d"], "SQLite or PostgreSQL"),
        (["--request", "x", "--durable", "--idempotency-key", "shop.sell=key"], "has no tool 'shop.sell'"),
        (["--request", "x", "--durable", "--batch", "b", "--worker"], "give no requests"),
        (["--durable", "--batch", "b", "--worker"], "several processes"),
        (["--durable", "postgresql://h/d", "--worker"], "needs --batch NAME"),
    ],
)
def test_requests_that_are_of_no_use(shop: tuple[Path, Path], arguments: list[str], problem: str) -> None:
    folder, file = shop
    result = tracec("run", folder, "--tools", f"{file}:shop", *arguments, stdin='"Buy pen"\n[1]\n')
    assert result.exit_code == 2
    assert problem in result.stderr


def test_results_go_to_a_file_in_order_and_a_summary_is_printed(
    shop: tuple[Path, Path], tmp_path: Path
) -> None:
    folder, file = shop
    inputs, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    inputs.write_text("".join(f'"Buy {item}"\n' for item in ("pen", "car", "pen", "wall") * 5))
    output.write_text("of a run before\n")
    arguments = ["--tools", f"{file}:shop", "--inputs", inputs, "--output", output, "--concurrency", 3]
    result = tracec("run", folder, *arguments)
    assert result.exit_code == 1
    assert result.stdout == f"{output}: 20 runs: 10 deviated, 10 done\n"
    lines = [json.loads(line) for line in output.read_text().splitlines()]
    assert [line["index"] for line in lines] == list(range(20))
    assert [line["request"] for line in lines][:4] == ["Buy pen", "Buy car", "Buy pen", "Buy wall"]
    assert len({line["run"] for line in lines}) == 20


def test_json_is_one_object_however_many_runs_there_are(shop: tuple[Path, Path]) -> None:
    folder, file = shop
    arguments = ["run", folder, "--tools", f"{file}:shop", "--inputs", "-", "--json"]
    printed = tracec(*arguments, stdin='"Buy pen"\n' * 3).stdout
    runs = json.loads(printed)["runs"]
    assert len(runs) == 3
    assert printed == json.dumps({"runs": runs}, indent=2) + "\n"


def test_a_durable_batch_goes_on_in_the_files_that_it_left(shop: tuple[Path, Path], tmp_path: Path) -> None:
    folder, file = shop
    inputs, output, trace = (tmp_path / name for name in ("in.jsonl", "out.jsonl", "trace.jsonl"))
    inputs.write_text('"Buy pen"\n"Buy car"\n"Buy pen"\n')
    arguments = ["run", folder, "--tools", f"{file}:shop", "--inputs", inputs, "--output", output]
    arguments += ["--trace", trace, "--durable", tmp_path / "runs.sqlite"]
    assert tracec(*arguments).exit_code == 1
    first, traces = output.read_text(), trace.read_text()
    assert first.count("\n") == traces.count("\n") == 3
    output.write_text(first[: first.index("\n") + 20])
    trace.write_text(traces[: traces.rindex("{") - 100])
    again = tracec(*arguments)
    assert again.stdout == f"{output}: 3 runs: 1 deviated, 2 done\n"
    assert again.stderr == "tracec: 3 of 3 runs had ended before, and were not repeated\n"
    assert output.read_text() == first
    assert [run.run_id for run in read_runs(str(trace)).runs] == [
        json.loads(line)["run"] for line in first.splitlines()
    ]
    assert "receipt 2 for pen" in first
    assert "receipt 3" not in first


def test_durable_runs_say_what_they_need(shop: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    folder, file = shop
    monkeypatch.setitem(sys.modules, "dbos", None)
    result = tracec("run", folder, "--tools", f"{file}:shop", "--request", "Buy pen", "--durable")
    assert result.exit_code == 2
    assert "pip install 'tracec[durable]'" in result.stderr
    assert result.stderr.count("\n") == 1
