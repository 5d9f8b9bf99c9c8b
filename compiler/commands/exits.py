"""What exit codes mean, where it is not the error that says it."""

from __future__ import annotations

OK = 0
UNLIKE = 1
"""It ran, and the answer is no: a check would change, an action is wrong, a run deviated."""
DECLINED = 3
BUG = 123
"""The compiler itself is at fault: none that a command uses for an answer."""
