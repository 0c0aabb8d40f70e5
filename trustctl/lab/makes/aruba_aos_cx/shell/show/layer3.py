"""Addresses and routes. Layouts: ntc-templates' recorded output."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from trustctl.lab.makes.aruba_aos_cx.model import switching
from trustctl.lab.makes.aruba_aos_cx.shell.command import Exec

if TYPE_CHECKING:
    from trustctl.lab.makes.aruba_aos_cx.model.grammar import Read
    from trustctl.lab.makes.aruba_aos_cx.shell.shell import Shell


def brief(shell: Shell, _: Read) -> str:
    """`show ip interface brief`."""
    switch = shell.device.switch
    have = {interface.name: address for interface, address in reversed(list(switching.addresses(switch)))}
    rows = ["Interface         IP Address             Interface Status", f"{'':<43}link/admin"]
    for node in switch.root.sorted():
        if not node.key.startswith(("interface vlan ", "interface loopback ")) and "ip address" not in node.children:
            continue
        interface = switching.described(node)
        admin = "down" if node.text("shutdown") == "shutdown" else "up"
        link = "down" if switching.why_down(switch, interface) else "up"
        address = str(have.get(interface.name, "No Address"))
        rows += [f"{interface.name:<16} {address:<27} {link}/{admin}", ""]
    return "".join(f"{row}\n" for row in rows)


def routes(shell: Shell, _: Read) -> str:
    """`show ip route`: connected networks that are up, and static routes whose next hop is in one of them."""
    switch = shell.device.switch
    found: dict[IPv4Network, list[str]] = {}
    for interface, address in switching.addresses(switch):
        if interface.table == "" and not switching.why_down(switch, interface):
            found.setdefault(address.network, []).append(f"\tvia  {interface.name},  [0/0],  connected")
            found.setdefault(IPv4Network(f"{address.ip}/32"), []).append(f"\tvia  {interface.name},  [0/0],  local")
    for node in switch.root.starting("ip route "):
        words = node.line.split()
        hop = words[3]
        if not node.foreign and "vrf" not in words and hop[:1].isdigit() and "/" not in hop:
            leaving = switching.interface_towards(switch, hop, "")
            if leaving is not None and not switching.why_down(switch, leaving):
                distance = words[words.index("distance") + 1] if "distance" in words else "1"
                found.setdefault(IPv4Network(words[2]), []).append(f"\tvia  {hop},  [{distance}/0],  static")
    if not found:
        return "No ipv4 routes configured\n"
    rows = ["", "Displaying ipv4 routes selected for forwarding", "", "'[x/y]' denotes [distance/metric]", ""]
    for network in sorted(found):
        rows += [f"{network}, vrf default", *found[network]]
    return "".join(f"{row}\n" for row in rows)


COMMANDS = (
    Exec("show ip interface brief", brief),
    Exec("show ip route [all-vrfs]", routes),
)
