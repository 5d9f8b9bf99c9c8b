"""What holds of every merge, whatever the three sides are."""

from __future__ import annotations

import ast
from pathlib import Path

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from compiler.evolve import merge_source
from compiler.evolve.hunks import hunks
from compiler.evolve.names import undefined
from compiler.evolve.units import Unit, text_of, units_of
from compiler.runtime.load import CONFLICT

GOLDEN = sorted(Path(__file__).parent.parent.joinpath("emit", "golden").rglob("*.py"))
TEXTS = [path.read_text(encoding="utf-8") for path in GOLDEN]


@st.composite
def changed(draw: st.DrawFn, text: str) -> str:
    """Draw changes of a source after which it still is Python."""
    for _ in range(draw(st.integers(0, 4))):
        units = list(units_of(text))
        place = draw(st.integers(0, len(units) - 1))
        unit = units[place]
        what = draw(st.sampled_from(("drop", "add", "copy", "comment", "number", "name")))
        if what == "drop":
            del units[place]
        elif what == "add":
            units.insert(place, unit.__class__(unit.depth, f"added_{draw(st.integers(0, 3))} = 1"))
        elif what == "copy":
            units.insert(place, unit)
        elif what == "comment":
            units.insert(place, unit.__class__(unit.depth, f"# {draw(st.integers(0, 99))}/99 tasks"))
        elif what == "number":
            units[place] = unit.__class__(unit.depth, unit.text.replace("1", "17"), unit.blank)
        else:
            units[place] = unit.__class__(unit.depth, unit.text.replace("event", "meeting"), unit.blank)
        candidate = text_of(tuple(units)).lstrip("\n")
        try:
            ast.parse(candidate)
        except SyntaxError:
            continue
        text = candidate
    return text


@st.composite
def sides(draw: st.DrawFn) -> tuple[str, str, str]:
    """Draw a base and two changes of it."""
    base = draw(st.sampled_from(TEXTS))
    return base, draw(changed(base)), draw(changed(base))


@settings(deadline=None, max_examples=150)
@given(sides())
def test_a_side_that_changed_nothing_changes_nothing(given: tuple[str, str, str]) -> None:
    base, ours, theirs = given
    assert merge_source(base, ours, base).text == ours
    assert merge_source(base, base, theirs).text == theirs
    assert merge_source(base, ours, ours).text == ours


@settings(deadline=None, max_examples=150)
@given(sides())
def test_a_merge_is_python_or_has_a_conflict(given: tuple[str, str, str]) -> None:
    merge = merge_source(*given)
    assert bool(merge.conflicts) == (CONFLICT.search(merge.text) is not None)
    if not merge.conflicts:
        ast.parse(merge.text)


@settings(deadline=None, max_examples=150)
@given(sides())
def test_a_second_merge_changes_nothing(given: tuple[str, str, str]) -> None:
    base, ours, theirs = given
    merge = merge_source(base, ours, theirs)
    if not merge.conflicts:
        # What was generated is the base of the next merge.
        assert merge_source(theirs, merge.text, theirs).text == merge.text
        assert merge_source(*given) == merge


@settings(deadline=None, max_examples=150)
@given(sides())
def test_hunks_lead_from_one_text_to_the_other(given: tuple[str, str, str]) -> None:
    _, ours, theirs = given
    lines = ours.splitlines(keepends=True)
    for hunk in reversed(hunks(ours, theirs)):
        assert tuple(lines[hunk.start : hunk.start + len(hunk.old)]) == hunk.old
        lines[hunk.start : hunk.start + len(hunk.old)] = hunk.new
    assert "".join(lines) == theirs


@settings(deadline=None, max_examples=150)
@given(sides())
def test_units_give_the_text_back(given: tuple[str, str, str]) -> None:
    for text in given:
        assert text_of(units_of(text)).lstrip("\n") == text


@settings(deadline=None, max_examples=150)
@given(sides())
def test_no_line_that_the_person_added_is_lost(given: tuple[str, str, str]) -> None:
    base, ours, theirs = given
    text = merge_source(base, ours, theirs).text
    for line in ours.splitlines():
        if line.strip().startswith("added_") and line not in base:
            assert line.strip() in text


def one_change(units: list[Unit], place: int, what: str) -> list[Unit]:
    """Change one unit, or put one in before it."""
    unit = units[place]
    if what == "drop":
        return [*units[:place], *units[place + 1 :]]
    if what == "add":
        return [*units[:place], Unit(unit.depth, f"added_{place} = {place}"), *units[place:]]
    return [
        *units[:place],
        Unit(unit.depth, f"{unit.text}  # changed {place}", unit.blank),
        *units[place + 1 :],
    ]


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_changes_at_two_places_are_both_made(data: st.DataObject) -> None:
    base = data.draw(st.sampled_from(TEXTS))
    units = list(units_of(base))
    inner = [place for place, unit in enumerate(units) if unit.depth and "\n" not in unit.text]
    first, second = sorted(data.draw(st.lists(st.sampled_from(inner), min_size=2, max_size=2)))
    assume(second - first > 1)
    ways = st.sampled_from(("drop", "add", "change"))
    one, other = data.draw(ways), data.draw(ways)
    later = one_change(units, second, other)
    sources = [one_change(units, first, one), later, one_change(later, first, one)]
    ours, theirs, both = (text_of(tuple(found)).lstrip("\n") for found in sources)
    assume(all(map(parses, (ours, theirs, both))))
    # Of two statements that set a name that is read, each may go, but not both: that is a conflict.
    assume(undefined(both) <= undefined(ours) | undefined(theirs))
    for sides in ((ours, theirs), (theirs, ours)):
        merge = merge_source(base, *sides)
        assert merge.conflicts == ()
        # What is indented by more than it needs to be is set right.
        assert units_of(merge.text) == units_of(both)


def parses(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True
