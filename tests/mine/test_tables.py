"""Tables: which expression gives an argument, by what stands beside it."""

from __future__ import annotations

from itertools import permutations

import pytest

from compiler.ir.expr import Attr, Expr, Ref, RequestField
from compiler.ir.run import JSON
from compiler.mine.tables import Seen, Table, find_table
from traces.applicants import runs

LABEL, ID = Attr(Ref("row"), "label"), Attr(Ref("row"), "id")
CITY, STREET, HOME = RequestField("city"), RequestField("street"), RequestField("home")
PHONE = RequestField("phone")


def cost(_: Expr) -> int:
    return 1


def seen(task: str, label: JSON, value: JSON, *sources: Expr, id_: JSON = "x") -> Seen:
    return Seen(task=task, value=value, keys={LABEL: label, ID: id_}, sources=frozenset(sources))


KNOWN = (
    seen("1", "City", "Ulm", CITY),
    seen("2", "City", "Jena", CITY, HOME),
    seen("1", "Street", "Mill Lane", STREET),
    seen("2", "Street", "Bridge Street", STREET),
)


def entries(table: Table | None) -> dict[JSON, Expr]:
    assert table is not None
    return {str(entry.key): entry.value for entry in table.entries}


def test_a_label_says_which_part_of_the_request_is_meant() -> None:
    table = find_table(KNOWN, cost)
    assert table is not None
    assert table.on == LABEL
    assert entries(table) == {"City": CITY, "Street": STREET}
    assert table.entries[0].tasks == ("1", "2")


def test_the_order_of_the_sightings_does_not_matter() -> None:
    assert {find_table(order, cost) for order in permutations(KNOWN)} == {find_table(KNOWN, cost)}


@pytest.mark.parametrize(
    "more",
    [
        (seen("1", "Why", "because"), seen("2", "Why", "so")),
        (seen("1", "Why", "because", CITY), seen("1", "Why", "so", CITY)),
        (seen("1", "Why", "Ulm", CITY), seen("2", "Why", "Ulm", CITY)),
        (seen("1", "Why", "Ulm", CITY, HOME), seen("2", "Why", "Jena", CITY, HOME)),
    ],
    ids=["nothing gives it", "one task shows it", "it never varied", "two things give it"],
)
def test_what_is_not_determined_stays_open(more: tuple[Seen, ...]) -> None:
    table = find_table((*KNOWN, *more), cost)
    assert entries(table) == {"City": CITY, "Street": STREET}
    assert table is not None
    assert [key for key, _ in table.open] == ["Why"]


def test_the_cheaper_of_two_sources_is_taken() -> None:
    both = [seen(task, "Home", value, CITY, HOME) for task, value in (("1", "Ulm"), ("2", "Jena"))]
    table = find_table((*KNOWN, *both), lambda expr: 2 if expr == HOME else 1)
    assert entries(table)["Home"] == CITY


def test_one_expression_for_all_keys_is_no_table() -> None:
    same = [seen(task, label, task, CITY) for task in "12" for label in ("City", "Town")]
    assert find_table(same, cost) is None


def test_a_finer_key_has_to_explain_a_third_more() -> None:
    """Each label has one id a form; on one form, what goes into the home is another thing."""
    forms = [
        seen(task, label, f"{label} {task}", source, id_=f"{label} {form}")
        for form, tasks in (("a", "12"), ("b", "34"), ("c", "56"))
        for task in tasks
        for label, source in (
            ("City", CITY),
            ("Street", STREET),
            ("Phone", PHONE),
            ("Home", HOME if form == "c" else CITY),
        )
    ]
    table = find_table(forms, cost)
    assert table is not None
    assert table.on == LABEL
    assert [key for key, _ in table.open] == ["Home"]
    finer = find_table([one for one in forms if one.keys[LABEL] != "Phone"], cost)
    assert finer is not None
    assert finer.on == ID


def test_what_names_things_decides_nothing() -> None:
    named = [seen(one.task, "x", one.value, *one.sources, id_=str(place)) for place, one in enumerate(KNOWN)]
    assert find_table(named, cost) is None
    assert find_table((), cost) is None


def logged() -> list[Seen]:
    """Every first value of a field in the log of the application forms, with all that stood beside it."""
    found: list[Seen] = []
    for run in runs():
        rows: dict[str, dict[str, JSON]] = {}
        done: set[JSON] = set()
        for call in run.calls:
            if call.tool == "get_page" and isinstance(call.result, dict):
                fields = call.result["fields"]
                assert isinstance(fields, list)
                rows |= {str(row["field_id"]): row for row in fields if isinstance(row, dict)}
            row = rows.get(str(call.arguments.get("field_id")))
            # A second value is a repair, and follows from the error alone.
            if not run.success or row is None or row["field_id"] in done:
                continue
            done.add(row["field_id"])
            keys: dict[Expr, JSON] = {
                Attr(Ref("row"), key): row.get(key) for key in ("field_id", "label", "type")
            }
            sources = frozenset(
                RequestField(f"{part}.{key}")
                for part, held in run.request.items()  # type: ignore[union-attr]
                if isinstance(held, dict)
                for key, value in held.items()
                if value == call.arguments["value"]
            )
            found.append(Seen(task=run.task, value=call.arguments["value"], keys=keys, sources=sources))
    return found


def test_the_labels_of_the_application_forms_are_found() -> None:
    table = find_table(logged(), cost)
    assert table is not None
    assert table.on == LABEL
    found = {str(entry.key): entry.value for entry in table.entries}
    assert found["City"] == RequestField("address.city")
    assert found["Nationality"] == RequestField("person.nationality")
    assert len(found) == 12
    # Its format decides how a date of birth is written; the others stand in the note alone.
    assert [key for key, _ in table.open] == [
        "Date of birth",
        "Earliest start date",
        "Highest degree",
        "How did you hear about us?",
        "Why do you want to join us?",
        "Years of experience",
    ]
