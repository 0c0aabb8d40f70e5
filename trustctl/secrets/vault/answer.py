"""What the server answered, and a call that it was asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

READS = frozenset({"GET", "HEAD"})
"""Verbs that change nothing: they may be asked again."""
DONE = frozenset({200, 204})


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `path` starts with `/v1/`. What could hold a secret is in no repr."""

    method: str
    path: str
    token: str = field(default="", repr=False)
    namespace: str = ""
    payload: object = field(default=None, repr=False)
    params: Mapping[str, object] = field(default_factory=dict[str, object])

    @property
    def reads(self) -> bool:
        """Whether it changes nothing on the server."""
        return self.method in READS


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and a JSON object; the object is empty where the answer had no body."""

    status: int
    body: Mapping[str, object] = field(default_factory=dict[str, object], repr=False)

    def part(self, name: str) -> Mapping[str, object]:
        """An object inside the body, such as `data` or `auth`; empty if it is null or not an object."""
        return part(self.body, name)

    @property
    def errors(self) -> tuple[str, ...]:
        """The server's own words of what is wrong; often empty."""
        return texts(self.body.get("errors"))

    @property
    def warnings(self) -> tuple[str, ...]:
        """The server's warnings."""
        return texts(self.body.get("warnings"))


class RefusedError(Exception):
    """The server answered with a status that is no success. It is given its meaning where the call was made."""

    def __init__(self, call: Call, answer: Answer) -> None:
        super().__init__(f"{call.method} {call.path}: {answer.status}")
        self.call = call
        self.answer = answer


def part(body: Mapping[str, object], name: str) -> Mapping[str, object]:
    """An object inside an object; empty if it is anything else."""
    found = body.get(name)
    return cast("Mapping[str, object]", found) if isinstance(found, dict) else {}


def texts(found: object) -> tuple[str, ...]:
    """The texts of a list; empty if it is none."""
    if not isinstance(found, list):
        return ()
    return tuple(str(one) for one in cast("list[object]", found))


def number(found: object) -> int:
    """A whole number; 0 if it is none. True is not a number."""
    return found if isinstance(found, int) and not isinstance(found, bool) else 0
