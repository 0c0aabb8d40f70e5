"""Rebooting: now, in some minutes, and the notices on every session before it happens.

Texts follow the Cisco `reload` reference and published console sessions (docs/sources.md).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from trustctl.lab.makes.cisco_ios.shell.command import Command
from trustctl.lab.makes.cisco_ios.shell.grammar import INCOMPLETE, CommandError, Words
from trustctl.lab.makes.cisco_ios.shell.saving import save
from trustctl.lab.makes.cisco_ios.times import stamp
from trustctl.lab.terminal import HungUp, LineEnd

if TYPE_CHECKING:
    from trustctl.lab.makes.cisco_ios.device import IosDevice
    from trustctl.lab.makes.cisco_ios.shell.shell import Shell

_LONGEST = 34_560
_NOTICES = (60, 30, 15, 10, 5, 1)
ABORTED = "\n\n***\n*** --- SHUTDOWN ABORTED ---\n***\n\n"
NONE_SCHEDULED = "No reload is scheduled.\n"


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A reload that is to come: when, by whom, why, and the timers that run."""

    at: datetime
    user: str
    reason: str
    timers: tuple[asyncio.TimerHandle, ...]


class Reloader:
    """The one scheduled reload of a switch."""

    def __init__(self, device: IosDevice) -> None:
        self._device = device
        self._due_tick = 0.0
        self.scheduled: Scheduled | None = None

    def due(self, minutes: float) -> datetime:
        """When a reload in so many device minutes will happen, on the device's clock."""
        return self._device.clock.now() + timedelta(minutes=minutes)

    def schedule(self, minutes: float, user: str, reason: str) -> None:
        """Reboot in so many device minutes, with notices on the way."""
        loop = asyncio.get_running_loop()
        clock = self._device.clock
        self.forget()
        timers = [loop.call_later(clock.real_seconds(minutes), self._device.reboot, "Reload Command")]
        timers += [
            loop.call_later(clock.real_seconds(minutes - left), self._notice, left)
            for left in _NOTICES
            if left <= minutes
        ]
        self.scheduled = Scheduled(self.due(minutes), user, reason, tuple(timers))
        self._due_tick = loop.time() + clock.real_seconds(minutes)
        self._device.syslog(
            f"%SYS-5-SCHEDULED_RELOAD: Reload requested for {stamp(clock, self.scheduled.at)} by {user}"
        )

    def cancel(self) -> bool:
        """Call a scheduled reload off; whether there was one."""
        if self.scheduled is None:
            return False
        self.forget()
        self._device.announce(ABORTED)
        self._device.syslog("%SYS-5-SCHEDULED_RELOAD_CANCELLED: Scheduled reload cancelled")
        return True

    def show(self) -> str:
        """What `show reload` prints."""
        scheduled = self.scheduled
        if scheduled is None:
            return NONE_SCHEDULED
        left = self._device.clock.device_minutes(self._due_tick - asyncio.get_running_loop().time())
        minutes, seconds = int(left), int(left % 1 * 60)
        spelled = spell_minutes(minutes) if minutes else f"{seconds} seconds"
        text = f"Reload scheduled in {spelled} by {scheduled.user}\n"
        return text + (f"Reload reason: {scheduled.reason}\n" if scheduled.reason else "")

    def forget(self) -> None:
        """End the timers of a scheduled reload without a word."""
        scheduled, self.scheduled = self.scheduled, None
        for timer in scheduled.timers if scheduled else ():
            timer.cancel()

    def _notice(self, left: int) -> None:
        self._device.announce(f"\n\n***\n*** --- SHUTDOWN in {left // 60}:{left % 60:02d}:00 ---\n***\n\n")


def spell_minutes(minutes: int) -> str:
    """Minutes as `show reload` spells them: `1 hour and 4 minutes`, `9 minutes`."""
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} hour{'s' if hours != 1 else ''}"] if hours else []
    if rest or not hours:
        parts.append(f"{rest} minute{'s' if rest != 1 else ''}")
    return " and ".join(parts)


async def reload_command(shell: Shell, words: Words) -> str:
    """`reload`, `reload in N [WHY]`, `reload in H:MM`, `reload cancel`."""
    device = shell.device
    if words.list[:1] and "cancel".startswith(words.list[0]) and len(words.list[0]) > 1:
        return "" if device.reloader.cancel() else f"%{NONE_SCHEDULED}"
    minutes: int | None = None
    reason = "Reload Command"
    if words.text:
        minutes, reason = _when(words)
    if device.modified() and not await _offer_save(shell):
        return ""
    if minutes is not None:
        where = f"{shell.login.user} on {shell.where()}"
        shell.terminal.write(f"Reload scheduled in {spell_minutes(minutes)} by {where}\nReload reason: {reason}\n")
    if not await shell.confirm("Proceed with reload? "):
        return ""
    if minutes is None:
        device.syslog(f"%SYS-5-RELOAD: Reload requested by {shell.login.user}. Reload Reason: {reason}.")
        device.reboot("Reload Command")
        raise HungUp
    device.reloader.schedule(minutes, f"{shell.login.user} on {shell.where()}", reason)
    return ""


def _when(words: Words) -> tuple[int, str]:
    """Minutes and reason behind `reload`. Raises CommandError."""
    first, *rest = words.list
    if first != "in":
        raise words.refuse()
    if not rest:
        raise CommandError(INCOMPLETE)
    hours, _, minutes = rest[0].rpartition(":")
    if not minutes.isdigit() or (hours and not hours.isdigit()):
        raise words.refuse(1)
    total = int(hours or 0) * 60 + int(minutes)
    if not 1 <= total <= _LONGEST:
        raise words.refuse(1)
    return total, " ".join(rest[1:]) or "Reload Command"


async def _offer_save(shell: Shell) -> bool:
    """Ask whether to save the modified configuration; whether to go on."""
    for _ in range(3):
        answer = await shell.ask("\nSystem configuration has been modified. Save? [yes/no]: ")
        word = answer.text.strip().lower()
        if answer.end is not LineEnd.ENTER:
            return False
        if word and "yes".startswith(word):
            shell.terminal.write(await save(shell))
            return True
        if word and "no".startswith(word):
            return True
        shell.terminal.write("% Please answer 'yes' or 'no'.\n")
    return False


COMMANDS = (Command("reload", reload_command, words=True),)
