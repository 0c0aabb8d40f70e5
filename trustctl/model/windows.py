"""Windows servers and Hyper-V hosts: what each is, what runs on it, and who in the directory knows it.

Sizes are bytes; `4 GB` of the inventory is 4 * 1024**3, as Hyper-V counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import ClassVar, TypeAlias

from trustctl.model.secret import SecretRef
from trustctl.model.switch import Device

PLATFORM = "windows"
NETBIOS = 15
"""Longest name of a Windows computer (Microsoft, "Naming conventions in Active Directory")."""
HTTPS_PORT = 5986
"""Of PowerShell remoting over HTTPS."""

Setting: TypeAlias = (
    "str | int | bool | IPv4Address | IPv4Network | SecretRef | tuple[Setting, ...] | Mapping[str, Setting] | None"
)
"""A value of the trust's Windows baseline, as its file has it; a record that stands under a key has it as `name`."""


@dataclass(frozen=True, slots=True)
class ServerRole:
    """What a server may be given to do (`templates/windows/systems.yml`)."""

    name: str
    features: tuple[str, ...] = ()
    """Names of the Windows features that it needs, as Get-WindowsFeature has them."""
    services: tuple[str, ...] = ()
    """Services that it needs, whatever the baseline does with them elsewhere."""
    desktop: bool = False
    """Windows has it with the desktop only, not on Server Core."""


@dataclass(frozen=True, slots=True)
class WindowsSystem:
    """A system that a server may run, and how far it is supported (`templates/windows/systems.yml`)."""

    name: str
    """`windows-server-2022`."""
    build: str = ""
    """`10.0.20348`."""
    proven: int = 0
    """How many of the modules the contract pack saw work on this system, as they are today."""
    modules: int = 0
    """How many there are."""

    @property
    def caution(self) -> str:
        """What somebody who plans a change of it should know; empty if all its PowerShell was seen to work."""
        if self.modules and self.proven >= self.modules:
            return ""
        if not self.proven:
            return f"{self.name} is unproven on Windows: nobody has run the contract pack"
        return f"{self.name} is proven in part: the contract pack saw {self.proven} of {self.modules} modules work"


@dataclass(frozen=True, slots=True)
class Connection:
    """How PowerShell remoting signs in; always over HTTPS with the certificate checked."""

    auth: str = "kerberos"
    """`kerberos`, `negotiate`, `credssp`, `basic` or `certificate`."""
    port: int = HTTPS_PORT
    ca: str = ""
    """File of the authority that signed the hosts' certificates; empty: the authorities of this machine."""
    delegate: bool = False
    """The host may sign in elsewhere with the login: a DHCP server to its failover partner. Only Kerberos does that."""


@dataclass(frozen=True, slots=True)
class Controller:
    """A domain controller of the trust."""

    name: str
    address: IPv4Address


@dataclass(frozen=True, slots=True)
class Domain:
    """The Active Directory domain that a host is a member of."""

    name: str
    """`ad.kestrelvale.example`."""
    netbios: str
    controllers: tuple[Controller, ...]
    unit: str
    """Where the host's account lives: `OU=Servers,OU=OAK,OU=Schools,DC=ad,DC=kestrelvale,DC=example`."""
    user: str
    """Who joins."""
    password: SecretRef

    @property
    def root(self) -> str:
        """Before: `ad.kestrelvale.example`.  After: `DC=ad,DC=kestrelvale,DC=example`."""
        return ",".join(f"DC={label}" for label in self.name.split("."))


@dataclass(frozen=True, slots=True)
class Network:
    """The addresses of one network adapter."""

    adapter: str
    """As Windows names it: `Ethernet`, `vEthernet (Management)`."""
    address: IPv4Interface
    gateway: IPv4Address | None
    dns: tuple[IPv4Address, ...]


@dataclass(frozen=True, slots=True)
class ManagementAdapter:
    """A network adapter that the host itself has on a virtual switch."""

    name: str
    vlan: int
    vlan_role: str
    weight: int | None = None
    """Its share of the switch's bandwidth, of 100."""
    host_address: bool = False
    """It has the address by which the host is reached."""


@dataclass(frozen=True, slots=True)
class VirtualSwitch:
    """An external virtual switch over a team of the host's network adapters (SET). Words are the Hyper-V cmdlets'."""

    name: str
    adapters: tuple[str, ...]
    load_balancing: str
    """`HyperVPort` or `Dynamic`."""
    sriov: bool
    notes: str
    vlans: tuple[int, ...]
    """Those that machines on it may be in."""
    management: Mapping[str, ManagementAdapter]
    """The host's own, by name."""

    @property
    def teamed(self) -> bool:
        """Whether it is a team, also of one adapter: a second one can join later, and a plain switch never can."""
        return bool(self.adapters)


@dataclass(frozen=True, slots=True)
class MachineDisk:
    """A virtual hard disk. It is never removed."""

    name: str
    path: str
    """On the host: `D:\\Hyper-V\\OAK-FS-01\\system.vhdx`."""
    size: int
    type: str
    """`Dynamic` (grows) or `Fixed` (takes its whole size at once)."""


@dataclass(frozen=True, slots=True)
class MachineAdapter:
    """A network adapter of a virtual machine."""

    name: str
    switch: str
    vlan: int
    vlan_role: str
    dhcp_guard: bool
    router_guard: bool


@dataclass(frozen=True, slots=True)
class IntegrationService:
    """A service that Hyper-V offers to a virtual machine: whether it is on."""

    name: str
    enabled: bool


@dataclass(frozen=True, slots=True)
class Memory:
    """Memory of a virtual machine."""

    startup: int
    """What it starts with, and has all the time if it is not dynamic."""
    minimum: int | None = None
    maximum: int | None = None
    """Both None: it is static."""

    @property
    def dynamic(self) -> bool:
        """Whether it grows and shrinks."""
        return self.maximum is not None

    @property
    def most(self) -> int:
        """The most that the machine may take of its host's."""
        return self.startup if self.maximum is None else max(self.startup, self.maximum)


@dataclass(frozen=True, slots=True)
class Machine:
    """One virtual machine, generation 2. Words are those of the Hyper-V cmdlets."""

    name: str
    standard: str
    """The baseline's name for its kind: `file-server`."""
    notes: str
    processors: int
    memory: Memory
    path: str
    """Its own folder: `D:\\Hyper-V\\OAK-FS-01`."""
    disks: Mapping[str, MachineDisk]
    adapters: Mapping[str, MachineAdapter]
    secure_boot: bool
    secure_boot_template: str
    boot: tuple[str, ...]
    """In the order in which it tries them: `disk PATH`, `network NAME`."""
    start: str
    """When the host starts: `Start`, `StartIfRunning` or `Nothing`."""
    start_delay: int
    """Seconds."""
    stop: str
    """When the host stops: `ShutDown`, `Save` or `TurnOff`."""
    checkpoints: str
    services: Mapping[str, IntegrationService]
    """Integration services; those that are not named stay as they are."""


@dataclass(frozen=True, slots=True)
class Reverse:
    """A reverse lookup zone that covers a network of the school."""

    name: str
    """`30.11.10.in-addr.arpa`."""
    network: IPv4Network


@dataclass(frozen=True, slots=True)
class Record:
    """The name and address of a device of the school."""

    name: str
    address: IPv4Address
    zone: str
    """The reverse zone that its address is in."""
    pointer: str
    """Its own label there: `21`, or `21.30` in a zone of two octets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowsHost(Device):
    """One Windows server. Its `management` is the address that it has in its VLAN; it has no ports of its own."""

    kind: ClassVar[str] = "windows"
    section: ClassVar[str] = "servers"

    system: WindowsSystem
    edition: str = "core"
    """`core` or `desktop`."""
    roles: tuple[ServerRole, ...] = ()
    networks: tuple[Network, ...] = ()
    volumes: tuple[str, ...] = ("C",)
    """Drive letters."""
    memory: int | None = None
    processors: int | None = None
    domain: Domain | None = None
    """None: it stays in its workgroup."""
    connection: Connection = Connection()
    switch_ports: tuple[tuple[str, str], ...] = ()
    """(switch, port) where it is plugged in."""

    @property
    def account(self) -> str:
        """As whom trustctl signs in; Kerberos wants the realm with it."""
        name, domain = self.login.username, self.domain
        return f"{name}@{domain.name.upper()}" if self.connection.auth == "kerberos" and domain else name

    @property
    def signs_in_locally(self) -> bool:
        """Whether trustctl signs in as an account of the host itself: Kerberos, or a domain's name, says otherwise.

        Before: `Administrator` by NTLM.   After: True.   Before: `svc-trustctl@ad.kestrelvale.example`.   After: False.
        """
        domain, backslash, name = self.login.username.rpartition("\\")
        if self.connection.auth == "basic" or (backslash and domain.casefold() in {".", self.hostname.casefold()}):
            return True
        return not backslash and "@" not in name and self.connection.auth != "kerberos"

    @property
    def features(self) -> tuple[str, ...]:
        """The Windows features that its roles need, each once."""
        return tuple(dict.fromkeys(feature for role in self.roles for feature in role.features))

    @property
    def services(self) -> tuple[str, ...]:
        """The services that its roles need, each once."""
        return tuple(dict.fromkeys(service for role in self.roles for service in role.services))


@dataclass(frozen=True, slots=True, kw_only=True)
class HypervHost(WindowsHost):
    """A Windows server that runs virtual machines."""

    kind: ClassVar[str] = "hyperv"

    adapters: tuple[str, ...] = ()
    """The physical network adapters, as Windows names them."""
    switches: Mapping[str, VirtualSwitch] = field(default_factory=dict[str, VirtualSwitch])
    machines: Mapping[str, Machine] = field(default_factory=dict[str, Machine])

    @property
    def mac_pool(self) -> tuple[str, str]:
        """First and last hardware address for machines, which no other host of the trust gives.

        Before: 10.11.20.13 (site 11).  After: `00155D0B0D00`, `00155D0B0DFF`.
        """
        octets = self.management.address.ip.packed
        head = f"00155D{octets[1]:02X}{octets[3]:02X}"
        return f"{head}00", f"{head}FF"


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryHost(WindowsHost):
    """A server of the trust (domain controller, DHCP or DNS server) as one school sees it: only what is the school's.

    Its name is the server's with the school: `KV-DC-01.oak`; `hostname` is the server's own.
    """

    kind: ClassVar[str] = "directory"

    duties: tuple[str, ...] = ()
    """Of `directory`, `dhcp` and `dns`: what it does for the school."""
    zones: tuple[Reverse, ...] = ()
    records: tuple[Record, ...] = ()


DUTIES = ("directory", "dhcp", "dns")
"""What a server of the trust may do for every school."""
