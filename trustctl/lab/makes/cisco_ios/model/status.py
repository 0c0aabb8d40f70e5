"""What `show vlan` and `show interfaces status` need: VLANs and interfaces with their state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trustctl.lab.makes.cisco_ios.model import switching
from trustctl.lab.makes.cisco_ios.model.commands.addresses import interface_addresses
from trustctl.lab.makes.cisco_ios.model.commands.database import DEFAULT_NAMES, default_name
from trustctl.lab.makes.cisco_ios.model.interfaces import is_virtual, short_name, split_name

if TYPE_CHECKING:
    from trustctl.lab.makes.cisco_ios.model.device import IosSwitch
    from trustctl.lab.makes.cisco_ios.model.tree import Node


@dataclass(frozen=True, slots=True)
class VlanRow:
    """One VLAN: `state` is `active`, `suspended`, `act/lshut` or `act/unsup`; `ports` are its access ports, short."""

    id: int
    name: str
    state: str
    ports: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InterfaceRow:
    """One interface: `status` is `connected`, `notconnect`, `disabled`; `vlan` its access VLAN, `trunk` or `routed`."""

    name: str
    short: str
    description: str
    status: str
    vlan: str
    duplex: str
    speed: str
    type: str
    address: str
    """Address with prefix length, empty if none."""


def vlans(switch: IosSwitch) -> list[VlanRow]:
    """The VLAN database with the access ports of each VLAN."""
    ports: dict[int, list[str]] = {}
    for name, node in interface_nodes(switch):
        if not is_virtual(name) and not switching.is_trunk(node) and not switching.is_routed(switch, name, node):
            number = int(node.value("switchport access vlan", "1"))
            ports.setdefault(number, []).append(short_name(name))
    rows = [VlanRow(1, "default", "active", tuple(ports.get(1, ())))]
    for number, node in sorted(switch.vlan_dat.items()):
        state = "suspended" if node.value("state") == "suspend" else "act/lshut" if node.has("shutdown") else "active"
        rows.append(VlanRow(number, node.value("name", default_name(number)), state, tuple(ports.get(number, ()))))
    rows += [VlanRow(number, DEFAULT_NAMES[number], "act/unsup", ()) for number in sorted(DEFAULT_NAMES) if number > 1]
    return sorted(rows, key=lambda row: row.id)


def interface_nodes(switch: IosSwitch) -> list[tuple[str, Node]]:
    """All interfaces by name, in printed order."""
    return [(node.text.removeprefix("interface "), node) for node in switch.root.starting("interface ")]


def interfaces(switch: IosSwitch) -> list[InterfaceRow]:
    """All interfaces with their state."""
    rows: list[InterfaceRow] = []
    for name, node in interface_nodes(switch):
        address = next((str(found) for found in interface_addresses(node)), "")
        up = "connected" if switching.is_up(switch, name) else "notconnect"
        status = "disabled" if node.has("shutdown") else up
        rows.append(
            InterfaceRow(
                name,
                short_name(name),
                node.value("description"),
                status,
                _vlan(switch, name, node),
                node.value("duplex", "a-full" if status == "connected" else "auto"),
                node.value("speed", "a-1000" if status == "connected" else "auto"),
                "" if is_virtual(name) else "10/100/1000BaseTX" if split_name(name)[0] == "GigabitEthernet" else "",
                address,
            )
        )
    return rows


def _vlan(switch: IosSwitch, name: str, node: Node) -> str:
    if switching.is_routed(switch, name, node):
        return "routed"
    return "trunk" if switching.is_trunk(node) else node.value("switchport access vlan", "1")
