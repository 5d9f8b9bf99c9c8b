"""Old and new: merging, what a new program does differently, whether it is as good, what no longer fits."""

from compiler.evolve.merge import Merge, merge_package, merge_source

__all__ = ["Merge", "merge_package", "merge_source"]
