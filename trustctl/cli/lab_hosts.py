"""Which Linux servers of the inventory the lab can be asked to run on this machine, and which not and why."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization

from trustctl.cli.select import school_of
from trustctl.cli.workspace import Workspace
from trustctl.errors import SecretError, TrustctlError
from trustctl.lab.hosts import rootless
from trustctl.lab.hosts.cache import Cache
from trustctl.lab.hosts.ground import HostLabError, attempt, is_root
from trustctl.lab.hosts.machine import hindrances, lacking
from trustctl.lab.hosts.recipe import known, recipe
from trustctl.lab.hosts.spec import HostSpec, check
from trustctl.model.linux import LinuxHost
from trustctl.model.school import School

USUAL = "debian-12"
"""The system that is made if none is named."""

CACHE = "TRUSTCTL_LAB_CACHE"
"""The environment's word for the folder of what lab hosts are made of."""


_BUILD_SECONDS = 3600.0
_PRIVATE_KEY = "-----BEGIN"


def cache_folder() -> Path:
    """The folder of what lab hosts are made of, on this machine for this person."""
    own = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "trustctl" / "lab"
    return Path(os.environ.get(CACHE) or own)


def build_hosts(systems: tuple[str, ...]) -> Iterator[Path]:
    """Make what hosts with these systems boot from; each one's package archive. Raises HostLabError."""
    if reasons := hindrances():
        packages = " ".join(lacking())
        remedy = (
            f"apt-get install {packages}" if packages else "run it as root, or as somebody with a range of user ids"
        )
        raise HostLabError(f"Linux hosts cannot run here: {'; '.join(reasons)}", remedy=remedy)
    for system in systems:
        yield Path(_in_cache("build", system))


def prune_hosts() -> Iterator[str]:
    """Remove what older recipes made in the cache; a line about each. Raises HostLabError."""
    for line in _in_cache("prune").splitlines():
        size, state, name = line.split()
        if state == "used":
            yield f"{name} is of an older recipe and stays, as a lab runs from it"
        else:
            yield f"{name} was of an older recipe: {int(size) / 1e6:.0f} MB freed"


def _in_cache(what: str, *words: str) -> str:
    """What the cache's own process says; it is the person's own root where they have none. Raises HostLabError."""
    command = [sys.executable, "-m", "trustctl.lab.hosts", what, str(cache_folder().absolute()), *words]
    made = attempt(command if is_root() else rootless.entering(command), seconds=_BUILD_SECONDS, env=os.environ)
    if made.returncode:
        raise HostLabError(made.stderr.strip() or made.stdout.strip(), where=" ".join(words))
    return made.stdout.strip()


def host_specs(workspace: Workspace, schools: tuple[str, ...]) -> tuple[tuple[HostSpec, ...], dict[str, str]]:
    """The Linux servers of these schools (none named: all) that can be run here, and why the others cannot, by name.

    Raises SecretError if a login's password is not there.
    """
    specs: list[HostSpec] = []
    left_out: dict[str, str] = {}
    reasons = hindrances()
    for slug in schools or tuple(workspace.trust.schools):
        school = school_of(workspace.trust, slug)
        for server in school.hosts.values():
            why = "; ".join(reasons) or _unmade(server)
            if not why:
                spec = _spec(workspace, school, server)
                try:
                    check([*specs, spec])
                    specs.append(spec)
                except TrustctlError as error:
                    why = error.problem
            if why:
                left_out[server.name] = why
    return tuple(specs), left_out


def _unmade(server: LinuxHost) -> str:
    """Why a server's system cannot be booted from this machine's cache; empty if it can."""
    if server.model not in known():
        return f"the lab has no {server.model}"
    if not Cache(cache_folder()).has(recipe(server.model)):
        return f"the lab has no {server.model} yet; some minutes make it: trustctl lab build"
    return ""


def _spec(workspace: Workspace, school: School, server: LinuxHost) -> HostSpec:
    subnet = server.management.address.network
    gateway = server.gateway or next(subnet.hosts())
    login = server.login
    password, key = workspace.secrets.get(login.password), ""
    sudo = workspace.secrets.get(login.enable) if login.enable else ""
    if password.startswith(_PRIVATE_KEY):
        # who signs in by key has a password that nobody knows, and sudo asks for none unless one is named
        password, key = secrets.token_urlsafe(24), _public(password, server.name)
    return HostSpec(
        name=server.name,
        address=str(server.address),
        prefix=subnet.prefixlen,
        gateway=str(gateway),
        user=login.username,
        password=password,
        authorized_key=key,
        nopasswd=bool(key) and not sudo,
        sudo_password=sudo,
        os=server.model,
    )


def _public(private: str, where: str) -> str:
    """The line of `authorized_keys` that a private key answers to. Raises SecretError."""
    try:
        key = serialization.load_ssh_private_key(private.encode(), None)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise SecretError("the login's secret is no private key that can be read", where=where) from error
    form = serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    return key.public_key().public_bytes(*form).decode()


def dns_servers(workspace: Workspace, schools: tuple[str, ...]) -> tuple[str, ...]:
    """The addresses at which these schools' devices ask for names: the lab answers there."""
    found = [
        str(address)
        for slug in schools or tuple(workspace.trust.schools)
        for address in school_of(workspace.trust, slug).services.dns
    ]
    return tuple(dict.fromkeys(found))
