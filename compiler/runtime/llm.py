"""Questions to language models through litellm; imported with the first of them, as it takes seconds."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any, Final, final

from compiler.runtime.ask import Answer, Ask, Usage
from compiler.runtime.jsons import JSON
from compiler.runtime.prompt import SYSTEM, answer_schema, read_answer, render

DEFAULTS: Final[dict[str, Any]] = {"temperature": 0, "drop_params": True, "num_retries": 2, "timeout": 120}
"""Not all models take a temperature; those that do shall answer one question the same way twice."""


@final
class LiteLLMModel:
    """A model by its "provider/model" name; other options go to ``litellm.completion`` as they are.

    Among them are litellm's own ``num_retries``, ``timeout``, ``fallbacks`` and ``caching``.
    """

    def __init__(self, name: str, **options: Any) -> None:
        self.name = name
        self.options = options
        self._takes_schemas = True

    def answer(self, ask: Ask) -> Answer:
        """Ask the model once. What it writes is read strictly: anything else is no answer."""
        messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": render(ask)}]
        response = self._ask(ask, messages)
        content = response.choices[0].message.content
        value = read_answer(ask.kind, content) if isinstance(content, str) else None
        return Answer(value, usage_of(response))

    def _ask(self, ask: Ask, messages: list[dict[str, str]]) -> Any:
        """Hold the model to the schema of the answer, if it can be; the prompt asks for the form anyway."""
        if self._takes_schemas:
            try:
                return complete(self.name, messages, response_format=_response_format(ask), **self.options)
            except Exception as error:
                if not _refuses_schema(error):
                    raise
                self._takes_schemas = False
        return complete(self.name, messages, **self.options)


def complete(name: str, messages: list[Any], **options: Any) -> Any:
    """Call ``litellm.completion`` with what every call of this package has in common."""
    # Else importing litellm asks the network for a list of prices.
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    litellm: Any = import_module("litellm")
    # Else it prints advice to stdout when a call fails, into what `tracec run --json` prints.
    litellm.suppress_debug_info = True
    return litellm.completion(model=name, messages=messages, **(DEFAULTS | options))


def usage_of(response: Any) -> Usage | None:
    """Read the tokens that a response took, and what litellm says they cost; None where it does not tell."""
    usage = getattr(response, "usage", None)
    if usage is None:
        return None
    return Usage(
        prompt_tokens=usage.prompt_tokens or 0,
        completion_tokens=usage.completion_tokens or 0,
        dollars=getattr(response, "_hidden_params", {}).get("response_cost"),
    )


def _refuses_schema(error: Exception) -> bool:
    """Whether a provider says that it cannot be held to a schema; nothing else tells of every provider."""
    said = str(error)
    refused = type(error).__name__ in ("BadRequestError", "UnsupportedParamsError")
    return refused and ("response_format" in said or "json_schema" in said)


def _response_format(ask: Ask) -> dict[str, JSON]:
    # Strict schemas must close every object and require every key, which a record's own need not.
    strict = ask.kind != "extract"
    return {
        "type": "json_schema",
        "json_schema": {"name": "answer", "schema": answer_schema(ask), "strict": strict},
    }
