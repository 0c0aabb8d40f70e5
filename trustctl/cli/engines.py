"""One way to devices of every kind: a session is opened by the engine that drives the target's platform."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from trustctl.cli.guard import child_environment
from trustctl.engines.network import NetworkConnector, observe_many
from trustctl.engines.protocol import ChangeSession, Endpoint, Reading, Target
from trustctl.errors import LoginRefusedError
from trustctl.hosts import Resource
from trustctl.inventory.linux_plan import PLATFORM as LINUX
from trustctl.model.windows import PLATFORM as WINDOWS

if TYPE_CHECKING:
    from trustctl.engines.linux import LinuxEngine
    from trustctl.engines.windows.engine import Wanted, WindowsEngine

_SERVERS = frozenset({LINUX, WINDOWS})


@dataclass(frozen=True, slots=True)
class Playbooks:
    """What Windows hosts are driven by: roles and playbooks, what each host shall be, and the clock."""

    roots: Callable[[], tuple[Path, ...]]
    wants: Mapping[str, Wanted]
    now: Callable[[], datetime]


class Engines:
    """Implements the engines' `Connector` for all of them. The servers' engines are made when they are needed."""

    def __init__(
        self,
        network: NetworkConnector,
        wants: Mapping[str, tuple[Resource, ...]],
        minute: float,
        playbooks: Playbooks,
    ) -> None:
        self.network = network
        self._wants = wants
        self._minute = minute
        self._playbooks = playbooks

    @cached_property
    def linux(self) -> LinuxEngine:
        """The engine of Linux servers."""
        from trustctl.engines.linux import LinuxEngine  # noqa: PLC0415 - no switch should wait for its import

        wants = self._wants
        return LinuxEngine(lambda device: wants.get(device, ()), minute=self._minute, environment=child_environment())

    @cached_property
    def windows(self) -> WindowsEngine:
        """The engine of Windows hosts."""
        from trustctl.engines.windows.engine import WindowsEngine  # noqa: PLC0415 - as above
        from trustctl.engines.windows.process import Ansible, Content  # noqa: PLC0415 - as above

        books = self._playbooks
        ansible = Ansible(Content(books.roots()), child_environment())
        return WindowsEngine(lambda device: books.wants[device], ansible, books.now)

    def open(self, target: Target) -> ChangeSession:
        """Open a session with a device; with the coming login if the present one is refused. Raises DeviceError."""
        if target.platform == LINUX:
            return self.linux.open(target)
        if target.platform == WINDOWS:
            return self.windows.open(target)
        coming = target.coming
        try:
            return self.network.open(target)
        except LoginRefusedError:
            if coming is None:
                raise
            return self.network.open(replace(target, password=coming.password, enable=coming.enable, coming=None))

    def host_key(self, endpoint: Endpoint, legacy: tuple[str, ...] = ()) -> str:
        """The host key that answers at an address, without signing in."""
        return self.network.host_key(endpoint, legacy)

    def observe_many(
        self, targets: Sequence[Target], *, taken: datetime, done: Callable[[Reading], None] | None = None
    ) -> tuple[Reading, ...]:
        """Read all targets, servers after network devices; the readings come in the order of the targets."""
        network = [target for target in targets if target.platform not in _SERVERS]
        linux = [target for target in targets if target.platform == LINUX]
        windows = [target for target in targets if target.platform == WINDOWS]
        readings = observe_many(network, self, taken=taken, done=done)
        if linux:
            readings = (*readings, *self.linux.observe_many(linux, taken=taken, done=done))
        if windows:
            readings = (*readings, *self.windows.observe_many(windows, taken=taken, done=done))
        found = {reading.device: reading for reading in readings}
        return tuple(found[target.device] for target in targets)

    def close(self) -> None:
        """End the servers' engines, if they were made."""
        if "linux" in self.__dict__:
            self.linux.close()
        if "windows" in self.__dict__:
            self.windows.close()
