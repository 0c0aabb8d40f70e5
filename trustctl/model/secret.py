"""A secret is a reference until the last moment."""

from __future__ import annotations

import re
from dataclasses import dataclass

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
