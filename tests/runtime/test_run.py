"""The parts of a run that the sample harness does not use, on small harnesses in memory."""

from __future__ import annotations

import json
import textwrap

import pytest

from compiler.runtime import Handover, Harness, RunResult, ScriptedModel, load_source
from compiler.runtime.ask import Model
from compiler.runtime.jsons import JSON
from compiler.runtime.run import with_iso_times, with_plain_unions
from tests.runtime.fakes import NOW

TOOLS = '''
from typing import Annotated, Protocol
from pydantic import Field
from compiler.runtime import Record, tool

class Row(Record):
    row_id: str

class Request(Record):
    who: str
    count: int | float = 1

class Tools(Protocol):
    @tool("rows.list", effect="read")
    def rows_list(
        self, *, from_: Annotated[str, Field(alias="from")] = ..., rows: list[Row] = ...
    ) -> tuple[Row, ...]:
        """List rows."""
        ...

    @tool("calls", effect="write")
    def calls(self) -> None: ...
'''
HEAD = """
from enum import Enum
from compiler.runtime import *
from .tools import Request, Row, Tools

WHICH = Question("Which one?")
ROWS = (Row(row_id="a"), Row(row_id="b"))

@harness(limits=Limits(tool_calls=9, questions=9){policy})
def small(run: Run[Tools], {argument}) -> object:
"""

BARE = """
from compiler.runtime import *
from .tools import Tools

@harness(limits=Limits(tool_calls=1, questions=0))
def bare(run: Run[Tools], text: str) -> None: ...
"""


def small(body: str, *, argument: str = "text: str", policy: str = "") -> Harness:
    """A harness with the given body."""
    head = HEAD.format(argument=argument, policy=policy)
    return load_source(
        "small", {"harness.py": head + textwrap.indent(textwrap.dedent(body), "    "), "tools.py": TOOLS}
    )


def call(name: str, arguments: dict[str, JSON]) -> JSON:
    return [{"row_id": "a"}, {"row_id": str(arguments.get("from"))}] if name == "rows.list" else None


def done(body: str, model: Model | None = None) -> object:
    """The value of a run that must end well."""
    result = small(body).run("go", call=call, model=model, now=NOW)
    assert result.outcome == "done", result.deviation
    return result.value


def deviated(body: str, model: Model | None = None) -> str:
    """The message of a run that must deviate."""
    result = small(body).run("go", call=call, model=model, now=NOW)
    assert result.outcome == "deviated"
    return str(result.deviation)


def test_only_takes_the_one_row_and_asks_among_more() -> None:
    assert done("return run.only(WHICH, ROWS[1:]).row_id") == "b"
    assert done("return run.only(WHICH, ROWS).row_id", ScriptedModel({"WHICH": 1})) == "b"
    assert deviated("run.only(WHICH, ())") == "WHICH: there is no such row"
    assert "no model" in deviated("run.only(WHICH, ROWS)")


def test_choose_asks_even_where_there_is_one_option() -> None:
    model = ScriptedModel({"WHICH": 0})
    assert done("return run.choose(WHICH, ROWS[:1]).row_id", model) == "a"
    assert len(model.asks) == 1
    assert deviated("run.choose(WHICH, [])", model) == "WHICH has no options to choose from"


def test_a_choice_of_none_deviates() -> None:
    assert deviated("run.choose(WHICH, ROWS)", ScriptedModel([2])) == "WHICH: none of the 2 options fits"
    assert deviated("run.agree(WHICH, 1, 2)", ScriptedModel([2])) == "WHICH: none of the 2 options fits"


def test_meant_takes_the_one_row_and_asks_which_of_more() -> None:
    assert done("return [row.row_id for row in run.meant(WHICH, ROWS[1:])]") == ["b"]
    assert done("return [row.row_id for row in run.meant(WHICH, ROWS)]", ScriptedModel([[0, 1]])) == [
        "a",
        "b",
    ]
    assert deviated("run.meant(WHICH, ())") == "WHICH: there is no such row"
    assert deviated("run.meant(WHICH, ROWS)", ScriptedModel([[]])) == "WHICH: none of the 2 rows is meant"


DAY: JSON = {"properties": {"day": {"type": "string", "format": "date"}, "n": {"type": "integer"}}}


def test_dates_of_a_model_may_be_in_words() -> None:
    assert with_iso_times({"day": "December 13", "n": 1}, DAY, NOW) == {"day": "2023-12-13", "n": 1}
    assert with_iso_times({"day": "2023-12-13 09:00:00"}, DAY, NOW) == {"day": "2023-12-13"}
    assert with_iso_times({"day": "some day"}, DAY, NOW) == {"day": "some day"}


def test_select_among_nothing_is_nothing_and_not_asked() -> None:
    assert done("return run.select(WHICH, ())") == ()


@pytest.mark.parametrize("method", ["select", "choose", "only"])
def test_the_letters_of_a_text_are_no_options(method: str) -> None:
    assert "a text stands where rows are expected" in deviated(
        f"run.{method}(WHICH, 'No rows')", ScriptedModel([0])
    )


def test_agree_keeps_types_and_order_apart() -> None:
    model = ScriptedModel({"WHICH": 2})
    assert done("return run.agree(WHICH, 1, True, 1, '1')", model) == "1"
    assert model.asks[0].options == (1, True, "1", "none of these")
    assert done("return run.agree(WHICH, 'x', 'x')") == "x"


def test_compose_is_bounded() -> None:
    assert done("return run.compose(WHICH)", ScriptedModel({"WHICH": "Dear Ann"})) == "Dear Ann"
    for wrong in ("", " \n", "x" * 11, 7, None):
        assert "WHICH was not answered" in deviated(
            "run.compose(WHICH, max_length=10)", ScriptedModel({"WHICH": wrong})
        )


def test_extract_gives_a_record() -> None:
    model = ScriptedModel({"WHICH": {"who": "ann", "count": 1.5}})
    assert done("found = run.extract(WHICH, Request); return found.who, found.count", model) == ("ann", 1.5)
    for wrong in ({"who": 1}, {"who": "ann", "count": "2"}, {"who": "ann", "count": float("nan")}, None):
        assert "not answered" in deviated("run.extract(WHICH, Request)", ScriptedModel({"WHICH": wrong}))


def test_a_question_outside_of_a_module_goes_by_its_name_or_words() -> None:
    model = ScriptedModel({"INNER": 0, "IS_IT": 0})
    assert done("return run.choose(Question('?', name='INNER'), ['x'])", model) == "x"
    assert done("return run.choose(Question('Is it?'), ['x'])", model) == "x"


def test_arguments_go_by_their_original_names_and_as_json() -> None:
    harness = small("return run.tools.rows_list(from_='z', rows=ROWS)[1].row_id")
    result = harness.run("go", call=call, now=NOW)
    assert result.value == "z"
    assert result.calls[0].arguments == {"from": "z", "rows": [{"row_id": "a"}, {"row_id": "b"}]}
    schema = harness.tools[0].parameters
    assert isinstance(schema["properties"], dict)
    assert list(schema["properties"]) == ["from", "rows"]
    assert schema["properties"]["rows"] == {"type": "array", "items": {"$ref": "#/$defs/Row"}}
    assert isinstance(schema["$defs"], dict)


def test_a_tool_may_be_called_like_anything_and_give_nothing() -> None:
    assert done("return run.tools.calls()") is None


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("run.tools.rows_lsit()", "AttributeError"),
        ("run.tools.rows_list(form='z')", "rows.list does not take"),
        ("run.tools.rows_list('z')", "TypeError"),
        ("run.tools.rows_list(from_={1})", "a set has no JSON form"),
        ("ROWS[2]", "IndexError"),
        ("return small_(run)", "NameError"),
        ("raise RuntimeError('a\\n' * 999)", "RuntimeError: a a"),
        ("def f(): f()\nf()", "RecursionError"),
    ],
)
def test_a_mistake_in_harness_code_is_a_deviation(body: str, said: str) -> None:
    result = small(body).run("go", call=call, now=NOW)
    assert result.outcome == "deviated"
    assert result.deviation is not None
    assert result.deviation.message.startswith("unexpected: ")
    assert said in result.deviation.message
    assert len(result.deviation.message) < 300
    assert result.deviation.where[-1].startswith("harness.py:")
    assert isinstance(result.deviation.__cause__, Exception)


def test_an_error_that_is_caught_leaves_no_trail() -> None:
    body = """
    try:
        with run.scope("one", 1):
            raise KeyError("gone")
    except KeyError:
        pass
    with run.scope("two", 2) as here:
        with here.scope("three", 3):
            raise Deviation("here")
    """
    result = small(body).run("go", call=call, now=NOW)
    assert result.deviation is not None
    assert result.deviation.where[:2] == ("two", "three")
    assert len(result.deviation.where) == 3


def run_with(agent: object, body: str, policy: str = "") -> RunResult:
    return small(body, policy=policy).run("go", call=call, now=NOW, agent=agent)  # type: ignore[arg-type]


def test_a_hand_over_ends_as_one_with_or_without_an_agent() -> None:
    body = "run.hand_over('the rest is free text')"
    alone = run_with(None, body)
    assert (alone.outcome, alone.value, alone.reason) == ("handed_over", None, "the rest is free text")
    asked: list[Handover] = []

    def agent(handover: Handover) -> str:
        asked.append(handover)
        return "ok"

    helped = run_with(agent, body, ", on_deviation=reraise")
    assert (helped.outcome, helped.value, asked[0].deviation) == ("handed_over", "ok", None)


def test_reraise_keeps_a_deviation_from_the_agent() -> None:
    asked: list[Handover] = []
    result = run_with(asked.append, "raise Deviation('left')", ", on_deviation=reraise")
    assert (result.outcome, str(result.deviation), asked) == ("deviated", "left", [])


def test_a_structured_request_comes_as_its_record() -> None:
    harness = small("return request.who", argument="request: Request")
    assert harness.run({"who": "ann"}, call=call, now=NOW).value == "ann"
    assert "text" in str(harness.run("ann", call=call, now=NOW).deviation)
    wrong = harness.run({"who": ["ann"]}, call=call, now=NOW)
    assert str(wrong.deviation) == "the request does not fit Request: who: Input should be a valid string"
    assert harness.request_schema["required"] == ["who"]
    # The recorded requests hold what no step reads, too.
    assert harness.run({"who": "ann", "trace": 7}, call=call, now=NOW).value == "ann"
    assert "additionalProperties" not in harness.request_schema


def test_a_harness_without_fields_takes_no_keys() -> None:
    bare = load_source("bare", {"harness.py": BARE, "tools.py": "class Tools: ..."})
    assert bare.request_schema == {"type": "object", "properties": {}, "additionalProperties": False}
    found = bare.run({"who": "ann"}, call=call, now=NOW)
    assert str(found.deviation) == "the request has no field 'who'; it has none"


HALF = "\ud83d"


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ([{"row_id": f"a{HALF}"}], "0.row_id: the text 'a\\ud83d' holds half a character (a lone surrogate)"),
        ([{HALF: 1, "row_id": "a"}], "0: the text '\\ud83d' holds half a character (a lone surrogate)"),
        ({"a": {"b": [1, HALF]}}, "a.b.1: the text '\\ud83d' holds half a character (a lone surrogate)"),
        (HALF, "the text '\\ud83d' holds half a character (a lone surrogate)"),
        (json.loads("[" * 300 + "]" * 300), "it is nested too deep"),
    ],
)
def test_a_result_that_is_no_text_says_so(result: JSON, said: str) -> None:
    found = small("run.tools.rows_list()").run("go", call=lambda *_: result, now=NOW)
    assert str(found.deviation) == f"rows.list gave what does not fit: {said}"


@pytest.mark.parametrize("script", [[], {}, {"WHICH": iter([])}])
def test_a_script_that_has_no_answer_says_so(script: dict[str, JSON] | list[JSON]) -> None:
    assert "LookupError: the script has no" in deviated("run.choose(WHICH, ROWS)", ScriptedModel(script))


def test_a_scripted_answer_may_depend_on_the_ask() -> None:
    model = ScriptedModel({"WHICH": lambda ask: len(ask.options or ()) - 2})
    assert done("return run.choose(WHICH, ROWS).row_id", model) == "b"


def test_a_union_of_plain_types_is_said_in_short() -> None:
    schema: dict[str, JSON] = {
        "properties": {
            "mail": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None, "title": "Mail"},
            "day": {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]},
            "name": {"type": "string"},
        },
        "type": "object",
    }
    found = with_plain_unions(schema)
    assert found["properties"] == {
        "mail": {"type": ["string", "null"], "default": None, "title": "Mail"},
        "day": {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]},
        "name": {"type": "string"},
    }
    assert with_plain_unions({"type": "object"}) == {"type": "object"}
