"""Models and agents by the "provider/model" names that stand for them."""

from __future__ import annotations

from typing import Any

from compiler.runtime.ask import Model
from compiler.runtime.takeover import Agent


def model_of(model: Any) -> Model | None:
    """Give the model that a name stands for; any other as it is."""
    if not isinstance(model, str):
        return model  # type: ignore[no-any-return]
    from compiler.runtime.llm import LiteLLMModel

    return LiteLLMModel(model)


def agent_of(agent: Agent | str | None) -> Agent | None:
    """Give the agent that a name stands for; any other as it is."""
    if not isinstance(agent, str):
        return agent
    from compiler.runtime.agent import LiteLLMAgent

    return LiteLLMAgent(agent)
