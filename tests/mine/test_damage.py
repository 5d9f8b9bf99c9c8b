from compiler.mine.damage import Place, most_expected
from compiler.mine.edits import Edit, edits


def place(of: str, damaged: int, chances: float) -> Place:
    return Place(of=of, runs=frozenset(f"{of} {n}" for n in range(damaged)), chances=chances)


def test_where_nothing_else_is_damaged_nothing_is_expected() -> None:
    others = [place("lost a", 0, 300), place("lost b", 0, 300)]

    assert most_expected(place("lost c", 30, 300), others) == 0


def test_as_much_damage_as_elsewhere_is_expected_and_little_more() -> None:
    others = [place("lost a", 20, 300), place("lost b", 24, 300)]
    expected = most_expected(place("lost c", 22, 300), others)

    assert 22 <= expected < 60


def test_one_decision_elsewhere_does_not_make_another_look_like_damage() -> None:
    others = [place("lost a", 90, 300), place("lost b", 0, 300), place("lost d", 0, 300)]

    assert most_expected(place("lost c", 9, 300), others) == 0


def test_a_lost_call_is_an_edit_of_what_is_whole() -> None:
    whole = ("a", "b", "c")

    assert edits({whole: 90, ("a", "c"): 3}) == {("a", "c"): (Edit("lost", "b", whole, 1),)}


def test_of_two_calls_of_one_name_either_may_be_lost() -> None:
    whole = ("a", "b", "a #2", "c")
    found = edits({whole: 90, ("b", "a", "c"): 2, ("a", "b", "c"): 2})

    assert found[("b", "a", "c")] == (Edit("lost", "a", whole, 0),)
    assert found[("a", "b", "c")][0] == Edit("lost", "a #2", whole, 2)


def test_what_is_lost_before_loops_without_rows_leaves_no_trace_of_them() -> None:
    whole = ("a", "b", "for a", "c")

    assert edits({whole: 90, ("a", "b"): 3})[("a", "b")] == (Edit("lost", "c", whole, 3),)


def test_a_call_made_again_or_moved_is_an_edit_of_what_is_more_frequent() -> None:
    whole = ("a", "b", "c")
    found = edits({whole: 90, ("a", "b", "c", "b #2"): 2, ("b", "a", "c"): 1})

    assert found[("a", "b", "c", "b #2")] == (Edit("again", "b", whole, 1),)
    assert found[("b", "a", "c")] == (Edit("moved", "a", whole, 0),)
    assert all(edit.how == "lost" for edit in found[whole])
