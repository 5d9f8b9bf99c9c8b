"""Count tokens without a network: litellm's package holds the vocabularies that tiktoken would download."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from compiler.runtime import Ask
from compiler.runtime.prompt import SYSTEM, render

VOCABULARY = "o200k_base"
"""OpenAI's, of GPT-4o and later."""


def counter() -> Callable[[str], int]:
    """Give a function that counts the tokens of a text.

    Raises:
        RuntimeError: The vocabulary is neither installed nor cached, and cannot be downloaded.
    """
    spec = find_spec("litellm")
    if spec is not None and spec.origin is not None:
        folder = Path(spec.origin).parent / "litellm_core_utils" / "tokenizers"
        os.environ.setdefault("TIKTOKEN_CACHE_DIR", str(folder))
    # Only now: tiktoken looks for its cache when it loads a vocabulary.
    import tiktoken

    try:
        encoding = tiktoken.get_encoding(VOCABULARY)
    except Exception as error:
        message = f"no vocabulary {VOCABULARY} on this machine, so that tokens cannot be counted: {error}"
        raise RuntimeError(message) from error
    return lambda text: len(encoding.encode(text, disallowed_special=()))


def prompt_of(ask: Ask) -> str:
    """Give all that a model reads to answer a question, as the runtime writes it."""
    return f"{SYSTEM}\n{render(ask)}"
