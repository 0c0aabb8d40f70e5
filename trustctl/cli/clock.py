"""The only real clock."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class SystemClock:
    """This machine's time; implements `trustctl.model.clock.Clock`."""

    def now(self) -> datetime:
        """The wall clock, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that never jump."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)
