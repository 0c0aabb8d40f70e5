"""Dotted paths of values, as origins are found by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from trustctl.inventory.yaml_document import Value


def joined(head: str, steps: Sequence[str | int]) -> str:
    """Before: services, ("ntp", 0).  After: `services.ntp[0]`."""
    return head + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)


def below(value: object, steps: Sequence[str | int]) -> Value:
    """The value at a path. Raises LookupError if there is none."""
    for step in steps:
        value = cast("Mapping[str | int, Value]", value)[step]
    return cast("Value", value)


def paths(value: Value, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every path below a value, parents included: ("radius",), ("radius", "group"), ("ntp", 0)."""
    if path:
        yield path
    if isinstance(value, dict):
        for key, inside in value.items():
            yield from paths(inside, (*path, key))
    elif isinstance(value, list):
        for index, inside in enumerate(value):
            yield from paths(inside, (*path, index))
