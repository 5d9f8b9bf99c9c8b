"""The gate of an update: what counts as worse."""

from __future__ import annotations

import pytest

from compiler.evolve.gate import Sides, Trial, losses, untrue, widened
from compiler.evolve.writes import Write, merge_writes

EXACT, ASKED = Trial(verdict="exact"), Trial(verdict="asked", asks=1)
WRONG, DEVIATED, MISSED = (Trial(verdict=one) for one in ("wrong", "deviated", "missed"))
OVER = Trial(verdict="handed_over")


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({"a": EXACT}, {"a": EXACT}, []),
        ({"a": DEVIATED}, {"a": EXACT}, []),
        ({"a": EXACT}, {"a": MISSED}, []),
        ({"a": EXACT}, {}, []),
        ({"a": EXACT}, {"a": DEVIATED}, [("success", ("a",))]),
        ({"a": EXACT}, {"a": OVER}, [("success", ("a",))]),
        ({"a": DEVIATED}, {"a": WRONG}, [("wrong", ("a",))]),
        # One that is right now does not make up for another that is wrong.
        ({"a": WRONG, "b": EXACT}, {"a": EXACT, "b": WRONG}, [("wrong", ("b",))]),
        ({"a": EXACT, "b": DEVIATED}, {"a": DEVIATED, "b": EXACT}, []),
        ({"a": EXACT}, {"a": ASKED}, [("questions", ("a",))]),
        ({"a": EXACT, "b": ASKED}, {"a": ASKED, "b": EXACT}, []),
        ({"a": OVER}, {"a": DEVIATED}, [("success", ("a",))]),
    ],
)
def test_what_is_worse(
    before: dict[str, Trial], after: dict[str, Trial], found: list[tuple[str, tuple[str, ...]]]
) -> None:
    assert [(loss.aspect, loss.tasks) for loss in losses(before, after)] == found


def test_a_write_that_could_not_be_reached_is_a_loss() -> None:
    (loss,) = widened(frozenset(("refund",)), frozenset(("refund", "reship")))
    assert loss.what == "may call reship, which writes"
    assert widened(frozenset(("refund",)), frozenset()) == ()


def write(tool: str, **arguments: str) -> Write:
    return Write(tool, tuple(sorted(arguments.items())))


REFUND, MAIL, LOG = write("refund", to="1"), write("mail", to="a", text="x"), write("log")
NEWS = write("mail", to="a", text="y")


@pytest.mark.parametrize(
    ("ours", "theirs", "merged"),
    [
        ((REFUND, MAIL), (REFUND, MAIL, LOG), (REFUND, MAIL, LOG)),
        ((REFUND, NEWS), (REFUND, MAIL, LOG), (REFUND, NEWS, LOG)),
        (
            (REFUND, NEWS),
            (REFUND, write("mail", to="b", text="x")),
            (REFUND, write("mail", to="b", text="y")),
        ),
        ((REFUND,), (LOG, REFUND, MAIL), (LOG, REFUND)),
        ((REFUND,), (REFUND, NEWS), None),
        ((REFUND, NEWS), (REFUND, write("mail", to="a", text="z")), None),
    ],
)
def test_writes_are_merged_like_sources(
    ours: tuple[Write, ...], theirs: tuple[Write, ...], merged: tuple[Write, ...] | None
) -> None:
    assert merge_writes((REFUND, MAIL), ours, theirs) == merged


def did(*writes: Write, ends: bool = True) -> dict[str, Trial]:
    return {"task": Trial(verdict="wrong", writes=writes, ends=ends)}


@pytest.mark.parametrize(
    ("sides", "true"),
    [
        ((did(MAIL), did(MAIL), did(MAIL, LOG), did(MAIL, LOG)), True),
        ((did(MAIL), did(MAIL), did(MAIL, LOG), did(MAIL)), False),
        ((did(MAIL), did(NEWS), did(MAIL), did(NEWS)), True),
        ((did(MAIL), did(NEWS), did(MAIL), did(MAIL)), False),
        ((did(MAIL), did(NEWS), did(MAIL, LOG), did(NEWS, LOG)), True),
        ((did(MAIL), did(NEWS), did(MAIL, LOG), did(MAIL, LOG)), False),
        # Where the old program did not know the way, the edit is seen for the first time.
        ((did(ends=False), did(ends=False), did(MAIL), did(NEWS)), True),
        ((did(ends=False), did(ends=False), did(MAIL), did(ends=False)), False),
    ],
)
def test_a_merged_harness_does_what_both_sides_account_for(
    sides: tuple[dict[str, Trial], dict[str, Trial], dict[str, Trial], dict[str, Trial]], *, true: bool
) -> None:
    base, ours, theirs, merged = sides
    assert (untrue(Sides(base=base, ours=ours, theirs=theirs, merged=merged)) == ()) == true
