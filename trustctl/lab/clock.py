"""The clock of one lab device: wall time, uptime, and device minutes that tests may shorten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

SUNDAY_MORNING = datetime(2026, 1, 4, 6, 0, tzinfo=UTC)
"""When a lab starts that was not told what time it is: a fixed moment, so that runs repeat."""


@dataclass(slots=True)
class DeviceClock:
    """Time as one device sees it.

    `ticks` gives seconds from any fixed origin (an event loop's time). `started` is the true time at the first tick.
    `minute_seconds` is how many real seconds one minute of a device timer lasts; the wall clock itself is not scaled.
    `skew` seconds are added to the wall clock (a device whose clock is wrong). `zone` and `offset` are its local time.
    """

    ticks: Callable[[], float]
    started: datetime = SUNDAY_MORNING
    minute_seconds: float = 60.0
    skew: float = 0.0
    zone: str = "UTC"
    offset: timedelta = timedelta()
    _origin: float = field(init=False)
    _booted: float = field(init=False)

    def __post_init__(self) -> None:
        self._origin = self._booted = self.ticks()

    def now(self) -> datetime:
        """Local time on the device."""
        return self.started + timedelta(seconds=self.ticks() - self._origin + self.skew) + self.offset

    def boot(self) -> None:
        """Start the uptime again."""
        self._booted = self.ticks()

    def booted_at(self) -> datetime:
        """When the device last started, local time."""
        return self.now() - timedelta(seconds=self.uptime())

    def uptime(self) -> float:
        """Seconds since the last start."""
        return self.ticks() - self._booted

    def real_seconds(self, minutes: float) -> float:
        """How long device `minutes` last in real seconds."""
        return minutes * self.minute_seconds

    def device_minutes(self, seconds: float) -> float:
        """How many device minutes are in real `seconds`."""
        return seconds / self.minute_seconds
