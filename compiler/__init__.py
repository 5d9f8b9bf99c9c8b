"""tracec: compile logged agent runs into Python programs that a person can review."""

__version__ = "0.1.0"
