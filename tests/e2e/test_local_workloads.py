"""Two bundled workloads, compiled and run end to end with a real model; one of them on tools over MCP.

The model is far too small to be right. Whatever it says, a run writes what its answers allow, or deviates.
"""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path

import pytest

from compiler.operate.mcp_tools import McpTools, server_of
from compiler.runtime import Harness, LiteLLMAgent, LiteLLMModel, RunResult, load_harness
from tests.cli.runner import tracec
from traces.demo import NOW, OPEN
from traces.office import Office

pytestmark = pytest.mark.slow

REPLY, MEET = "reply_to_last_email", "email_if_no_meeting"
# A wording that no run has: the model has to read the request.
NEW_WORDING = (
    "Kofi wrote last about 'Update on team orientation'. Please answer 'I will get back to you.' to that."
)


@pytest.fixture(scope="module")
def harnesses(tmp_path_factory: pytest.TempPathFactory, root: Path) -> dict[str, Harness]:
    output = tmp_path_factory.mktemp("harnesses")
    traces = root / "traces"
    compiled = tracec(
        "compile", traces / REPLY, traces / MEET, "--tools", traces / "tools.json", "-o", output
    )
    assert compiled.exit_code == 0, compiled.output
    return {name: load_harness(output / name) for name in (REPLY, MEET)}


def sound(result: RunResult, harness: Harness) -> None:
    """Check what must hold whatever a model answers."""
    assert result.outcome in {"done", "deviated"}
    assert result.asks
    assert all(answer.usage is not None and answer.usage.prompt_tokens > 0 for _, answer in result.asks)
    assert result.tokens
    writes = {tool.name for tool in harness.tools if tool.effect == "write"}
    made = [(called.name, json.dumps(called.arguments)) for called in result.calls if called.name in writes]
    assert len(made) == len(set(made)) <= 1
    if result.outcome == "deviated":
        assert result.deviation is not None
        assert result.deviation.where


def test_a_workload_asks_the_model_what_it_has_to(
    harnesses: dict[str, Harness], local_model: LiteLLMModel
) -> None:
    harness = harnesses[REPLY]
    sound(harness.run(NEW_WORDING, call=Office(), model=local_model, now=NOW), harness)


def test_a_workload_runs_on_tools_over_mcp(
    harnesses: dict[str, Harness],
    local_model: LiteLLMModel,
    tmp_path: Path,
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(root)
    log = tmp_path / "calls.jsonl"
    harness = harnesses[MEET]
    command = shlex.join([sys.executable, "-m", "tests.e2e.mcp_office", str(log)])
    (request,) = OPEN[MEET]
    with McpTools(server_of(f"mcp:{command}")) as tools:
        result = harness.run(request, call=tools.call, model=local_model, now=NOW)
    sound(result, harness)
    # What the server did is what the record says.
    issued = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [[called.name, called.arguments] for called in result.calls] == issued


def test_an_agent_of_that_model_takes_over_and_repeats_no_write(
    harnesses: dict[str, Harness], local_model: LiteLLMModel
) -> None:
    agent = LiteLLMAgent(local_model.name, steps=2, **local_model.options)
    result = harnesses[MEET].run("Do what is usual.", call=Office(), now=NOW, agent=agent)
    assert result.outcome in {"handed_over", "deviated"}
    assert result.agent_from == 0
    assert result.tokens
    made = [(called.name, json.dumps(called.arguments)) for called in result.calls if "send" in called.name]
    assert len(made) == len(set(made))
