"""What every Windows host is held to, subject by subject: what is left out stays as it is."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from trustctl.inventory.fields import DomainName, FileModel, Network, Pattern, Title
from trustctl.inventory.file_linux import TimeOfDay

Short = Annotated[str, Pattern(r"[A-Za-z0-9_.-]{1,80}", "Use letters, digits and _ . -, no blanks.")]
Named = Annotated[
    str, Pattern(r"[A-Za-z0-9(][A-Za-z0-9 ._()/:&-]{0,98}", "Use letters, digits, blanks and . _ ( ) / -.")
]
LogName = Annotated[str, Pattern(r"[A-Za-z0-9][A-Za-z0-9 ._/-]{0,120}", "Write the log's name, such as Security.")]
Account = Annotated[
    str,
    Pattern(
        r"(?:[A-Za-z0-9{}-]{1,15}|\.)\\[A-Za-z0-9{][A-Za-z0-9 ._{}$-]{0,60}",
        r"Write DOMAIN\name by the domain's NetBIOS name, or .\name for an account of the server itself.",
    ),
]
"""May hold `{code}` and `{CODE}`."""
PathText = Annotated[
    str, Pattern(r"(?:[A-Z]:|%[A-Za-z]+%)[A-Za-z0-9 \\._(){}%*-]{1,200}", r"Write a path, such as D:\Logs\x.log.")
]
Ports = Annotated[
    str, Pattern(r"[0-9]{1,5}(?:-[0-9]{1,5})?(?:,[0-9]{1,5}(?:-[0-9]{1,5})?)*", "Write 80,443 or 5000-5010.")
]
Drive = Annotated[str, Pattern(r"[A-Z]:", 'Write the volume in quotes, "C:".')]
Wsus = Annotated[
    str, Pattern(r"(?:https?://[A-Za-z0-9._:-]{1,200})?", "Write https://wsus.example:8531, or an empty text.")
]
Extension = Annotated[str, Pattern(r"\.?[A-Za-z0-9]{1,10}", "Write the extension, such as .vhdx.")]
Percent = Annotated[int, Field(ge=0, le=100)]
WeekDay = Literal["everyday", "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
State3 = Literal["disabled", "enabled", "audit"]


PowerPlan = (
    Literal["balanced", "high_performance", "power_saver"]
    | Annotated[str, Pattern(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", "Write a plan's name or its GUID.")]
)


class TimeFile(FileModel):
    """Where clocks are set from."""

    source: Literal["domain", "servers"] = "domain"
    """`domain`: the domain's own hierarchy; `servers`: the trust's `ntp`, also of a host that is in no domain."""


class FeatureFile(FileModel):
    """A role or feature of Windows Server."""

    installed: bool = True


class ServiceFile(FileModel):
    """A service that is there already."""

    start_mode: Literal["auto", "delayed", "disabled", "manual"] | None = None
    state: Literal["started", "stopped"] | None = None


class FirewallProfileFile(FileModel):
    """One of the three profiles of the firewall."""

    enabled: bool | None = None
    inbound: Literal["allow", "block"] | None = None
    outbound: Literal["allow", "block"] | None = None
    notify: bool | None = None
    log_file: PathText | None = None
    log_kilobytes: Annotated[int, Field(ge=1, le=32767)] | None = None
    log_allowed: bool | None = None
    log_blocked: bool | None = None


class FirewallRuleFile(FileModel):
    """A rule of the firewall."""

    state: Literal["absent", "present"] = "present"
    enabled: bool = True
    direction: Literal["in", "out"] = "in"
    action: Literal["allow", "block"] = "allow"
    protocol: Literal["tcp", "udp", "icmpv4", "icmpv6", "any"] = "tcp"
    ports: Ports | None = None
    """On the server."""
    sources: list[Network] = Field(default_factory=list[Network])
    """Addresses of the other side; left out: any."""
    program: PathText | None = None
    service: Short | None = None
    profiles: list[Literal["domain", "private", "public"]] = Field(
        default_factory=list[Literal["domain", "private", "public"]]
    )
    description: Title = ""


class SmbFile(FileModel):
    """The file server, and the server as a client of others."""

    smb1: bool | None = None
    sign: bool | None = None
    require_signing: bool | None = None
    encrypt: bool | None = None
    reject_unencrypted: bool | None = None
    audit_smb1: bool | None = None
    client_require_signing: bool | None = None


class AuthenticationFile(FileModel):
    """What NTLM is allowed to do."""

    lm_level: Annotated[int, Field(ge=0, le=5)] | None = None
    lm_hash: bool | None = None
    ntlm_strong: bool | None = None
    anonymous_accounts: bool | None = None


Protocol = Literal["SSL 2.0", "SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3"]


class TlsFile(FileModel):
    """What Schannel speaks."""

    protocols: dict[Protocol, bool] = Field(default_factory=dict[Protocol, bool])
    dotnet_strong: bool | None = None


class RemoteDesktopFile(FileModel):
    """Remote Desktop."""

    enabled: bool | None = None
    nla: bool | None = None
    tls: bool | None = None


class LocalGroupFile(FileModel):
    """Members of a local group: exactly `members`, or at least `ensured`."""

    members: list[Account] | None = None
    ensured: list[Account] | None = None


class LapsFile(FileModel):
    """Windows LAPS: who keeps the local administrator's password."""

    backup: Literal["none", "entra", "directory"] | None = None
    age_days: Annotated[int, Field(ge=1, le=365)] | None = None
    length: Annotated[int, Field(ge=8, le=64)] | None = None
    complexity: Annotated[int, Field(ge=1, le=4)] | None = None
    account: Short | None = None
    encrypt: bool | None = None
    readers: Account | None = None
    history: Annotated[int, Field(ge=0, le=12)] | None = None
    restore_mode: bool | None = None
    after_use_hours: Annotated[int, Field(ge=0, le=24)] | None = None
    after_use: Literal["reset", "reset_and_sign_out", "reset_and_restart"] | None = None


class AuditFile(FileModel):
    """What of a subcategory is recorded."""

    success: bool | None = None
    failure: bool | None = None


class EventLogFile(FileModel):
    """An event log."""

    max_bytes: Annotated[int, Field(ge=65536, multiple_of=65536)] | None = None
    mode: Literal["overwrite", "archive", "keep"] | None = None
    enabled: bool | None = None


class EventForwardingFile(FileModel):
    """Where events go."""

    collectors: Annotated[list[DomainName], Field(min_length=1)]
    https: bool | None = None
    issuer: Annotated[str, Pattern(r"[0-9A-Fa-f]{40}", "Write the thumbprint, 40 hexadecimal digits.")] | None = None
    """Of the authority that issued the server's certificate, for `https`."""
    refresh_seconds: Annotated[int, Field(ge=60, le=86400)] | None = None
    security: bool | None = None


class DefenderFile(FileModel):
    """Microsoft Defender Antivirus."""

    realtime: bool | None = None
    behaviour: bool | None = None
    downloads: bool | None = None
    scripts: bool | None = None
    archives: bool | None = None
    cloud: Literal["disabled", "basic", "advanced"] | None = None
    cloud_block: Literal["default", "moderate", "high", "high_plus", "zero_tolerance"] | None = None
    samples: Literal["prompt", "safe", "never", "all"] | None = None
    unwanted: State3 | None = None
    network_protection: State3 | None = None
    network_protection_on_server: bool | None = None
    signature_hours: Annotated[int, Field(ge=0, le=24)] | None = None
    scan: Literal["quick", "full"] | None = None
    scan_day: WeekDay | Literal["never"] | None = None
    scan_time: TimeOfDay | None = None
    scan_percent: Percent | None = None
    exclusion_paths: list[PathText] = Field(default_factory=list[PathText])
    exclusion_processes: list[Named] = Field(default_factory=list[Named])
    exclusion_extensions: list[Extension] = Field(default_factory=list[Extension])


class UpdatesFile(FileModel):
    """Policy of Windows Update; nothing is installed by trustctl."""

    server: Wsus | None = None
    ring: Named | None = None
    """The group that WSUS files a server under."""
    mode: Literal["notify", "download", "install", "local"] | None = None
    day: WeekDay | None = None
    hour: Annotated[int, Field(ge=0, le=23)] | None = None
    restart_with_users: bool | None = None
    quality_days: Annotated[int, Field(ge=0, le=30)] | None = None
    drivers: bool | None = None


class PolicyFile(FileModel):
    """The subjects of the baseline of Windows hosts."""

    time: TimeFile | None = None
    features: dict[Short, FeatureFile] = Field(default_factory=dict[Short, FeatureFile])
    services: dict[Short, ServiceFile] = Field(default_factory=dict[Short, ServiceFile])
    firewall_profiles: dict[Literal["Domain", "Private", "Public"], FirewallProfileFile] = Field(
        default_factory=dict[Literal["Domain", "Private", "Public"], FirewallProfileFile]
    )
    firewall_rules: dict[Named, FirewallRuleFile] = Field(default_factory=dict[Named, FirewallRuleFile])
    smb: SmbFile | None = None
    authentication: AuthenticationFile | None = None
    tls: TlsFile | None = None
    remote_desktop: RemoteDesktopFile | None = None
    local_groups: dict[Named, LocalGroupFile] = Field(default_factory=dict[Named, LocalGroupFile])
    laps: LapsFile | None = None
    audit: dict[Named, AuditFile] = Field(default_factory=dict[Named, AuditFile])
    """By the subcategory's English name."""
    event_logs: dict[LogName, EventLogFile] = Field(default_factory=dict[LogName, EventLogFile])
    event_forwarding: EventForwardingFile | None = None
    defender: DefenderFile | None = None
    updates: UpdatesFile | None = None
    bitlocker: list[Drive] = Field(default_factory=list[Drive])
    """Volumes whose state is read; nothing is encrypted."""
    power_plan: PowerPlan | None = None
