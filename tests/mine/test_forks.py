from __future__ import annotations

from compiler.ir.program import Ask
from compiler.ir.run import JSON, Run
from tests.mine.build import call, mined, run, walk


def closing(number: int, *, contradicts: bool) -> Run:
    """Close the large tickets; where it contradicts, one of two that are alike in all but their order."""
    rows: list[JSON] = [
        {"ticket_id": f"T-{number}{n}", "size": size} for n, size in enumerate(("large", "small", "large"))
    ]
    wanted = (f"T-{number}0",) if contradicts else (f"T-{number}0", f"T-{number}2")
    calls = (call("tickets.close", ticket_id=ticket) for ticket in wanted)
    return run(f"Close case-{number}", call("tickets.find", rows, query=f"case-{number}"), *calls)


def asks(*runs: Run) -> bool:
    return any(isinstance(node, Ask) for node in walk(mined(*runs).body))


def test_rows_are_picked_by_the_rule_that_all_of_them_follow() -> None:
    assert not asks(*(closing(n, contradicts=False) for n in range(1, 9)))


def test_a_row_that_was_left_alone_against_the_rule_is_never_overlooked() -> None:
    contradicting = closing(9, contradicts=True)
    assert asks(*(closing(n, contradicts=False) for n in range(1, 9)), contradicting)
