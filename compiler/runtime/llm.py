"""Questions to language models through litellm; imported with the first of them, as it takes seconds."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any, final

from compiler.runtime.ask import Answer, Ask, Usage
from compiler.runtime.jsons import JSON
from compiler.runtime.prompt import SYSTEM, answer_schema, read_answer, render


@final
class LiteLLMModel:
    """A model by its "provider/model" name; other arguments go to ``litellm.completion`` as they are."""

    def __init__(self, name: str, **options: Any) -> None:
        self.name = name
        # Not all models take a temperature; those that do shall answer one question the same way twice.
        self.options: dict[str, Any] = {"temperature": 0, "drop_params": True, **options}

    def answer(self, ask: Ask) -> Answer:
        """Ask the model once. What it writes is read strictly: anything else is no answer."""
        # Else importing litellm asks the network for a list of prices.
        os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
        litellm: Any = import_module("litellm")
        # Else it prints advice to stdout when a call fails, into what `tracec run --json` prints.
        litellm.suppress_debug_info = True
        response: Any = litellm.completion(
            model=self.name,
            messages=[
                {"role": "system", "content": SYSTEM},
                {"role": "user", "content": render(ask)},
            ],
            response_format=_response_format(ask),
            **self.options,
        )
        content = response.choices[0].message.content
        value = read_answer(ask.kind, content) if isinstance(content, str) else None
        return Answer(value, _usage(response))


def _response_format(ask: Ask) -> dict[str, JSON]:
    # Strict schemas must close every object and require every key, which a record's own need not.
    strict = ask.kind != "extract"
    return {
        "type": "json_schema",
        "json_schema": {"name": "answer", "schema": answer_schema(ask), "strict": strict},
    }


def _usage(response: Any) -> Usage | None:
    usage = getattr(response, "usage", None)
    if usage is None:
        return None
    return Usage(prompt_tokens=usage.prompt_tokens or 0, completion_tokens=usage.completion_tokens or 0)
