"""One powered device of the lab, of any make: power, sessions, faults, log, and its place in the network."""

from __future__ import annotations

import asyncio
import re
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, ClassVar, Protocol

from trustctl.lab.clock import DeviceClock
from trustctl.lab.fabric import Fabric
from trustctl.lab.faults import Fault, FaultKind, Faults
from trustctl.lab.forwarding import Forwarder, Reachability
from trustctl.lab.login import Login
from trustctl.lab.neighbours import Advert, Discovery, Neighbour
from trustctl.lab.records import Counters, LogEntry
from trustctl.lab.shell import Shell
from trustctl.lab.spec import DeviceSpec
from trustctl.lab.terminal import Terminal

_LOG_LINES = 500


class Network(Protocol):
    """The SSH side of a device, as the device sees it."""

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


class Device(ABC):
    """A device that is powered: its configuration model (`forwarder`), and all state that outlives a session.

    A make inherits from it. `cut` is what happens to open sessions when management is lost: `abort` resets them, `hang`
    lets them go silent.
    """

    ssh_version: ClassVar[str]
    """The software version in the SSH identification line, without `SSH-2.0-`."""
    password_tries: ClassVar[int] = 3
    """Wrong passwords after which a connection is closed."""
    boot_minutes: ClassVar[float] = 1.0
    """How many device minutes a boot takes in the lab; real ones take 2 to 10."""
    not_simulated: ClassVar[frozenset[FaultKind]] = frozenset()
    """Faults that mean nothing on this make."""

    def __init__(self, spec: DeviceSpec, clock: DeviceClock, *, cut: str = "abort") -> None:
        self.spec = spec
        self.name = spec.name
        self.clock = clock
        self.cut = cut
        self.faults = Faults()
        self.counters = Counters()
        self.log: list[LogEntry] = []
        self.syslog_lines: deque[str] = deque(maxlen=_LOG_LINES)
        self.neighbours: list[Neighbour] = []
        self.shells: dict[int, Shell[Any]] = {}
        """The open command line sessions by the number of their line."""
        self.crashes: list[Exception] = []
        """Mistakes of the lab itself that ended a session."""
        self.up = True
        self._changed: Callable[[], None] | None = None
        self._fabric: Fabric | None = None
        self._front: Network | None = None
        self._cut_off = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._booting: asyncio.TimerHandle | None = None

    # --- what a make says -------------------------------------------------------------------------------------------

    @property
    @abstractmethod
    def forwarder(self) -> Forwarder:
        """The configuration model, as the network sees it."""

    @abstractmethod
    def lines(self) -> range:
        """The numbers of the lines that there are for command line sessions."""

    @abstractmethod
    def shell(self, terminal: Terminal, login: Login, line: int) -> Shell[Any]:
        """A command line session on that line."""

    def execute(self, command: str, terminal: Terminal, login: Login) -> Coroutine[None, None, int] | None:
        """What an SSH exec request runs, ending in its exit status; None if the device refuses it, as most do."""
        return None

    @abstractmethod
    def sign_in(self, user: str, password: str) -> int | None:
        """The privilege of a new SSH login as the configuration and the RADIUS servers decide; None: refused."""

    @classmethod
    @abstractmethod
    def has_user(cls, boot: str, user: str) -> bool:
        """Whether a boot configuration itself shows how that user logs in."""

    def auth_banner(self) -> str:
        """What is sent before the password is asked for; empty for nothing."""
        return ""

    @abstractmethod
    def running(self) -> str:
        """The running configuration, without what a command prints around it."""

    @property
    @abstractmethod
    def startup(self) -> str | None:
        """The startup configuration, if there is one."""

    @abstractmethod
    def edit(self, lines: Sequence[str]) -> tuple[str, ...]:
        """Type lines in configuration mode at the console; what the device printed."""

    @abstractmethod
    def save(self, user: str) -> None:
        """Write the running configuration to startup. Raises FileError if that fails."""

    @abstractmethod
    def file(self, path: str) -> bytes:
        """The bytes of a stored file. Raises FileError if it is not there."""

    @abstractmethod
    def pending(self) -> tuple[str, str]:
        """In words: the rollback that waits on a timer, and the reload that is scheduled; empty for none."""

    @abstractmethod
    def restart(self, reason: str) -> None:
        """Boot from startup: running is startup again, what was not saved is gone."""

    @abstractmethod
    def forget_timers(self) -> None:
        """End every timer without a word: power is lost, or the lab ends."""

    def advertises(self, port: str, protocol: Discovery) -> Advert | None:
        """What the device tells its neighbour on a port; None if it does not speak that protocol there."""
        return None

    @property
    def mac(self) -> str:
        """The base MAC address, twelve hexadecimal digits in small letters."""
        return re.sub(r"[^0-9a-f]", "", self.spec.base_mac.lower())

    # --- the network side -------------------------------------------------------------------------------------------

    def attach(self, front: Network) -> None:
        """Tell the device which SSH server is its own."""
        self._front = front

    def join(self, fabric: Fabric, changed: Callable[[], None]) -> None:
        """Belong to a network; `changed` is called after each change here, to look at the devices around."""
        self._fabric = fabric
        self._changed = changed

    @property
    def fabric(self) -> Fabric:
        """The network that the device is part of; alone it is one of its own."""
        if self._fabric is None:
            self._fabric = Fabric([self.forwarder])
        return self._fabric

    def reachable(self) -> Reachability:
        """Whether the station gets through, and why not."""
        if not self.up:
            return Reachability(ok=False, why="the device is rebooting")
        return self.fabric.reachable(self.name)

    def accepts_connections(self) -> bool:
        """Whether a new SSH connection is taken now."""
        if not self.up or self.faults.get(FaultKind.REFUSE):
            return False
        return self.reachable().ok

    def settle(self) -> None:
        """Look at reachability again: cut sessions off that lost their path, listen again if it is back."""
        lost = not self.reachable().packets_pass
        if lost and not self._cut_off:
            self._cut_sessions()
        self._cut_off = lost
        if self._front is None:
            return
        if self.accepts_connections():
            self.in_background(self._front.settle())
        else:
            self._front.refuse()

    def settle_all(self) -> None:
        """Settle after a change: this device, then those around it."""
        self.settle()
        if self._changed is not None:
            self._changed()

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

    def silence(self) -> None:
        """Let every open session go silent without closing it."""
        self._mute()
        if self._front is not None:
            self._front.freeze_all()

    def _cut_sessions(self) -> None:
        self.counters.bump("cuts")
        if self.cut == "hang":
            self.silence()
        else:
            self.drop_sessions()

    def _mute(self) -> None:
        for terminal in self.terminals():
            terminal.flush()
            terminal.silent = True

    def announce(self, text: str) -> None:
        """Print something on every session, wherever its cursor is."""
        for terminal in self.terminals():
            terminal.write(text)
            terminal.flush()

    def suffered(self) -> tuple[str, ...]:
        """What its users noticed of the changes so far, oldest first; nothing on a make that cannot tell."""
        return ()

    def answers_ping(self, address: str) -> bool:
        """Whether an address answers a ping of this device."""
        return self.fabric.answers(self.name, address)

    # --- people -----------------------------------------------------------------------------------------------------

    def terminals(self) -> Sequence[Terminal]:
        """The terminals of the open sessions."""
        return [shell.terminal for shell in self.shells.values()]

    def open_shell(self, terminal: Terminal, login: Login) -> Shell[Any] | None:
        """A command line session on the first free line; None if all are taken."""
        line = next((number for number in self.lines() if number not in self.shells), None)
        if line is None:
            return None
        self.shells[line] = self.shell(terminal, login, line)
        return self.shells[line]

    def authenticate(self, user: str, password: str) -> Login | None:
        """Let a user in, or not, with the faults that are in force."""
        granted = None if self.faults.get(FaultKind.WRONG_PASSWORD) else self.sign_in(user, password)
        self.counters.bump("failed_logins" if granted is None else "logins")
        return None if granted is None else Login(user, granted, self.spec.station)

    def record(self, line: str, *, mode: str, vty: int, user: str) -> None:
        """Note a line that a client sent."""
        self.log.append(LogEntry(self.clock.now(), vty, user, mode, line))

    def modified(self) -> bool:
        """Whether running and startup differ."""
        return self.startup != self.running()

    # --- faults -----------------------------------------------------------------------------------------------------

    def stopped_by(self, line: str) -> Fault | None:
        """Count a configuration line; the fault that keeps it from having effect (`REJECT_LINE`, `IGNORE_LINE`)."""
        self.counters.bump("config_lines")
        rejected = self.faults.hits_line(FaultKind.REJECT_LINE, line)
        return rejected or self.faults.hits_line(FaultKind.IGNORE_LINE, line)

    def after_line(self, line: str) -> None:
        """What a fault does once a configuration line took effect (`CUT_LINE`, `REBOOT_LINE`)."""
        if self.faults.hits_line(FaultKind.CUT_LINE, line):
            self.drop_sessions()
        if self.faults.hits_line(FaultKind.REBOOT_LINE, line):
            self.reboot("power-on")

    # --- power ------------------------------------------------------------------------------------------------------

    def reboot(self, reason: str) -> None:
        """Go down now; the device is back after `boot_minutes`. `reason` is what it says of it afterwards."""
        if self._booting is not None:
            return
        self.counters.bump("reloads")
        self.up = False
        self.forget_timers()
        self.drop_sessions()
        self.fabric.changed(self.name)
        self.settle_all()
        seconds = self.clock.real_seconds(self.boot_minutes)
        self._booting = asyncio.get_running_loop().call_later(seconds, self._booted, reason)

    def _booted(self, reason: str) -> None:
        self._booting = None
        self.up = True
        self.clock.boot()
        self.syslog_lines.clear()
        self.restart(reason)
        self.fabric.changed(self.name)
        self.settle_all()

    def stop(self) -> None:
        """End every timer; the lab is going down."""
        self.forget_timers()
        if self._booting is not None:
            self._booting.cancel()
            self._booting = None
        for task in list(self._tasks):
            task.cancel()
