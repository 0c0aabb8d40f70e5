"""The trust's Linux servers as an inventory of plain pyinfra, with the same resolved values as trustctl's own plans.

    pyinfra trustctl.engines.linux.pyinfra_inventory.hosts trustctl/engines/linux/deploys/base.py

or, with other places, in an inventory file of one's own:

    from trustctl.engines.linux.pyinfra_inventory import hosts
    linux = hosts("inventory", secrets="secrets.yml")["linux"]
"""

from __future__ import annotations

import atexit
import os
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from trustctl.config.names import PartNames
from trustctl.engines.network.pins import PINS_FILE, load_pins
from trustctl.errors import TrustctlError
from trustctl.inventory import load
from trustctl.model.plan import Intended
from trustctl.platforms import platform
from trustctl.platforms.roots import template_roots
from trustctl.render import Renderer

Groups = dict[str, list[tuple[str, dict[str, Any]]]]
"""Group -> (host, its data), as pyinfra takes it."""


def hosts(
    inventory: str | Path = "inventory",
    *,
    secrets: str | Path = "secrets.yml",
    endpoints: Mapping[str, tuple[str, int, str]] | None = None,
) -> Groups:
    """Return the group `linux` of all servers, and one group for each part that some of them have.

    `endpoints` gives other addresses by host, as (address, port, host key). Each host's data has its description, and
    `ssh_*` words for pyinfra's connector: one pinned key, no agent, no configuration of ssh. Raises TrustctlError.
    """
    folder = Path(inventory)
    repository = folder.absolute().parent
    roots = template_roots(repository)
    trust = load(
        folder,
        today=date.today(),  # noqa: DTZ011, TID251 - pyinfra starts this, not the cli room; the person's own date
        templates=roots,
        names_of=lambda name: PartNames(platform(name, roots).rulebook),
    )
    servers = [(school, one) for school in trust.schools.values() for one in school.hosts.values()]
    pins = load_pins(folder / PINS_FILE)
    known = _KnownHosts()
    groups: Groups = {"linux": []}
    for (_, server), intended in zip(servers, Renderer(roots).render_all(trust, servers), strict=True):
        if isinstance(intended, TrustctlError):
            raise intended
        pin = pins.get(server.name)
        there = (str(server.address), 22, pin.host_key if pin else "")
        data = {
            **_reach((endpoints or {}).get(server.name, there), server.login.username, known),
            "description": _text(intended),
            "secrets_file": str(secrets),
        }
        for group in ("linux", *server.parts):
            groups.setdefault(group, []).append((server.name, data))
    return groups


def _reach(endpoint: tuple[str, int, str], user: str, known: _KnownHosts) -> dict[str, Any]:
    """How pyinfra's own connector reaches a host, and no other one in its place."""
    address, port, key = endpoint
    return {
        "ssh_hostname": address,
        "ssh_port": port,
        "ssh_user": user,
        "ssh_known_hosts_file": known.add(address, port, key),
        "ssh_strict_host_key_checking": "yes",
        "ssh_config_file": os.devnull,
        "sudo": user != "root",
    }


def _text(intended: Intended) -> str:
    return "".join(f"{line.text}\n" for line in intended.lines)


class _KnownHosts:
    """A file of pinned keys, for this process alone."""

    def __init__(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="trustctl-pyinfra-")
        atexit.register(folder.cleanup)
        self._path = Path(folder.name) / "known_hosts"
        self._path.touch(mode=0o600)

    def add(self, address: str, port: int, key: str) -> str:
        name = address if port == 22 else f"[{address}]:{port}"  # noqa: PLR2004 - known_hosts form
        if key:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(f"{name} {key}\n")
        return str(self._path)
