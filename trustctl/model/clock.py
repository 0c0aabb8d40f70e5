"""Time is handed in: only the command line owns a real clock."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """What the rooms below the command line may know of time."""

    def now(self) -> datetime:
        """Return the wall-clock time, with its zone. For people and records only, never for deadlines."""
        ...

    def monotonic(self) -> float:
        """Return seconds from an arbitrary start that never jump: for deadlines."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...
