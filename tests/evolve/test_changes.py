"""What is said of a new program: every kind of change, and nothing of what stayed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from compiler.evolve.changes import changes, only_evidence
from compiler.evolve.outline import Asked, Outline
from compiler.ir.steps import Step

PENDING = 'status of get_order == "pending"'
PICKED = "email_id of the one that WHICH_EMAIL picks"
GET = Step(kind="read", what="get_order", with_=(("order_id", "request.order_id"),), tasks=60)
STOP = Step(kind="stop", what="", under=('status of get_order == "cancelled"',), tasks=12)
CANCEL = Step(
    kind="write", what="cancel_order", under=(PENDING,), with_=(("order_id", "request.order_id"),), tasks=20
)
NOTIFY = Step(kind="write", what="notify", with_=(("text", '"Closed."'),), tasks=48)
WHICH = Step(kind="ask", what="WHICH_EMAIL", with_=(("of", "search_emails"),), tasks=41)
REPLY = Step(kind="write", what="reply", with_=(("email_id", PICKED),), tasks=41)
EMAIL = Asked(kind="choose", text="Which email?", why="no rule explains it", runs=5)
TABLE = Step(kind="table", what="label of field", with_=(('"City"', "request.city"),), tasks=60)


def outline(*steps: Step, questions: Mapping[str, Asked] | None = None, **more: Any) -> Outline:
    given: dict[str, Any] = {"name": "shop", "tasks": 60, "runs": 60, "fields": {"order_id": "text"}} | more
    return Outline(steps=steps, questions=questions or {}, **given)


def said(old: Outline, new: Outline) -> list[str]:
    return [one.text for one in changes(old, new)]


OLD = outline(GET, CANCEL, NOTIFY)


def test_the_same_program_says_nothing() -> None:
    whole = outline(GET, STOP, CANCEL, NOTIFY, WHICH, REPLY, TABLE, questions={"WHICH_EMAIL": EMAIL})
    assert changes(whole, whole) == ()


def test_more_tasks_are_evidence_only() -> None:
    more = replace(OLD, tasks=66, runs=66, steps=tuple(replace(s, tasks=s.tasks + 2) for s in OLD.steps))
    found = changes(OLD, more)
    assert only_evidence(found)
    assert [one.text for one in found] == ["66 tasks and 66 runs, were 60 and 60"]


REFUND = Step(kind="write", what="refund_order", under=(PENDING,), tasks=3)


@pytest.mark.parametrize(
    ("steps", "words", "approve"),
    [
        (
            (GET, CANCEL, REFUND, NOTIFY),
            f"a new write: `refund_order` where `{PENDING}`, in 3 of 60 tasks: approve it",
            True,
        ),
        (
            (GET, replace(CANCEL, under=()), NOTIFY),
            f"`cancel_order` is now called always (20 of 60 tasks), was called where `{PENDING}`",
            True,
        ),
        (
            (GET, replace(CANCEL, under=("for each of orders", PENDING)), NOTIFY),
            f"`cancel_order` is now called for each of `orders`, where `{PENDING}` (20 of 60 tasks), "
            f"was called where `{PENDING}`",
            False,
        ),
        (
            (GET, CANCEL, NOTIFY, replace(NOTIFY, under=(PENDING,), tasks=4)),
            f"`notify` is also called where `{PENDING}`, in 4 of 60 tasks",
            False,
        ),
        (
            (GET, CANCEL, replace(NOTIFY, with_=(("text", "request.text"),))),
            '`text` of `notify` is now `request.text`, was `"Closed."`',
            False,
        ),
        ((GET, CANCEL, replace(NOTIFY, with_=())), "`text` of `notify` is no longer given", False),
        ((GET, CANCEL), "`notify` is no longer called", False),
        (
            (replace(GET, kind="write"), CANCEL, NOTIFY),
            "a new write: `get_order`, which was a read, in 60 of 60 tasks: approve it",
            True,
        ),
        ((GET, NOTIFY, CANCEL), "`notify` now comes before `cancel_order`", False),
    ],
)
def test_side_effects_come_first(steps: tuple[Step, ...], words: str, *, approve: bool) -> None:
    new = replace(outline(*steps), fields={})
    first = changes(OLD, new)[0]
    assert (first.group, first.text, first.approve) == ("side effects", words, approve)


def test_an_early_stop_is_said_with_its_tasks() -> None:
    words = 'the run now stops early where `status of get_order == "cancelled"` (12 of 60 tasks)'
    assert said(OLD, outline(GET, STOP, CANCEL, NOTIFY)) == [words]


def test_a_stop_that_is_gone_lets_the_writes_after_it_reach_further() -> None:
    (found,) = changes(outline(GET, STOP, CANCEL), outline(GET, CANCEL))
    assert found.approve
    assert found.text.endswith('"cancelled"`: the writes that follow are made there, too')
    (found,) = changes(outline(GET, CANCEL, STOP), outline(GET, CANCEL))
    assert (found.group, found.approve) == ("logic", False)


def test_a_stop_on_another_condition_is_one_change() -> None:
    moved = replace(STOP, under=('status of get_order in ["cancelled", "lost"]',), tasks=15)
    assert said(outline(GET, STOP, CANCEL), outline(GET, moved, CANCEL)) == [
        'the run stops early where `status of get_order in ["cancelled", "lost"]` (15 of 60 tasks), '
        'stopped early where `status of get_order == "cancelled"`'
    ]


def test_a_choice_that_became_a_rule_says_the_rule() -> None:
    old = outline(WHICH, REPLY, questions={"WHICH_EMAIL": EMAIL}, tasks=41)
    latest = replace(REPLY, with_=(("email_id", "email_id of latest of search_emails by sent"),))
    assert said(old, outline(latest, tasks=41)) == [
        "`WHICH_EMAIL` is no longer a question: `email_id` of `reply` follows "
        "`email_id of latest of search_emails by sent` in 41 of 41 tasks"
    ]


def test_a_new_question_says_why_it_is_one() -> None:
    found = said(outline(REPLY), outline(REPLY, questions={"WHICH_EMAIL": EMAIL}))
    assert found == [
        "a new question: `WHICH_EMAIL`, asked in 5 of 60 runs: `Which email?` (no rule explains it)"
    ]


def test_a_question_of_another_name_is_not_another_question() -> None:
    old = outline(WHICH, REPLY, questions={"WHICH_EMAIL": EMAIL})
    steps = replace(WHICH, what="EMAIL"), replace(
        REPLY, with_=(("email_id", "email_id of the one that EMAIL picks"),)
    )
    assert said(old, outline(*steps, questions={"EMAIL": EMAIL})) == ["`WHICH_EMAIL` is called `EMAIL` now"]


def test_entries_of_a_table_are_told_one_by_one() -> None:
    more = replace(TABLE, with_=(('"City"', "request.town"), ('"Age"', "AGE asks")))
    assert said(outline(TABLE), outline(more)) == [
        '`"City"` as `label of field` now gives `request.town`, gave `request.city`',
        '`"Age"` as `label of field` is now known: `AGE asks`',
    ]


def test_the_request_and_the_limits_are_told_last() -> None:
    old = replace(OLD, wordings=("Close {order_id}",), limits=(("tool calls", 3),))
    new = replace(
        OLD,
        fields={"order_id": "text", "reason": "text"},
        wordings=("Close {order_id}", "Drop {order_id}"),
        limits=(("tool calls", 4),),
    )
    assert said(old, new) == [
        "the request has a new field: `reason` (text)",
        "one wording more is read without the model: `Drop {order_id}`",
        "at most 4 tool calls, were 3",
    ]


def test_of_an_older_lock_only_the_calls_are_compared() -> None:
    old = replace(outline(*(replace(s, under=(), with_=()) for s in (GET, CANCEL, NOTIFY))), detailed=False)
    assert said(old, outline(GET, STOP, CANCEL, NOTIFY)) == []
    assert said(old, outline(GET, CANCEL)) == ["`notify` is no longer called"]
