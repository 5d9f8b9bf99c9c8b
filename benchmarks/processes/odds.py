"""Chances, said in one word."""

from __future__ import annotations

import random


def happens(chance: random.Random, share: float) -> bool:
    """Whether something happens that happens in a share of all cases."""
    return chance.random() < share
