"""What the tests of durable runs share: a harness that reads, asks and writes twice, and its world."""

from __future__ import annotations

import json
import os
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compiler.runtime import Answer, Ask, Harness, load_source
from compiler.runtime.jsons import JSON

if TYPE_CHECKING:
    from collections.abc import Callable

HARNESS = '''
from compiler.runtime import Answer3, Deviation, Limits, Patterns, Question, Retry, Run, harness

from .tools import Request, Tools

PATTERNS = Patterns("Buy {item:word}")
CHEAP = Question("Is it cheap?")


@harness(limits=Limits(tool_calls=3, questions=1), retry=Retry(attempts=2, on=TimeoutError))
def buy_item(run: Run[Tools], text: str) -> str:
    """Buy what the request names, and tell the boss."""
    request = run.parse(text, PATTERNS, Request)
    with run.scope("price", run.tools.shop_price(item=request.item)) as here:
        if here.classify(CHEAP, Answer3) is not Answer3.YES:
            raise Deviation("it is not cheap")
    receipt = run.tools.shop_buy(item=request.item, day=run.now.date().isoformat())
    run.tools.shop_tell(receipt=receipt)
    return receipt
'''
TOOLS = """
from typing import Protocol

from compiler.runtime import Record, tool


class Request(Record):
    item: str


class Tools(Protocol):
    @tool("shop.price", effect="read")
    def shop_price(self, *, item: str = ...) -> int: ...

    @tool("shop.buy", effect="write")
    def shop_buy(self, *, item: str = ..., day: str = ...) -> str: ...

    @tool("shop.tell", effect="write")
    def shop_tell(self, *, receipt: str = ...) -> None: ...
"""
FILES = {"harness.py": HARNESS, "tools.py": TOOLS}
PROCESS = Path(__file__).parent / "shop_process.py"


class Shop:
    """The tools and the model. ``tick`` is called before and after whatever they do."""

    def __init__(self, tick: Callable[[], None] = lambda: None) -> None:
        self.tick = tick
        self.reads: list[str] = []
        self.asked: list[int] = []
        self.writes: list[tuple[str, dict[str, JSON]]] = []
        self.failures: list[Exception] = []

    def call(self, name: str, arguments: dict[str, JSON]) -> object:
        self.tick()
        if name == "shop.price":
            self.reads.append(str(arguments["item"]))
            if self.failures:
                raise self.failures.pop(0)
            return 2
        self.writes.append((name, dict(arguments)))
        self.tick()
        return f"receipt for {arguments['item']}" if name == "shop.buy" else None

    def answer(self, ask: Ask) -> Answer:
        self.tick()
        self.asked.append(len(ask.facts))
        self.tick()
        return Answer(0)


@cache
def shop_harness(*changed: tuple[str, str]) -> Harness:
    """Load the harness; ``changed`` says what stands in place of something in its files."""
    files = dict(FILES)
    for old, new in changed:
        files = {name: text.replace(old, new) for name, text in files.items()}
    return load_source("buy_item", files)


def write_shop(folder: Path) -> None:
    """Write the harness into a folder of its name."""
    (folder / "buy_item").mkdir()
    for name, text in FILES.items():
        (folder / "buy_item" / name).write_text(text)


def command(*arguments: object) -> list[str]:
    """Give the command that runs the shop in a process of its own: see shop_process.py."""
    return [sys.executable, str(PROCESS), *options(*arguments)]


def options(*arguments: object) -> list[str]:
    """Give the arguments of such a command."""
    tools = ["--tools", "tests.operate.shop_process:call", "--model", "fake"]
    return ["run", "buy_item", *tools, *map(str, arguments)]


def variables(**given: object) -> dict[str, str]:
    """Give the environment of such a process."""
    root = Path(__file__).resolve().parent.parent.parent
    return os.environ | {"PYTHONPATH": str(root)} | {name: str(value) for name, value in given.items()}


def log_of(file: Path) -> list[dict[str, Any]]:
    """Read what such processes have done."""
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
