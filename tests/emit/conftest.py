"""The goldens of emission, and the option that writes them anew."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write tests/emit/golden anew; look at the diff"
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--update-golden", default=False) and "CI" in os.environ:
        raise pytest.UsageError("--update-golden is refused in CI: a golden is reviewed before it is kept")


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-golden", default=False))


@pytest.fixture(scope="session")
def golden() -> Path:
    return GOLDEN
