"""One new run, as seen from a harness."""

from __future__ import annotations

from dataclasses import replace

import pytest

from compiler.ir.observed import Left, Observation
from compiler.ir.run import JSON, Asked, Call, Execution, Run
from compiler.prove.observe import Observer, general
from compiler.runtime import load_source
from tests.prove.fakes import ok, run
from tests.prove.test_real_harness import HARNESS, TOOLS, TWO

OBSERVER = Observer(
    load_source("return_parcel", {"harness.py": HARNESS, "tools.py": TOOLS}),
    "digest",
    frozenset({"parcels.find"}),
)
ONE = TWO[:1]


def observe(*calls: Call, success: bool | None = True) -> Observation:
    found = OBSERVER.observe(run(*calls, success=success))
    assert found is not None
    return found


def find(rows: JSON) -> Call:
    return ok("parcels.find", rows, owner="ann")


def give_back(parcel: JSON) -> Call:
    return ok("parcels.return", "done", parcel_id=parcel)


def test_a_run_as_the_harness_does_it_shows_nothing() -> None:
    found = observe(find(ONE), give_back("p1"))
    assert (found.signs(), found.tools) == (frozenset(), ("parcels.find", "parcels.return"))
    assert observe(find(TWO), give_back("p2")).signs() == {"question PARCEL"}


def test_a_write_left_out_is_a_vanished_step() -> None:
    found = observe(find(ONE))
    assert found.left == Left(verdict="wrong", at="parcels.return", why="", path=())
    assert found.signs() == {"deviation", "vanished step"}


def test_a_call_with_other_arguments_is_a_deviation_only() -> None:
    found = observe(find(ONE), give_back("p9"))
    assert found.left == Left(verdict="wrong", at="parcels.return", why="", path=("parcels.return",))
    assert found.signs() == {"deviation"}


def test_a_new_tool_is_one_that_tools_py_does_not_have() -> None:
    found = observe(find(ONE), ok("parcels.weigh", 3, parcel_id="p1"), give_back("p1"))
    assert found.unknown == ("parcels.weigh",)
    assert found.signs() == {"new tool", "deviation"}


@pytest.mark.parametrize(
    ("row", "misfits"),
    [
        (
            {"parcel_id": 7, "owner": "ann"},
            ("parcels.find answers what does not fit: *.parcel_id: Input should be a valid string",),
        ),
        ({"parcel_id": "p1"}, ("parcels.find answers what does not fit: *.owner: Field required",)),
        (
            {"parcel_id": "p1", "owner": "ann", "kg": 3},
            ("parcels.find answers with *.kg, which is new",),
        ),
    ],
)
def test_a_result_is_held_against_its_record(row: JSON, misfits: tuple[str, ...]) -> None:
    found = observe(find([row]), give_back("p1"))
    assert found.misfits == misfits
    assert "schema" in found.signs()


def test_arguments_are_held_against_the_method() -> None:
    found = observe(ok("parcels.find", ONE, owner="ann", depot="north"), give_back("p1"))
    assert found.misfits == ("parcels.find is called with depot, which is new",)


def test_a_failed_run_is_no_example() -> None:
    assert OBSERVER.observe(run(find(ONE), success=False)) is None


def own(**execution: object) -> Run:
    made = Execution(digest="digest", outcome="deviated", **execution)  # type: ignore[arg-type]
    return replace(run(find(ONE), give_back("p1"), success=False), execution=made)


def test_a_run_of_the_harness_itself_says_how_it_ended() -> None:
    asked = (Asked(question="PARCEL", kind="choose", answer="p1"),)
    found = OBSERVER.observe(own(deviation="order 'X7' is lost", agent_from=1, asks=asked))
    assert found is not None
    assert found.left == Left(verdict="deviated", at="", why="order ... is lost", path=("parcels.return",))
    assert found.asked == ("PARCEL",)


def test_a_run_of_an_older_harness_is_one_like_any_other() -> None:
    older = own(deviation="lost")
    assert older.execution is not None
    older = replace(older, execution=replace(older.execution, digest="another"), success=True)
    found = OBSERVER.observe(older)
    assert found is not None
    assert found.left is None


def test_the_values_of_a_run_are_not_said() -> None:
    assert general("no run shows the label 'Age'") == general("no run shows the label 'Town'")
    assert general("3 rows at 10:30") == "... rows at ..."
