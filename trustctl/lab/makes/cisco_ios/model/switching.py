"""Inside one switch: which ports carry which VLAN, which interfaces are up, where packets go."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING

from trustctl.lab.forwarding import Carriage
from trustctl.lab.makes.cisco_ios.model.commands.addresses import interface_addresses
from trustctl.lab.makes.cisco_ios.model.commands.database import exists
from trustctl.lab.makes.cisco_ios.model.commands.ports import allowed
from trustctl.lab.makes.cisco_ios.model.interfaces import full_name, is_virtual, split_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trustctl.lab.makes.cisco_ios.model.device import IosSwitch
    from trustctl.lab.makes.cisco_ios.model.tree import Node


def is_routed(switch: IosSwitch, name: str, node: Node) -> bool:
    """Whether a port is no switch port."""
    return node.text_of("switchport") == "no switchport" or name == switch.catalogue.management_port


def is_trunk(node: Node) -> bool:
    """Whether a switch port trunks. A port left in `dynamic auto` waits to be asked and so does not."""
    return node.value("switchport mode", "dynamic auto") in {"trunk", "dynamic desirable"}


def governing(switch: IosSwitch, name: str) -> Node | None:
    """The section whose switch port settings count for a port: the bundle's, for a member of one."""
    node = switch.root.get(f"interface {name}")
    if node is None:
        return None
    group = node.value("channel-group").split()
    bundle = switch.root.get(f"interface Port-channel{group[0]}") if group else None
    return bundle or node


def carries(switch: IosSwitch, name: str, vlan: int) -> Carriage:
    """How a port carries a VLAN."""
    node = governing(switch, name)
    if node is None or is_routed(switch, name, node):
        return Carriage.NOT
    if not is_trunk(node):
        if node.value("switchport access vlan", "1") == str(vlan):
            return Carriage.UNTAGGED
        return Carriage.TAGGED if node.value("switchport voice vlan") == str(vlan) else Carriage.NOT
    if vlan not in allowed(node):
        return Carriage.NOT
    native = node.value("switchport trunk native vlan", "1") == str(vlan)
    return Carriage.UNTAGGED if native else Carriage.TAGGED


def untagged_vlan(switch: IosSwitch, name: str) -> int | None:
    """The VLAN that untagged frames on a port belong to; None for a routed port."""
    node = governing(switch, name)
    if node is None or is_routed(switch, name, node):
        return None
    return int(node.value("switchport trunk native vlan" if is_trunk(node) else "switchport access vlan", "1"))


def _dark(switch: IosSwitch) -> set[str]:
    return {full_name(name) or name for name in switch.spec.dark_ports}


def enabled(switch: IosSwitch, name: str) -> bool:
    """Whether a physical port is plugged in and neither it nor its bundle is shut down."""
    node = switch.root.get(f"interface {name}")
    if node is None or node.has("shutdown") or name in _dark(switch):
        return False
    group = node.value("channel-group").split()
    bundle = switch.root.get(f"interface Port-channel{group[0]}") if group else None
    return bundle is None or not bundle.has("shutdown")


def is_up(switch: IosSwitch, name: str) -> bool:
    """Whether an interface is up: not shut down, with link; a bundle needs a member, an SVI a port in its VLAN."""
    node = switch.root.get(f"interface {name}")
    if node is None or node.has("shutdown"):
        return False
    kind, number = split_name(name)
    if not is_virtual(name):
        return enabled(switch, name) and switch.fabric.lit(switch.spec.name, name)
    if kind == "Vlan":
        return exists(switch, int(number)) and any(True for _ in ports_of(switch, int(number)))
    if kind == "Port-channel":
        return any(is_up(switch, member) for member in members(switch, number))
    return True


def members(switch: IosSwitch, group: str) -> list[str]:
    """The ports of a bundle."""
    return [
        key.removeprefix("interface ")
        for key, node in switch.root.settings.items()
        if node.children and node.value("channel-group").split()[:1] == [group]
    ]


def ports_of(switch: IosSwitch, vlan: int) -> Iterator[str]:
    """The physical ports that are up and carry a VLAN; those made last come first, for that is where uplinks are."""
    for key in reversed(switch.root.settings):
        if not key.startswith("interface "):
            continue
        name = key.removeprefix("interface ")
        if not is_virtual(name) and carries(switch, name, vlan) and is_up(switch, name):
            yield name


def owner_of(switch: IosSwitch, address: str) -> str | None:
    """The interface that has an address."""
    wanted = IPv4Address(address)
    for key, node in switch.root.settings.items():
        if key.startswith("interface ") and any(found.ip == wanted for found in interface_addresses(node)):
            return key.removeprefix("interface ")
    return None


def vrf_of(switch: IosSwitch, interface: str) -> str:
    """The VRF that an interface is in; empty for the global table."""
    node = switch.root.get(f"interface {interface}")
    return "" if node is None else node.value("vrf forwarding") or node.value("ip vrf forwarding")


def next_hop(switch: IosSwitch, destination: str, *, vrf: str = "") -> str | None:
    """Where packets for a destination go: its own address if connected, a router's, or None if no route leads there."""
    wanted = IPv4Address(destination)
    if interface_towards(switch, destination, vrf) is not None:
        return destination
    if not (switch.root.has("ip routing") or switch.routes_unseen or vrf):
        return switch.root.value("ip default-gateway") or None
    best: tuple[int, str] | None = None
    for route in switch.root.starting("ip route "):
        words = route.text.split()[2:]
        table = words[1] if words[0] == "vrf" else ""
        prefix, mask, hop = words[2:5] if table else words[:3]
        network = IPv4Network(f"{prefix}/{mask}", strict=False)
        if table == vrf and wanted in network and (best is None or network.prefixlen > best[0]):
            best = (network.prefixlen, hop)
    return None if best is None else best[1]


def interface_towards(switch: IosSwitch, hop: str, vrf: str) -> str | None:
    """The interface of a VRF in whose network an address is."""
    wanted = IPv4Address(hop)
    for key, node in switch.root.settings.items():
        if key.startswith("interface ") and any(wanted in found.network for found in interface_addresses(node)):
            name = key.removeprefix("interface ")
            if vrf_of(switch, name) == vrf:
                return name
    return None
