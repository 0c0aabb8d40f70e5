"""The section `linux` of the baseline: what every Linux server of the trust is held to."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from trustctl.inventory.fields import (
    Address,
    Day,
    DomainName,
    FileModel,
    SecretName,
    Title,
    Udp,
    UserName,
    no_control_characters,
    refuse,
)

_KEY = re.compile(
    r"(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)|sk-ssh-ed25519@openssh\.com) [A-Za-z0-9+/=]{40,2000}( \S.*)?"
)
_ONE = r"-----BEGIN CERTIFICATE-----\n([A-Za-z0-9+/=]{1,76}\n)+-----END CERTIFICATE-----\n?"
_PEM = re.compile(_ONE)
_CHAIN = re.compile(rf"({_ONE}){{1,5}}")


def _key(text: str) -> str:
    no_control_characters(text)
    if not _KEY.fullmatch(text):
        refuse("not a public key as authorized_keys has it", "Write `ssh-ed25519 AAAA... name`, one line, no options.")
    return text


def _pem(text: str) -> str:
    if not _PEM.fullmatch(text):
        refuse("not one certificate in PEM", "Write it below `|`, from BEGIN CERTIFICATE to END CERTIFICATE.")
    return text


def _chain(text: str) -> str:
    if not _CHAIN.fullmatch(text):
        remedy = "Write it below `|`: the server's own first, then those between it and the authority; no key."
        refuse("not a chain of certificates in PEM", remedy)
    return text


def _matching(pattern: str, remedy: str) -> AfterValidator:
    form = re.compile(pattern)

    def check(text: str) -> str:
        no_control_characters(text)
        if not form.fullmatch(text):
            refuse(f"'{text[:60]}' is not of the form that is needed here", remedy)
        return text

    return AfterValidator(check)


PublicKey = Annotated[str, AfterValidator(_key)]
Certificate = Annotated[str, AfterValidator(_pem)]
Chain = Annotated[str, AfterValidator(_chain)]
TimeOfDay = Annotated[str, _matching(r"([01][0-9]|2[0-3]):[0-5][0-9]", 'Write hours and minutes in quotes, "02:30".')]
Path = Annotated[
    str, _matching(r"/[A-Za-z0-9._/@+-]{0,250}", "Write an absolute path of plain letters, digits and . _ - + @.")
]
Url = Annotated[str, _matching(r"https?://[A-Za-z0-9._:/~-]{1,200}", "Write an http or https address.")]
Word = Annotated[str, _matching(r"[A-Za-z0-9{][A-Za-z0-9._/{}-]{0,60}", "Use letters, digits and . _ / -.")]
FileName = Annotated[str, _matching(r"[a-z0-9][a-z0-9_-]{0,40}", "Use small letters, digits, - and _.")]
Repository = Annotated[
    str, _matching(r"[A-Za-z0-9{/][A-Za-z0-9._:/@{}-]{0,200}", "Write it as restic names it, without a password.")
]
DistinguishedName = Annotated[
    str,
    _matching(
        r"(OU|CN|DC)=[A-Za-z0-9 {}_.-]+(,(OU|CN|DC)=[A-Za-z0-9 {}_.-]+)*", "Write `OU=Servers,DC=ad,DC=example`."
    ),
]
GroupName = Annotated[
    str, _matching(r"[A-Za-z0-9{][A-Za-z0-9 ._{}-]{0,60}", "Write the group's name in the directory.")
]
System = Literal["debian-12", "debian-13", "ubuntu-22.04", "ubuntu-24.04", "rhel-9", "rocky-9", "almalinux-9"]
_SYSTEMS: list[System] = ["debian-12", "debian-13", "ubuntu-22.04", "ubuntu-24.04"]
Locale = Annotated[str, _matching(r"[a-z]{2}_[A-Z]{2}\.UTF-8", "Write it as locale.gen does, `en_GB.UTF-8`.")]


class AdministratorFile(FileModel):
    """A person who signs in to servers by key."""

    title: Title = ""
    keys: Annotated[list[PublicKey], Field(min_length=1)]
    password: SecretName | None = None
    """What sudo asks for. SSH never takes it."""


class AptSourceFile(FileModel):
    """A signed package source."""

    uris: Annotated[list[Url], Field(min_length=1)]
    suites: Annotated[list[Word], Field(min_length=1)]
    """May hold `{codename}`."""
    components: Annotated[list[Word], Field(min_length=1)]
    signed_by: Path
    systems: list[Literal["debian", "ubuntu"]] = Field(default_factory=list[Literal["debian", "ubuntu"]])


class DirectoryFile(FileModel):
    """The Active Directory that servers join."""

    realm: DomainName
    servers: Annotated[list[DomainName], Field(min_length=1)]
    unit: DistinguishedName
    user: UserName
    password: SecretName
    groups: Annotated[list[GroupName], Field(min_length=1)]
    administrators: list[GroupName] = Field(default_factory=list[GroupName])


class SftpFile(FileModel):
    """How a server signs in to the host that keeps its backups."""

    key: SecretName
    host_keys: Annotated[list[PublicKey], Field(min_length=1)]


class OfflineFile(FileModel):
    """The copy of the backups that nobody can alter over the network."""

    kept: Title
    checked: Day
    """When a person saw it last."""
    days: Annotated[int, Field(ge=1, le=366)] = 31
    """How often a person looks."""


class BackupFile(FileModel):
    """Where restic keeps a server's files."""

    repository: Repository
    password: SecretName
    paths: list[Path] = Field(default_factory=lambda: ["/etc", "/var/lib", "/home"])
    at: TimeOfDay = "02:30"
    keep_daily: Annotated[int, Field(ge=1, le=90)] = 14
    keep_weekly: Annotated[int, Field(ge=0, le=104)] = 8
    keep_monthly: Annotated[int, Field(ge=0, le=120)] = 12
    sftp: SftpFile | None = None
    """For a repository that is reached by SFTP."""
    offline: OfflineFile | None = None


class JumpFile(FileModel):
    """The hosts by which people come to the servers."""

    hosts: Annotated[list[Address], Field(min_length=1)]
    second_factor: bool


class UpdatesFile(FileModel):
    """When security updates are installed, and when a server may restart for them."""

    automatic: bool = True
    reboot: bool = True
    reboot_at: TimeOfDay = "04:00"


class PasswordsFile(FileModel):
    """What a password must be, and when an account is locked."""

    minimum: Annotated[int, Field(ge=12, le=64)] = 14
    attempts: Annotated[int, Field(ge=3, le=20)] = 5
    lock_minutes: Annotated[int, Field(ge=1, le=1440)] = 15


class OwnCertificateFile(FileModel):
    """A server's own certificate, and its key in the secret store."""

    chain: Chain
    key: SecretName


class AssetFile(FileModel):
    """What only an asset register knows of a server."""

    tag: Title
    supplier: Title = ""
    warranty: Day | None = None
    """Its last day."""


class LinuxFile(FileModel):
    """What every Linux server of the trust is held to."""

    systems: Annotated[list[System], Field(min_length=1)] = Field(default_factory=_SYSTEMS.copy)
    locale: Locale = "en_GB.UTF-8"
    administrators: dict[UserName, AdministratorFile] = Field(default_factory=dict[UserName, AdministratorFile])
    sources: dict[FileName, AptSourceFile] = Field(default_factory=dict[FileName, AptSourceFile])
    """Left out: a server's own package sources stay as they are."""
    directory: DirectoryFile | None = None
    backup: BackupFile | None = None
    updates: UpdatesFile = UpdatesFile()
    passwords: PasswordsFile = PasswordsFile()
    monitors: list[Address] = Field(default_factory=list[Address])
    syslog_port: Udp = 6514
    syslog_ca: Certificate | None = None
    syslog_clients: Literal["anyone", "certified"] = "anyone"
    radius_signed: Literal["sent", "always"] = "sent"
    """`always`: every device's release signs all its requests (CVE-2024-3596)."""
    jump: JumpFile | None = None
    certificates: dict[FileName, Certificate] = Field(default_factory=dict[FileName, Certificate])
