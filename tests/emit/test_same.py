"""What counts when a built tree is compared with what its text parses to."""

from __future__ import annotations

import libcst as cst
import pytest

from compiler.emit.same import same_syntax

ONE = """\
import a
from b import (c, d)


# Above.
@e
class F(g, h=i):  # Beside.
    def j(self, k: int = 1, *, l: str = f"{k:>8}") -> None:
        for m in (n, o):
            if not m and (p or q):
                return [r for r in m if r]
        # Below.
"""


@pytest.mark.parametrize(
    ("was", "is_"),
    [
        ("import a\n", "import z\n"),
        ("(c, d)", "(d, c)"),
        ("# Above.", "# Over."),
        ("# Beside.", "# Below."),
        ("        # Below.\n", ""),
        ("h=i", "h=z"),
        ("h=i", "i"),
        ("k: int = 1", "k: int"),
        ("{k:>8}", "{k:>9}"),
        ("{k:>8}", "{k}"),
        ("{k:>8}", "k"),
        ("(p or q)", "p or q"),
        ("not m and (p or q)", "not (m and (p or q))"),
        ("if r]", "if m]"),
        ("    def j", "    async def j"),
    ],
)
def test_a_change_of_syntax_shows(was: str, is_: str) -> None:
    other = ONE.replace(was, is_)
    assert other != ONE
    assert not same_syntax(cst.parse_module(ONE), cst.parse_module(other))


def test_layout_does_not_count() -> None:
    other = ONE.replace("(n, o)", "(\n                n,\n                o,\n        )").replace(
        "= 1", "=  1"
    )
    assert other.replace(" ", "") != ONE.replace(" ", "")
    assert same_syntax(cst.parse_module(ONE), cst.parse_module(other.replace("\n\n", "\n\n\n")))


def test_what_a_node_seldom_has_counts_whatever_was_compared_before() -> None:
    plain, formed = cst.parse_expression('f"{a}"'), cst.parse_expression('f"{a:>8}"')
    assert same_syntax(plain, plain)
    assert same_syntax(formed, formed)
    assert not same_syntax(plain, formed)
