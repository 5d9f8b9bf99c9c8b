"""What the tests of the runtime run: the sample harness, and an office with three meetings."""

from __future__ import annotations

import pytest

from compiler.runtime import Harness, load_harness
from tests.runtime.fakes import SAMPLE, Office, event


@pytest.fixture
def sample() -> Harness:
    return load_harness(SAMPLE)


@pytest.fixture
def office() -> Office:
    return Office(
        [
            event(1, "2023-12-13 09:00:00", "ann@example.com"),
            event(2, "2023-12-13 11:00:00", "bob@example.com"),
            event(3, "2023-12-13 15:00:00", "cat@example.com"),
        ]
    )
