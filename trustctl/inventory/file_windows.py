"""Windows servers and Hyper-V hosts in the inventory: the parts of `servers.yml` and of the section `windows`."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from trustctl.inventory.fields import (
    Address,
    DomainName,
    FileModel,
    FilePath,
    Hostname,
    Pattern,
    SecretName,
    Slug,
    Title,
    Udp,
    UserName,
    refuse,
)
from trustctl.inventory.file_linux import TimeOfDay
from trustctl.inventory.file_trust import LoginFile
from trustctl.inventory.file_windows_policy import PolicyFile

_UNITS = {"MB": 1024**2, "GB": 1024**3, "TB": 1024**4}
_SIZE = r"([1-9][0-9]{0,5}) (MB|GB|TB)"


def _size(value: object) -> object:
    found = re.fullmatch(_SIZE, value) if isinstance(value, str) else None
    if found is None:
        refuse("not a size", "Write a whole number and its unit, '4 GB'; MB, GB and TB count by 1024, as Hyper-V does.")
    return int(found[1]) * _UNITS[found[2]]


Size = Annotated[int, BeforeValidator(_size), WithJsonSchema({"type": "string", "pattern": f"^{_SIZE}$"})]
"""In the file `4 GB`, as a value bytes."""
_NAMED = r"[A-Za-z0-9(][A-Za-z0-9 ._()#-]{0,62}[A-Za-z0-9)]|[A-Za-z0-9]"
WindowsName = Annotated[str, Pattern(_NAMED, "Use letters, digits, blanks and . _ ( ) # -, no blank at the ends.")]
"""Of a network adapter, a virtual switch, a disk: as Windows shows it."""
WindowsPath = Annotated[
    str,
    Pattern(
        r"[A-Z]:\\(?:[A-Za-z0-9{(][A-Za-z0-9 ._{}()-]{0,80}\\?){0,12}",
        r"Write a path with its drive, such as D:\Hyper-V; plain letters, digits, blanks and . _ ( ) -.",
    ),
]
Letter = Annotated[str, Pattern(r"[A-Z]", "Write the drive's letter alone, in a capital: D.")]
Unit = Annotated[
    str,
    Pattern(
        r"(?:OU|CN)=[A-Za-z0-9 {}_.-]+(?:,(?:OU|CN|DC)=[A-Za-z0-9 {}_.-]+)*",
        "Write `OU=Servers,OU={CODE},OU=Schools`: what stands above it in the domain follows from its name.",
    ),
]
"""A place in the directory, without the domain's own part; may hold `{code}` and `{CODE}`."""
UnitPath = Literal[""] | Unit
DirectoryName = Annotated[
    str, Pattern(r"[A-Za-z0-9{][A-Za-z0-9 ._{}-]{0,60}", "Use letters, digits, blanks and . _ - {code} {CODE}.")
]
Edition = Literal["core", "desktop"]
Start = Literal["Start", "StartIfRunning", "Nothing"]
"""What a machine does when its host starts, in the words of Set-VM."""
Checkpoints = Literal["Disabled", "Production", "ProductionOnly", "Standard"]
SystemName = Annotated[str, Pattern(r"windows-server-20[0-9]{2}", "Write it as windows-server-2022.")]


class ConnectionFile(FileModel):
    """How PowerShell remoting signs in: over HTTPS, and the host's certificate is always checked."""

    auth: Literal["kerberos", "negotiate", "credssp", "basic", "certificate"] = "kerberos"
    port: Udp = 5986
    ca: FilePath | None = None
    """File of the authority that signed the hosts' certificates; left out: those that this machine trusts."""
    delegate: bool = False
    """`true`: the host may sign in to others with the login, as a DHCP server must to its failover partner."""

    @model_validator(mode="after")
    def _kerberos_delegates(self) -> Self:
        if self.delegate and self.auth != "kerberos":
            refuse(f"`auth: {self.auth}` passes no login on", "Leave delegate out, or write `auth: kerberos`.")
        return self


def _of_all(connection: ConnectionFile) -> ConnectionFile:
    """A login that may be passed on is given to a host by its name: whoever holds that host can act as the login."""
    if connection.delegate:
        refuse("`delegate` here gives every host a login to pass on", "Say it of the servers that need it.")
    return connection


class DomainFile(FileModel):
    """The trust's Active Directory domain, and how hosts join it."""

    name: DomainName
    netbios: Annotated[str, Pattern(r"[A-Z0-9][A-Z0-9-]{0,14}", "Use at most 15 capitals, digits and hyphens.")]
    controllers: list[Hostname] = Field(default_factory=list[Hostname])
    """Names of servers below `servers`."""
    unit: Unit = "OU=Servers,OU={CODE},OU=Schools"
    """Where a host's account lives."""
    user: UserName
    """Who joins."""
    password: SecretName


class TrustServerFile(FileModel):
    """A server of the trust that serves every school: a domain controller, a DHCP or a DNS server."""

    address: Address
    os: SystemName
    edition: Edition = "core"
    duties: list[Literal["directory", "dhcp", "dns"]] = Field(default_factory=list[Literal["directory", "dhcp", "dns"]])
    """What is set on it for each school. What the servers replicate among themselves is set on one of them."""
    login: LoginFile | None = None
    connection: ConnectionFile | None = None
    """Left out: as the trust's other hosts."""


class UnitFile(FileModel):
    """An organisational unit of each school."""

    name: DirectoryName
    path: UnitPath = ""
    """What it stands in, which comes before it; left out: the domain itself."""
    description: Title = ""
    protected: bool = True
    """From being removed by mistake."""


class GroupFile(FileModel):
    """A group of each school."""

    path: Unit
    scope: Literal["domainlocal", "global", "universal"] = "global"
    category: Literal["security", "distribution"] = "security"
    description: Title = ""
    members: list[DirectoryName] = Field(default_factory=list[DirectoryName])
    """Account names that must be in it; others stay."""


DelegatedTask = Literal[
    "reset_passwords",
    "unlock_accounts",
    "manage_users",
    "manage_groups",
    "manage_group_members",
    "join_computers",
    "manage_computers",
    "read_bitlocker",
]


class DelegationFile(FileModel):
    """What groups may do below one unit."""

    unit: Unit
    laps_self: bool = False
    """Whether its computers may write their own password of the local administrator (Windows LAPS)."""
    grants: dict[DirectoryName, Annotated[list[DelegatedTask], Field(min_length=1)]] = Field(
        default_factory=dict[DirectoryName, list[DelegatedTask]]
    )
    """Group -> what it may do."""


class DirectoryFile(FileModel):
    """What each school has in the directory. Names may hold `{code}` and `{CODE}`."""

    site: DirectoryName = "{CODE}"
    links: list[DirectoryName] = Field(default_factory=list[DirectoryName])
    """Site links that the school's site stands in; they must exist."""
    units: list[UnitFile] = Field(default_factory=list[UnitFile])
    """A parent before what stands in it."""
    groups: dict[DirectoryName, GroupFile] = Field(default_factory=dict[DirectoryName, GroupFile])
    delegations: list[DelegationFile] = Field(default_factory=list[DelegationFile])
    laps_schema: Literal["checked", "extended"] | None = None
    """`extended` adds the attributes of Windows LAPS to the forest, which cannot be undone."""


class DhcpFile(FileModel):
    """The scopes of each school's VLANs."""

    lease_hours: Annotated[int, Field(ge=1, le=8760)] = 8
    active: bool = True
    """Whether addresses are given out."""
    failover: DirectoryName | None = None
    """Name of the relationship between the trust's DHCP servers, which is there already."""


class DnsFile(FileModel):
    """The zones of each school."""

    replication: Literal["domain", "forest", "legacy"] = "domain"
    dynamic_update: Literal["secure", "none", "nonsecureandsecure"] = "secure"
    aging: bool = True
    """Whether names that nobody renews become stale."""
    ttl_seconds: Annotated[int, Field(ge=60, le=86400)] = 3600


class ManagementAdapterFile(FileModel):
    """A network adapter that the host has on its virtual switch."""

    vlan: Slug
    weight: Annotated[int, Field(ge=1, le=100)] | None = None
    """Its share of the bandwidth, of 100."""


def _first_adapter() -> dict[WindowsName, ManagementAdapterFile]:
    return {"Management": ManagementAdapterFile(vlan="servers")}


class VirtualSwitchFile(FileModel):
    """An external virtual switch over a team of network adapters (switch embedded teaming)."""

    adapters: list[WindowsName] | None = None
    """As Windows names them; left out: all that the host has."""
    load_balancing: Literal["HyperVPort", "Dynamic"] = "HyperVPort"
    sriov: bool = False
    vlans: list[Slug] | None = None
    """Roles of the VLANs that machines on it may be in; left out: all that the school has."""
    management: Annotated[dict[WindowsName, ManagementAdapterFile], Field(min_length=1)] = Field(
        default_factory=_first_adapter
    )
    """The one in the host's own VLAN takes over its address when the switch is made."""
    notes: Title = ""


class MachineDiskFile(FileModel):
    """A virtual hard disk. It is never removed."""

    size: Size
    fixed: bool = False
    path: WindowsPath | None = None
    """Left out: the machine's own folder."""


class MachineAdapterFile(FileModel):
    """A network adapter of a virtual machine."""

    vlan: Slug
    switch: WindowsName | None = None
    """Left out: the host's first switch."""
    dhcp_guard: bool = True
    router_guard: bool = True


class DynamicMemoryFile(FileModel):
    """Between what the memory of a machine grows and shrinks; it starts with `memory`."""

    minimum: Size
    maximum: Size


def _adapters() -> dict[WindowsName, MachineAdapterFile]:
    return {"Network": MachineAdapterFile(vlan="servers")}


Service = Literal[
    "Guest Service Interface", "Heartbeat", "Key-Value Pair Exchange", "Shutdown", "Time Synchronization", "VSS"
]
Processors = Annotated[int, Field(ge=1, le=240)]
Delay = Annotated[int, Field(ge=0, le=3600)]


class MachineFile(FileModel):
    """A kind of virtual machine, generation 2. Words are those of the Hyper-V cmdlets."""

    title: Title = ""
    processors: Processors = 2
    memory: Size = 4 * 1024**3
    static: bool = False
    """Says that the memory never grows; not together with `dynamic`."""
    dynamic: DynamicMemoryFile | None = None
    """Left out: the memory is static."""
    disks: Annotated[dict[Slug, MachineDiskFile], Field(min_length=1)]
    adapters: dict[WindowsName, MachineAdapterFile] = Field(default_factory=_adapters)
    secure_boot: bool = True
    secure_boot_template: Literal["MicrosoftWindows", "MicrosoftUEFICertificateAuthority"] = "MicrosoftWindows"
    """The second for Linux."""
    boot: list[WindowsName] | None = None
    """Names of its disks and adapters, the first one first; left out: its disks, then its adapters."""
    start: Start = "Start"
    start_delay: Delay = 0
    """Seconds after the host is up."""
    stop: Literal["ShutDown", "Save", "TurnOff"] = "ShutDown"
    checkpoints: Checkpoints = "Production"
    services: dict[Service, bool] = Field(default_factory=dict[Service, bool])
    """Integration services; those that are not named stay as they are."""


class ReplicaFile(FileModel):
    """Hosts as replica servers."""

    enabled: bool = True
    storage: WindowsPath
    """Folder for the replicas of any server that signs in by Kerberos. The firewall lets in the host's own VLAN."""


class ScheduleFile(FileModel):
    """Checkpoints that a host makes of machines each day. They are no backup: they lie on the same disk."""

    standards: Annotated[list[Slug], Field(min_length=1)]
    """Kinds of machines that can go back in time: no domain controller, no database."""
    time: TimeOfDay
    keep_days: Annotated[int, Field(ge=1, le=31)]


class HypervFile(FileModel):
    """What every Hyper-V host of the trust is held to. Words are those of the Hyper-V cmdlets."""

    machine_path: WindowsPath = "D:\\Hyper-V"
    """Each machine has a folder of its own in it."""
    disk_path: WindowsPath = "D:\\Hyper-V"
    numa_spanning: bool = False
    enhanced_session: bool = False
    migration: bool = False
    """Live migration; needs the domain."""
    migration_maximum: Annotated[int, Field(ge=1, le=32)] = 2
    storage_migration_maximum: Annotated[int, Field(ge=1, le=32)] = 2
    migration_authentication: Literal["CredSSP", "Kerberos"] = "Kerberos"
    migration_performance: Literal["TCPIP", "Compression", "SMB"] = "Compression"
    migration_networks: list[Slug] = Field(default_factory=list[Slug])
    """VLANs on which live migrations may come in."""
    mac_pool: bool = True
    """Whether a host gives its machines hardware addresses of its own range, which follows from its address."""
    exclusion_paths: list[WindowsPath] = Field(default_factory=list[WindowsPath])
    """What Defender does not scan on a host, beside what Windows leaves out by itself."""
    replica: ReplicaFile | None = None
    checkpoint_schedule: ScheduleFile | None = None
    switches: dict[WindowsName, VirtualSwitchFile] = Field(default_factory=dict[WindowsName, VirtualSwitchFile])
    machines: dict[Slug, MachineFile] = Field(default_factory=dict[Slug, MachineFile])
    """Kinds of virtual machines, by name: what `vms` of servers.yml begin with."""


class HostMachineFile(FileModel):
    """A virtual machine of one host: a kind of the baseline, and what this one has otherwise."""

    standard: Slug
    title: Title | None = None
    processors: Processors | None = None
    memory: Size | None = None
    static: bool | None = None
    """`true`: its memory does not grow, whatever its kind's does."""
    dynamic: DynamicMemoryFile | None = None
    disks: dict[Slug, MachineDiskFile] = Field(default_factory=dict[Slug, MachineDiskFile])
    """Laid over the kind's disks by name."""
    adapters: dict[WindowsName, MachineAdapterFile] = Field(default_factory=dict[WindowsName, MachineAdapterFile])
    """Laid over the kind's adapters by name."""
    start: Start | None = None
    start_delay: Delay | None = None


_SYSTEMS = ["windows-server-2022", "windows-server-2025"]


class WindowsFile(PolicyFile):
    """What every Windows host of the trust is held to, the directory that they are members of, and its servers."""

    systems: Annotated[list[SystemName], Field(min_length=1)] = Field(default_factory=_SYSTEMS.copy)
    """Supported ones."""
    connection: Annotated[ConnectionFile, AfterValidator(_of_all)] = ConnectionFile()
    login: LoginFile | None = None
    """How trustctl signs in to Windows hosts; left out: as a school, or the trust, does everywhere."""
    domain: DomainFile | None = None
    servers: dict[Hostname, TrustServerFile] = Field(default_factory=dict[Hostname, TrustServerFile])
    """The trust's own servers that serve every school."""
    directory: DirectoryFile = DirectoryFile()
    dhcp: DhcpFile = DhcpFile()
    dns: DnsFile = DnsFile()
    hyperv: HypervFile = HypervFile()
