"""Whether two runs did the same to the world."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable

from compiler.prove.canonical import CallKey

_IDENTIFIER = re.compile(r"(?:^|[_\-\s])(?:id|uuid|key)$|[a-z](?:Id|ID|Key)$", re.ASCII)


def same_writes(one: Iterable[CallKey], other: Iterable[CallKey]) -> bool:
    """Whether two series of writes come to the same: the same writes, and in order on each resource.

    The resource of a write is the first argument, by name, that is called like an identifier
    (``order_id``, ``orderId``). Writes to different resources, and writes that name none, may come in
    any order.
    """
    mine, theirs = tuple(one), tuple(other)
    # Most often they are the very same, and nothing need be taken apart.
    return mine == theirs or (Counter(mine) == Counter(theirs) and _by_resource(mine) == _by_resource(theirs))


def is_identifier(name: str) -> bool:
    """Whether an argument or a field is called like an identifier."""
    return _IDENTIFIER.search(name) is not None


def _by_resource(writes: tuple[CallKey, ...]) -> dict[str, list[CallKey]]:
    order: dict[str, list[CallKey]] = {}
    for key in writes:
        resource = _resource(key)
        if resource is not None:
            order.setdefault(resource, []).append(key)
    return order


def _resource(key: CallKey) -> str | None:
    arguments = json.loads(key[1])
    for name in sorted(arguments):
        value = arguments[name]
        if is_identifier(name) and isinstance(value, str | int):
            return f"{name}={value}"
    return None
