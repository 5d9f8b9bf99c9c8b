"""What a harness declares: how often a read is tried, and which writes may be made twice."""

from __future__ import annotations

from dataclasses import replace

from compiler.emit import emit_harness
from compiler.ir.program import Program
from compiler.runtime import load_source
from tests.emit.cases import cancel_meeting


def files(program: Program) -> dict[str, str]:
    return emit_harness(program, source_label="runs")


def test_a_read_that_is_tried_again_waits_first() -> None:
    program = cancel_meeting()
    assert "Retry" not in files(program)["harness.py"]
    again = replace(program, limits=replace(program.limits, attempts=3, retried=2))
    assert "retry=Retry(attempts=3, wait=0.5)," in files(again)["harness.py"]


def test_an_idempotent_write_says_so() -> None:
    program = cancel_meeting()
    assert "idempotent" not in files(program)["tools.py"]
    tools = tuple(replace(tool, idempotent=tool.effect == "write") for tool in program.tools)
    harness = load_source("cancel", files(replace(program, tools=tools)))
    assert {tool.effect: tool.idempotent for tool in harness.tools} == {"read": False, "write": True}
