"""What every school's devices use: RADIUS, DNS, NTP, syslog, SNMPv3, DHCP relay, access policy, SSIDs."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from trustctl.model.secret import SecretRef


@dataclass(frozen=True, slots=True)
class RadiusServer:
    """One RADIUS server; `name` is also its name on the switch."""

    name: str
    address: IPv4Address
    key: SecretRef
    auth_port: int = 1812
    acct_port: int = 1813


@dataclass(frozen=True, slots=True)
class SnmpUser:
    """An SNMPv3 user (authPriv). Not shown by IOS in the running configuration (docs/hazards.md H33)."""

    name: str
    group: str
    auth: SecretRef
    privacy: SecretRef
    auth_protocol: str = "sha"
    privacy_protocol: str = "aes 128"


@dataclass(frozen=True, slots=True)
class Snmp:
    """SNMPv3 only; there is no community."""

    group: str
    users: tuple[SnmpUser, ...]
    hosts: tuple[IPv4Address, ...]
    contact: str
    location: str


@dataclass(frozen=True, slots=True)
class LocalUser:
    """The break-glass account: works when no RADIUS server answers."""

    name: str
    secret: SecretRef
    privilege: int = 15


@dataclass(frozen=True, slots=True)
class Dot1x:
    """Wired 802.1X with MAB. `mode`: `off`, `monitor` (open: nobody is refused) or `enforce`."""

    mode: str
    reauthenticate_seconds: int = 0
    """0: as the RADIUS server says."""


@dataclass(frozen=True, slots=True)
class Hardening:
    """Limits of an access port and of the management plane."""

    storm_broadcast_percent: float
    storm_multicast_percent: float
    dhcp_snooping_rate: int
    """DHCP packets a second on an untrusted port."""
    errdisable_recovery_seconds: int
    ssh_timeout_seconds: int
    exec_timeout_minutes: int
    archive_maximum: int
    logging_buffer_bytes: int
    logging_level: str
    management_networks: tuple[IPv4Network, ...]
    """From where the IT team manages devices; empty: no access list on the vty lines."""


@dataclass(frozen=True, slots=True)
class Services:
    """The services of one school, resolved through all layers."""

    domain: str
    dns: tuple[IPv4Address, ...]
    ntp: tuple[IPv4Address, ...]
    timezone: str
    """IANA name; switches render what their platform can say."""
    syslog: tuple[IPv4Address, ...]
    dhcp_relay: tuple[IPv4Address, ...]
    radius: tuple[RadiusServer, ...]
    radius_group: str
    snmp: Snmp
    local_user: LocalUser
    enable_secret: SecretRef | None
    dot1x: Dot1x
    hardening: Hardening
    banner: tuple[str, ...]
    spanning_tree_mode: str
    """`rapid-pvst` or `mst`."""


@dataclass(frozen=True, slots=True)
class Ssid:
    """A wireless network carried by every school."""

    name: str
    """As devices see it; at most 32 bytes (IEEE 802.11)."""
    purpose: str
    security: str
    """`802.1x` (each person signs in, by the trust's RADIUS), `psk`, `portal` or `open`."""
    vlan_role: str
    isolation: bool = False
    """Clients do not reach each other."""
    psk: SecretRef | None = None
    key: str = ""
    """Its name in the inventory: `staff`."""
    vlan: int | None = None
    """The VLAN's number at this school."""
    wpa: str = "wpa2"
    """`wpa2`, `wpa3`, or `wpa2-wpa3` for both."""
    accounting: bool = True
    """Whether RADIUS is told who is connected; only with `802.1x`."""
    hidden: bool = False
    bands: tuple[str, ...] = ("2.4", "5")
    """In GHz."""
    number: int = 0
    """Its own number for makes whose networks have one. Two networks may share a VLAN."""


@dataclass(frozen=True, slots=True)
class RadioBand:
    """Radio settings of one band."""

    ghz: str
    """`2.4`, `5` or `6`."""
    enabled: bool
    width: int
    """Of a channel, in MHz."""
    power_min: int
    """In dBm."""
    power_max: int
    channels: tuple[int, ...] = ()
    """Those that may be used; empty: all that the country allows."""


@dataclass(frozen=True, slots=True)
class Radio:
    """Radio settings of a school."""

    country: str
    """ISO 3166 code: which channels and powers are lawful."""
    bands: tuple[RadioBand, ...]
    legacy_rates: bool = False
    """Whether 802.11b rates are offered."""
