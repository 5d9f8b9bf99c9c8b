"""What counts as the same writes."""

from __future__ import annotations

from compiler.prove.canonical import CallKey, call_key
from compiler.prove.compare import same_writes


def update(order_id: str, value: str) -> CallKey:
    return call_key("update", {"order_id": order_id, "value": value})


def send(to: str) -> CallKey:
    return call_key("send", {"to": to})


def test_other_order_on_other_resources_is_the_same() -> None:
    assert same_writes([update("1", "a"), update("2", "b")], [update("2", "b"), update("1", "a")])


def test_other_order_on_one_resource_is_not() -> None:
    assert not same_writes([update("1", "a"), update("1", "b")], [update("1", "b"), update("1", "a")])


def test_writes_that_name_no_resource_come_in_any_order() -> None:
    assert same_writes([send("x"), send("y")], [send("y"), send("x")])


def test_how_often_counts() -> None:
    assert not same_writes([send("x")], [send("x"), send("x")])
    assert not same_writes([], [send("x")])
    assert same_writes([], [])


def test_names_that_only_contain_id_are_no_identifiers() -> None:
    one = call_key("set", {"width": 1, "value": "a"})
    other = call_key("set", {"width": 1, "value": "b"})
    assert same_writes([one, other], [other, one])


def test_camel_case_identifiers_are_identifiers() -> None:
    one = call_key("set", {"orderId": 7, "value": "a"})
    other = call_key("set", {"orderId": 7, "value": "b"})
    assert not same_writes([one, other], [other, one])
