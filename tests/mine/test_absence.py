from __future__ import annotations

from compiler.ir.run import JSON, Call, Run
from compiler.mine.absence import missing
from tests.mine.build import call, cleaned, mined, run, shape


def went(found: JSON, *later: Call) -> tuple[JSON, tuple[object, ...]]:
    (episode,) = cleaned(run("Do it", call("tickets.find", found, query="x"), *later))
    return found, episode.steps[1:]


def closing(ticket: str) -> tuple[JSON, tuple[object, ...]]:
    return went({"rows": [ticket], "tags": ["old"]}, call("tickets.close", ticket_id=ticket))


def test_an_empty_list_that_others_take_from_is_missing() -> None:
    others = [closing("T-11"), closing("T-12")]
    assert missing({"rows": [], "tags": ["old"]}, others) == ("rows",)  # type: ignore[arg-type]
    assert missing({"rows": ["T-13"], "tags": []}, others) is None, "nobody takes a tag"  # type: ignore[arg-type]
    assert missing({"rows": [], "tags": []}, []) is None, "nobody went on"


def test_a_list_that_one_went_on_without_is_not_missing() -> None:
    others = [closing("T-11"), went({"rows": [], "tags": []}, call("tickets.close", ticket_id="T-12"))]
    assert missing({"rows": [], "tags": ["old"]}, others) is None  # type: ignore[arg-type]


def test_rows_in_a_record_that_are_none_end_the_run() -> None:
    def found(number: int, *tickets: str) -> Run:
        held: JSON = {"rows": [{"ticket_id": ticket} for ticket in tickets]}
        calls = (call("tickets.close", ticket_id=ticket) for ticket in tickets[:1])
        return run(f"Close case-{number}", call("tickets.find", held, query=f"case-{number}"), *calls)

    program = mined(*(found(n, f"T-{n}1", f"T-{n}2") for n in range(4)), found(8), found(9))
    assert shape(program)[:3] == ["tickets.find", "OnEmpty", "Stop"]
