"""Linux servers: the baseline that every one of them is held to, and what one server is and does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from ipaddress import IPv4Address, IPv4Network
from typing import ClassVar

from trustctl.model.secret import SecretRef
from trustctl.model.switch import Device

ALWAYS = ("base", "access", "firewall", "hardening", "monitoring", "updates")
"""The parts of the baseline that every Linux server gets."""

SSH_PORT = 22

ROLES = ("dhcp", "dns", "radius", "syslog", "backup")
"""What a server may be given to do, by its `roles` in the inventory."""


_MINOR = frozenset({"rhel", "rocky", "almalinux"})
"""Systems whose VERSION_ID counts the minor releases of one system, which stay alike (os-release(5))."""


def system_name(os_id: str, version: str) -> str:
    """What the inventory calls a host's system.  Before: `rocky`, `9.4`.  After: `rocky-9`."""
    return f"{os_id}-{version.partition('.')[0] if os_id in _MINOR else version}"


@dataclass(frozen=True, slots=True)
class System:
    """A system that a server may run, and how far it is supported (`templates/linux/systems.yml`)."""

    name: str
    """`debian-12`."""
    tested: bool = False
    """Real hosts with it were changed and taken back; else nobody has seen it work."""
    lacks: tuple[tuple[str, str], ...] = ()
    """(part or role, reason): what is not made for it."""
    omits: tuple[str, ...] = ()
    """What the parts that are made for it leave out there."""

    @property
    def caution(self) -> str:
        """What somebody who plans a change of it should know; empty if it is as tested as any."""
        if self.tested:
            return ""
        left_out = [*(part for part, _ in self.lacks if part in ALWAYS), *self.omits]
        without = f"; left out there: {', '.join(left_out)}" if left_out else ""
        return f"{self.name} is rendered only, nobody has seen it work{without}"


@dataclass(frozen=True, slots=True)
class Administrator:
    """A person who signs in to servers by key."""

    name: str
    title: str
    keys: tuple[str, ...]
    """Public keys as in `authorized_keys`, one line each."""
    password: SecretRef | None = None
    """What sudo asks for; SSH never takes it. None: whoever it is sets one by way of the break-glass account."""


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
class Sftp:
    """How root of a server signs in to the host that keeps its backups."""

    server: str
    """As the repository names it: a host name or an address."""
    port: int
    key: SecretRef
    """A private key."""
    host_keys: tuple[str, ...]
    """Public keys of that host, `ssh-ed25519 AAAA...`: no other host is believed."""

    @property
    def known_as(self) -> str:
        """The host as known_hosts has it (sshd(8)): `nas.example`, or `[nas.example]:2222`."""
        return self.server if self.port == SSH_PORT else f"[{self.server}]:{self.port}"


@dataclass(frozen=True, slots=True)
class OfflineCopy:
    """The copy of the backups that nobody can alter over the network; only people can say that it is there."""

    kept: str
    """Where and how."""
    checked: date
    """When somebody saw it last."""
    days: int
    """How often somebody looks."""


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
    sftp: Sftp | None = None
    """For a repository that is reached by SFTP."""
    offline: OfflineCopy | None = None


@dataclass(frozen=True, slots=True)
class Jump:
    """The hosts by which people come to the servers."""

    hosts: tuple[IPv4Address, ...]
    second_factor: bool
    """Whether each of them asks for one; only people can say so."""


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
    syslog_clients: str = "anyone"
    """Whom a school's own collector takes lines from over TLS: `anyone` of the school, or who is `certified` by the
    same authority."""
    radius_signed: str = "sent"
    """Of whom a RADIUS server demands a Message-Authenticator: of devices that have `sent` one or are known to, or
    `always`."""
    jump: Jump | None = None
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


@dataclass(frozen=True, slots=True)
class OwnCertificate:
    """A server's own certificate, for TLS."""

    chain: tuple[str, ...]
    """PEM lines, its own first, then those of the authorities between."""
    key: SecretRef


@dataclass(frozen=True, slots=True)
class Collector:
    """A server of the school that takes other servers' logs over TLS."""

    name: str
    address: IPv4Address
    certified: str
    """The DNS name that its certificate must have."""


@dataclass(frozen=True, slots=True)
class Asset:
    """What only an asset register knows of a server."""

    tag: str
    supplier: str = ""
    warranty: date | None = None
    """Its last day."""


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
    senders: tuple[IPv4Network, ...] = ()
    """From where the school's switches, controllers and access points speak: their addresses, and their networks."""
    beside_controllers: tuple[tuple[str, IPv4Network], ...] = ()
    """(controller, network) where it stands now and where it will: those that its access points speak from."""
    certificate: OwnCertificate | None = None
    collectors: tuple[Collector, ...] = ()
    """The school's others, to which it sends its log."""
    asset: Asset | None = None
    system: System = System("")
    """What it runs, and how far that is supported."""

    @property
    def parts(self) -> tuple[str, ...]:
        """Every part of the baseline that it gets and that its system can have, in the order in which they are done."""
        wanted = {*ALWAYS, *self.roles} - {part for part, _ in self.system.lacks}
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
