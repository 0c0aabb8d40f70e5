"""One lab switch with all that its running configuration is not: files, timers, sessions, log, faults."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from trustctl.lab.faults import Fault, FaultKind, Faults
from trustctl.lab.makes.cisco_ios.model.catalogue import Family
from trustctl.lab.makes.cisco_ios.model.spec import Confirm, Mode, Reachability, Reply, SwitchSpec
from trustctl.lab.makes.cisco_ios.model.switching import is_up, next_hop, owner_of
from trustctl.lab.makes.cisco_ios.shell.archive import Archive
from trustctl.lab.makes.cisco_ios.shell.files import NO_SPACE, NOT_FOUND, FileError, Flash
from trustctl.lab.makes.cisco_ios.shell.login import Login
from trustctl.lab.makes.cisco_ios.shell.reload import Reloader
from trustctl.lab.records import Counters, LogEntry

if TYPE_CHECKING:
    from trustctl.lab.clock import DeviceClock
    from trustctl.lab.makes.cisco_ios.model.device import IosSwitch
    from trustctl.lab.makes.cisco_ios.shell.shell import Shell

_LOG_LINES = 500
_FLASH_BYTES = {Family.IOS12: 32_514_048, Family.IOS15: 122_185_728, Family.IOSXE: 1_973_321_728}
_IMAGE_BYTES = {Family.IOS12: 9_771_008, Family.IOS15: 25_931_776, Family.IOSXE: 471_859_200}
_VTY = re.compile(r"^line vty (\d+)(?: (\d+))?$", re.MULTILINE)
_BANNER = re.compile(r"^banner (\S+) (\^C|\S)(.*?)\2", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The far end of a cable: the switch there and its port, and the port here that leads to it, in full."""

    port: str
    device: Device
    far: str
    near: Device

    def up(self) -> bool:
        """Whether the cable carries anything: both ports are up and the far switch has power."""
        return self.device.up and is_up(self.near.switch, self.port) and is_up(self.device.switch, self.far)


class Network(Protocol):
    """The SSH side of a switch, as the switch sees it."""

    def abort_all(self) -> None:
        """MUST reset every open connection."""
        ...

    def freeze_all(self) -> None:
        """MUST let every open connection go silent without closing it."""
        ...

    def refuse(self) -> None:
        """MUST stop listening at once."""
        ...

    async def settle(self) -> None:
        """MUST listen or stop listening as `Device.accepts_connections` says."""
        ...


class Device:
    """A switch that is powered: its configuration model, and all state that outlives a session.

    `reach` says whether the management station gets through (it may look at other switches of the estate); `cut` is
    what happens to open sessions when management is lost: `abort` resets them, `hang` lets them go silent.
    """

    def __init__(
        self,
        spec: SwitchSpec,
        switch: IosSwitch,
        clock: DeviceClock,
        *,
        cut: str = "abort",
        reach: Callable[[], Reachability] | None = None,
    ) -> None:
        self.spec = spec
        self.name = spec.name
        self.switch = switch
        self.clock = clock
        self.cut = cut
        self.faults = Faults()
        self.counters = Counters()
        self.log: list[LogEntry] = []
        self.syslog_lines: deque[str] = deque(maxlen=_LOG_LINES)
        self.shells: dict[int, Shell] = {}
        self.neighbours: list[Neighbour] = []
        self.crashes: list[Exception] = []
        """Mistakes of the lab itself that ended a session."""
        self.up = True
        self.last_change: tuple[datetime, str] | None = None
        self.last_save: tuple[datetime, str] | None = None
        self.saved_change: tuple[datetime, str] | None = None
        self.reload_reason = "power-on"
        self._reach = reach or switch.reachable
        self._changed: Callable[[], None] | None = None
        self._front: Network | None = None
        self._cut_off = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._running: tuple[int, str] = (-1, "")
        self.flash = Flash(
            _FLASH_BYTES[switch.family], clock.now, lambda: self.faults.get(FaultKind.FLASH_FULL) is not None
        )
        self.flash.install(image_file(switch), b"", size=_IMAGE_BYTES[switch.family])
        self.flash.install("vlan.dat", b"", size=1464)
        self.archive = Archive(self)
        self.reloader = Reloader(self)
        self.clock.follow(switch.startup or "")

    # --- the network side -------------------------------------------------------------------------------------------

    def attach(self, front: Network) -> None:
        """Tell the device which SSH server is its own."""
        self._front = front

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call this after every change: the estate looks at the reachability of the switches around."""
        self._changed = listener

    def reachable(self) -> Reachability:
        """Whether the station gets through, and why not."""
        return self._reach() if self.up else Reachability(ok=False, why="the switch is rebooting")

    def accepts_connections(self) -> bool:
        """Whether a new SSH connection is taken now."""
        if not self.up or self.faults.get(FaultKind.REFUSE):
            return False
        return self.reachable().ok

    def settle(self) -> None:
        """Look at reachability again: cut sessions off that lost their path, listen again if it is back."""
        lost = not _packets_pass(self.reachable())
        if lost and not self._cut_off:
            self._cut_sessions()
        self._cut_off = lost
        if self._front is None:
            return
        if self.accepts_connections():
            self.in_background(self._front.settle())
        else:
            self._front.refuse()

    def in_background(self, work: Coroutine[None, None, None]) -> None:
        """Run a coroutine that nobody waits for, and keep it from being lost."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def drop_sessions(self) -> None:
        """Reset every open connection now; what was printed before is still sent, nothing after it."""
        self._mute()
        if self._front is not None:
            self._front.abort_all()

    def _cut_sessions(self) -> None:
        self.counters.bump("cuts")
        if self.cut == "hang":
            self.silence()
        else:
            self.drop_sessions()

    def silence(self) -> None:
        """Let every open session go silent without closing it."""
        self._mute()
        if self._front is not None:
            self._front.freeze_all()

    def _mute(self) -> None:
        for shell in self.shells.values():
            shell.terminal.flush()
            shell.terminal.silent = True

    # --- people -----------------------------------------------------------------------------------------------------

    def authenticate(self, user: str, password: str) -> Login | None:
        """Let a user in, or not; the configuration of the switch and its RADIUS servers decide."""
        granted = None if self.faults.get(FaultKind.WRONG_PASSWORD) else self.switch.login(user, password)
        self.counters.bump("failed_logins" if granted is None else "logins")
        return None if granted is None else Login(user, granted, self.spec.station)

    def take_vty(self) -> int | None:
        """The first free vty line; None if all are taken."""
        return next((line for line in range(self.vty_lines()) if line not in self.shells), None)

    def vty_lines(self) -> int:
        """How many vty lines the configuration has; IOS has five without a word."""
        found = [int(line[2] or line[1]) for line in _VTY.finditer(self.running())]
        return max(found, default=4) + 1

    def banner(self, kind: str) -> str:
        """The text of the banner `motd`, `login` or `exec`; empty if there is none."""
        for found in _BANNER.finditer(self.running()):
            if found[1] == kind:
                return found[3].removeprefix("\n")
        return ""

    def record(self, shell: Shell, line: str) -> None:
        """Note a line that a client sent."""
        mode = shell.mode_name()
        self.log.append(LogEntry(self.clock.now(), shell.vty, shell.login.user, mode, line))

    def syslog(self, message: str) -> None:
        """Log a message such as `%SYS-5-CONFIG_I: ...`; sessions with `terminal monitor` see it."""
        line = f"*{self.clock.syslog_stamp()}: {message}"
        self.syslog_lines.append(line)
        for shell in list(self.shells.values()):
            shell.notice(line)

    def announce(self, text: str) -> None:
        """Print something on every session, wherever its cursor is."""
        for shell in list(self.shells.values()):
            shell.terminal.write(text)
            shell.terminal.flush()

    def answers_ping(self, address: str) -> bool:
        """Whether an address answers a ping of this switch."""
        switch = self.switch
        owner = owner_of(switch, address)
        if owner is not None:
            return is_up(switch, owner)
        reach = self.reachable()
        if address == self.spec.station:
            return _packets_pass(reach)
        hop = next_hop(switch, address, routes_hidden=switch.assumed.routes_hidden)
        if hop is None:
            return False
        if hop != address:
            return self.answers_ping(hop)
        if address in switch.assumed.gateways:
            return _packets_pass(reach)
        return any(end.up() and owner_of(end.device.switch, address) for end in self.neighbours)

    def running(self) -> str:
        """The running configuration from its `version` line to `end`, made once for each change."""
        if self._running[0] != self.switch.generation:
            self._running = (self.switch.generation, self.switch.running_text())
        return self._running[1]

    @property
    def startup(self) -> str | None:
        """The startup configuration, if there is one."""
        return self.switch.startup

    # --- configuration ----------------------------------------------------------------------------------------------

    def configure(self, mode: Mode, line: str, user: str) -> Reply:
        """One line in configuration mode, with the faults that are in force, and all that follows from it."""
        self.counters.bump("config_lines")
        refused = self.faults.hits_line(FaultKind.REJECT_LINE, line)
        if refused:
            return _refusal(mode, line, refused)
        if self.faults.hits_line(FaultKind.IGNORE_LINE, line):
            return Reply(mode=mode)
        reply = self.switch.configure(mode, line)
        self.after(reply, user, line)
        if self.faults.hits_line(FaultKind.CUT_LINE, line):
            self.drop_sessions()
        if self.faults.hits_line(FaultKind.REBOOT_LINE, line):
            self.reloader.reboot("power-on")
        return reply

    def after(self, reply: Reply, user: str, line: str = "") -> None:
        """What follows from a change: the time stamp, the clock's zone, reachability, cleared lines."""
        if not reply.mutated:
            return
        self.touched(user)
        if "clock" in line:
            self.clock.follow(self.running())

    def touched(self, user: str) -> None:
        """The running configuration was changed by that user."""
        self.last_change = (self.clock.now(), user)
        self.settle()
        if self._changed is not None and self.neighbours:
            self._changed()

    def answer(self, mode: Mode, question: Confirm, *, yes: bool, user: str) -> Reply:
        """Answer a question that the switch asked before it obeyed."""
        reply = self.switch.answer(mode, question, accepted=yes)
        self.after(reply, user, question.line)
        return reply

    def save(self, user: str) -> None:
        """Write the running configuration to startup. Raises FileError if that fails."""
        if self.faults.get(FaultKind.FLASH_FULL):
            raise FileError("nvram:/startup-config", NO_SPACE)
        if self.faults.get(FaultKind.SAVE_REFUSED):
            raise FileError("nvram:/startup-config", "Device or resource busy")
        self.last_save = (self.clock.now(), user)
        self.saved_change = self.last_change
        self.switch.save()
        self.counters.bump("saves")
        self.archive.on_save()

    def modified(self) -> bool:
        """Whether running and startup differ."""
        return self.startup != self.running()

    # --- files ------------------------------------------------------------------------------------------------------

    def read_file(self, system: str, name: str) -> bytes:
        """The bytes of a file; configurations are files too. Raises FileError."""
        if system == "flash":
            return self.flash.read(name)
        if name == "running-config" and system == "system":
            return self.running().encode("utf-8", "surrogateescape")
        if name == "startup-config" and system == "nvram" and self.startup is not None:
            return self.startup.encode("utf-8", "surrogateescape")
        if system == "null":
            return b""
        raise FileError(f"{system}:/{name}", NOT_FOUND)

    def write_file(self, system: str, name: str, data: bytes) -> None:
        """Write a file in flash, or the startup configuration. Raises FileError."""
        if system == "flash":
            self.flash.write(name, data)
        elif system == "nvram" and name == "startup-config":
            if self.faults.get(FaultKind.FLASH_FULL):
                raise FileError("nvram:/startup-config", NO_SPACE)
            self.switch.startup = data.decode("utf-8", "surrogateescape")
        elif system != "null":
            raise FileError(f"{system}:/{name}", "Invalid argument")

    # --- power ------------------------------------------------------------------------------------------------------

    def power_off(self) -> None:
        """All sessions and timers end, nothing answers any more."""
        self.up = False
        self.archive.forget()
        self.drop_sessions()
        self.settle()

    def power_on(self, reason: str) -> None:
        """Boot from startup; `reason` is what `show version` says afterwards."""
        self.switch.reload()
        self.up = True
        self.reload_reason = reason
        self.last_change = None
        self.clock.boot()
        self.clock.follow(self.running())
        self.syslog_lines.clear()
        self.syslog("%SYS-5-RESTART: System restarted --")
        self.settle()
        if self._changed is not None:
            self._changed()

    def stop(self) -> None:
        """End every timer; the lab is going down."""
        self.archive.forget()
        self.reloader.forget()
        for task in list(self._tasks):
            task.cancel()


def image_file(switch: IosSwitch) -> str:
    """The name of the image in flash.

    Before: `C2960X-UNIVERSALK9-M`, `15.2(7)E8`.  After: `c2960x-universalk9-mz.152-7.E8.bin`.
    """
    image = switch.catalogue.image.lower() or "ios-universalk9-m"
    if switch.family is Family.IOSXE:
        return f"{image.partition('_iosxe')[0]}_iosxe.{switch.version}.SPA.bin"
    version = switch.version.replace(".", "", 1).replace("(", "-").replace(")", ".")
    return f"{image}z.{version}.bin"


def _packets_pass(reach: Reachability) -> bool:
    """Whether an open session lives on: a vty line that takes no new session does not end it."""
    return reach.ok or not reach.login


def _refusal(mode: Mode, line: str, fault: Fault) -> Reply:
    if fault.text:
        return Reply((fault.text,), mode, refused=True)
    caret = len(line) - len(line.lstrip())
    return Reply(("% Invalid input detected at '^' marker.", ""), mode, caret=caret, refused=True)
