"""One lab switch with all that its running configuration is not: files, timers, sessions, log, faults."""

from __future__ import annotations

import re
from collections.abc import Coroutine, Sequence
from datetime import datetime
from typing import ClassVar

from trustctl.lab.clock import DeviceClock
from trustctl.lab.device import Device
from trustctl.lab.faults import FaultKind
from trustctl.lab.files import FileError
from trustctl.lab.login import Login
from trustctl.lab.makes.cisco_ios.advert import advert
from trustctl.lab.makes.cisco_ios.merging import merge
from trustctl.lab.makes.cisco_ios.model.catalogue import Family
from trustctl.lab.makes.cisco_ios.model.device import IosSwitch
from trustctl.lab.makes.cisco_ios.model.spec import Confirm, Mode, Reply
from trustctl.lab.makes.cisco_ios.shell import scp
from trustctl.lab.makes.cisco_ios.shell.archive import Archive
from trustctl.lab.makes.cisco_ios.shell.command import Handler
from trustctl.lab.makes.cisco_ios.shell.files import NO_SPACE, NOT_FOUND, Flash
from trustctl.lab.makes.cisco_ios.shell.grammar import Grammar
from trustctl.lab.makes.cisco_ios.shell.reload import Reloader
from trustctl.lab.makes.cisco_ios.shell.shell import Shell
from trustctl.lab.makes.cisco_ios.shell.table import GRAMMAR
from trustctl.lab.makes.cisco_ios.times import follow, stamp, syslog_stamp
from trustctl.lab.neighbours import Advert, Discovery
from trustctl.lab.spec import DeviceSpec
from trustctl.lab.terminal import Terminal

_CONSOLE = "console"
_FLASH_BYTES = {Family.IOS12: 32_514_048, Family.IOS15: 122_185_728, Family.IOSXE: 1_973_321_728}
_IMAGE_BYTES = {Family.IOS12: 9_771_008, Family.IOS15: 25_931_776, Family.IOSXE: 471_859_200}
_VTY = re.compile(r"^line vty (\d+)(?: (\d+))?$", re.MULTILINE)
_BANNER = re.compile(r"^banner (\S+) (\^C|\S)(.*?)\2", re.MULTILINE | re.DOTALL)


class IosDevice(Device):
    """A powered IOS switch: its configuration model, and all state that outlives a session."""

    ssh_version = "Cisco-1.25"
    model_class: ClassVar[type[IosSwitch]] = IosSwitch
    """What its configuration is."""
    commands: ClassVar[Grammar[Handler]] = GRAMMAR
    """What it knows in exec mode."""

    def __init__(self, spec: DeviceSpec, clock: DeviceClock, *, cut: str = "abort") -> None:
        super().__init__(spec, clock, cut=cut)
        self.switch = self.model_class(spec)
        self.last_change: tuple[datetime, str] | None = None
        self.last_save: tuple[datetime, str] | None = None
        self.saved_change: tuple[datetime, str] | None = None
        self.reload_reason = "power-on"
        self.flash = Flash(
            _FLASH_BYTES[self.switch.family], clock.now, lambda: self.faults.get(FaultKind.FLASH_FULL) is not None
        )
        self.flash.install(self.switch.image_file, b"", size=_IMAGE_BYTES[self.switch.family])
        self.flash.install("vlan.dat", b"", size=1464)
        self.archive = Archive(self)
        self.reloader = Reloader(self)
        follow(clock, self.switch.startup or "")

    # --- sessions ---------------------------------------------------------------------------------------------------

    @property
    def forwarder(self) -> IosSwitch:
        """The configuration model."""
        return self.switch

    def lines(self) -> range:
        """The vty lines of the configuration; IOS has five without a word."""
        found = [int(line[2] or line[1]) for line in _VTY.finditer(self.running())]
        return range(max(found, default=4) + 1)

    def shell(self, terminal: Terminal, login: Login, line: int) -> Shell:
        """A shell on a vty line."""
        return Shell(self, terminal, login, line)

    def execute(self, command: str, terminal: Terminal, login: Login) -> Coroutine[None, None, int] | None:
        """One command on a vty line of its own, or the far end of `scp`."""
        transfer = scp.parse(command)
        if transfer is not None:
            return scp.serve(self, terminal, transfer)
        shell = self.open_shell(terminal, login)
        return None if shell is None else shell.run_once(command)

    def sign_in(self, user: str, password: str) -> int | None:
        """The privilege level that the vty line, the method lists and the accounts give."""
        return self.switch.login(user, password)

    @classmethod
    def has_user(cls, boot: str, user: str) -> bool:
        """Whether there is a `username` line of that name."""
        return f"\nusername {user} " in f"\n{boot}"

    def auth_banner(self) -> str:
        """`banner login`."""
        banner = self.banner("login")
        return f"{banner}\r\n" if banner else ""

    def banner(self, kind: str) -> str:
        """The text of the banner `motd`, `login` or `exec`; empty if there is none."""
        for found in _BANNER.finditer(self.running()):
            if found[1] == kind:
                return found[3].removeprefix("\n")
        return ""

    def syslog(self, message: str) -> None:
        """Log a message such as `%SYS-5-CONFIG_I: ...`; sessions with `terminal monitor` see it."""
        line = f"*{syslog_stamp(self.clock)}: {message}"
        self.syslog_lines.append(line)
        for shell in list(self.shells.values()):
            shell.notice(line)

    def advertises(self, port: str, protocol: Discovery) -> Advert | None:
        """LLDP with `lldp run`, CDP unless `no cdp run`."""
        return advert(self, port, protocol)

    # --- configuration ----------------------------------------------------------------------------------------------

    def running(self) -> str:
        """The running configuration from its `version` line to `end`, made once for each change."""
        return self.switch.running()

    @property
    def startup(self) -> str | None:
        """The startup configuration, if there is one."""
        return self.switch.startup

    def configure(self, mode: Mode, line: str, user: str) -> Reply:
        """One line in configuration mode, with the faults that are in force, and all that follows from it."""
        stopped = self.stopped_by(line)
        if stopped is not None:
            return _refusal(mode, line, stopped.text) if stopped.kind is FaultKind.REJECT_LINE else Reply(mode=mode)
        reply = self.switch.configure(mode, line)
        self.after(reply, user, line)
        self.after_line(line)
        return reply

    def after(self, reply: Reply, user: str, line: str = "") -> None:
        """What follows from a change: the time stamp, the clock's zone, reachability, cleared lines."""
        if not reply.mutated:
            return
        self.touched(user)
        if "clock" in line:
            follow(self.clock, self.running())

    def touched(self, user: str) -> None:
        """The running configuration was changed by that user."""
        self.last_change = (self.clock.now(), user)
        self.settle_all()

    def answer(self, mode: Mode, question: Confirm, *, yes: bool, user: str) -> Reply:
        """Answer a question that the switch asked before it obeyed."""
        reply = self.switch.answer(mode, question, accepted=yes)
        self.after(reply, user, question.line)
        return reply

    def edit(self, lines: Sequence[str]) -> tuple[str, ...]:
        """Type lines in configuration mode at the console; what the switch printed."""
        printed = merge(self, "\n".join(lines), _CONSOLE)
        self.syslog("%SYS-5-CONFIG_I: Configured from console by console")
        return printed

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

    # --- files ------------------------------------------------------------------------------------------------------

    def file(self, path: str) -> bytes:
        """The bytes of a file in flash. Raises FileError if it is not there."""
        return self.flash.read(path.removeprefix("flash:").lstrip("/"))

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

    def pending(self) -> tuple[str, str]:
        """The armed rollback and the scheduled reload, in words."""
        armed, reload = self.archive.pending, self.reloader.scheduled
        return (
            f"{armed.minutes} min by {armed.user}" if armed else "",
            stamp(self.clock, reload.at) if reload else "",
        )

    def restart(self, reason: str) -> None:
        """Boot from startup; `reason` is what `show version` says afterwards."""
        self.switch.reload()
        self.reload_reason = reason
        self.last_change = None
        follow(self.clock, self.running())
        self.syslog("%SYS-5-RESTART: System restarted --")

    def forget_timers(self) -> None:
        """The armed rollback and the scheduled reload are gone."""
        self.archive.forget()
        self.reloader.forget()


def _refusal(mode: Mode, line: str, text: str) -> Reply:
    if text:
        return Reply((text,), mode, refused=True)
    caret = len(line) - len(line.lstrip())
    return Reply(("% Invalid input detected at '^' marker.", ""), mode, caret=caret, refused=True)
