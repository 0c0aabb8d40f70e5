"""What the lab notes down about each device: the lines that clients sent, and how often things happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One line that a client sent: when, on which vty, by whom, in which mode."""

    time: datetime
    vty: int
    user: str
    mode: str
    line: str


class Counters:
    """How often things happened to a device.

    Names: `logins`, `failed_logins`, `commands`, `config_lines`, `saves`, `files`, `reloads`, `rollbacks`, `cuts`.
    """

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def bump(self, name: str) -> None:
        """One more."""
        self._counts[name] += 1

    def all(self) -> Mapping[str, int]:
        """The counts so far; what never happened counts 0."""
        return Counter(self._counts)
