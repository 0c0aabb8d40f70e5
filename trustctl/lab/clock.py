"""The clock of one lab switch: wall time, uptime, and device minutes that tests may shorten."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

SUNDAY_MORNING = datetime(2026, 1, 4, 6, 0, tzinfo=UTC)
"""When a lab starts that was not told what time it is: a fixed moment, so that runs repeat."""

_ZONE = re.compile(r"^clock timezone (\S+) (-?\d+)(?: (\d+))?\s*$", re.MULTILINE)


@dataclass(slots=True)
class DeviceClock:
    """Time as one switch sees it.

    `ticks` gives seconds from any fixed origin (an event loop's time). `started` is the true time at the first tick.
    `minute_seconds` is how many real seconds one minute of a device timer lasts; the wall clock itself is not scaled.
    `skew` seconds are added to the wall clock (a switch whose clock is wrong).
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

    def follow(self, running: str) -> None:
        """Take the time zone from a running configuration (`clock timezone GMT 0 0`)."""
        found = _ZONE.search(running)
        if found is None:
            self.zone, self.offset = "UTC", timedelta()
            return
        hours, minutes = int(found[2]), int(found[3] or 0)
        self.zone = found[1]
        self.offset = timedelta(hours=hours, minutes=-minutes if hours < 0 else minutes)

    def now(self) -> datetime:
        """Local time on the device."""
        return self.started + timedelta(seconds=self.ticks() - self._origin + self.skew) + self.offset

    def stamp(self, moment: datetime | None = None) -> str:
        """A moment (default: now) as IOS writes it: `09:37:40 UTC Tue Aug 20 2024`."""
        at = moment or self.now()
        return f"{at:%H:%M:%S} {self.zone} {at:%a %b} {at.day} {at.year}"

    def syslog_stamp(self) -> str:
        """Now, as in a log line: `Nov 22 03:45:28.123`."""
        at = self.now()
        return f"{at:%b} {at.day:>2} {at:%H:%M:%S}.{at.microsecond // 1000:03d}"

    def file_stamp(self) -> str:
        """Now, as in the name of an archive file: `Nov-22-03-45-28.123`."""
        at = self.now()
        day = f"{at.day:>2}".replace(" ", "-")
        return f"{at:%b}-{day}-{at:%H-%M-%S}.{at.microsecond // 1000:03d}"

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


def spell_uptime(seconds: float) -> str:
    """Seconds as IOS spells an uptime: `2 weeks, 1 day, 3 hours, 4 minutes`; the minutes are always there."""
    minutes = int(seconds // 60)
    parts: list[str] = []
    for name, size in (("year", 525_600), ("week", 10_080), ("day", 1_440), ("hour", 60)):
        count, minutes = divmod(minutes, size)
        if count:
            parts.append(f"{count} {name}{'s' if count > 1 else ''}")
    parts.append(f"{minutes} minute{'' if minutes == 1 else 's'}")
    return ", ".join(parts)
