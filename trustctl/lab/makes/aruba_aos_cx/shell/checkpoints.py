"""Checkpoints: those of users, those that the system makes after a change, and auto mode, which restores by itself.

Source: AOS-CX Fundamentals Guide, chapter Configuration and firmware management; the texts are its examples.
Unverified: to whom the warnings of auto mode go (here: to every session), that there is none with an interval of up to
two minutes, the refusals, and whether the end of the session that armed it restores too, as one published report of
10.18.1002 says and no guide (some 5 s later; here at once): a device with the feature `restores_at_session_end` does.
"""

from __future__ import annotations

import asyncio
import difflib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trustctl.lab.makes.aruba_aos_cx.device import CxDevice

RESTORES_AT_SESSION_END = "restores_at_session_end"
"""The feature of a device whose auto mode ends with the session that started it (off unless the device has it)."""
STARTUP, RUNNING = "startup-config", "running-config"
EXPIRES = "Auto checkpoint mode expires in {} minute(s)"
CREATED = "checkpoint {} created"
NOT_ARMED = "Auto checkpoint mode is not enabled."
ALREADY = "Auto checkpoint mode is already enabled."
_WARNING = 'WARNING  Please "checkpoint auto confirm" within {} minutes\n'
_RESTORING = "WARNING: Restoring configuration. Do NOT add any new configuration.\n"
_RESTORED = "Restoration successful\n"
_WARN_MINUTES = 2
_SYSTEM_MINUTES = 5.0
_MOST = 32
_NAME = re.compile(r"[A-Za-z0-9_-]{1,32}")
_COMPARED = "/tmp/chkpt0"  # noqa: S108 - as the switch names the two sides of a comparison


@dataclass(slots=True)
class Checkpoint:
    """A stored configuration: when, by `User` or `System`, by which software."""

    name: str
    text: str
    writer: str
    made: datetime
    version: str


@dataclass(frozen=True, slots=True)
class Armed:
    """Auto mode: by whom, for how many device minutes, what is restored, and the timers that run."""

    user: str
    minutes: int
    text: str
    timers: tuple[asyncio.TimerHandle, ...]
    line: int
    """The line of the session that armed it."""


class Checkpoints:
    """The checkpoints of one switch, and its auto mode."""

    def __init__(self, device: CxDevice) -> None:
        self._device = device
        self.stored: list[Checkpoint] = []
        self.armed: Armed | None = None
        self._saved_at: datetime = self._now()
        self._system: asyncio.TimerHandle | None = None

    def _now(self) -> datetime:
        return (self._device.clock.now() - self._device.clock.offset).astimezone(UTC)

    def _stamp(self) -> str:
        return f"{self._now():%Y%m%d%H%M%S}"

    # --- names ------------------------------------------------------------------------------------------------------

    def find(self, name: str) -> Checkpoint | None:
        """A checkpoint by name; `startup-config` is one."""
        if name == STARTUP:
            text = self._device.startup
            return None if text is None else self._made(STARTUP, text, "User", self._saved_at)
        return next((each for each in self.stored if each.name == name), None)

    def text(self, name: str) -> str | None:
        """The configuration of that name: a checkpoint's, or the running one."""
        if name == RUNNING:
            return self._device.running()
        found = self.find(name)
        return None if found is None else found.text

    def all(self) -> list[tuple[Checkpoint, str]]:
        """Every checkpoint with its type: `latest` are those with the newest configuration."""
        newest = self.stored[-1].text if self.stored else ""
        listed = [(each, "latest" if each.text == newest else "checkpoint") for each in self.stored]
        startup = self.find(STARTUP)
        return [*listed, *([(startup, "startup")] if startup is not None else [])]

    def _made(self, name: str, text: str, writer: str, when: datetime | None = None) -> Checkpoint:
        return Checkpoint(name, text, writer, when or self._now(), self._device.switch.version)

    def valid(self, name: str) -> bool:
        """Whether a user may call a checkpoint that."""
        return _NAME.fullmatch(name) is not None and not name.startswith("CPC") and name not in {STARTUP, RUNNING}

    def store(self, name: str, writer: str = "User") -> bool:
        """Keep the running configuration by that name; False if there is no room for another one."""
        mine = [each for each in self.stored if each.writer == writer and each.name != name]
        if len(mine) >= _MOST:
            if writer == "User":
                return False
            self.stored.remove(mine[0])
        self.stored = [each for each in self.stored if each.name != name]
        self.stored.append(self._made(name, self._device.running(), writer))
        return True

    def drop(self, name: str) -> bool:
        """Erase a checkpoint; whether there was one."""
        before = len(self.stored)
        self.stored = [each for each in self.stored if each.name != name]
        return len(self.stored) < before

    def saved(self) -> None:
        """The running configuration was written to startup."""
        self._saved_at = self._now()

    # --- the system's own -------------------------------------------------------------------------------------------

    def changed(self) -> None:
        """The configuration changed: five minutes without another change make a checkpoint of the system."""
        if self._system is not None:
            self._system.cancel()
        seconds = self._device.clock.real_seconds(_SYSTEM_MINUTES)
        self._system = asyncio.get_running_loop().call_later(seconds, self._store_system)

    def _store_system(self) -> None:
        self._system = None
        self.store(f"CPC{self._stamp()}", "System")

    # --- auto mode --------------------------------------------------------------------------------------------------

    def arm(self, user: str, minutes: int, line: int) -> None:
        """Start auto mode: unless it is confirmed, the configuration of now comes back after so many minutes."""
        loop, real = asyncio.get_running_loop(), self._device.clock.real_seconds
        timers = [loop.call_later(real(minutes), self._expire)]
        if minutes > _WARN_MINUTES:
            timers.append(loop.call_later(real(minutes - _WARN_MINUTES), self._warn))
        self.armed = Armed(user, minutes, self._device.running(), tuple(timers), line)

    def session_ended(self, line: int) -> None:
        """A session is over: where that restores, its auto mode ends there."""
        if self.armed is None or self.armed.line != line:
            return
        if self._device.spec.features.get(RESTORES_AT_SESSION_END, False):
            asyncio.get_running_loop().call_soon(self._expire)

    def confirm(self) -> str:
        """End auto mode and keep the running configuration; the name of its checkpoint."""
        self._disarm()
        name = f"AUTO{self._stamp()}"
        self.store(name)
        return name

    def _disarm(self) -> Armed | None:
        armed, self.armed = self.armed, None
        for timer in armed.timers if armed else ():
            timer.cancel()
        return armed

    def _warn(self) -> None:
        self._device.announce(_WARNING.format(_WARN_MINUTES))

    def _expire(self) -> None:
        armed = self._disarm()
        if armed is None:
            return
        self._device.announce(_RESTORING)
        self._device.counters.bump("rollbacks")
        self._device.restore(armed.text)
        self._device.announce(_RESTORED)

    def forget(self) -> None:
        """End every timer without a word."""
        self._disarm()
        if self._system is not None:
            self._system.cancel()
            self._system = None

    # --- diff -------------------------------------------------------------------------------------------------------

    def diff(self, first: str, second: str) -> str:
        """Two configurations as a unified diff with the headers that the switch prints; empty if they are equal."""
        ticks = int(self._now().timestamp() * 1000)
        names = f"{_COMPARED}1{ticks}", f"{_COMPARED}2{ticks + 26}"
        lines = difflib.unified_diff(first.split("\n"), second.split("\n"), *names, lineterm="")
        return "".join(f"{line}\n" for line in lines)
