"""What becomes of a harness when the traces change: merging, and whether the new one is as good."""

from compiler.evolve.merge import Merge, merge_package, merge_source

__all__ = ["Merge", "merge_package", "merge_source"]
