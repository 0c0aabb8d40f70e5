"""What a switch forwards: its ports and LAGs, the VLANs on them, the way to other networks, who gets to its SSH."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import TYPE_CHECKING

from trustctl.lab.forwarding import Carriage, Interface
from trustctl.lab.makes.aruba_aos_cx.model.commands.vlans import ACCESS, ALL, ALLOWED, NATIVE
from trustctl.lab.makes.aruba_aos_cx.model.names import bundle_number, canonical, is_port, vlan_list

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trustctl.lab.makes.aruba_aos_cx.model.switch import CxSwitch
    from trustctl.lab.makes.aruba_aos_cx.model.tree import Node

MGMT = "mgmt"
_SSH = {"ssh", "22", "any"}


def node_of(switch: CxSwitch, port: str) -> Node | None:
    """The section of a port or LAG."""
    number = bundle_number(port)
    return switch.root.get(f"interface {port}" if number is None else f"interface lag {number}")


def bundle_of(switch: CxSwitch, port: str) -> str | None:
    """The LAG that a port is a member of: `lag1`."""
    node = node_of(switch, port)
    line = node.text("lag") if node is not None else ""
    return line.replace(" ", "") or None


def members(switch: CxSwitch, bundle: str) -> list[str]:
    """The ports of a LAG."""
    return [name for name, _ in switch.ports() if bundle_of(switch, name) == bundle]


def enabled(switch: CxSwitch, port: str) -> bool:
    """Whether a physical port is plugged in and neither it nor its LAG is shut down."""
    node = node_of(switch, port)
    if (
        node is None
        or node.text("shutdown") == "shutdown"
        or port in {canonical(dark) for dark in switch.spec.dark_ports}
    ):
        return False
    bundle = bundle_of(switch, port)
    if bundle is None:
        return True
    group = node_of(switch, bundle)
    return group is not None and group.text("shutdown") != "shutdown"


def port_up(switch: CxSwitch, port: str) -> bool:
    """Whether a port has link; a LAG needs one member."""
    if bundle_number(port) is not None:
        return any(port_up(switch, member) for member in members(switch, port))
    return enabled(switch, port) and switch.fabric.lit(switch.spec.name, port)


def _governing(switch: CxSwitch, port: str) -> Node | None:
    """The section whose VLANs count: the LAG's, for a member of one."""
    node = node_of(switch, bundle_of(switch, port) or port)
    return None if node is None or switch.routes(node) else node


def _allows(node: Node, vlan: int) -> bool:
    allowed = node.value(ALLOWED)
    return allowed == ALL or (allowed != "" and vlan in (vlan_list(allowed) or frozenset[int]()))


def is_trunk(node: Node) -> bool:
    """Whether a port is a trunk."""
    return node.has(NATIVE) or node.has(ALLOWED)


def native(node: Node) -> int:
    """The access VLAN, or the native VLAN of a trunk."""
    line = node.value(NATIVE) if is_trunk(node) else node.value(ACCESS)
    return int(line.split()[0]) if line else 1


def carries(switch: CxSwitch, port: str, vlan: int) -> Carriage:
    """How a port carries a VLAN; a trunk that does not allow its native VLAN drops untagged frames [unverified]."""
    node = _governing(switch, port)
    if node is None:
        return Carriage.NOT
    if not is_trunk(node):
        return Carriage.UNTAGGED if native(node) == vlan else Carriage.NOT
    if not _allows(node, vlan):
        return Carriage.NOT
    tagged = native(node) != vlan or node.text(NATIVE).endswith(" tag")
    return Carriage.TAGGED if tagged else Carriage.UNTAGGED


def untagged_vlan(switch: CxSwitch, port: str) -> int | None:
    """The VLAN of untagged frames that come in on a port; None if they are dropped or routed."""
    node = _governing(switch, port)
    if node is None:
        return None
    vlan = native(node)
    return vlan if carries(switch, port, vlan) is Carriage.UNTAGGED else None


def forwards(switch: CxSwitch, vlan: int) -> bool:
    """Whether a VLAN exists and is not shut down."""
    node = switch.root.get(f"vlan {vlan}")
    return node is not None and not node.has("shutdown")


# --- addresses ------------------------------------------------------------------------------------------------------


def described(node: Node) -> Interface:
    """An interface as the network sees it: `vlan10`, `1/1/1`, `mgmt`."""
    name = node.key.removeprefix("interface ")
    if name == MGMT:
        return Interface(MGMT, None, MGMT)
    table = node.value("vrf attach")
    vlan = int(name.removeprefix("vlan ")) if name.startswith("vlan ") else None
    return Interface(name.replace(" ", ""), vlan, "" if table == "default" else table)


def addresses(switch: CxSwitch) -> Iterator[tuple[Interface, IPv4Interface]]:
    """Every address that is set, with its interface; primary ones before secondary ones."""
    for node in switch.root.starting("interface "):
        for child in node.sorted():
            words = child.line.split()
            if words[:2] in (["ip", "address"], ["ip", "static"]) and not child.foreign:
                yield described(node), IPv4Interface(words[2])


def _leased(switch: CxSwitch) -> tuple[Interface, IPv4Interface] | None:
    """The address that a DHCP server gives: the one that the station dials, on the first interface that asks."""
    wanted = switch.spec.management_address
    if wanted is None or any(str(address.ip) == wanted for _, address in addresses(switch)):
        return None
    for node in switch.root.starting("interface "):
        if node.text("ip dhcp") == "ip dhcp":
            return described(node), IPv4Interface(f"{wanted}/24")
    return None


def _all(switch: CxSwitch) -> list[tuple[Interface, IPv4Interface]]:
    leased = _leased(switch)
    return [*addresses(switch), *([leased] if leased else [])]


def interface_of(switch: CxSwitch, address: str) -> Interface | None:
    """The interface that has an address."""
    wanted = IPv4Address(address)
    return next((interface for interface, found in _all(switch) if found.ip == wanted), None)


def interface_towards(switch: CxSwitch, address: str, table: str) -> Interface | None:
    """The interface of a VRF in whose network an address is."""
    wanted = IPv4Address(address)
    return next((each for each, found in _all(switch) if each.table == table and wanted in found.network), None)


def why_down(switch: CxSwitch, interface: Interface) -> str:
    """Why an interface passes no packets; empty if it does."""
    name = f"interface vlan {interface.vlan}" if interface.vlan is not None else f"interface {interface.name}"
    node = switch.root.get(name.replace("loopback", "loopback ").replace("  ", " "))
    if node is None:
        return "it is gone"
    if node.text("shutdown") == "shutdown":
        return "it is shut down"
    if interface.vlan is None:
        return "" if not is_port(interface.name) or port_up(switch, interface.name) else "it has no link"
    if not forwards(switch, interface.vlan):
        return f"VLAN {interface.vlan} does not exist or is shut down"
    if any(carries(switch, port, interface.vlan) and port_up(switch, port) for port, _ in switch.ports()):
        return ""
    return f"no port that is up carries VLAN {interface.vlan}"


def _routes(switch: CxSwitch, table: str) -> Iterator[tuple[IPv4Network, int, str]]:
    """The static routes of a VRF: network, distance and next hop."""
    for node in switch.root.starting("ip route "):
        words = node.line.split()
        options = words[4:]
        named = options[options.index("vrf") + 1] if "vrf" in options else ""
        distance = int(options[options.index("distance") + 1]) if "distance" in options else 1
        if not node.foreign and ("" if named == "default" else named) == table:
            yield IPv4Network(words[2]), distance, words[3]
    gateway = switch.root.get(f"interface {MGMT}")
    if table == MGMT and gateway is not None and gateway.value("default-gateway"):
        yield IPv4Network("0.0.0.0/0"), 1, gateway.value("default-gateway")


def next_hop(switch: CxSwitch, destination: str, table: str) -> str | Interface | None:
    """Where packets go: to the address itself if connected, by the longest route of the lowest distance, or nowhere."""
    if interface_towards(switch, destination, table) is not None:
        return destination
    wanted = IPv4Address(destination)
    found = [route for route in _routes(switch, table) if wanted in route[0] and route[2][:1].isdigit()]
    if not found:
        leased = _leased(switch)
        return str(leased[1].network[1]) if leased and leased[0].table == table else None
    hop = min(found, key=lambda route: (-route[0].prefixlen, route[1]))[2]
    node = switch.root.get(f"interface {hop}")
    return described(node) if node is not None else hop


def default_address(switch: CxSwitch) -> str | None:
    """The first interface address that is not shut down, one towards the gateway first."""
    found = [each for each in _all(switch) if "shut down" not in why_down(switch, each[0])]
    for table in ("", MGMT):
        hop = next_hop(switch, switch.spec.station, table)
        if isinstance(hop, str):
            found.sort(key=lambda each: not (each[0].table == table and IPv4Address(hop) in each[1].network))
            break
    return str(found[0][1].ip) if found else None


# --- access lists and SSH -------------------------------------------------------------------------------------------


def filtered(switch: CxSwitch, interface: Interface, source: str, address: str) -> str:
    """The access list that keeps the station's packets out; empty if none does."""
    table = interface.table or "default"
    names = [(f"apply access-list ip {{}} control-plane vrf {table}", switch.root)]
    if interface.vlan is not None:
        svi, vlan = switch.root.get(f"interface vlan {interface.vlan}"), switch.root.get(f"vlan {interface.vlan}")
        names += [("apply access-list ip {} routed-in", svi)] if svi is not None else []
        names += [("apply access-list ip {} in", vlan)] if vlan is not None else []
    for form, node in names:
        for applied in node.starting("apply access-list ip "):
            name = applied.line.split()[3]
            if applied.line == form.format(name) and not _permits(switch, name, source, address):
                return f"access list {name} keeps the station out"
    return ""


def _permits(switch: CxSwitch, name: str, source: str, address: str) -> bool:
    """Whether an access list lets SSH from `source` in; one without entries denies nothing, else the rest is denied."""
    node = switch.root.get(f"access-list ip {name}")
    if node is None or not node.children:
        return True
    for entry in node.sorted():
        words = entry.line.split()
        if entry.foreign or words[1] == "comment" or words[2] not in {"any", "ip", "tcp", "6"}:
            continue
        origin, rest = words[3], words[4:]
        if rest[:1] and rest[0] in {"eq", "gt", "lt", "range"}:
            continue
        target, port = rest[0], rest[2] if rest[1:2] == ["eq"] else "any"
        if _within(origin, source) and _within(target, address) and port in _SSH:
            return words[1] == "permit"
    return False


def _within(written: str, address: str) -> bool:
    return written == "any" or IPv4Address(address) in IPv4Network(written, strict=False)


def turned_away(switch: CxSwitch, source: str, address: str) -> str:
    """Why there is no SSH server at an address; empty if there is one."""
    found = next((each for each, own in _all(switch) if str(own.ip) == address), None)
    tables = {found.table or "default"} if found is not None else {each.table or "default" for each, _ in _all(switch)}
    if any(serves(switch, table) for table in tables or {"default"}):
        return ""
    return f"no SSH server listens in VRF {', '.join(sorted(tables or {'default'}))}"


def serves(switch: CxSwitch, table: str) -> bool:
    """Whether an SSH server listens in a VRF."""
    line = switch.root.text(f"ssh server vrf {table}")
    return not line.startswith("no ") if line else switch.ssh_unseen
