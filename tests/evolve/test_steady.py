"""Names and order stay from one generation to the next."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from compiler.evolve.steady import steady

OLD = '''\
"""Restock."""

from .tools import Tools

PATTERNS = Patterns(
    "Restock {order:word}",
    "Please restock {order:word}",
    unseen="pieces",
)


def restock(run: Run[Tools], request: Request) -> None:
    """Restock all items."""
    order = run.tools.get_order(order_id=request.order)
    for item in order.items:
        # 5/5 tasks
        handle_item(run, item)
    if order.closed:
        raise Deviation(f"{order.status!r} is no status for {request.order}")
    finish(run, order)


def handle_item(run: Run[Tools], item: Item) -> None:
    """Do for one item what the traces show."""
    run.tools.restock(sku=item.sku, item=item.name)
    run.tools.note(text=item.name)


def finish(run: Run[Tools], order: Order) -> None:
    """Close it."""
    run.tools.close(order_id=order.order_id)
    run.tools.note(text=order.order_id)
'''

NEW = '''\
"""Restock."""

from .tools import Tools

PATTERNS = Patterns(
    "Please restock {order:word}",
    "Restock the {order:word}",
    "Restock {order:word}",
    unseen="pieces",
)


def restock(run: Run[Tools], request: Request) -> None:
    """Restock all items."""
    order = run.tools.get_draft(order_id=request.order)
    for item in order.lines:
        # 7/7 tasks
        run.tools.check(item=item.name)
    order_2 = run.tools.get_order(order_id=request.order)
    for item_2 in order_2.items:
        # 7/7 tasks
        handle_item_2(run, item_2)
    if order_2.closed:
        raise Deviation(f"{order_2.status!r} is no status for {request.order}")
    finish(run, order_2)


def finish(run: Run[Tools], order: Order) -> None:
    """Close it."""
    run.tools.close(order_id=order.order_id)
    run.tools.note(text=order.order_id)


def handle_item_2(run: Run[Tools], item: Item) -> None:
    """Do for one item what the traces show."""
    run.tools.restock(sku=item.sku, item=item.name)
    run.tools.note(text=item.name)
'''

STEADY = """\
    order_2 = run.tools.get_draft(order_id=request.order)
    for item_2 in order_2.lines:
        # 7/7 tasks
        run.tools.check(item=item_2.name)
    order = run.tools.get_order(order_id=request.order)
    for item in order.items:
        # 7/7 tasks
        handle_item(run, item)
    if order.closed:
        raise Deviation(f"{order.status!r} is no status for {request.order}")
    finish(run, order)
"""


def test_what_was_there_keeps_its_names() -> None:
    assert STEADY in steady(OLD, NEW)


def test_helpers_keep_their_names_and_places() -> None:
    text = steady(OLD, NEW)
    assert text.endswith(OLD[OLD.index("\n\ndef handle_item(") :])


def test_wordings_stay_in_order() -> None:
    assert (
        'Patterns(\n    "Restock {order:word}",\n    "Restock the {order:word}",\n'
        '    "Please restock {order:word}",\n    unseen="pieces",\n)'
    ) in steady(OLD, NEW)


def test_a_source_is_as_steady_as_it_is() -> None:
    assert steady(OLD, OLD) == OLD
    assert steady(OLD, steady(OLD, NEW)) == steady(OLD, NEW)
    assert steady("no (python", NEW) == NEW


GOLDEN = sorted(Path(__file__).parent.parent.joinpath("emit", "golden").glob("*/harness.py"))


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.parent.name)
def test_any_source_stays_what_it_is_beside_another(path: Path) -> None:
    new = path.read_text(encoding="utf-8")
    for other in GOLDEN:
        text = steady(other.read_text(encoding="utf-8"), new)
        assert kinds(text) == kinds(new)
        assert steady(other.read_text(encoding="utf-8"), text) == text


def kinds(text: str) -> list[str]:
    return sorted(type(node).__name__ for node in ast.walk(ast.parse(text)))
