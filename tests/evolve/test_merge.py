"""Merging what is generated into what a person edited."""

from __future__ import annotations

import pytest

from compiler.evolve import merge_package, merge_source
from compiler.evolve.hunks import hunks, patch

BASE = '''\
# Compiled from the 22 runs in meetings; evidence.json names them.

"""Cancel a meeting."""

from compiler.runtime import Deviation, Limits, Question, Run, first, harness

from .tools import Tools

# 2 ways to pick it fit every task, and may differ.
WHICH_EVENT = Question("Which of these events does the request mean?")


@harness(
    # 6/6 tasks; at most 2 tool calls and 2 questions
    limits=Limits(tool_calls=4, questions=4),
)
def cancel(run: Run[Tools], text: str) -> None:
    """Search events, then delete one."""
    events = run.tools.search(time_min=text, time_max=text)
    if not events:
        # 0/6 tasks
        raise Deviation("there are no events")
    event = run.agree(WHICH_EVENT, first(events), events[0])
    finish(run, event)


def finish(run: Run[Tools], event: str) -> None:
    """Delete it."""
    run.tools.delete(event_id=event)
'''
COUNTS = {
    "22 runs": "50 runs",
    "2 ways": "3 ways",
    "6/6": "14/14",
    "0/6": "0/14",
    "at most 2": "at most 3",
    "tool_calls=4": "tool_calls=5",
}


def change(text: str, changes: dict[str, str]) -> str:
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


NEWER = change(BASE, COUNTS)

EDITS = {
    "a line": {"    event = run.agree": "    print(events)\n    event = run.agree"},
    "a line at evidence": {"        # 0/6 tasks\n": '        # 0/6 tasks\n        print("none")\n'},
    "an argument": {"time_max=text": "time_max=text.upper()"},
    "a question": {"does the request mean": "is meant"},
    "a comment": {"    event = run": "    # The first one counts.\n    event = run"},
    "a trailing comment": {"event_id=event)": "event_id=event)  # by its id"},
    "a limit": {"questions=4": "questions=9"},
    "a rival": {"first(events), events[0]": "first(events)"},
    "a function": {"\n\ndef finish": '\n\ndef log() -> None:\n    """Log."""\n\n\ndef finish'},
    "an import": {"from .tools": "import logging\n\nfrom .tools"},
    "a layout": {
        "search(time_min=text, time_max=text)": "search(\n        time_min=text, time_max=text\n    )"
    },
}


@pytest.mark.parametrize("name", EDITS)
def test_new_counts_beside_an_edit_are_no_conflict(name: str) -> None:
    merge = merge_source(BASE, change(BASE, EDITS[name]), NEWER)
    assert merge.conflicts == ()
    assert merge.text == change(
        NEWER, {change(a, _there(a)): change(b, _there(b)) for a, b in EDITS[name].items()}
    )
    assert {hunk.label for hunk in merge.hunks} == {"evidence"}


def _there(text: str) -> dict[str, str]:
    return {old: new for old, new in COUNTS.items() if old in text}


def test_a_limit_that_the_person_set_stays() -> None:
    merge = merge_source(BASE, change(BASE, {"tool_calls=4": "tool_calls=40"}), NEWER)
    assert "Limits(tool_calls=40, questions=4)" in merge.text
    assert "# 14/14 tasks; at most 3" in merge.text


def test_both_may_change_one_statement_at_different_arguments() -> None:
    ours = change(BASE, {"time_max=text": "time_max=text.upper()"})
    theirs = change(BASE, {"time_min=text,": "time_min=text.strip(),"})
    merge = merge_source(BASE, ours, theirs)
    assert merge.conflicts == ()
    assert "search(time_min=text.strip(), time_max=text.upper())" in merge.text


def test_a_change_of_the_same_is_a_conflict_with_its_three_sides() -> None:
    ours = change(BASE, {"time_max=text": "time_max=text.upper()"})
    theirs = change(BASE, {"time_max=text": "time_max=text.lower()"})
    merge = merge_source(BASE, ours, theirs)
    assert len(merge.conflicts) == 1
    line = "    events = run.tools.search(time_min=text, time_max=text{})\n"
    assert (
        f"<<<<<<< yours\n{line.format('.upper()')}||||||| last generated\n{line.format('')}"
        f"=======\n{line.format('.lower()')}>>>>>>> regenerated\n"
    ) in merge.text


def test_an_edit_uses_the_new_names() -> None:
    ours = change(BASE, {"    finish(run, event)": "    print(WHICH_EVENT, events)\n    finish(run, event)"})
    theirs = change(BASE, {"WHICH_EVENT": "WHICH_ITEM", "events = ": "items = ", "(events)": "(items)"})
    theirs = change(theirs, {"events[0]": "items[0]", "not events": "not items", "finish": "drop"})
    merge = merge_source(BASE, ours, theirs)
    assert merge.conflicts == ()
    assert "    print(WHICH_ITEM, items)\n    drop(run, event)\n" in merge.text


def test_new_code_uses_the_names_of_the_person() -> None:
    ours = change(BASE, {"events = ": "found = ", "(events)": "(found)", "events[0]": "found[0]"})
    ours = change(ours, {"not events": "not found"})
    theirs = change(BASE, {"    finish(run, event)": "    run.tools.note(events)\n    finish(run, event)"})
    merge = merge_source(BASE, ours, theirs)
    assert merge.conflicts == ()
    assert "    run.tools.note(found)\n" in merge.text


INLINED = {
    "    finish(run, event)\n": "    run.tools.delete(event_id=event)\n",
    BASE[BASE.index("\n\ndef finish") :]: "",
}


def test_a_deleted_helper_stays_deleted() -> None:
    merge = merge_source(BASE, change(BASE, INLINED), NEWER)
    assert merge.conflicts == ()
    assert "def finish" not in merge.text


def test_a_deleted_helper_that_the_new_program_changed_is_a_conflict() -> None:
    theirs = change(BASE, {"delete(event_id=event)": "delete(event_id=event, hard=True)"})
    assert len(merge_source(BASE, change(BASE, INLINED), theirs).conflicts) == 1


def test_a_deleted_helper_that_new_code_calls_is_a_conflict() -> None:
    theirs = change(BASE, {"        # 0/6": "        finish(run, text)\n        # 0/6"})
    merge = merge_source(BASE, change(BASE, INLINED), theirs)
    assert len(merge.conflicts) == 1


def test_a_helper_that_is_no_longer_generated_stays_where_an_edit_calls_it() -> None:
    ours = change(BASE, {"    finish(run, event)": "    finish(run, event)\n    finish(run, text)"})
    merge = merge_source(BASE, ours, change(BASE, INLINED))
    # Both have changed what follows the choice, and the edit is not lost.
    assert "finish(run, text)" in merge.text
    assert "def finish" in merge.text


TAIL = BASE[BASE.index("    event = run.agree") : BASE.index("\n\ndef finish")]
GUARDED = "    if text:\n" + "".join(f"    {line}\n" for line in TAIL.rstrip().split("\n"))


def test_what_one_side_puts_into_a_block_moves_with_it() -> None:
    ours = change(BASE, {"    finish(run, event)": "    print(event)\n    finish(run, event)"})
    merge = merge_source(BASE, ours, change(NEWER, {TAIL: GUARDED}))
    assert merge.conflicts == ()
    assert "    if text:\n        event = run.agree" in merge.text
    assert "        print(event)\n        finish(run, event)\n" in merge.text


def test_a_conflict_holds_all_of_a_block_that_moved() -> None:
    ours = change(BASE, {"    event = run.agree": "    print(events)\n    event = run.agree"})
    theirs = change(BASE, {TAIL: GUARDED})
    (conflict,) = merge_source(BASE, ours, theirs).conflicts
    assert [unit.depth for unit in conflict.theirs] == [1, 2, 2]
    assert [unit.depth for unit in conflict.ours] == [1, 1, 1]


def test_two_new_values_of_one_name_are_a_conflict() -> None:
    ours = change(BASE, {"    event = run.agree": "    day = text\n    event = run.agree"})
    theirs = change(BASE, {"    finish(run, event)": "    day = event\n    finish(run, day)"})
    assert merge_source(BASE, ours, theirs).conflicts


def test_imports_are_what_the_merged_text_needs() -> None:
    ours = change(BASE, {"Run, first, harness": "Run, first, harness, last", "events[0]": "last(events)"})
    theirs = change(BASE, {"Run, first, harness": "Run, Stopped, first, harness"})
    theirs = change(
        theirs, {'raise Deviation("there': 'raise Stopped("there', "import Deviation, ": "import "}
    )
    merge = merge_source(BASE, ours, theirs)
    assert merge.conflicts == ()
    assert "from compiler.runtime import Limits, Question, Run, Stopped, first, harness, last\n" in merge.text


def test_line_ends_are_the_persons() -> None:
    merge = merge_source(BASE, BASE.replace("\n", "\r\n"), NEWER)
    assert merge.text == NEWER.replace("\n", "\r\n")


def test_what_is_no_python_is_refused() -> None:
    with pytest.raises(SyntaxError):
        merge_source(BASE, "def (:\n", NEWER)


@pytest.mark.parametrize(
    ("old", "new", "label"),
    [
        ("a = 1\n", "a = 2\n", "logic"),
        ("# 1/2 tasks\n", "# 2/2 tasks\n", "evidence"),
        (
            "x = f(limits=Limits(tool_calls=4, questions=2))\n",
            "x = f(limits=Limits(tool_calls=5, questions=2))\n",
            "evidence",
        ),
        ("f(a, b)\n", "f(\n    a,\n    b,\n)\n", "format"),
        ("", "# Why.\n", "evidence"),
        (
            'f(\n    a="Fills a; for example 1 "\n    "or 2",\n)\n',
            'f(\n    a="Fills a; for example 1 "\n    "or 3",\n)\n',
            "evidence",
        ),
        ('f(a="Fills a; for example 1")\n', 'f(a="Fills b; for example 1")\n', "logic"),
    ],
)
def test_a_hunk_has_its_label(old: str, new: str, label: str) -> None:
    assert [hunk.label for hunk in hunks(old, new)] == [label]


def test_a_patch_names_the_label_of_each_hunk() -> None:
    old, new = "# 1/2 tasks\na = 1\n", "# 2/2 tasks\na = 2\n"
    assert patch(hunks(old, new), old, ("a", "b")) == (
        "--- a\n+++ b\n"
        "@@ -1,1 +1,1 @@ evidence\n-# 1/2 tasks\n+# 2/2 tasks\n"
        "@@ -2,1 +2,1 @@ logic\n-a = 1\n+a = 2\n"
    )


def test_a_record_with_another_name_has_it_in_the_harness_too() -> None:
    tools = 'class Event(Record):\n    """An event."""\n\n    event_id: str\n    day: str\n    owner: str\n'
    base = {"harness.py": BASE, "tools.py": tools}
    mine = change(BASE, {"from .tools import Tools": "from .tools import Event, Tools"})
    mine += '\n\ndef later(event: Event) -> bool:\n    """Tell."""\n    return event.day > "2"\n'
    theirs = {"harness.py": NEWER, "tools.py": tools.replace("class Event", "class Meeting")}
    merged = merge_package(base, {**base, "harness.py": mine}, theirs)
    assert merged["tools.py"].text == theirs["tools.py"]
    assert "from .tools import Meeting, Tools\n" in merged["harness.py"].text
    assert "def later(event: Meeting) -> bool:" in merged["harness.py"].text
    assert merged["harness.py"].conflicts == ()


def test_two_changes_that_together_leave_a_name_without_a_value_are_in_conflict() -> None:
    base = "def f(a):\n    b = a\n    print(a)\n    b = a + 1\n    return b\n"
    ours, theirs = base.replace("    b = a\n", ""), base.replace("    b = a + 1\n", "")
    assert len(merge_source(base, ours, theirs).conflicts) == 1
