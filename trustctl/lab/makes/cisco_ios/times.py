"""How IOS writes moments and spans of time, and what it takes for local time."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trustctl.lab.clock import DeviceClock

_ZONE = re.compile(r"^clock timezone (\S+) (-?\d+)(?: (\d+))?\s*$", re.MULTILINE)


def follow(clock: DeviceClock, running: str) -> None:
    """Take the time zone from a running configuration (`clock timezone GMT 0 0`)."""
    found = _ZONE.search(running)
    if found is None:
        clock.zone, clock.offset = "UTC", timedelta()
        return
    hours, minutes = int(found[2]), int(found[3] or 0)
    clock.zone = found[1]
    clock.offset = timedelta(hours=hours, minutes=-minutes if hours < 0 else minutes)


def stamp(clock: DeviceClock, moment: datetime | None = None) -> str:
    """A moment (default: now) as IOS writes it: `09:37:40 UTC Tue Aug 20 2024`."""
    at = moment or clock.now()
    return f"{at:%H:%M:%S} {clock.zone} {at:%a %b} {at.day} {at.year}"


def syslog_stamp(clock: DeviceClock) -> str:
    """Now, as in a log line: `Nov 22 03:45:28.123`."""
    at = clock.now()
    return f"{at:%b} {at.day:>2} {at:%H:%M:%S}.{at.microsecond // 1000:03d}"


def file_stamp(clock: DeviceClock) -> str:
    """Now, as in the name of an archive file: `Nov-22-03-45-28.123`."""
    at = clock.now()
    day = f"{at.day:>2}".replace(" ", "-")
    return f"{at:%b}-{day}-{at:%H-%M-%S}.{at.microsecond // 1000:03d}"


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
