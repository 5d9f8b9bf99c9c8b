"""To test candidates is to list all expressions and keep those: only faster."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ir.expr import Attr, Expr, Pick, Ref
from compiler.ir.run import JSON
from compiler.mine.clean import clean_runs, mark_refusals
from compiler.mine.route import candidate_routes
from compiler.mine.sighting import Sighting, sightings
from compiler.mine.sources import Bound, is_given_by
from compiler.mine.trail import calls_in
from tests.mine import chaos


def leaves(seed: int) -> Iterator[tuple[Sighting, ...]]:
    """Yield the sightings of every argument of every route of a random workload."""
    given = mark_refusals(chaos.workload(seed))
    for route in candidate_routes(clean_runs(given.runs, given.tools)):
        for role in calls_in(route.roles):
            for name in role.key[1]:
                yield sightings(route, (role.id, name))


def test_candidates_are_kept_where_a_listing_has_them() -> None:
    tested = kept = 0
    for seed in range(120):
        for seen in leaves(seed):
            candidates: set[Expr] = {expr for sighting in seen for expr in sighting.explained}
            for sighting in seen:
                listed = sighting.explained
                assert sighting.explained_by(candidates) == listed, seed
                tested, kept = tested + len(candidates), kept + len(listed)
    assert tested > kept > 1_000, "both answers were put to the test"


def test_of_two_rows_that_are_equally_low_neither_is_given() -> None:
    rows: list[JSON] = [{"id": "a", "size": 1}, {"id": "b", "size": 1}, {"id": "c", "size": 2}]
    scope = (Bound(id="s1", value=rows),)
    lowest = Attr(Pick(Ref("s1"), "lowest", "size"), "id")
    highest = Attr(Pick(Ref("s1"), "highest", "size"), "id")
    assert not is_given_by(lowest, "a", scope)
    assert is_given_by(highest, "c", scope)
    assert not is_given_by(highest, "b", scope)


def test_a_number_is_not_what_looks_like_it() -> None:
    scope = (Bound(id="s1", value={"n": 1}),)
    assert is_given_by(Attr(Ref("s1"), "n"), 1, scope)
    assert not is_given_by(Attr(Ref("s1"), "n"), True, scope)  # noqa: FBT003
    assert not is_given_by(Attr(Ref("s1"), "n"), 1.0, scope)
