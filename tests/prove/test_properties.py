"""What holds for any run: its own calls replay exactly, and another write never passes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from hypothesis import given
from hypothesis import strategies as st

from compiler.ir.run import JSON, Call
from compiler.prove.canonical import canonical
from compiler.prove.cassette import RecordedFailure
from compiler.prove.replay import replay_task
from compiler.prove.report import RIGHT
from tests.prove.fakes import READS, WRITES, FakeHarness, FakeRun, run

SCALARS: st.SearchStrategy[JSON] = st.none() | st.booleans() | st.integers(-3, 3) | st.text("ab", max_size=2)
VALUES = st.recursive(
    SCALARS | st.floats(allow_nan=False), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)
ARGUMENTS = st.dictionaries(st.sampled_from(["id", "name"]), SCALARS, max_size=2)


def call_of(tool: str, arguments: dict[str, JSON], result: JSON, *, fails: bool) -> Call:
    return Call(tool=tool, arguments=arguments, result=result, status="error" if fails else "ok")


CALLS = st.lists(
    st.builds(call_of, st.sampled_from(READS + WRITES), ARGUMENTS, SCALARS, fails=st.booleans()), max_size=8
)


def repeating(calls: list[Call], seen: list[object]) -> Callable[[FakeRun], None]:
    """Make the body of a harness that issues these calls, whatever comes of them."""

    def body(session: FakeRun) -> None:
        for call in calls:
            try:
                seen.append(session.call(call.tool, **call.arguments))
            except RecordedFailure as failure:
                seen.append(str(failure))

    return body


def expected(calls: list[Call]) -> Iterator[object]:
    for call in calls:
        yield str(call.result) if call.status == "error" else call.result


@given(CALLS)
def test_a_run_replays_exactly_and_gets_its_own_results(calls: list[Call]) -> None:
    seen: list[object] = []
    found = replay_task(FakeHarness(repeating(calls, seen)), (run(*calls),))
    assert found.verdict == "exact"
    assert seen == list(expected(calls))


@given(CALLS, st.sampled_from(WRITES), st.data())
def test_one_write_more_never_passes(calls: list[Call], tool: str, data: st.DataObject) -> None:
    made = [call for call in calls if call.status == "ok"]
    place = data.draw(st.integers(0, len(made)))
    extra = Call(tool=tool, arguments={"id": "never recorded"})
    harness = FakeHarness(repeating([*made[:place], extra, *made[place:]], []))
    found = replay_task(harness, (run(*made),))
    assert (found.verdict, found.silent) == ("wrong", True)


@given(CALLS, st.data())
def test_one_write_less_never_passes(calls: list[Call], data: st.DataObject) -> None:
    made = [call for call in calls if call.status == "ok"]
    writes = [place for place, call in enumerate(made) if call.tool in WRITES]
    if writes:
        place = data.draw(st.sampled_from(writes))
        harness = FakeHarness(repeating(made[:place] + made[place + 1 :], []))
        assert replay_task(harness, (run(*made),)).verdict not in RIGHT


@given(VALUES, VALUES)
def test_canonical_text_is_equal_only_for_equal_values(one: JSON, other: JSON) -> None:
    assert canonical(one) == canonical(json.loads(json.dumps(one)))
    if canonical(one) == canonical(other):
        assert one == other
