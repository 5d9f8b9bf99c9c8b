"""What a structured request may hold: used keys, keys that are only known, and keys that never varied."""

from __future__ import annotations

from compiler.emit import emit_harness
from compiler.ir.check import check_program
from compiler.ir.expr import Const, RequestField
from compiler.ir.program import Branch, Compare, Field, Program
from compiler.ir.run import JSON, Run
from compiler.mine.keys import known_keys
from compiler.runtime import RunResult, load_source
from tests.mine.build import call, mined, run, shape


def cancel(order: str, **more: JSON) -> Run:
    request: dict[str, JSON] = {"order": {"id": order, "lines": [{"sku": f"{order}-1"}]}, **more}
    return run(request, call("orders.cancel", order_id=order))


def paths(requests: list[dict[str, JSON]], *used: str) -> list[tuple[str, ...]]:
    fields = tuple(Field(name=key, kind="json", fills=("t.a",), path=(key,)) for key in used)
    return [field.path for field in known_keys(requests, fields)]


def ran(program: Program, request: dict[str, JSON]) -> RunResult:
    harness = load_source("shop", emit_harness(program, source_label="tests"))
    return harness.run(request, call=lambda _name, _arguments: "Done.")


def test_every_key_that_requests_had_is_known_once() -> None:
    requests: list[dict[str, JSON]] = [
        {"a": 1, "b": {"c": "x", "d": {"e": 1}}, "f": []},
        {"a": 2, "b": {"c": "y", "d": {"e": 2}}, "f": [3]},
    ]
    assert paths(requests) == [("a",), ("b", "c"), ("b", "d", "e"), ("f",)]
    assert paths(requests, "b") == [("b",), ("a",), ("f",)], "what is in a used value belongs to it"


def test_keys_that_are_data_are_one_value() -> None:
    requests: list[dict[str, JSON]] = [{"counts": {f"2031-01-{day:02}": day}} for day in range(1, 9)]
    assert paths(requests) == [("counts",)]


def test_requests_that_share_nothing_still_have_keys() -> None:
    assert paths([{"a": 1}, {"b": 2}, {"c": 3}]) == [("a",), ("b",), ("c",)]


def test_a_key_that_some_requests_lack_may_be_absent() -> None:
    requests: list[dict[str, JSON]] = [{"a": 1}, {"a": 2, "b": {"c": 3}}]
    known = known_keys(requests, (Field(name="a", kind="json", fills=("t.a",), path=("a",)),))
    assert [(field.path, field.absent) for field in known] == [(("a",), False), (("b", "c"), True)]


def test_names_of_keys_do_not_clash() -> None:
    requests: list[dict[str, JSON]] = [{"a": {"id": 1}, "b": {"id": 2}, "c": {"id": 3}}]
    names = [
        field.name
        for field in known_keys(requests, (Field(name="id", kind="json", fills=(), path=("a", "id")),))
    ]
    assert names == ["id", "b_id", "c_id"]


def test_the_order_of_the_requests_does_not_matter() -> None:
    requests: list[dict[str, JSON]] = [{"b": 1, "a": "x"}, {"a": "y", "c": 1, "b": 2}, {"b": 3, "a": None}]
    assert known_keys(requests, ()) == known_keys(requests[::-1], ())


def test_a_key_that_no_run_had_deviates_before_any_call() -> None:
    program = mined(cancel("O-1", note="a"), cancel("O-2", note="b"))
    order: dict[str, JSON] = {"id": "O-3", "lines": [{"sku": "x"}]}
    assert ran(program, {"order": order, "note": "c"}).outcome == "done"
    odd: tuple[dict[str, JSON], ...] = (
        {"order": order, "note": "c", "keep": True},
        {"order": {**order, "keep": True}, "note": "c"},
        {"order": {**order, "lines": [{"sku": "x", "keep": True}]}, "note": "c"},
    )
    for request in odd:
        result = ran(program, request)
        assert (result.outcome, result.calls) == ("deviated", ())
        assert result.deviation is not None
        assert "keep" in result.deviation.message


def test_what_unused_values_hold_is_typed_by_all_of_them() -> None:
    requests: list[dict[str, JSON]] = [
        {"a": [{"x": 1, "y": "p"}], "b": None, "c": 1, "d": [], "e": 1.5, "f": {}},
        {"a": [{"x": 2.5}], "b": "q", "c": True, "d": [], "e": 2, "f": {}},
    ]
    schemas = {field.name: field.schema for field in known_keys(requests, ())}
    assert schemas == {
        "a": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"x": {"type": "number"}, "y": {"type": "string"}},
                "required": ["x"],
            },
        },
        "b": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "c": {},
        "d": {"type": "array", "items": {}},
        "e": {"type": "number"},
        "f": {"type": "object"},
    }


def test_another_value_of_a_key_that_never_varied_deviates() -> None:
    program = mined(cancel("O-1", why="late"), cancel("O-2", why="late"))
    check_program(program)
    assert shape(program) == ["Branch", "orders.cancel"]
    (guard,) = (node for node in program.body if isinstance(node, Branch))
    assert guard.arms[0].guard == Compare(RequestField("why"), "==", Const("late"))
    right: dict[str, JSON] = {"order": {"id": "O-3", "lines": []}, "why": "late"}
    assert ran(program, right).outcome == "done"
    result = ran(program, {**right, "why": "lost"})
    assert (result.outcome, result.calls) == ("deviated", ())


def test_a_key_that_varied_or_may_be_missing_has_no_guard() -> None:
    assert shape(mined(cancel("O-1", why="late"), cancel("O-2", why="lost"))) == ["orders.cancel"]
    assert shape(mined(cancel("O-1", why="late"), cancel("O-2"))) == ["orders.cancel"]
