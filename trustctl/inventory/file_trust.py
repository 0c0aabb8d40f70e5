"""`trust.yml`: the facts of one trust, the same at every school."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from trustctl.inventory.fields import (
    Address,
    Banner,
    Description,
    DomainName,
    FileModel,
    LevelPath,
    Network,
    Position,
    SecretName,
    Sentence,
    Slug,
    Title,
    Udp,
    UserName,
    VlanName,
)
from trustctl.inventory.file_store import StoreFile

LevelName = Literal["locked", "default", "free"]


class SitesFile(FileModel):
    """Which site numbers a school may have; the number is the second octet of its addresses."""

    first: Annotated[int, Field(ge=0, le=255)] = 1
    last: Annotated[int, Field(ge=0, le=255)] = 250


class AddressPlanFile(FileModel):
    """How blocks follow from site and VLAN role: `10.<site>.<VLAN id>.0`."""

    supernet: Network
    sites: SitesFile = SitesFile()
    gateway_position: Position = 1
    switch_position: Position = 11
    trust_ranges: dict[Slug, Network] = Field(default_factory=dict)
    """Networks of the trust itself (data centre, head office, VPN): no school may use them."""


class NamingFile(FileModel):
    """Patterns of device names; `{code}` is the school's code, `{place}` a cabinet or building, `{nn}` two digits."""

    switch: Sentence = "{code}-sw-{place}-{nn}"
    controller: Sentence = "{code}-wlc-{nn}"
    server: Sentence = "{code}-{role}-{nn}"


class LoginFile(FileModel):
    """How trustctl signs in: a user name and the names of secrets, never their values."""

    username: UserName
    password: SecretName
    enable: SecretName | None = None


class RadiusServerFile(FileModel):
    """One RADIUS server; the key is the name of a secret."""

    address: Address
    key: SecretName
    auth_port: Udp = 1812
    acct_port: Udp = 1813


class RadiusFile(FileModel):
    """The RADIUS servers, by their name on the switch, in the order in which they are asked."""

    group: VlanName
    servers: Annotated[dict[VlanName, RadiusServerFile], Field(min_length=1)]


class SnmpUserFile(FileModel):
    """An SNMPv3 user with authentication and privacy."""

    auth: SecretName
    privacy: SecretName
    auth_protocol: Literal["sha", "sha-256"] = "sha"
    privacy_protocol: Literal["aes 128", "aes 256"] = "aes 128"


class SnmpFile(FileModel):
    """SNMPv3: one group, its users, and the hosts that get traps. There is no community."""

    group: VlanName
    users: dict[VlanName, SnmpUserFile]
    hosts: list[Address]
    contact: Description
    location: Description | None = None
    """The school's name if it is left out."""


class LocalUserFile(FileModel):
    """The break-glass account on every device."""

    name: UserName
    secret: SecretName
    privilege: Annotated[int, Field(ge=1, le=15)] = 15


class Dot1xFile(FileModel):
    """Wired 802.1X: `off`, `monitor` (nobody is refused) or `enforce`."""

    mode: Literal["off", "monitor", "enforce"] = "monitor"
    reauthenticate_seconds: Annotated[int, Field(ge=0, le=65535)] = 0


class ServicesFile(FileModel):
    """What every device uses."""

    dns: Annotated[list[Address], Field(min_length=1, max_length=6)]
    ntp: Annotated[list[Address], Field(min_length=1)]
    timezone: Annotated[str, Field(pattern=r"^[A-Z][A-Za-z_]+(/[A-Z][A-Za-z_]+)*$")] = "Europe/London"
    syslog: list[Address]
    dhcp_relay: list[Address]
    radius: RadiusFile
    snmp: SnmpFile
    local_user: LocalUserFile
    enable_secret: SecretName | None = None
    dot1x: Dot1xFile = Dot1xFile()
    banner: Banner
    spanning_tree_mode: Literal["rapid-pvst", "mst"] = "rapid-pvst"


class PlanFile(FileModel):
    """What a plan must have before it is carried out."""

    signers: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,60}$")] | None = None
    """A file beside `trust.yml` that names those who sign plans, as ssh-keygen's ALLOWED SIGNERS; left out: a plan
    needs no signature."""


class TrustFile(FileModel):
    """The whole of `trust.yml`."""

    name: Title
    slug: Slug
    domain: DomainName
    address_plan: AddressPlanFile
    naming: NamingFile = NamingFile()
    login: LoginFile
    levels: dict[LevelPath, LevelName]
    services: ServicesFile
    plan: PlanFile = PlanFile()
    secrets: StoreFile = StoreFile()
