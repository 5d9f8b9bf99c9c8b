"""`tracec` with a shop that keeps its books in a file, and may be killed: run as a script.

In the environment: SHOP_LOG is the file to which each thing that is done is appended, with fsync; SHOP_DIE is
the number of the moment at which the process kills itself; SHOP_SLOW is how many seconds each thing takes.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import sys
import threading
import time
from typing import Any

_log = os.open(os.environ.get("SHOP_LOG", os.devnull), os.O_WRONLY | os.O_APPEND | os.O_CREAT)
_die = int(os.environ.get("SHOP_DIE", "0"))
_slow = float(os.environ.get("SHOP_SLOW", "0"))
_moments = itertools.count(1)
_lock = threading.Lock()


def moment() -> None:
    """Let time pass, and die if it is time for that."""
    time.sleep(_slow)
    if next(_moments) == _die:
        os.kill(os.getpid(), signal.SIGKILL)


def log(what: str, **said: object) -> bool:
    """Append to the log; with a key that is known, nothing: that is what a key is for."""
    with _lock:
        if said.get("key") and json.dumps(said["key"]) in _text():
            return False
        os.write(_log, (json.dumps({"what": what, "pid": os.getpid(), **said}) + "\n").encode())
        os.fsync(_log)
    return True


def _text() -> str:
    with open(os.environ["SHOP_LOG"], encoding="utf-8") as file:  # noqa: PTH123 - a script that stands alone
        return file.read()


def call(name: str, arguments: dict[str, Any]) -> object:
    """The tools of the shop."""
    moment()
    if name == "shop.price":
        log("read", item=arguments["item"])
        return 2
    what = arguments.get("item") or arguments.get("receipt")
    log(name, item=what, key=arguments.get("key"))
    moment()
    return f"receipt for {what}" if name == "shop.buy" else None


class Model:
    """Says yes to everything."""

    def __init__(self, name: str) -> None:
        del name

    def answer(self, ask: Any) -> Any:
        """Say yes."""
        from compiler.runtime import Answer

        moment()
        log("ask", item=ask.facts[0].value)
        moment()
        return Answer(0)


def tracec(*arguments: str) -> None:
    """Run `tracec` with this model; ends with SystemExit."""
    import compiler.commands.world
    from compiler.cli import main

    vars(compiler.commands.world)["LiteLLMModel"] = Model
    main(arguments)


if __name__ == "__main__":
    from tests.operate import shop_process

    # Not this module, which is called __main__: the model shares its moments with the tools.
    shop_process.tracec(*sys.argv[1:])
