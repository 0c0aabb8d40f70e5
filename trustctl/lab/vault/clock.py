"""The server's clock and its ids: both repeat from run to run."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from trustctl.lab.vault.message import Refusal

_START = datetime(2026, 11, 22, 2, 37, 42, 883_086, tzinfo=UTC)
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


class VaultClock:
    """Time stands still until a test moves it; with `ticks`, seconds from any fixed moment, it runs by itself too."""

    def __init__(self, start: datetime = _START, ticks: Callable[[], float] = lambda: 0.0) -> None:
        self._start = start
        self._ticks = ticks
        self._origin = ticks()
        self._moved = 0.0

    def now(self) -> datetime:
        """The server's time."""
        return self._start + timedelta(seconds=self.seconds())

    def advance(self, seconds: float) -> None:
        """Let this many seconds pass."""
        self._moved += seconds

    def seconds(self) -> float:
        """Seconds since the start, for clients that share this clock."""
        return self._ticks() - self._origin + self._moved


def stamp(moment: datetime | None) -> str:
    """RFC 3339 with nanoseconds as Go prints it; "" for none."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond:06d}001Z" if moment else ""


def seconds_of(value: object) -> float:
    """A Go duration (`10m`, `1h30m`, `90`) or a number, in seconds. Raises Refusal."""
    if isinstance(value, int | float):
        return float(value)
    text = str(value or "0")
    if re.fullmatch(r"\d+", text):
        return float(text)
    if not _DURATION.fullmatch(text):
        raise Refusal(400, f"error converting input {text} to a duration")
    return sum(float(count) * _UNITS[unit] for count, unit in re.findall(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)", text))


def go_duration(seconds: float) -> str:
    """How the server writes a duration.  Before: 3600, 20, 5400.  After: `1h`, `20s`, `1h30m`."""
    whole = int(seconds)
    parts = ((whole // 3600, "h"), (whole // 60 % 60, "m"), (whole % 60, "s"))
    return "".join(f"{count}{unit}" for count, unit in parts if count) or "0s"


class Ids:
    """Ids that look random and repeat for a seed."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._count = 0

    def _bytes(self) -> bytes:
        self._count += 1
        return hashlib.sha512(f"{self._seed}/{self._count}".encode()).digest()

    def uuid(self) -> str:
        """A UUID of version 4."""
        return str(uuid.UUID(bytes=self._bytes()[:16], version=4))

    def letters(self, count: int) -> str:
        """Letters and digits."""
        raw = b""
        while len(raw) < count:
            raw += self._bytes()
        return "".join(_LETTERS[byte % len(_LETTERS)] for byte in raw[:count])

    def key(self) -> bytes:
        """32 bytes."""
        return self._bytes()[:32]

    def short(self) -> str:
        """Eight hexadecimal digits."""
        return self._bytes()[:4].hex()
