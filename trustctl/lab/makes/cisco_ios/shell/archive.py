"""The configuration archive and the rollback timer of Rollback Confirmed Change.

Texts follow the Cisco IOS Configuration Fundamentals guides and published sessions (docs/sources.md).
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from trustctl.lab.files import FileError
from trustctl.lab.makes.cisco_ios.merging import replace
from trustctl.lab.makes.cisco_ios.shell.files import split_path
from trustctl.lab.makes.cisco_ios.times import file_stamp, stamp

if TYPE_CHECKING:
    from trustctl.lab.makes.cisco_ios.device import IosDevice

NOT_ENABLED = "Archive feature not enabled"
TURN_ON = "%Please turn config archive on before using Rollback Confirmed Change\n"
NOT_PENDING = "%No Rollback Confirmed Change pending\n"
ALREADY_PENDING = "%Rollback Confirmed Change is already pending\n"
DONE = "Total number of passes: 1\nRollback Done\n\n"
_SECTION = re.compile(r"^archive\n((?: .*\n)*)", re.MULTILINE)
_PATH = re.compile(r"^ path (\S+)", re.MULTILINE)
_MAXIMUM = re.compile(r"^ maximum (\d+)", re.MULTILINE)
_DEFAULT_MAXIMUM = 10


@dataclass(frozen=True, slots=True)
class Settings:
    """What the `archive` section of the running configuration says; `path` is None while archiving is off."""

    path: str | None
    maximum: int
    on_save: bool


@dataclass(frozen=True, slots=True)
class Pending:
    """An armed rollback: by whom, when, for how many device minutes, to which file, and the timer that runs."""

    user: str
    armed: datetime
    minutes: int
    backup: str
    warning: asyncio.TimerHandle | None
    timer: asyncio.TimerHandle


class Archive:
    """The archive of one switch, and its one rollback timer."""

    def __init__(self, device: IosDevice) -> None:
        self._device = device
        self._versions: list[str] = []
        self._count = 0
        self.pending: Pending | None = None

    def settings(self) -> Settings:
        """The archive settings of the running configuration."""
        section = _SECTION.search(self._device.running())
        body = section[1] if section else ""
        path, maximum = _PATH.search(body), _MAXIMUM.search(body)
        most = int(maximum[1]) if maximum else _DEFAULT_MAXIMUM
        return Settings(path[1] if path else None, most, " write-memory\n" in body)

    def write(self) -> str:
        """Archive the running configuration; the URL of the new file. Raises FileError (also if archiving is off)."""
        settings = self.settings()
        if settings.path is None:
            raise FileError("archive", NOT_ENABLED)
        url = self._next_name(settings.path)
        system, name = split_path(url)
        self._device.write_file(system, name, self._device.running().encode("utf-8", "surrogateescape"))
        self._count += 1
        self._versions.append(url)
        for old in self._versions[: -settings.maximum]:
            self._versions.remove(old)
            self._remove(old)
        return url

    def on_save(self) -> None:
        """Archive after a save, if the configuration asks for it; a full flash does not undo the save."""
        if not self.settings().on_save or self.settings().path is None:
            return
        try:
            self.write()
        except FileError as error:
            self._device.syslog(f"%ARCHIVE_CONFIG-4-ARCHIVE_FAILED: {error.path} ({error.reason})")

    def show(self) -> str:
        """What `show archive` prints."""
        settings = self.settings()
        if settings.path is None:
            return f"{NOT_ENABLED}\n"
        lines = [f"The maximum archive configurations allowed is {settings.maximum}."]
        if self._versions:
            lines.append(f"There are currently {len(self._versions)} archive configurations saved.")
        lines.append(f"The next archive file will be named {self._next_name(settings.path)}")
        lines.append(" Archive #  Name")
        for number in range(1, settings.maximum + 1):
            url = self._versions[number - 1] if number <= len(self._versions) else ""
            recent = " <- Most Recent" if url and number == len(self._versions) else ""
            lines.append(f"   {number:<8} {url}{recent}")
        return "\n".join(lines) + "\n"

    def show_timer(self) -> str:
        """What `show archive config rollback timer` prints."""
        pending = self.pending
        if pending is None:
            return NOT_PENDING
        return (
            f"Time configured(or reconfigured): {stamp(self._device.clock, pending.armed)}\n"
            "Timer type: absolute timer\n"
            f"Timer value: {pending.minutes} min\n"
            f"User: {pending.user}\n"
        )

    def arm(self, user: str, minutes: int, backup: str) -> None:
        """Start the rollback timer: at its end the switch goes back to `backup` unless somebody confirmed."""
        loop = asyncio.get_running_loop()
        clock = self._device.clock
        warning = None
        if minutes > 1:
            warning = loop.call_later(clock.real_seconds(minutes - 1), self._warn)
        timer = loop.call_later(clock.real_seconds(minutes), self._expire)
        self.pending = Pending(user, clock.now(), minutes, backup, warning, timer)
        event = "%ARCHIVE_DIFF-5-ROLLBK_CNFMD_CHG"
        self._device.syslog(f"{event}_BACKUP: Backing up current running config to {backup}")
        self._device.syslog(
            f"{event}_START_ABSTIMER: User: {user}(Priv: 15, View: 0): "
            f"Scheduled to rollback to config {backup} in {minutes} minutes"
        )
        if warning is None:
            self._warn()

    def rearm(self, minutes: int) -> None:
        """Start the pending timer again with another length."""
        pending = self._disarm()
        if pending is not None:
            self.arm(pending.user, minutes, pending.backup)

    def confirm(self) -> None:
        """Keep the changes: the timer ends."""
        pending = self._disarm()
        if pending is not None:
            self._device.syslog("%ARCHIVE_DIFF-5-ROLLBK_CNFMD_CHG_CONFIRM: User: " + pending.user)

    def revert(self) -> tuple[str, tuple[str, ...]] | None:
        """Go back now: the backup's URL and the lines that were refused; None if nothing was pending."""
        pending = self._disarm()
        if pending is None:
            return None
        return pending.backup, self._roll_back(pending)

    def forget(self) -> None:
        """Power is lost: timers end, nothing is rolled back."""
        self._disarm()

    def _disarm(self) -> Pending | None:
        pending, self.pending = self.pending, None
        if pending is not None:
            pending.timer.cancel()
            if pending.warning is not None:
                pending.warning.cancel()
        return pending

    def _warn(self) -> None:
        event = "%ARCHIVE_DIFF-5-ROLLBK_CNFMD_CHG_WARNING_ABSTIMER"
        self._device.syslog(
            f"{event}: System will rollback to config {self.pending.backup if self.pending else ''} in one minute. "
            'Enter "configure confirm" if you wish to keep what you\'ve configured'
        )
        self._device.announce(
            "Rollback Confirmed Change: Rollback will begin in one minute.\n"
            'Enter "configure confirm" if you wish to keep what you\'ve configured\n\n'
        )

    def _expire(self) -> None:
        pending = self._disarm()
        if pending is not None:
            self._roll_back(pending)

    def _roll_back(self, pending: Pending) -> tuple[str, ...]:
        self._device.counters.bump("rollbacks")
        event = "%ARCHIVE_DIFF-5-ROLLBK_CNFMD_CHG_ROLLBACK_START"
        self._device.syslog(f"{event}: Start rolling to: {pending.backup}")
        self._device.announce(f"Rollback Confirmed Change: Rolling to:{pending.backup}\n\n")
        system, name = split_path(pending.backup)
        try:
            text = self._device.read_file(system, name).decode("utf-8", "surrogateescape")
        except FileError as error:
            self._device.syslog(f"%ARCHIVE_DIFF-3-DIFF_CMD_FAILED: {error.path} ({error.reason})")
            return (f"%Error opening {error.path} ({error.reason})",)
        refused = replace(self._device, text, pending.user)
        self._device.announce("Total number of passes: 1\nRollback Done\n\n")
        return refused

    def _next_name(self, path: str) -> str:
        clock = self._device.clock
        stamp = file_stamp(clock)
        expanded = path.replace("$h", self._device.switch.hostname).replace("$t", stamp)
        number = self._count % max(self.settings().maximum, 1)
        return f"{expanded}-{number}" if "$t" in path else f"{expanded}-{stamp}-{number}"

    def _remove(self, url: str) -> None:
        system, name = split_path(url)
        if system == "flash" and self._device.flash.exists(name):
            self._device.flash.delete(name)
