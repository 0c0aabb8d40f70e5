"""What the lab is told about Windows hosts before they start. All of it is JSON."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError

from trustctl.errors import UsageError

_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True)
class AdapterSpec:
    """A network card as the machine is delivered. `mac` has twelve hexadecimal digits; `speed` is in bits a second.

    `addresses` are with their prefix (`10.11.10.5/24`); none: the card asks by DHCP and has none here.
    """

    __pydantic_config__ = _STRICT

    name: str
    description: str = "Intel(R) Ethernet Controller X710 for 10GBASE-T"
    mac: str = ""
    speed: int = 10_000_000_000
    up: bool = True
    addresses: tuple[str, ...] = ()
    gateway: str = ""
    dns: tuple[str, ...] = ()
    management: bool = False
    """Whether it carries the address that the host is managed at."""


@dataclass(frozen=True, slots=True)
class VolumeSpec:
    """A volume; `size` and `free` are bytes."""

    __pydantic_config__ = _STRICT

    letter: str
    label: str = ""
    size: int = 480 * 1024**3
    free: int = 400 * 1024**3
    file_system: str = "NTFS"


@dataclass(frozen=True, slots=True)
class UserSpec:
    """A local user."""

    __pydantic_config__ = _STRICT

    name: str
    password: str = ""
    groups: tuple[str, ...] = ()
    full_name: str = ""
    description: str = ""
    disabled: bool = False
    password_never_expires: bool = False


@dataclass(frozen=True, slots=True)
class GroupSpec:
    r"""A local group and its members: local users, or `DOMAIN\name`."""

    __pydantic_config__ = _STRICT

    name: str
    members: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class ServiceSpec:
    """A service. `start` and `state` are in the words of win_service."""

    __pydantic_config__ = _STRICT

    name: str
    display_name: str = ""
    description: str = ""
    path: str = ""
    start: Literal["auto", "delayed", "manual", "disabled"] = "auto"
    state: Literal["started", "stopped", "paused"] = "started"
    account: str = "LocalSystem"
    dependencies: tuple[str, ...] = ()
    can_pause: bool = False


@dataclass(frozen=True, slots=True)
class RegistryValue:
    """A value of the registry; `type` in the words of win_regedit, `data` a text, number, or list."""

    __pydantic_config__ = _STRICT

    path: str
    name: str
    data: Any
    type: Literal["none", "binary", "dword", "expandstring", "multistring", "string", "qword"] = "dword"


@dataclass(frozen=True, slots=True)
class AccountSpec:
    """An account of a domain. `admin`: it may do everything.

    `joins` are units, without the domain's own part, below which it may make computer accounts.
    """

    __pydantic_config__ = _STRICT

    name: str
    password: str = field(repr=False)
    admin: bool = False
    joins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DomainGroupSpec:
    """A group of a domain; `path` is the distinguished name it stands under, empty: the container Users."""

    __pydantic_config__ = _STRICT

    name: str
    path: str = ""
    scope: Literal["domainlocal", "global", "universal"] = "global"
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DirectorySpec:
    """The Active Directory domain that a controller serves; several controllers of one domain say it alike.

    `units` are distinguished names without the domain's own part (`OU=Servers,OU=OAK`), parents first. `sites` are
    names of sites, `subnets` map a network to its site. `zones` are DNS zones that the controller has beside the
    domain's own.
    """

    __pydantic_config__ = _STRICT

    domain: str
    netbios: str
    accounts: tuple[AccountSpec, ...] = ()
    units: tuple[str, ...] = ()
    groups: tuple[DomainGroupSpec, ...] = ()
    sites: tuple[str, ...] = ("Default-First-Site-Name",)
    subnets: Mapping[str, str] = field(default_factory=dict[str, str])
    zones: tuple[str, ...] = ()

    @property
    def root(self) -> str:
        """The domain as a distinguished name: `DC=ad,DC=trust,DC=example`."""
        return ",".join(f"DC={label}" for label in self.domain.split("."))


@dataclass(frozen=True, slots=True)
class WindowsSpec:
    """A Windows host.

    `user` with `password` may sign in over WinRM and is an administrator. `edition` is `core` or `desktop`. `build` is
    the build number with its revision (`20348.2849`). `uuid` is the machine's own, made of its name if empty.
    `features` are installed from the start, by their names for Get-WindowsFeature. A host whose `domain` is empty is in
    a `workgroup`. `directory`: it is a domain controller. `last_boot` and `today` are ISO 8601 in UTC; the host's clock
    starts at `today`. `restart_seconds` is how long a restart takes. `state` seeds other parts of the model: their
    class name to what they want.
    """

    __pydantic_config__ = _STRICT

    name: str
    user: str = "Administrator"
    password: str = field(default="", repr=False)
    address: str = ""
    uuid: str = ""
    edition: Literal["core", "desktop"] = "core"
    caption: str = "Microsoft Windows Server 2022 Standard"
    build: str = "20348.2849"
    memory_bytes: int = 64 * 1024**3
    processors: int = 16
    adapters: tuple[AdapterSpec, ...] = (AdapterSpec("Ethernet", mac="00155D0A0101", management=True),)
    volumes: tuple[VolumeSpec, ...] = (VolumeSpec("C", "System"),)
    features: tuple[str, ...] = ()
    users: tuple[UserSpec, ...] = ()
    groups: tuple[GroupSpec, ...] = ()
    services: tuple[ServiceSpec, ...] = ()
    registry: tuple[RegistryValue, ...] = ()
    timezone: str = "Pacific Standard Time"
    domain: str = ""
    workgroup: str = "WORKGROUP"
    directory: DirectorySpec | None = None
    today: str = "2026-11-22T09:00:00"
    last_boot: str = "2026-11-20T03:12:00"
    restart_seconds: float = 0.2
    state: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def __post_init__(self) -> None:
        if not self.uuid:
            object.__setattr__(self, "uuid", str(uuid.uuid5(uuid.NAMESPACE_DNS, self.name.lower())).upper())

    def as_json(self) -> dict[str, Any]:
        """The specification as plain data that `read_specs` reads."""
        return asdict(self)


_ALL = TypeAdapter(tuple[WindowsSpec, ...])


def specs_of(hosts: Sequence[Any], where: str = "") -> tuple[WindowsSpec, ...]:
    """Read specifications from plain data. Raises UsageError with the key of the first thing that is not so."""
    try:
        found = _ALL.validate_python([dict(one) for one in hosts])
    except (ValidationError, TypeError, ValueError) as error:
        first = error.errors()[0] if isinstance(error, ValidationError) else {"loc": (), "msg": str(error)}
        key = ".".join(str(part) for part in first["loc"])
        raise UsageError(
            f"a Windows host of the lab cannot be read: {first['msg']}", where=f"{where} {key}".strip()
        ) from None
    names = [one.name.casefold() for one in found]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"two Windows hosts of the lab are called {name}", where=where)
    return found


def read_specs(path: Path) -> tuple[WindowsSpec, ...]:
    """Read a file, `{"hosts": [...]}`. Raises UsageError."""
    try:
        read: Any = json.loads(path.read_text(encoding="utf-8"))
        hosts: Any = read["hosts"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"the file of Windows hosts cannot be read: {error!r}", where=str(path)) from error
    return specs_of(hosts, str(path))
