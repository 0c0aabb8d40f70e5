"""A device with its ports and links; a switch: what it is and how it is managed."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface
from typing import ClassVar

from trustctl.model.levels import Ownership, Stage
from trustctl.model.origin import Origin


@dataclass(frozen=True, slots=True)
class PortProfile:
    """What a kind of port does. VLANs are named by role and resolved per school.

    `mode` is `access`, `trunk` or `unused`.
    """

    name: str
    mode: str
    access_role: str | None = None
    voice_role: str | None = None
    trunk_roles: tuple[str, ...] = ()
    """Roles carried by a trunk; empty on a trunk means every role that the school has, legacy VLANs included."""
    native_role: str | None = None
    dot1x: bool = False
    edge: bool = False
    """An end device is behind it: PortFast and BPDU guard."""
    root_guard: bool = False
    loop_guard: bool = False
    storm_control: bool = False
    dhcp_trust: bool = False
    poe: bool = True
    uplink: bool = False
    """Leads towards another device that trustctl drives: flagged UPLINK when changed."""
    shutdown: bool = False


@dataclass(frozen=True, slots=True)
class Port:
    """One port with its profile, resolved: VLAN ids of this school."""

    name: str
    """Full interface name of the platform, `GigabitEthernet1/0/1`."""
    profile: PortProfile
    description: str = ""
    access_vlan: int | None = None
    voice_vlan: int | None = None
    trunk_vlans: tuple[int, ...] = ()
    native_vlan: int | None = None
    channel_group: int | None = None
    """LACP bundle that the port is a member of."""
    peer: tuple[str, str] | None = None
    """(device, port) at the other end of a declared link."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A port-channel; carries the trunk settings that its members repeat."""

    number: int
    name: str
    """`Port-channel1`."""
    port: Port
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Svi:
    """A routed VLAN interface of a core switch, or the management interface of an access switch."""

    vlan: int
    role: str
    description: str
    address: IPv4Interface
    secondary: tuple[IPv4Interface, ...] = ()
    helpers: tuple[IPv4Address, ...] = ()
    management: bool = False


@dataclass(frozen=True, slots=True)
class Login:
    """How we sign in. The password (and enable secret) are names in the secret store."""

    username: str
    password: str
    enable: str | None = None


@dataclass(frozen=True, slots=True)
class Device:
    """What every device that the network engine drives has, fully resolved; `Switch` and `Controller` add their own."""

    kind: ClassVar[str] = ""
    """As the plan file has it: `switch` or `wlc`."""
    section: ClassVar[str] = ""
    """The first word of the paths of its values: `switches.oak-sw-a2-01.ports...`."""

    name: str
    """The key in the inventory, `oak-sw-a2-01`; also the host name unless that is given."""
    hostname: str
    school: str
    platform: str
    model: str
    role: str
    """`core` (routes the school's VLANs, spanning-tree root), `access` or `controller`."""
    stage: Stage
    address: IPv4Address
    """Where we dial it."""
    management: Svi
    gateway: IPv4Address | None
    """Default gateway of a device that does not route; None on the core."""
    login: Login
    ports: tuple[Port, ...]
    bundles: tuple[Bundle, ...]
    serial: str | None = None
    location: str = ""
    ssh_legacy: tuple[str, ...] = ()
    """Legacy SSH algorithms given back for this device only (docs/sources.md, SSH and netmiko)."""
    ownership: tuple[tuple[str, Ownership], ...] = ()
    """Part of the configuration -> ownership, where it differs from the platform's rulebook. Parts are named as
    `trustctl.config.scope.Scope.ownership` has it."""
    captured: str | None = None
    """Path of a captured configuration below the inventory folder: `schools/yew/captured/yew-sw-core-01.cfg`."""
    origin: Origin | None = None
    stack: tuple[str, ...] = ()
    """Models of the further stack members, from member 2."""
    poe_ports: frozenset[str] = frozenset()
    """The ports that can feed a powered device, by full name."""

    @property
    def path(self) -> str:
        """The path of its values: `switches.oak-sw-a2-01`."""
        return f"{self.section}.{self.name}"

    @property
    def interfaces(self) -> tuple[Port, ...]:
        """What frames go in and out by: the ports that are in no bundle, then the bundles, each as one port."""
        single = (port for port in self.ports if port.channel_group is None)
        return (*single, *(bundle.port for bundle in self.bundles))

    @property
    def uplinks(self) -> tuple[str, ...]:
        """Names of the ports and bundles that lead towards other devices."""
        ports = [port.name for port in self.ports if port.profile.uplink]
        return (*ports, *(bundle.name for bundle in self.bundles if bundle.port.profile.uplink))


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch(Device):
    """One switch or stack."""

    kind: ClassVar[str] = "switch"
    section: ClassVar[str] = "switches"

    routes: tuple[tuple[str, IPv4Address], ...] = ()
    """Static routes of a core: (destination prefix, next hop)."""
    svis: tuple[Svi, ...] = ()
    """The core's routed VLANs without the management one; empty on an access switch."""
    root_priority: int = 32768
    """Spanning-tree priority: 4096 core, 8192 second core, 32768 (the default) access."""


@dataclass(frozen=True, slots=True)
class Link:
    """A declared cable between two devices of the inventory."""

    a: tuple[str, str]
    b: tuple[str, str]
    origin: Origin
