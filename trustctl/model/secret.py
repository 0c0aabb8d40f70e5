"""A secret is a reference until the last moment."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import cast

SECRET_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}(/[a-z0-9][a-z0-9._-]{0,62}){0,5}")
SECRET_TOKEN = re.compile(r"<secret:([a-z0-9._/-]+)>")
"""How a secret reference stands in a rendered line, a plan and a report: `<secret:radius/shared-key>`."""
OBSERVED_TOKEN = re.compile(r"<observed:([0-9a-z.]+)>")
"""How a secret that the device itself holds stands in undo lines; its value is only in the local backup."""


@dataclass(frozen=True, slots=True)
class SecretRef:
    """The name of a secret in the trust's secret store, such as `radius/shared-key`. Never its value."""

    name: str

    def __str__(self) -> str:
        return f"<secret:{self.name}>"


def names_in(value: object) -> frozenset[str]:
    """The names of all secrets that a value of the model refers to; what stands in it twice is looked at once."""
    found: set[str] = set()
    seen: set[int] = set()
    waiting: list[object] = [value]
    while waiting:
        one = waiting.pop()
        place = id(one)
        if isinstance(one, SecretRef):
            found.add(one.name)
        elif isinstance(one, str | int | bytes) or place in seen:
            continue
        elif is_dataclass(one):
            waiting.extend(getattr(one, field.name) for field in fields(one))
        elif isinstance(one, Mapping):
            waiting.extend(cast("Mapping[object, object]", one).values())
        elif isinstance(one, tuple | list | frozenset):
            waiting.extend(cast("Iterable[object]", one))
        seen.add(place)
    return frozenset(found)
