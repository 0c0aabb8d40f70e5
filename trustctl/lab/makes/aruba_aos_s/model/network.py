"""What a switch forwards: its ports and trunk groups, the VLANs on them, the way to other networks."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import TYPE_CHECKING

from trustctl.lab.forwarding import Carriage, Interface
from trustctl.lab.makes.aruba_aos_s.model import acl
from trustctl.lab.makes.aruba_aos_s.model.ports import canonical, is_trunk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trustctl.lab.makes.aruba_aos_s.model.switch import AosSwitch

DHCP = "dhcp-bootp"
OOBM = "oobm"
_LEASE_BITS = 24


def governing(switch: AosSwitch, port: str) -> str:
    """The port whose VLANs count: the trunk group's, for a port that is in one."""
    trunk = next((trunk.name for trunk in switch.config.trunks.values() if port in trunk.ports), None)
    return trunk or port


def carries(switch: AosSwitch, port: str, vlan: int) -> Carriage:
    """How a port carries a VLAN."""
    found = switch.config.vlans.get(vlan)
    name = governing(switch, port)
    if found is None or asks_for_login(switch, port):
        return Carriage.NOT
    if name in found.untagged:
        return Carriage.UNTAGGED
    return Carriage.TAGGED if name in found.tagged else Carriage.NOT


def untagged_vlan(switch: AosSwitch, port: str) -> int | None:
    """The VLAN in which a port, or the trunk group that it is in, is untagged."""
    return switch.config.vlan_of(governing(switch, port))


def forwards(switch: AosSwitch, vlan: int) -> bool:
    """Whether a VLAN exists."""
    return vlan in switch.config.vlans


def asks_for_login(switch: AosSwitch, port: str) -> bool:
    """Whether a port lets nothing through before somebody authenticates: no switch behind it ever does."""
    lines = switch.config.lines
    lists = ["aaa port-access mac-based"]
    if "aaa port-access authenticator active" in lines:
        lists.append("aaa port-access authenticator")
    return any(port in lines[name].members for name in lists if name in lines)


def enabled(switch: AosSwitch, port: str) -> bool:
    """Whether a physical port is plugged in and neither it nor its trunk group is disabled."""
    found = switch.config.ports.get(port)
    if found is None or found.has("disable") or port in {canonical(dark) for dark in switch.spec.dark_ports}:
        return False
    trunk = switch.config.ports.get(governing(switch, port))
    return trunk is None or not trunk.has("disable")


def port_up(switch: AosSwitch, port: str) -> bool:
    """Whether a port has link; a trunk group needs one member."""
    if is_trunk(port):
        trunk = switch.config.trunks.get(port)
        return trunk is not None and any(port_up(switch, member) for member in trunk.ports)
    return enabled(switch, port) and switch.fabric.lit(switch.spec.name, port)


def addresses(switch: AosSwitch) -> Iterator[tuple[Interface, IPv4Interface]]:
    """Every address that is set, with its VLAN; the out-of-band port's last."""
    for vlan in switch.config.vlans.values():
        for written in vlan.addresses:
            if written != DHCP:
                yield Interface(f"VLAN {vlan.id}", vlan.id), IPv4Interface(written)
            elif switch.lease is not None and switch.lease[0] == vlan.id:
                yield Interface(f"VLAN {vlan.id}", vlan.id), IPv4Interface(f"{switch.lease[1]}/{_LEASE_BITS}")
    oobm = switch.config.sections.get(OOBM)
    for line in oobm.lines if oobm else ():
        words = line.split()
        if words[:2] == ["ip", "address"] and len(words) == 4:  # noqa: PLR2004 - ip address ADDRESS MASK
            yield Interface(OOBM), IPv4Interface(f"{words[2]}/{words[3]}")


def lease(switch: AosSwitch) -> tuple[int, str] | None:
    """Where a DHCP server gives the address that the station dials: the management VLAN, else the first that asks."""
    wanted = switch.spec.management_address
    if wanted is None or interface_of(switch, wanted) is not None:
        return None
    asking = [vlan.id for vlan in switch.config.vlans.values() if DHCP in vlan.addresses]
    chosen = [number for number in asking if switch.config.text("management-vlan") == f"management-vlan {number}"]
    return next(((number, wanted) for number in [*chosen, *asking]), None)


def interface_of(switch: AosSwitch, address: str) -> Interface | None:
    """The VLAN that has an address."""
    wanted = IPv4Address(address)
    return next((interface for interface, found in addresses(switch) if found.ip == wanted), None)


def interface_towards(switch: AosSwitch, address: str, table: str = "") -> Interface | None:
    """The VLAN in whose network an address is; the switch has one table."""
    wanted = IPv4Address(address)
    return next((interface for interface, found in addresses(switch) if wanted in found.network), None)


def why_down(switch: AosSwitch, interface: Interface) -> str:
    """Why a VLAN passes no packets; empty if it does."""
    if interface.vlan is None:
        return ""
    vlan = switch.config.vlans.get(interface.vlan)
    if vlan is None:
        return f"VLAN {interface.vlan} does not exist"
    if any(port_up(switch, port) for port in [*vlan.untagged, *vlan.tagged]):
        return ""
    return f"no port that is up carries VLAN {interface.vlan}"


def next_hop(switch: AosSwitch, destination: str, table: str = "") -> str | None:
    """Where packets go: to the address itself if connected, by the longest route, or to the default gateway."""
    if interface_towards(switch, destination) is not None:
        return destination
    wanted = IPv4Address(destination)
    best: tuple[int, str] | None = None
    for route in switch.config.starting("ip route "):
        words = route.text.split()
        network = IPv4Network(f"{words[2]}/{words[3]}", strict=False)
        gateway = words[4]
        if gateway[:1].isdigit() and wanted in network and (best is None or network.prefixlen > best[0]):
            best = (network.prefixlen, gateway)
    if best is not None:
        return best[1]
    gateway = switch.config.text("ip default-gateway")
    return gateway.split()[2] if gateway and not switch.config.has("ip routing") else None


def default_address(switch: AosSwitch) -> str | None:
    """The first address that is set; one in the gateway's network, or on the management VLAN, first."""
    hop = next_hop(switch, switch.spec.station)
    found = [(interface, address) for interface, address in addresses(switch) if interface.vlan is not None]
    if hop:
        found.sort(key=lambda each: IPv4Address(hop) not in each[1].network)
    return str(found[0][1].ip) if found else None


def filtered(switch: AosSwitch, interface: Interface, source: str, address: str) -> str:
    """Why the switch's own addresses are closed to that VLAN.

    A secure management VLAN is open to itself only; an access list on the VLAN may name others.
    """
    if interface.vlan is None:
        return ""
    only = switch.config.text("management-vlan")
    if only and only != f"management-vlan {interface.vlan}":
        return f"the secure management VLAN is {only.split()[1]}"
    for line in switch.config.vlans[interface.vlan].lines.values():
        words = line.text.split()
        if words[:2] != ["ip", "access-group"] or words[-1] not in {"in", "vlan"}:
            continue
        name = line.text.split('"')[1]
        found = [switch.config.sections.get(acl.header(kind, name)) for kind in ("extended", "standard")]
        if any(section is not None and not acl.permits(section, source, address) for section in found):
            return f"access list {name} on VLAN {interface.vlan} keeps the station out"
    return ""
