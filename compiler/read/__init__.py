"""Reads logged runs of agents, in any format it knows, into ``Run`` values.

    from compiler.read import read_workloads

Formats: OpenAI chat and Responses lists, Anthropic messages, ATIF (also the native form on disk).
"""

from __future__ import annotations

from compiler.read.detect import FORMATS
from compiler.read.files import ReadResult, read_runs
from compiler.read.native import write_native
from compiler.read.outcomes import Outcome, read_outcomes
from compiler.read.tools import read_tools
from compiler.read.workloads import read_workloads

__all__ = [
    "FORMATS",
    "Outcome",
    "ReadResult",
    "read_outcomes",
    "read_runs",
    "read_tools",
    "read_workloads",
    "write_native",
]
