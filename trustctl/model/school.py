"""School and Trust: the roots of everything that is resolved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from ipaddress import IPv4Address, IPv4Network

from trustctl.model.addressing import AddressPlan, Vlan, VlanRole
from trustctl.model.controller import Controller
from trustctl.model.levels import Level, Override, Stage, Waiver
from trustctl.model.linux import Linux, LinuxHost
from trustctl.model.origin import Origin
from trustctl.model.service import Services, Ssid
from trustctl.model.switch import Device, Link, Switch
from trustctl.model.windows import Setting, WindowsHost


@dataclass(frozen=True, slots=True)
class LegacyRange:
    """Addresses a school had before it joined, carried and routed until renumbered."""

    prefix: IPv4Network
    purpose: str
    vlan_id: int | None
    until: date | None
    origin: Origin


@dataclass(frozen=True, slots=True)
class Server:
    """A Linux server, a Windows server or a Hyper-V host, and where it is plugged in."""

    name: str
    kind: str
    """`linux`, `windows` or `hyperv`."""
    school: str
    address: IPv4Address
    roles: tuple[str, ...]
    vlan_role: str
    switch_ports: tuple[tuple[str, str], ...] = ()
    """(switch, port) where it is plugged in."""
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class School:
    """One school, fully resolved: its facts and choices with the baseline and its phase's variant applied."""

    slug: str
    name: str
    code: str
    """3 or 4 letters, the join key of names: `oak`."""
    phase: str
    site: int
    stage: Stage
    vlans: Mapping[str, Vlan]
    """By role, in order of VLAN id; legacy VLANs under `legacy-<id>`."""
    legacy: tuple[LegacyRange, ...]
    services: Services
    ssids: tuple[Ssid, ...]
    switches: Mapping[str, Switch]
    links: tuple[Link, ...]
    servers: tuple[Server, ...]
    waivers: tuple[Waiver, ...]
    overrides: tuple[Override, ...]
    origins: Mapping[str, Origin] = field(default_factory=dict[str, Origin])
    """Where each value comes from, by dotted path: `vlans.staff.id`, `services.ntp[0]`,
    `switches.oak-sw-a2-01.ports.GigabitEthernet1/0/1.profile`. A path that is missing takes its nearest parent's."""
    controllers: Mapping[str, Controller] = field(default_factory=dict[str, Controller])
    hosts: Mapping[str, LinuxHost] = field(default_factory=dict[str, LinuxHost])
    """The Linux servers, by name."""
    linux: Linux | None = None
    """What every Linux server of the school is held to."""
    windows: Mapping[str, WindowsHost] = field(default_factory=dict[str, WindowsHost])
    """The Windows servers and Hyper-V hosts, and the trust's servers as far as they serve the school, by name."""
    windows_settings: Mapping[str, Setting] = field(default_factory=dict[str, Setting])
    """The section `windows` of the baseline as it holds for the school: what its Windows hosts are held to."""

    @property
    def devices(self) -> Mapping[str, Device]:
        """Everything that an engine drives, by name: switches, then controllers, then Linux and Windows hosts."""
        return {**self.switches, **self.controllers, **self.hosts, **self.windows}

    def origin(self, path: str) -> Origin | None:
        """The origin of the value at `path`, or of its nearest parent; None if nothing on the way is known."""
        while path:
            if path in self.origins:
                return self.origins[path]
            cut = max(path.rfind("."), path.rfind("["))
            path = path[:cut] if cut > 0 else ""
        return None


@dataclass(frozen=True, slots=True)
class Trust:
    """The organisation: domain, address plan, naming, roles, schools."""

    name: str
    slug: str
    domain: str
    plan: AddressPlan
    roles: Mapping[str, VlanRole]
    levels: Mapping[str, Level]
    """Level of each baseline path, such as `services.radius` -> locked."""
    schools: Mapping[str, School]
    digest: str = ""
    """sha256 over the inventory's files."""
    files: tuple[str, ...] = ()
    signers: str = ""
    """File of the inventory's folder that names those who sign plans; empty where no signature is asked for."""

    def devices(self) -> tuple[Device, ...]:
        """Everything that an engine drives, by school and name."""
        return tuple(device for school in self.schools.values() for device in school.devices.values())

    def switches(self) -> tuple[Switch, ...]:
        """Every switch of the trust, by school and name."""
        return tuple(switch for school in self.schools.values() for switch in school.switches.values())

    def school_of(self, device: str) -> School | None:
        """The school that has a device of this name, or None."""
        return next((school for school in self.schools.values() if device in school.devices), None)
