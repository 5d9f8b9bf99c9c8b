"""The report of a harness."""

from __future__ import annotations

import re
from typing import Any

import pytest
from pydantic import ValidationError

from compiler.present.evidence import Evidence, Lock
from compiler.present.render import render
from compiler.present.report import MOST_BOXES, report_view

HOSTILE = 'x` | </td><script>\n```\n# owned\n@team ![i](http://e.example/p)\x1b[2J"]'


def evidence(**changes: Any) -> Evidence:
    """Give the evidence of a small harness."""
    value = {
        "program": "cancel_meeting",
        "tasks": 6,
        "runs": ["r1", "r2", "r3"],
        "judged_runs": 3,
        "questions": {
            "DUE": {
                "kind": "classify",
                "text": "Is it due?",
                "why": "no rule explains it",
                "tasks": 4,
                "reached": 6,
                "labels": ["yes", "no"],
                "answers": {"r1": 1, "r2": 0, "r3": 1},
            }
        },
        "places": [{"kind": "call", "what": "cal.delete", "tasks": 6, "reached": 6, "runs": ["r1", "r2"]}],
        "flow": {
            "nodes": [
                {"id": "n0", "shape": "start", "label": "request"},
                {"id": "n1", "shape": "ask", "label": "DUE"},
                {"id": "n2", "shape": "write", "label": "cal.delete"},
            ],
            "edges": [{"source": "n0", "target": "n1"}, {"source": "n1", "target": "n2", "label": "yes"}],
        },
        "limits": {"tool_calls": 3, "questions": 1},
        "replay": {"counts": {"exact": 6, "wrong": 0}, "silent": 0},
        "held_out": {
            "counts": {"asked": 5, "wrong": 1},
            "silent": 1,
            "tasks": [
                {"task": "t_1", "verdict": "asked"},
                {"task": "t_2", "verdict": "wrong", "why": "a write that no run made: cal.delete"},
            ],
        },
        "score": {
            "tool_calls": {
                "before": {"mean": 7.25, "basis": "recorded"},
                "after": {"mean": 2, "basis": "replayed"},
            },
            "tokens": {"before": {"mean": 12345, "basis": "estimated"}, "after": None},
        },
        "notes": ["2 runs were left out"],
    }  # fmt: skip
    return Evidence.model_validate(value | changes)


def report(found: Evidence, source: str = '"""Cancel a meeting."""\n') -> str:
    """Render the report."""
    return render("report.md", report_view(found, Lock(files={"harness.py": source})))


def test_a_whole_report() -> None:
    assert report(evidence()) == WHOLE


def test_hostile_text_stays_text() -> None:
    question = {
        "kind": "compose",
        "text": HOSTILE,
        "why": HOSTILE,
        "tasks": 1,
        "reached": 1,
        "answers": {"r1": HOSTILE},
    }
    place = {"kind": "branch", "what": HOSTILE, "tasks": 1, "reached": 1, "runs": [HOSTILE]}
    flow = {
        "nodes": [
            {"id": "n0", "shape": "decide", "label": HOSTILE},
            {"id": "n1", "shape": "write", "label": HOSTILE},
        ],
        "edges": [{"source": "n0", "target": "n1", "label": HOSTILE}],
    }
    text = report(
        evidence(program=HOSTILE, questions={HOSTILE: question}, places=[place], flow=flow, notes=[HOSTILE]),
        f'"""{HOSTILE.replace(chr(34), "")}"""',
    )
    assert "\x1b" not in text
    # Only the report's own headings, and only its own fence and table.
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        "## Flow", "## Decisions", "## Evidence", "## Proof", "## Cost", "## Notes",
    ]  # fmt: skip
    assert not re.search(r"^\s*(# owned|```$\n# owned)", re.sub(r"(?ms)^(````+)text$.*?^\1$", "", text))
    drawing = text.split("```mermaid\n")[1].split("\n```\n")[0]
    assert re.sub(r'"[^"\n]*"', '""', drawing).splitlines() == [
        "flowchart TD",
        '    n0{""}',
        '    n1[[""]]',
        '    n0 -- "" --> n1',
        "    classDef ask stroke-width:3px",
        "    classDef deviate stroke-dasharray:4",
    ]
    outside_code = re.sub(r"(?ms)^(```+)\w*$.*?^\1$|(`+)(?!`).*?(?<!`)\2(?!`)", "", text)
    assert "<script" not in outside_code
    assert "![" not in outside_code
    assert "@team" not in outside_code


def test_prompts_are_shown_where_they_are_asked_for() -> None:
    found = evidence(prompts={"DUE": "Facts:\n```\n# owned"})
    plain = render("report.md", report_view(found, Lock()))
    assert "owned" not in plain
    assert "Before each prompt" not in plain
    text = render("report.md", report_view(found, Lock(), prompts=True))
    assert "You answer one question" in text
    # A fence in what a tool said does not end the report's own.
    assert "````text\nFacts:\n```\n# owned\n````" in text


def test_what_was_not_measured_is_said() -> None:
    text = report(
        evidence(flow=None, replay=None, held_out=None, score=None, limits=None, questions={}, notes=[])
    )
    assert "This folder has no flow graph" in text
    assert text.count("not measured") == 2
    assert "Not measured: `tracec verify`" in text
    assert "The model is never asked." in text
    assert "## Notes" not in text


def test_a_graph_too_large_is_not_drawn() -> None:
    nodes = [{"id": f"n{i}", "shape": "read", "label": "t"} for i in range(MOST_BOXES + 1)]
    text = report(evidence(flow={"nodes": nodes, "edges": []}))
    assert f"{MOST_BOXES + 1} boxes, too many to draw" in text
    assert "mermaid" not in text


@pytest.mark.parametrize(
    ("kind", "answer", "said"),
    [
        ("choose", 0, "option 1"),
        ("classify", 7, "option 8"),
        ("select", [0, 2], "options 1, 3"),
        ("select", [], "none of the options"),
        ("compose", "some text", "some text"),
        ("extract", {"day": "2026-01-01"}, '{"day": "2026-01-01"}'),
    ],
)
def test_answers_in_words(kind: str, answer: Any, said: str) -> None:
    question = {"kind": kind, "text": "?", "tasks": 1, "reached": 1, "answers": {"r1": answer}}
    view = report_view(evidence(questions={"Q": question}), Lock())
    assert [(row.value, row.runs) for row in view.questions[0].answers] == [(said, 1)]


def test_many_answers_are_summed_up() -> None:
    answers = {f"r{i}": f"text {i}" for i in range(15)} | {"s": "text 7"}
    question = {"kind": "compose", "text": "?", "tasks": 1, "reached": 1, "answers": answers}
    rows = report_view(evidence(questions={"Q": question}), Lock()).questions[0].answers
    assert (rows[0].value, rows[0].runs) == ("text 7", 2)
    assert (rows[-1].value, rows[-1].runs) == ("5 other answers", 5)


@pytest.mark.parametrize("source", ["", "def (", "\0", "x = 1"])
def test_a_purpose_that_cannot_be_read_is_left_out(source: str) -> None:
    assert report_view(evidence(), Lock(files={"harness.py": source})).purpose == ""


@pytest.mark.parametrize("id", ["n0]; click n0 href", "x", "n", "", "n0\n"])
def test_the_ids_of_boxes_are_ids(id: str) -> None:
    with pytest.raises(ValidationError):
        evidence(flow={"nodes": [{"id": id, "shape": "read", "label": "t"}], "edges": []})


def learnt_from(**changes: Any) -> str:
    return next(line for line in report(evidence(**changes)).splitlines() if line.startswith("Learnt"))


def test_success_that_nobody_recorded_is_not_claimed() -> None:
    assert learnt_from() == "Learnt from 3 successful runs of 6 tasks."
    assert learnt_from(judged_runs=0) == (
        "Learnt from 3 runs of 6 tasks. "
        "**No outcome was recorded: every run counts as solved, whether or not it was.**"
    )
    assert learnt_from(judged_runs=1).endswith("**Of 2 runs no outcome was recorded: they count as solved.**")
    assert learnt_from(judged_runs=2).endswith("**Of 1 run no outcome was recorded: it counts as solved.**")
    assert "compile it again" in learnt_from(judged_runs=None)
    assert learnt_from(runs=["r1"], judged_runs=1, tasks=1) == "Learnt from 1 successful run of 1 task."


def test_every_tool_of_a_choice_is_shown() -> None:
    tools = [f"analytics.a_tool_with_quite_a_long_name_{number}" for number in range(4)]
    label = f"one of {', '.join(tools)}, by the request's words"
    nodes = [{"id": "n0", "shape": "read", "label": label, "tools": tools}]
    place = {"kind": "call", "what": label, "tasks": 1, "reached": 1}
    text = report(evidence(flow={"nodes": nodes, "edges": []}, places=[place]))
    assert f'n0["one of<br>{"<br>".join(tools)}<br>by the request#39;s words"]' in text.replace("#95;", "_")
    assert f"- reads: {', '.join(f'`{tool}`' for tool in tools)}\n" in text
    assert f"| call | `{label}` | 1 of 1 | 0 |" in text


def test_a_question_that_no_run_came_to_says_so() -> None:
    question = {"kind": "choose", "text": "?", "tasks": 6, "reached": 6}
    text = report(evidence(questions={"WHICH": question}, runs=["r1"]))
    assert "- asked in none of the 1 run, as replayed" in text
    assert "- answer (choose): one of the options, or that none fits" in text
    assert "recorded answer |" not in text


def test_many_failures_are_counted() -> None:
    tasks = [{"task": f"t{number}", "verdict": "missed", "why": "no result"} for number in range(12)]
    text = report(evidence(held_out={"counts": {"missed": 12}, "tasks": tasks}))
    assert text.count("missed: no result") == 10
    assert "  - and 2 more tasks\n" in text


WHOLE = """\
# `cancel_meeting`

Cancel a meeting.

Learnt from 3 successful runs of 6 tasks.

- reads: nothing
- writes: `cal.delete`
- at most 3 tool calls and 1 question a run

## Flow

```mermaid
flowchart TD
    n0(["request"])
    n1{{"DUE"}}:::ask
    n2[["cal.delete"]]
    n0 --> n1
    n1 -- "yes" --> n2
    classDef ask stroke-width:3px
    classDef deviate stroke-dasharray:4
```

Boxes read, boxes with double sides write, six-sided ones ask the model. Flags deviate:
the harness stops there and says why.

## Decisions

### `DUE`

```text
Is it due?
```

- answer (classify): one of yes, no
- why: no rule explains it
- asked in 3 of the 3 runs, as replayed:

| recorded answer | runs |
| --- | ---: |
| `no` | 2 |
| `yes` | 1 |

## Evidence

| | what | tasks | runs |
| --- | --- | --- | ---: |
| call | `cal.delete` | 6 of 6 | 2 |

*3 of 5* tasks: five come to the place, and in three the run goes this way.

## Proof

- On the runs it was compiled from: 6 exact
- On each task in turn, compiled without it (held out): 5 asked, 1 wrong; 1 acted wrongly without a question
  - task t\\_2 wrong: a write that no run made: cal.delete

*exact*: the calls of a successful run, without a question;
*asked*: the writes of a successful run, once its questions were answered as that run implies;
*wrong*: a write that no successful run made, or one left out.

## Cost

| mean per task | before | after |
| --- | ---: | ---: |
| tool calls | 7.2 (recorded) | 2.0 (replayed) |
| tokens | 12,345 (estimated) | not known |

*recorded* stands in the traces; *replayed* was counted when the harness ran on recorded results;
*estimated* is reckoned from the length of the texts.

## Notes

- 2 runs were left out
"""


def test_a_run_is_counted_once_for_an_answer_that_it_gave_twice() -> None:
    answers = {"r1": ["a", "b", "a"], "r2": ["a"]}
    question = {
        "kind": "compose",
        "text": "?",
        "tasks": 2,
        "reached": 2,
        "repeated": True,
        "answers": answers,
    }
    rows = report_view(evidence(questions={"Q": question}), Lock()).questions[0].answers
    assert [(row.value, row.runs) for row in rows] == [("a", 2), ("b", 1)]
