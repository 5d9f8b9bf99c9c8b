"""Which approvals a harness keeps when it is compiled anew, and what is left to approve."""

from __future__ import annotations

import pytest

from compiler.evolve.approvals import Pending, carry_approvals, effects, pending
from compiler.runtime.jsons import JSON


def tools(**declared: str) -> str:
    """Write a tools.py with these effects."""
    methods = "".join(
        f'    @tool("{name}", effect="{effect}")\n    def {name}(self) -> str: ...\n'
        for name, effect in declared.items()
    )
    return f"class Tools(Protocol):\n{methods}    x = 1\n"


BEFORE = tools(get_order="read", note="read", cancel_order="write")
AFTER = tools(get_order="read", note="write", refund_order="write", cancel_order="write")
CANCEL: JSON = {"tool": "cancel_order", "by": "compile"}
REVIEWED: JSON = {"tool": "note", "by": "review", "words": "notes are harmless"}


def test_the_first_compile_approves_what_it_writes() -> None:
    assert carry_approvals(None, "", BEFORE) == [CANCEL]


@pytest.mark.parametrize("kept", [[], [CANCEL], [CANCEL, REVIEWED]])
def test_later_ones_keep_what_was_approved_and_add_nothing(kept: list[JSON]) -> None:
    assert carry_approvals({"approved": list(kept)}, BEFORE, AFTER) == kept


def test_an_older_lock_approves_what_ran_so_far() -> None:
    assert carry_approvals({"format": 1}, BEFORE, AFTER) == [CANCEL]


def test_a_lock_that_nobody_can_read_approves_nothing() -> None:
    assert carry_approvals({"approved": "all"}, BEFORE, AFTER) == []


def test_a_new_write_and_one_that_only_read_are_pending() -> None:
    found = pending(frozenset({"cancel_order"}), BEFORE, AFTER)
    assert found == (Pending(tool="note", was_read=True), Pending(tool="refund_order"))
    assert [one.why for one in found] == ["it only read before", "a new write"]
    assert pending(frozenset({"cancel_order", "note", "refund_order"}), BEFORE, AFTER) == ()


def test_a_tool_that_is_declared_twice_may_write() -> None:
    assert effects(tools(a="write") + tools(a="read")) == {"a": "write"}
    assert effects(tools(a="read") + tools(a="write")) == {"a": "write"}


def test_the_effect_is_read_from_what_the_compiler_writes() -> None:
    text = '@tool("mail/send", effect="write", idempotent=True)\ndef mail_send(self) -> str: ...\n'
    assert effects(text) == {"mail/send": "write"}
    assert effects("no python (") == {}
