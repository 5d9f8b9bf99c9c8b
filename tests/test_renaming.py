"""A program leans neither on what ids are called nor, but for ties, on the names of tools and fields."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchmarks.renamed import other_ids
from benchmarks.renaming import ID_FIELD, Ids, Names
from compiler.ir.run import JSON, Workload
from compiler.mine import mine
from compiler.mine.clean import mark_refusals
from compiler.read import read_workloads
from compiler.runtime import Answer, Ask
from tests.mine.build import shape

LOOP, ROW, DATED = "cancel_meetings_with_colleague", "cancel_first_meeting", "email_if_no_meeting"


def given(traces: Path, name: str) -> Workload:
    (workload,) = read_workloads((str(traces / name),), tools=str(traces / "tools.json"))
    return mark_refusals(workload)


@pytest.mark.parametrize("name", [LOOP, ROW])
def test_other_ids_give_the_same_sources(traces: Path, name: str) -> None:
    assert list(other_ids(given(traces, name), seed=5)) == []


def test_ids_are_renamed_one_to_one_and_everywhere(traces: Path) -> None:
    workload = given(traces, ROW)
    ids = Ids.of(workload, seed=5)
    assert len(set(ids.new.values())) == len(ids.new) > 10
    assert all(old != new and len(old) == len(new) and new.isdigit() for old, new in ids.new.items())
    # Both are sorted by the old ids: the order of the new ones is another.
    assert sorted(ids.new.values()) != list(ids.new.values())
    assert not set(ids.new.values()) & set(ids.new)
    renamed = repr(ids.workload(workload).runs)
    assert not any(re.search(rf"\b{old}\b", renamed) for old in ids.new)


@pytest.mark.parametrize("name", [LOOP, ROW, DATED])
def test_other_names_give_a_program_of_the_same_shape(traces: Path, name: str) -> None:
    workload = given(traces, name)
    names = Names.of([workload], seed=5)
    plain, renamed = mine(workload), mine(names.workload(workload))
    assert shape(plain) == [names.old.get(kind, kind) for kind in shape(renamed)]
    assert len(plain.questions) == len(renamed.questions)


def test_no_old_name_is_left_and_no_new_one_tells_of_it(traces: Path) -> None:
    workload = given(traces, ROW)
    names = Names.of([workload], seed=5)
    renamed = names.workload(workload)
    assert {tool.name for tool in renamed.tools} == set(names.tools.values())
    made = [call for run in renamed.runs for call in run.calls]
    assert not {key for call in made for key in call.arguments} & set(names.keys)
    assert len(names.old) == len(names.tools) + len(names.keys), "no word is given twice"
    assert not any(ID_FIELD.search(new) for new in names.keys.values())


def test_a_model_is_asked_in_old_names_and_answers_in_new_ones() -> None:
    names = Names(
        tools={"a.find": "x.b"},
        keys={"day": "goru_mi"},
        naming=frozenset(),
        old={"x.b": "a.find", "goru_mi": "day"},
    )
    schema: dict[str, JSON] = {
        "type": "object",
        "properties": {"goru_mi": {"type": "string"}, "goru_mi_2": {"type": "string"}},
    }
    assert names.back(schema) == {
        "type": "object",
        "properties": {"day": {"type": "string"}, "day_2": {"type": "string"}},
    }
    ask = Ask(question="Q", kind="extract", text="Read.", schema=schema)
    answer = Answer({"day": "Monday", "day_2": "day"})
    assert names.answer(ask, answer.value) == {"goru_mi": "Monday", "goru_mi_2": "goru_mi"}
