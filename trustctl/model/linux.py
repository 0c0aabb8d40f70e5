"""Linux servers: the baseline that every one of them is held to, and what one server is and does."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import ClassVar

from trustctl.model.secret import SecretRef
from trustctl.model.switch import Device

ALWAYS = ("base", "access", "firewall", "hardening", "monitoring", "updates")
"""The parts of the baseline that every Linux server gets."""

ROLES = ("dhcp", "dns", "radius", "syslog", "backup")
"""What a server may be given to do, by its `roles` in the inventory."""


@dataclass(frozen=True, slots=True)
class Administrator:
    """A person who signs in to servers by key."""

    name: str
    title: str
    keys: tuple[str, ...]
    """Public keys as in `authorized_keys`, one line each."""


@dataclass(frozen=True, slots=True)
class AptSource:
    """A signed package source in the form of one deb822 stanza."""

    name: str
    """Of its file: `debian` for /etc/apt/sources.list.d/debian.sources."""
    uris: tuple[str, ...]
    suites: tuple[str, ...]
    """May hold `{codename}`: `{codename}`, `{codename}-updates`."""
    components: tuple[str, ...]
    signed_by: str
    """Path of the key on the server."""
    systems: tuple[str, ...] = ()
    """Which systems it is for (`debian`, `ubuntu`); empty: all."""


@dataclass(frozen=True, slots=True)
class Directory:
    """The Active Directory that servers join by adcli and sssd."""

    realm: str
    """`AD.KESTRELVALE.EXAMPLE`."""
    servers: tuple[str, ...]
    """Host names of the domain controllers."""
    unit: str
    """Where a server's account lives; may hold `{code}` and `{CODE}`."""
    user: str
    """Who joins."""
    password: SecretRef
    groups: tuple[str, ...]
    """Groups whose members may sign in; may hold `{code}`."""
    administrators: tuple[str, ...] = ()
    """Groups whose members may use sudo; may hold `{code}`."""


@dataclass(frozen=True, slots=True)
class Backup:
    """Where restic keeps a server's files."""

    repository: str
    """As restic names it; may hold `{name}` and `{code}`."""
    password: SecretRef
    paths: tuple[str, ...]
    at: str
    """Time of day, `02:30`."""
    keep_daily: int = 14
    keep_weekly: int = 8
    keep_monthly: int = 12


@dataclass(frozen=True, slots=True)
class Updates:
    """When security updates are installed, and when a server may restart for them."""

    automatic: bool = True
    reboot: bool = True
    reboot_at: str = "04:00"
    """Time of day."""


@dataclass(frozen=True, slots=True)
class PasswordRules:
    """What a password must be, and when an account is locked."""

    minimum: int = 14
    attempts: int = 5
    lock_minutes: int = 15


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate in the lines of its PEM form, and the name of its file."""

    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Linux:
    """The baseline of every Linux server of one school."""

    systems: tuple[str, ...]
    """Supported ones, `debian-12`."""
    locale: str
    administrators: tuple[Administrator, ...]
    sources: tuple[AptSource, ...]
    """Empty: the server's own stay as they are."""
    directory: Directory | None
    backup: Backup | None
    updates: Updates
    passwords: PasswordRules
    monitors: tuple[IPv4Address, ...]
    """Who may read a server's figures, and nobody else."""
    syslog_port: int
    syslog_ca: tuple[str, ...]
    """The certificate, in PEM lines, that signed the collectors'; empty: syslog goes to nobody over TLS."""
    certificates: tuple[Certificate, ...] = ()
    """Authorities that servers trust besides their system's."""


@dataclass(frozen=True, slots=True)
class OpenPort:
    """A port that a server answers on, and to whom."""

    port: int
    protocol: str
    """`tcp` or `udp`."""
    sources: tuple[IPv4Network, ...]
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinuxHost(Device):
    """One Linux server. Its `management` is the address that it has in its VLAN; it has no ports of its own."""

    kind: ClassVar[str] = "linux"
    section: ClassVar[str] = "servers"

    roles: tuple[str, ...] = ()
    """Those of `ROLES` that the inventory gives it."""
    open_ports: tuple[OpenPort, ...] = ()
    """Besides those that its roles need."""
    networks: tuple[IPv4Network, ...] = ()
    """The school's own, which it serves by its roles."""
    switch_ports: tuple[tuple[str, str], ...] = ()
    """(switch, port) where it is plugged in."""

    @property
    def parts(self) -> tuple[str, ...]:
        """Every part of the baseline that it gets, in the order in which they are done."""
        wanted = {*ALWAYS, *self.roles}
        return tuple(part for part in _ORDER if part in wanted)


_ORDER = (
    "base",
    "updates",
    "dhcp",
    "dns",
    "radius",
    "syslog",
    "monitoring",
    "backup",
    "hardening",
    "access",
    "firewall",
)
"""What could cut us off comes last: the way in, then the firewall."""
