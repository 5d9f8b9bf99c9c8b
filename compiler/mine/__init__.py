"""mine: runs of one workload -> a program."""

from compiler.mine.infer import mine

__all__ = ["mine"]
