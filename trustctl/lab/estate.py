"""The lab: many devices of any make on loopback in one process, each behind its own SSH port."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import Self, TypeVar

from trustctl.errors import UsageError
from trustctl.lab.clock import SUNDAY_MORNING, DeviceClock
from trustctl.lab.device import Device
from trustctl.lab.fabric import Fabric
from trustctl.lab.faults import ONLY_HOSTS, ONLY_WINDOWS, Fault, FaultKind
from trustctl.lab.forwarding import Reachability
from trustctl.lab.makes import device_class
from trustctl.lab.neighbours import Neighbour
from trustctl.lab.records import LogEntry
from trustctl.lab.server import LOOPBACK, PROFILES, Front
from trustctl.lab.spec import DeviceSpec, Link

_T = TypeVar("_T")
_START_SECONDS = 120.0
_DEAF = "socket.send() raised exception."
"""What asyncio warns of when something is written to a session that was cut; the lab cuts sessions on purpose."""
_CONSOLE = "console"
"""The user who sits at the device itself."""


class Lab:
    """A running estate; use it as a context manager.

    `specs` are the devices, `links` the cables between them (device, port, device, port). `ports` fixes the TCP port
    of a device by name; all others get a free one. `started` is the wall clock of every device at the start (default:
    a fixed moment). `minute_seconds` is how many real seconds a minute of a revert timer or a scheduled reload lasts.
    `cut` is what a session sees when its device loses management: `abort` (reset at once) or `hang` (silence). Host
    keys follow from `seed` and the device's name.

    All devices share one event loop in a thread of its own; the methods may be called from any other thread.
    """

    def __init__(
        self,
        specs: Sequence[DeviceSpec],
        *,
        links: Sequence[Link | tuple[str, str, str, str]] = (),
        ports: Mapping[str, int] | None = None,
        started: datetime = SUNDAY_MORNING,
        minute_seconds: float = 60.0,
        seed: str = "lab",
        cut: str = "abort",
    ) -> None:
        self._specs = tuple(specs)
        self._links = tuple(link if isinstance(link, Link) else Link(*link) for link in links)
        self._ports = dict(ports or {})
        self._started = started
        self._minute_seconds = minute_seconds
        self._seed = seed
        self._cut = cut
        self._running: tuple[asyncio.AbstractEventLoop, threading.Thread] | None = None
        self._devices: dict[str, Device] = {}
        self._fronts: dict[str, Front] = {}
        self._crashes: list[Exception] = []

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        if error is None and self._crashes:
            raise ExceptionGroup("mistakes inside the lab", self._crashes)

    def start(self) -> None:
        """Boot every device and open every port.

        Raises UsageError for two devices of one name, an unknown platform or a cable to nowhere, OSError for a port.
        """
        names = [spec.name for spec in self._specs]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise UsageError(f"two devices of the lab are called {twice[0]}", remedy="give every device its own name")
        loop = asyncio.new_event_loop()
        loop.set_exception_handler(self._note_crash)
        logging.getLogger("asyncio").addFilter(_unless_deaf)
        thread = threading.Thread(target=_serve, args=(loop,), name="lab", daemon=True)
        self._running = (loop, thread)
        thread.start()
        try:
            self._wait(self._open())
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Close everything and end the thread.

        Used as a context manager, the lab then raises an ExceptionGroup of mistakes made inside it, if nothing else is
        being raised.
        """
        if self._running is None:
            return
        loop, thread = self._running
        self._wait(self._close())
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
        self._running = None

    # --- looking ----------------------------------------------------------------------------------------------------

    @property
    def endpoints(self) -> dict[str, tuple[str, int]]:
        """Host and port of every device, by name."""
        return {name: (LOOPBACK, front.port) for name, front in self._fronts.items()}

    def reachable(self, name: str) -> Reachability:
        """Whether the management station gets to a device now, and why not."""
        return self._call(self._device(name).reachable)

    def status(self, name: str) -> dict[str, object]:
        """`platform`, `reachable`, `why`, `up`, `sessions`, `modified`, `timer`, `reload` and `faults` of a device."""
        return self._call(lambda: _glance(self._device(name)))

    def running(self, name: str) -> str:
        """The running configuration of a device, now."""
        return self._call(self._device(name).running)

    def startup(self, name: str) -> str | None:
        """The startup configuration of a device, now; None if there is none."""
        return self._call(lambda: self._device(name).startup)

    def host_key(self, name: str) -> str:
        """The public host key in force, as in a `known_hosts` file: `ssh-ed25519 AAAA...`."""
        front = self._front(name)
        return " ".join(front.key().export_public_key().decode().split()[:2])

    def log(self, name: str) -> tuple[LogEntry, ...]:
        """Every line that clients sent to a device, in order."""
        return self._call(lambda: tuple(self._device(name).log))

    def counters(self, name: str) -> Mapping[str, int]:
        """How often things happened to a device (`records.Counters`)."""
        return self._call(self._device(name).counters.all)

    def syslog(self, name: str) -> tuple[str, ...]:
        """What the device logged, oldest first."""
        return self._call(lambda: tuple(self._device(name).syslog_lines))

    def suffered(self, name: str) -> tuple[str, ...]:
        """What a device's users noticed of the changes so far, oldest first."""
        return self._call(self._device(name).suffered)

    def file(self, name: str, path: str) -> bytes:
        """The bytes of a file that a device stores. Raises FileError if it is not there."""
        return self._call(lambda: self._device(name).file(path))

    def sessions(self, name: str) -> int:
        """How many shells are open on a device."""
        return self._call(lambda: len(self._device(name).terminals()))

    # --- meddling ---------------------------------------------------------------------------------------------------

    def break_(self, name: str, *faults: Fault) -> None:
        """Put faults in force on a device.

        Raises UsageError for an unknown device or algorithm profile, and for a fault that means nothing on its make.
        """
        device = self._device(name)
        for fault in faults:
            if fault.kind in device.not_simulated or fault.kind in ONLY_HOSTS | ONLY_WINDOWS:
                raise UsageError(f"{fault.kind} means nothing on a {device.spec.platform}", where=name)
            if fault.kind is FaultKind.ALGORITHMS and fault.text not in PROFILES:
                known = ", ".join(sorted(PROFILES))
                raise UsageError(f"{fault.text!r} is no algorithm profile", where=name, remedy=f"use one of: {known}")
        self._call(lambda: _break(device, faults))
        self._wait(self._front(name).settle())

    def heal(self, name: str, kind: FaultKind | None = None) -> None:
        """Take one kind of fault away from a device, or all."""
        device = self._device(name)
        self._call(lambda: _heal(device, kind))
        self._wait(self._front(name).settle())

    def device_edit(self, name: str, lines: Sequence[str]) -> tuple[str, ...]:
        """Type lines in configuration mode at the console of a device; what it printed."""
        device = self._device(name)
        printed = self._call(lambda: device.edit(lines))
        self._wait(self._front(name).settle())
        return printed

    def console_save(self, name: str) -> None:
        """Save the running configuration at the console of a device. Raises FileError if a fault prevents it."""
        device = self._device(name)
        self._call(lambda: device.save(_CONSOLE))

    # --- the thread -------------------------------------------------------------------------------------------------

    def _device(self, name: str) -> Device:
        if name not in self._devices:
            raise UsageError(f"the lab has no device {name!r}", remedy=f"it has: {', '.join(sorted(self._devices))}")
        return self._devices[name]

    def _front(self, name: str) -> Front:
        self._device(name)
        return self._fronts[name]

    def _wait(self, work: Coroutine[None, None, _T]) -> _T:
        """Run a coroutine on the lab's loop and wait for it."""
        if self._running is None:
            work.close()
            raise UsageError("the lab is not running", remedy="start it first")
        return asyncio.run_coroutine_threadsafe(work, self._running[0]).result(_START_SECONDS)

    def _call(self, action: Callable[[], _T]) -> _T:
        """Run a function on the lab's loop and wait for it."""

        async def run() -> _T:
            return action()

        return self._wait(run())

    def _note_crash(self, loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        """An exception that nobody waited for, such as one in a timer."""
        error = context.get("exception")
        if isinstance(error, Exception):
            self._crashes.append(error)
        else:
            loop.default_exception_handler(context)

    async def _open(self) -> None:
        ticks = asyncio.get_running_loop().time
        for spec in self._specs:
            clock = DeviceClock(ticks, self._started, self._minute_seconds)
            self._devices[spec.name] = device_class(spec.platform)(spec, clock, cut=self._cut)
        self._wire()
        for spec in self._specs:
            device = self._devices[spec.name]
            front = Front(device, f"{self._seed}/{spec.name}", self._ports.get(spec.name, 0))
            self._fronts[spec.name] = front
            await front.start()

    def _wire(self) -> None:
        """Lay the cables: neighbours for LLDP, and one fabric for all devices that are joined. Raises UsageError."""
        for link in self._links:
            near, far = self._device(link.a), self._device(link.b)
            port, other = near.forwarder.port_name(link.port_a), far.forwarder.port_name(link.port_b)
            near.neighbours.append(Neighbour(port, far, other, near))
            far.neighbours.append(Neighbour(other, near, port, far))
        waiting = dict(self._devices)
        while waiting:
            group = _joined(next(iter(waiting.values())))
            names = {device.name for device in group}
            links = [link for link in self._links if link.a in names]
            fabric = Fabric([device.forwarder for device in group], links, powered=self._has_power)
            for device in group:
                del waiting[device.name]
                device.join(fabric, partial(_settle_others, device, group))

    def _has_power(self, name: str) -> bool:
        return self._devices[name].up

    async def _close(self) -> None:
        for device in self._devices.values():
            device.stop()
        for front in self._fronts.values():
            await front.stop()
        self._crashes += [crash for device in self._devices.values() for crash in device.crashes]
        mine = asyncio.current_task()
        rest = [task for task in asyncio.all_tasks() if task is not mine]
        for _ in range(3):
            await asyncio.sleep(0)
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)


def _unless_deaf(record: logging.LogRecord) -> bool:
    """Whether a warning of asyncio is worth a line on the screen."""
    return record.getMessage() != _DEAF


def _serve(loop: asyncio.AbstractEventLoop) -> None:
    """The lab's thread."""
    asyncio.set_event_loop(loop)
    loop.run_forever()


def _glance(device: Device) -> dict[str, object]:
    timer, reload = device.pending()
    return {
        "platform": device.spec.platform,
        "reachable": device.accepts_connections(),
        "why": device.reachable().why,
        "up": device.up,
        "sessions": len(device.terminals()),
        "modified": device.modified(),
        "timer": timer,
        "reload": reload,
        "faults": [str(fault) for fault in device.faults.active()],
    }


def _joined(first: Device) -> list[Device]:
    """A device and all that cables lead to from it."""
    found = {first.name: first}
    queue = [first]
    while queue:
        for end in queue.pop().neighbours:
            if end.device.name not in found:
                found[end.device.name] = end.device
                queue.append(end.device)
    return list(found.values())


def _settle_others(changed: Device, group: Sequence[Device]) -> None:
    """Look at the reachability of everybody around a device that changed."""
    for device in group:
        if device is not changed:
            device.settle()


def _break(device: Device, faults: Sequence[Fault]) -> None:
    for fault in faults:
        _break_once(device, fault)


def _break_once(device: Device, fault: Fault) -> None:
    if fault.kind is FaultKind.DROP:
        device.drop_sessions()
    elif fault.kind is FaultKind.HANG:
        device.silence()
    elif fault.kind is FaultKind.REBOOT:
        device.reboot("power-on")
    else:
        device.faults.add(fault)
    if fault.kind is FaultKind.CLOCK:
        device.clock.skew = fault.amount


def _heal(device: Device, kind: FaultKind | None) -> None:
    device.faults.clear(kind)
    if kind in {None, FaultKind.CLOCK}:
        device.clock.skew = 0.0
