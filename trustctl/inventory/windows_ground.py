"""What the Windows hosts of a school stand on: its settings, its VLANs, and what Windows servers may be."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address

from trustctl.inventory.file_school import SchoolFile
from trustctl.inventory.file_trust import LoginFile
from trustctl.inventory.file_windows import ConnectionFile, WindowsFile
from trustctl.inventory.layers import Settings
from trustctl.inventory.naming import Naming
from trustctl.inventory.school_vlans import SchoolVlans
from trustctl.inventory.windows_system_file import WindowsKinds
from trustctl.model.windows import Connection

At = tuple[str | int, ...]
"""A path in a file."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What the hosts of a school stand on."""

    school: SchoolFile
    settings: Settings
    vlans: SchoolVlans
    login: LoginFile
    naming: Naming
    kinds: WindowsKinds

    @property
    def windows(self) -> WindowsFile:
        """The section `windows`."""
        return self.settings.values.windows

    @property
    def dns(self) -> tuple[IPv4Address, ...]:
        """The name servers of the school."""
        return tuple(self.settings.values.services.dns)

    def connection(self, own: ConnectionFile | None = None) -> Connection:
        """How a host is reached; `own`: what it has otherwise than the trust's others."""
        one = own or self.windows.connection
        return Connection(one.auth, one.port, one.ca or "", one.delegate)
