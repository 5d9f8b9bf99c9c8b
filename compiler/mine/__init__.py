"""mine: runs of one workload -> a program."""

from compiler.mine.infer import mine, mine_opening

__all__ = ["mine", "mine_opening"]
