"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent

# A shared machine is slow at times, which is no failure. In CI the same examples every time: a test that
# fails there must fail on the desk too.
settings.register_profile("desk", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if "CI" in os.environ else "desk")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that writes anew what tests compare with: goldens, and code shown in pages."""
    parser.addoption("--update-golden", action="store_true", help="write goldens anew; look at the diff")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to write goldens where nobody looks at them."""
    if config.getoption("--update-golden") and "CI" in os.environ:
        raise pytest.UsageError("--update-golden is refused in CI: a golden is reviewed before it is kept")


@pytest.fixture(scope="session")
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Say whether goldens are to be written anew."""
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture(scope="session")
def root() -> Path:
    """Give the folder of the project."""
    return ROOT


@pytest.fixture(scope="session")
def traces() -> Path:
    """Give the folder of the bundled workloads."""
    return ROOT / "traces"
