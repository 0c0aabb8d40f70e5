"""A secret is a reference until the last moment."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PATH = r"[a-z0-9][a-z0-9._-]{0,62}(?:/[a-z0-9][a-z0-9._-]{0,62}){0,5}"
_KEY = r"[A-Za-z0-9_][A-Za-z0-9._-]{0,62}"
DEFAULT_KEY = "value"
"""The key that is meant where none is named."""
SCHEME = "secret://"

REFERENCE = rf"{SCHEME}{_PATH}(?:#{_KEY})?"
"""How the inventory refers to a secret: `secret://radius/shared-key`, `secret://radius/oak#key`."""
SECRET_NAME = re.compile(rf"{_PATH}(?:#{_KEY})?")
"""How a secret is named everywhere else: `radius/shared-key` (of its key `value`), `radius/oak#key`."""
SECRET_TOKEN = re.compile(rf"<secret:({SECRET_NAME.pattern})>")
"""How a secret reference stands in a rendered line, a plan and a report: `<secret:radius/shared-key>`."""
OBSERVED_TOKEN = re.compile(r"<observed:([0-9a-z.]+)>")
"""How a secret that the device itself holds stands in undo lines; its value is only in the local backup."""


@dataclass(frozen=True, slots=True)
class SecretRef:
    """The name of a secret in the trust's secret store, such as `radius/shared-key`. Never its value."""

    name: str

    def __str__(self) -> str:
        return f"<secret:{self.name}>"

    @property
    def path(self) -> str:
        """Where it lies in the store.  Before: `radius/oak#key`.  After: `radius/oak`."""
        return self.name.partition("#")[0]

    @property
    def key(self) -> str:
        """Which of the values there.  Before: `radius/oak#key`, `radius/oak`.  After: `key`, `value`."""
        return self.name.partition("#")[2] or DEFAULT_KEY


def canonical(name: str) -> str:
    """The one way to write a secret's name.  Before: `radius/oak#value`.  After: `radius/oak`."""
    return name.removesuffix(f"#{DEFAULT_KEY}")


def referred(text: str) -> str | None:
    """The name in a reference.  Before: `secret://radius/oak#key`.  After: `radius/oak#key`; None if it is none."""
    return canonical(text.removeprefix(SCHEME)) if re.fullmatch(REFERENCE, text) else None


def next_name(name: str) -> str:
    """Where the value that a rotation is going to bring in lies until it is finished.

    Before: `radius/oak`, `radius/oak#key`.  After: `radius/oak#next`, `radius/oak#key.next`.
    """
    path, mark, key = name.partition("#")
    return f"{path}#{key}.next" if mark else f"{path}#next"


def previous_name(name: str) -> str:
    """Where the value that a rotation took out of use is kept.  Before: `radius/oak`.  After: `radius/oak#previous`."""
    path, mark, key = name.partition("#")
    return f"{path}#{key}.previous" if mark else f"{path}#previous"
