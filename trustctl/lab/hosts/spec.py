"""What the lab is told about Linux hosts before they boot."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass

from trustctl.errors import UsageError

_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII | re.IGNORECASE)
"""One label of a host name (RFC 1123, section 2.1)."""
_USER = re.compile(r"[a-z_][a-z0-9_-]{0,30}", re.ASCII)
"""A user name that Debian's `useradd` takes without being told to take anything."""


@dataclass(frozen=True, slots=True)
class OrganisationUnit:
    """A unit of the directory with the groups and users in it. `path` counts from the domain down: `Schools/OAK`."""

    path: str
    groups: tuple[str, ...] = ()
    users: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DirectorySpec:
    """A Samba Active Directory domain that a host serves, provisioned before the host boots.

    `realm` is the domain's DNS name. Every user has `user_password` and is a member of each group of its own unit.
    `forwarder` is the DNS server for all other names: empty, the lab's own.
    """

    realm: str
    domain: str
    admin_password: str
    units: tuple[OrganisationUnit, ...] = ()
    user_password: str = ""
    forwarder: str = ""


@dataclass(frozen=True, slots=True)
class HostSpec:
    """A Linux host: its place in the network, and the account that signs in.

    `address` with `prefix` (a number of bits) is its own; `gateway` is in the same subnet and is played by the lab.
    The account `user` may sign in with `password` and, if given, with the key whose public line is `authorized_key`; it
    may become root by sudo after its password: after none if `nopasswd`, after root's if that is the `sudo_password`.
    `packages` are there before it boots, out of the
    lab's repository. `dns` are the servers in its resolver file: empty, the lab's own. `domain` is what its full name
    ends in. A host with a `directory` serves it. `size` is how much, in MiB, can be written to its disk.
    """

    name: str
    address: str
    prefix: int
    gateway: str
    user: str
    password: str
    authorized_key: str = ""
    nopasswd: bool = False
    sudo_password: str = ""
    packages: tuple[str, ...] = ()
    os: str = "debian-12"
    dns: tuple[str, ...] = ()
    domain: str = ""
    directory: DirectorySpec | None = None
    size: int = 2048

    @property
    def names(self) -> tuple[str, ...]:
        """Its full name, if it has one, and its name."""
        domain = self.directory.realm.lower() if self.directory else self.domain
        return (f"{self.name}.{domain}", self.name) if domain else (self.name,)

    @property
    def interface(self) -> ipaddress.IPv4Interface:
        """Its address and subnet."""
        return ipaddress.IPv4Interface(f"{self.address}/{self.prefix}")


@dataclass(frozen=True, slots=True)
class HostContact:
    """Where a running host answers, and by what it is known: its public host key and its machine id."""

    host: str
    port: int
    host_key: str
    machine_id: str


def check(specs: Sequence[HostSpec]) -> None:
    """Whether hosts can stand in one lab. Raises UsageError for the first thing that does not fit."""
    names: dict[str, str] = {}
    for spec in specs:
        _check_one(spec)
        for what, value in (("name", spec.name), ("address", spec.address)):
            if value in names:
                raise UsageError(f"two hosts of the lab have the {what} {value}", where=spec.name)
            names[value] = spec.name


def _check_one(spec: HostSpec) -> None:
    if not _NAME.fullmatch(spec.name):
        raise UsageError(f"{spec.name!r} is no host name", remedy="use letters, digits and hyphens")
    if not _USER.fullmatch(spec.user) or spec.user == "root":
        raise UsageError(
            f"{spec.user!r} cannot be the account of a host", where=spec.name, remedy="use an ordinary name"
        )
    if not spec.password or "\n" in spec.password + spec.sudo_password:
        raise UsageError("an account needs a password of one line", where=spec.name)
    if "\n" in spec.authorized_key.strip():
        raise UsageError("an authorized key is one line", where=spec.name)
    try:
        own, gateway = spec.interface, ipaddress.IPv4Address(spec.gateway)
    except ValueError as error:
        raise UsageError(str(error), where=spec.name) from None
    if gateway not in own.network or gateway == own.ip:
        raise UsageError(f"the gateway {gateway} is not another address of {own.network}", where=spec.name)
