"""Simulated twins of real devices: what the lab needs to know of each to behave like it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from trustctl.cli.workspace import Workspace
from trustctl.lab.makes import device_class
from trustctl.lab.spec import Account, DeviceSpec, Link
from trustctl.model.school import School
from trustctl.model.switch import Device

_STATION = "10.250.10.10"
"""The management station of the lab: an address of the trust's own management network."""

_OUTWARD = frozenset({"firewall", "router", "wan"})
"""Port profiles behind which the way to the trust lies."""


def way_out(switch: Device) -> str | None:
    """The core's port towards the trust; None on every other switch, which is reached through its links."""
    if switch.role != "core":
        return None
    return next((port.name for port in switch.ports if port.profile.name in _OUTWARD), None)


def twin(workspace: Workspace, school: School, switch: Device, boot: str) -> DeviceSpec:
    """The lab's description of a device that boots with `boot`.

    If the configuration knows no local user of our name, the estate's RADIUS servers answer for it, as they do for a
    device that already signs people in that way, and so does a device that hides its own users. Raises SecretError, and
    UsageError for a platform that the lab does not simulate.
    """
    login = switch.login
    local = device_class(switch.platform).has_user(boot, login.username)
    accounts = () if local else (Account(login.username, workspace.secrets.get(login.password)),)
    return DeviceSpec(
        name=switch.name,
        platform=switch.platform,
        model=switch.model,
        serial=switch.serial or serial_of(switch.name),
        base_mac=_mac(switch.name),
        members=(switch.model, *switch.stack) if switch.stack else (),
        boot=boot,
        management_address=str(switch.address),
        attachment=way_out(switch),
        station=_STATION,
        local_accounts=accounts,
        radius_accounts=accounts,
        radius_servers=frozenset() if local else frozenset(str(one.address) for one in school.services.radius),
    )


def twins(workspace: Workspace, boots: Mapping[str, str]) -> tuple[DeviceSpec, ...]:
    """Twins of the devices of `boots` (name -> configuration)."""
    return tuple(
        twin(workspace, school, switch, boots[switch.name])
        for school in workspace.trust.schools.values()
        for switch in school.devices.values()
        if switch.name in boots
    )


def cables(workspace: Workspace, names: frozenset[str]) -> tuple[Link, ...]:
    """The declared links between these devices, as the lab wires them.

    A school whose way out is not known, or whose core is not among the devices, stays unwired: each of its switches is
    then reached by itself.
    """
    found: list[Link] = []
    for school in workspace.trust.schools.values():
        if any(way_out(switch) for switch in school.devices.values() if switch.name in names):
            found += [Link(*link.a, *link.b) for link in school.links if {link.a[0], link.b[0]} <= names]
    return tuple(found)


def serial_of(name: str) -> str:
    """A made-up serial number in Cisco's shape, the same for the same name."""
    digits = hashlib.sha256(name.encode()).hexdigest().upper()
    return f"FOC{int(digits[:4], 16) % 2600 + 2000:04d}{digits[4:8]}"


def _mac(name: str) -> str:
    digits = hashlib.sha256(name.encode()).hexdigest()[:6]
    return f"0011.22{digits[:2]}.{digits[2:6]}"
