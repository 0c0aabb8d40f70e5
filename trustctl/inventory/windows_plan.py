"""The Windows servers and Hyper-V hosts of one school, resolved: what each is, and what it is held to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Interface
from typing import Any

from trustctl.inventory.file_servers import AnyWindowsFile, HypervServerFile, OneServer
from trustctl.inventory.problem import Problem
from trustctl.inventory.windows_ground import At, Ground
from trustctl.inventory.windows_machines import HostParts
from trustctl.inventory.windows_settings import domain_of
from trustctl.inventory.wording import did_you_mean
from trustctl.inventory.yaml_document import Document
from trustctl.model.levels import Stage
from trustctl.model.school import Server
from trustctl.model.switch import Login, Svi
from trustctl.model.windows import (
    PLATFORM,
    HypervHost,
    Network,
    ServerRole,
    WindowsHost,
    WindowsSystem,
)

FIRST_ADAPTER = "Ethernet"
"""How Windows calls a server's network adapter until somebody renames it."""


class WindowsHosts:
    """Makes the Windows hosts of one school, collecting problems."""

    def __init__(self, document: Document, ground: Ground) -> None:
        self._document, self._ground = document, ground
        self.problems: list[Problem] = []

    def all(self, servers: Iterable[Server], files: Mapping[str, OneServer]) -> dict[str, WindowsHost]:
        """The Windows ones of a school's servers that have a usable address."""
        parts = HostParts(self._document, self._ground)
        found: dict[str, WindowsHost] = {}
        for server in servers:
            file = files[server.name]
            if isinstance(file, AnyWindowsFile):
                found[server.name] = self._host(server, file, parts)
        self.problems += parts.problems
        return found

    def _host(self, server: Server, file: AnyWindowsFile, parts: HostParts) -> WindowsHost:
        at: At = ("servers", server.name)
        if not isinstance(file, HypervServerFile):
            adapter = file.adapters[0] if file.adapters else FIRST_ADAPTER
            return WindowsHost(**self._common(server, file, adapter))
        switches, adapter = parts.switches(server, file, at)
        machines = parts.machines(file, switches, at)
        common = self._common(server, file, adapter)
        return HypervHost(**common, adapters=tuple(file.adapters), switches=switches, machines=machines)

    def _common(self, server: Server, file: AnyWindowsFile, adapter: str) -> dict[str, Any]:
        """What every host has. `adapter`: which has its address."""
        at: At = ("servers", server.name)
        ground, school = self._ground, self._ground.school
        vlan = ground.vlans.vlans[server.vlan_role]
        login = file.login or ground.windows.login or ground.login
        system = self._system(file, at)
        address = IPv4Interface(f"{server.address}/{vlan.prefix.prefixlen if vlan.prefix else 32}")
        return {
            "name": server.name,
            "hostname": server.name,
            "school": server.school,
            "platform": PLATFORM,
            "model": system.name,
            "role": "server",
            "stage": Stage(file.stage or school.stage),
            "address": server.address,
            "management": Svi(vlan.id, vlan.role, "Servers", address, management=True),
            "gateway": vlan.gateway,
            "login": Login(login.username, login.password),
            "ports": (),
            "bundles": (),
            "serial": file.serial,
            "captured": f"schools/{school.slug}/{file.captured}" if file.captured else None,
            "origin": server.origin,
            "system": system,
            "edition": file.edition,
            "roles": tuple(self._roles(file, at)),
            "networks": (Network(adapter, address, vlan.gateway, ground.dns),),
            "volumes": tuple(file.volumes),
            "memory": file.memory,
            "processors": file.processors,
            "domain": domain_of(ground.windows, file.unit or "", school.code) if file.domain else None,
            "connection": ground.connection(file.connection),
            "switch_ports": server.switch_ports,
        }

    def _system(self, file: AnyWindowsFile, at: At) -> WindowsSystem:
        allowed = self._ground.windows.systems
        if file.os is None:
            problem = "a Windows server without `os`"
            remedy = f"Say which it runs: {', '.join(allowed)}."
            self.problems.append(self._document.problem(at, "os_missing", problem, remedy, key=True))
        elif file.os not in allowed:
            problem = f"{file.os} is not among the trust's supported systems"
            remedy = f"Move it to one of {', '.join(allowed)}, or add it to windows.systems of the baseline."
            self.problems.append(self._document.problem((*at, "os"), "os_unsupported", problem, remedy))
        name = file.os or ""
        return self._ground.kinds.systems.get(name, WindowsSystem(name))

    def _roles(self, file: AnyWindowsFile, at: At) -> Iterable[ServerRole]:
        known = self._ground.kinds.roles
        for index, name in enumerate(file.roles):
            role, where = known.get(name), (*at, "roles", index)
            if role is None:
                problem = f"there is no role '{name}' for a Windows server"
                self.problems.append(self._document.problem(where, "role_unknown", problem, did_you_mean(name, known)))
            elif role.desktop and file.edition == "core":
                problem = f"the role '{name}' cannot be had on Server Core"
                remedy = "Say `edition: desktop` if that is how Windows was installed, or take the role away."
                self.problems.append(self._document.problem(where, "role_unsupported", problem, remedy))
            else:
                yield role
