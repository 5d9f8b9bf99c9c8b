"""`tracec run` with an agent, limits and model options; the traces that it leaves can be compiled from."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from compiler.read import read_runs
from tests.cli.runner import tracec
from tests.cli.test_tools import folder
from tests.runtime.test_takeover import Provider, calls, says

__all__ = ["folder"]


@pytest.fixture
def shop(folder: Path) -> str:
    return f"{folder.parent / 'shop_tools.py'}:MAPPING"


def test_an_agent_finishes_and_both_halves_are_one_trace(
    folder: Path, shop: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = Provider(calls(("shop_buy", '{"name": "pen"}')), says("I bought a pen instead."))
    monkeypatch.setitem(sys.modules, "litellm", provider)
    trace = tmp_path / "own.jsonl"
    options = ("--agent", "provider/model", "--model-option", "num_retries=7", "--model-option", "api_base=x")
    result = tracec(
        "run", folder, "--tools", shop, "--request", "Buy car", *options, "--trace", trace, "--json"
    )
    assert result.exit_code == 0, result.output
    (run,) = json.loads(result.output)["runs"]
    assert (run["outcome"], run["agent_from"], run["tokens"]) == ("handed_over", 1, 220)
    assert (provider.sent[0]["num_retries"], provider.sent[0]["api_base"]) == (7, "x")
    (kept,) = read_runs(str(trace)).runs
    assert [call.tool for call in kept.calls] == ["shop.price", "shop.buy"]
    assert kept.success is None
    assert kept.execution is not None
    assert (kept.execution.outcome, kept.execution.agent_from) == ("handed_over", 1)
    assert kept.execution.deviation == "nobody bought anything as dear"
    assert len(kept.execution.digest) == 64


def test_questions_are_in_the_trace(
    folder: Path, shop: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "litellm", Provider(says('{"position": 0}')))
    trace = tmp_path / "own.jsonl"
    request = ("--request", "Buy lamp", "--model", "provider/model", "--trace", trace)
    assert tracec("run", folder, "--tools", shop, *request).exit_code == 0
    (kept,) = read_runs(str(trace)).runs
    assert kept.execution is not None
    (asked,) = kept.execution.asks
    assert (asked.question, asked.answer, asked.prompt_tokens) == ("CHEAP", "yes", 100)


def test_a_limit_ends_a_run(folder: Path, shop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    strays = [says("nonsense") for _ in range(2)]
    monkeypatch.setitem(sys.modules, "litellm", Provider(*strays))
    request = ("--request", "Buy lamp", "--model", "provider/model", "--limit", "tokens=100")
    result = tracec("run", folder, "--tools", shop, *request)
    assert result.exit_code == 1
    assert "110 tokens are spent" in result.output


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--limit", "tokens"), "not KEY=VALUE"),
        (("--limit", "calls=3"), "there are tokens, dollars, seconds, call_seconds"),
        (("--limit", "tokens=many"), "not a number above zero"),
        (("--limit", "seconds=-1"), "not a number above zero"),
        (("--model-option", "=x"), "not KEY=VALUE"),
        (("--durable", "x.sqlite", "--agent", "a/b"), "do not go together"),
    ],
)
def test_options_of_no_use_are_one_line(folder: Path, shop: str, options: tuple[str, ...], said: str) -> None:
    result = tracec("run", folder, "--tools", shop, "--request", "Buy pen", *options)
    assert (result.exit_code, result.output.count("\n")) == (2, 1)
    assert said in result.output
