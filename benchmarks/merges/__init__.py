"""Edits of a harness against shifts of the traces: what merging keeps, and what it gets wrong."""
