"""The whole lab of one definition: simulated devices, the Linux hosts that this machine can run, Windows hosts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from trustctl.errors import TrustctlError, UsageError
from trustctl.lab.estate import Lab
from trustctl.lab.faults import Fault, FaultKind
from trustctl.lab.hosts.lab import HostLab
from trustctl.lab.windows.lab import WindowsLab


class Everything:
    """Devices and hosts behind one door. Hosts that do not come up never stop the devices: `left_out` says why."""

    def __init__(self, devices: Lab, hosts: HostLab | None, windows: WindowsLab | None = None) -> None:
        self._devices = devices
        self._hosts = hosts
        self._windows = windows
        self._stack = ExitStack()
        self.left_out: Mapping[str, str] = {}

    def __enter__(self) -> Self:
        self._stack.enter_context(self._devices)
        if self._windows is not None:
            self._stack.enter_context(self._windows)
        if self._hosts is not None:
            try:
                self._stack.enter_context(self._hosts)
            except TrustctlError as error:
                self.left_out = dict.fromkeys(self._hosts.names, str(error))
                self._hosts = None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    @property
    def endpoints(self) -> dict[str, tuple[str, int]]:
        """Host and port of everything that is up, by name."""
        found = self._devices.endpoints
        if self._hosts is not None:
            found.update({name: (one.host, one.port) for name, one in self._hosts.contacts.items()})
        if self._windows is not None:
            found.update({name: (one.host, one.port) for name, one in self._windows.contacts.items()})
        return found

    def status(self, name: str) -> dict[str, object]:
        """What a device or host is doing: `status` of `estate.Lab`, `HostLab` and `WindowsLab`."""
        host = self._host(name)
        return self._devices.status(name) if host is None else host.status(name)

    def snapshot(self, name: str) -> dict[str, object]:
        """All that a Windows host is and has, as plain data. Raises UsageError for anything else."""
        if self._windows is None or name not in self._windows.names:
            raise UsageError("only a Windows host is a model that can be read whole", where=name)
        return self._windows.snapshot(name)

    def break_(self, name: str, fault: Fault) -> None:
        """Put a fault in force. Raises UsageError for one that means nothing there."""
        host = self._host(name)
        if host is None:
            self._devices.break_(name, fault)
        else:
            host.break_(name, fault)

    def heal(self, name: str, kind: FaultKind | None = None) -> None:
        """Take one kind of fault away, or all."""
        host = self._host(name)
        if host is None:
            self._devices.heal(name, kind)
        else:
            host.heal(name, kind)

    def device_edit(self, name: str, lines: Sequence[str]) -> tuple[str, ...]:
        """Type lines at the console of a device; what was printed.

        On a Linux host they are commands of its root, on a Windows host what `WindowsLab.edit` takes.
        """
        host = self._host(name)
        if host is None:
            return self._devices.device_edit(name, lines)
        if isinstance(host, WindowsLab):
            return host.edit(name, lines)
        done = host.run(name, ["sh", "-c", "\n".join(lines)])
        return tuple((done.stdout + done.stderr).splitlines())

    def _host(self, name: str) -> HostLab | WindowsLab | None:
        for one in (self._hosts, self._windows):
            if one is not None and name in one.names:
                return one
        return None
