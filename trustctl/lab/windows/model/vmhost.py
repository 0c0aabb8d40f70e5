"""The settings of a Hyper-V host, and of a replica server.

Pages: Set-VMHost, Enable-VMMigration, Add-VMMigrationNetwork, Set-VMReplicationServer,
New-VMReplicationAuthorizationEntry (windows-powershell-docs, hyper-v). Defaults that no page gives are marked; the
wording of what is refused here is unverified.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Address, ip_network
from typing import Any

from trustctl.lab.windows.machine import Machine, part
from trustctl.lab.windows.model import words
from trustctl.lab.windows.model.network import Network
from trustctl.lab.windows.model.refusal import RefusedError
from trustctl.lab.windows.spec import WindowsSpec

PORTS = range(1, 65536)
_HEX = frozenset("0123456789ABCDEF")
MAC_DIGITS = 12


@part
@dataclass
class VmHost:
    """Get-VMHost. NUMA spanning is in force only since the management service (vmms) last started: `numa_active`."""

    machine_path: str = r"C:\ProgramData\Microsoft\Windows\Hyper-V"
    disk_path: str = r"C:\Users\Public\Documents\Hyper-V\Virtual Hard Disks"
    mac_minimum: str = "00155D000000"
    mac_maximum: str = "00155D0000FF"
    numa_spanning: bool = True
    numa_active: bool = True
    enhanced_session: bool = False
    migration: bool = False
    migration_maximum: int = 2
    migration_authentication: str = "CredSSP"
    migration_performance: str = "Compression"
    migration_any_network: bool = False
    migration_networks: list[str] = field(default_factory=list[str])
    storage_migration_maximum: int = 2

    @classmethod
    def of(cls, spec: WindowsSpec) -> VmHost:
        """A new host's pool of hardware addresses has the last two bytes of its IP address in it (unverified)."""
        address = Network.of(spec).management
        middle = f"{int(IPv4Address(address)) & 0xFFFF:04X}" if address else "0000"
        return cls(mac_minimum=f"00155D{middle}00", mac_maximum=f"00155D{middle}FF")

    def started(self) -> None:
        """The management service starts with Windows."""
        self.numa_active = self.numa_spanning

    def set_pool(self, least: str | None, most: str | None) -> None:
        """The pool of hardware addresses. Raises RefusedError for a range that is none."""
        low, high = (least or self.mac_minimum).upper(), (most or self.mac_maximum).upper()
        for one in (low, high):
            if len(one) != MAC_DIGITS or not _HEX.issuperset(one):
                raise RefusedError(f"The MAC address {one} is not valid.")
        if int(low, 16) > int(high, 16):
            raise RefusedError(words.NUMBER_RANGE.format(name="MacAddressMinimum", value=low, least="0", most=high))
        self.mac_minimum, self.mac_maximum = low, high

    def set_networks(self, networks: list[str]) -> None:
        """Add-VMMigrationNetwork and Remove-VMMigrationNetwork. Raises RefusedError for what is no subnet."""
        for one in networks:
            try:
                ip_network(one)
            except ValueError as error:
                raise RefusedError(f"The subnet is not valid: {error}") from None
        self.migration_networks = sorted(networks)

    def next_mac(self, used: frozenset[str]) -> str:
        """A dynamic hardware address of the pool. Raises RefusedError when all are given out."""
        for number in range(int(self.mac_minimum, 16), int(self.mac_maximum, 16) + 1):
            if f"{number:012X}" not in used:
                return f"{number:012X}"
        raise RefusedError("The host has no dynamic MAC address left to give.")


@dataclass(slots=True)
class ReplicaServer:
    """A server that may replicate to the host."""

    name: str
    storage: str
    trust_group: str


@part
@dataclass
class Replica:
    """Get-VMReplicationServer.

    `certificates` are the thumbprints of the usable certificates in the computer's store.
    """

    enabled: bool = False
    authentication: str = "Kerberos"
    kerberos_port: int = 80
    certificate_port: int = 443
    certificate_thumbprint: str = ""
    any_server: bool = False
    storage: str = ""
    servers: dict[str, ReplicaServer] = field(default_factory=dict[str, ReplicaServer])
    certificates: list[str] = field(default_factory=list[str])

    @classmethod
    def of(cls, spec: WindowsSpec) -> Replica:
        """`state: {Replica: {certificates: [...]}}` tells which certificates there are."""
        mine: dict[str, Any] = dict(spec.state.get("Replica", {}))
        return cls(certificates=[str(one).upper() for one in mine.get("certificates", [])])

    def started(self) -> None:
        """Nothing of it waits for a restart."""

    def set_server(self, wish: dict[str, Any]) -> None:
        """Set-VMReplicationServer with the properties in `wish`, none of them None. Raises RefusedError."""
        after = {
            "authentication": self.authentication,
            "any_server": self.any_server,
            "storage": self.storage,
            "certificate_thumbprint": self.certificate_thumbprint,
            "enabled": self.enabled,
            **wish,
        }
        by_certificate = "Certificate" in str(after["authentication"])
        if "certificate_port" in wish and not by_certificate:
            raise RefusedError("CertificateAuthenticationPort can be set only with certificate-based authentication.")
        if by_certificate and after["enabled"]:
            self._check_certificate(str(after["certificate_thumbprint"]))
        if after["any_server"] and not after["storage"]:
            raise RefusedError("DefaultStorageLocation must be given when ReplicationAllowedFromAnyServer is True.")
        for name in ("kerberos_port", "certificate_port"):
            if name in wish and wish[name] not in PORTS:
                raise RefusedError(words.NUMBER_RANGE.format(name=name, value=wish[name], least=1, most=65535))
        for name, value in wish.items():
            setattr(self, name, value)

    def _check_certificate(self, thumbprint: str) -> None:
        if not thumbprint:
            raise RefusedError("CertificateThumbprint must be given with certificate-based authentication.")
        if thumbprint.upper() not in self.certificates:
            raise RefusedError(f"The certificate {thumbprint} was not found in the computer's personal store.")

    def set_servers(self, servers: list[ReplicaServer]) -> None:
        """New-, Set- and Remove-VMReplicationAuthorizationEntry until exactly these may replicate.

        "To use this cmdlet, the value of the ReplicationAllowedFromAnyServer property of the Replica server must be
        false" (New-VMReplicationAuthorizationEntry). Raises RefusedError; the wording is unverified.
        """
        if self.any_server and any(one.name.casefold() not in self.servers for one in servers):
            raise RefusedError("An authorization entry cannot be added while replication is allowed from any server.")
        self.servers = {one.name.casefold(): one for one in servers}


def make_folder(host: Machine, path: str) -> None:
    """New-Item -ItemType Directory. Raises RefusedError for a drive that the host does not have."""
    letters = {one.letter.rstrip(":").upper() for one in host.spec.volumes}
    if not path.startswith("\\\\") and path[:1].upper() not in letters:
        raise RefusedError(words.DRIVE_MISSING.format(drive=path[:1]))
