from compiler.ir.expr import Attr, Ref
from compiler.mine.misfits import Values, unexplained


def order(amount: int, note: int) -> Values:
    return {Attr(Ref("order"), "amount"): amount, Attr(Ref("order"), "note"): note}


MADE = [order(amount, amount % 7) for amount in range(100, 400, 3)]


def test_those_that_a_rule_does_not_excuse_are_misfits() -> None:
    small = [order(amount, amount % 7) for amount in range(1, 99, 4)]
    lost = [order(150, 3), order(377, 6)]

    assert unexplained(MADE, [*small, *lost]) == frozenset((len(small), len(small) + 1))


def test_a_coin_is_no_rule() -> None:
    assert unexplained(MADE, [order(amount, amount % 7) for amount in range(101, 400, 13)]) is None
