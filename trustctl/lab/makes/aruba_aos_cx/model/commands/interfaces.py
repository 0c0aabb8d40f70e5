"""Interfaces: ports, LAGs, SVIs, the management port; and what is set on them."""

from __future__ import annotations

import re
from ipaddress import IPv4Interface
from typing import TYPE_CHECKING

from trustctl.lab.makes.aruba_aos_cx.model.commands import access, vlans
from trustctl.lab.makes.aruba_aos_cx.model.grammar import INVALID
from trustctl.lab.makes.aruba_aos_cx.model.names import natural, port_list
from trustctl.lab.makes.aruba_aos_cx.model.rules import (
    CONFIG,
    Command,
    Context,
    RefusedError,
    Rule,
    attached,
    either,
    limited,
    members,
    put,
    several,
    toggle,
)
from trustctl.lab.makes.aruba_aos_cx.model.tree import Node

if TYPE_CHECKING:
    from trustctl.lab.makes.aruba_aos_cx.model.rules import Action

MGMT, LAG, PORT, LOOPBACK, SVI = 40_000, 41_000, 42_000, 48_000, 49_000
"""Where interfaces print among the top lines, by kind."""
_MEMBER_KEEPS = re.compile(r"^(description|shutdown|mtu|speed|flow-control|lldp|cdp|power-over-ethernet|lag|persona)\b")
_ADDRESS = "ip address"
_OVERLAP = "An interface with the same IP address or subnet or an overlapping network already exists."
"""OpenSwitch's text (ops-cli, l3 vty) [unverified on AOS-CX]."""
DESCRIPTION, SHUTDOWN, MEMBER = 5, 10, 26


def rank_of(key: str) -> int:
    """Where an interface prints: the management port, LAGs, ports, loopbacks, SVIs, each in natural order."""
    name = key.removeprefix("interface ")
    number = natural(name)
    if name == "mgmt":
        return MGMT
    if name.startswith("lag "):
        return LAG + number[0]
    if name.startswith("loopback "):
        return LOOPBACK + number[0]
    if name.startswith("vlan "):
        return SVI + number[0]
    member, slot, port = number[:3]
    return PORT + member * 400 + slot * 100 + port


def _ports(command: Command) -> None:
    """`interface 1/1/1` or a range of them; `no` sets them back to their defaults."""
    names = port_list(command.arguments[0]) or []
    missing = [name for name in names if not command.section.has(f"interface {name}")]
    if missing and not command.booting:
        raise RefusedError(f"Interface {missing[0]} is not present.")
    for name in missing:
        command.put(f"interface {name}", f"interface {name}", rank_of(f"interface {name}"))
    if command.undo:
        for name in names:
            command.section.drop(f"interface {name}")
            command.switch.add_port(name)
        command.changed = True
        return
    prompt = "config-if" if len(names) == 1 else f"config-if-<{command.arguments[0]}>"
    command.next = Context(prompt, "if", tuple((f"interface {name}",) for name in names), CONFIG)


def _bundle(command: Command) -> None:
    """`interface lag N`: made shut down, as a switch port of VLAN 1; `no` frees its members."""
    number = command.arguments[0]
    key = f"interface lag {number}"
    if command.undo:
        if not command.drop(key):
            raise RefusedError(f"Interface lag{number} does not exist.")
        for name, node in command.switch.ports():
            if node.text("lag") == f"lag {number}":
                node.drop("lag")
                command.switch.default_port(name, node)
        return
    if not command.section.has(key):
        node = command.put(" ".join(["interface", "lag", number, *command.read.words[3:]]), key, rank_of(key))
        if not command.booting:
            node.put(Node("shutdown", "shutdown", SHUTDOWN))
            command.switch.default_layer(node)
    command.open("config-lag-if", "lag", key)


def _svi(command: Command) -> None:
    """`interface vlan N`: the VLAN must be there [unverified]."""
    number = command.arguments[0]
    key = f"interface vlan {number}"
    if command.undo:
        if not command.drop(key):
            raise RefusedError(f"Interface vlan{number} does not exist.")
        return
    if not command.booting and int(number) not in command.switch.vlan_ids():
        raise RefusedError(f"VLAN {number} not found")
    command.put(key, key, rank_of(key))
    command.open("config-if-vlan", "svi", key)


def _opened(name: str, prompt: str, kind: str) -> Action:
    """`interface mgmt`, `interface loopback N`."""

    def act(command: Command) -> None:
        key = f"interface {name}".format(*command.arguments)
        if command.undo:
            command.drop(key)
            return
        if name == "mgmt" and not command.booting and not command.section.has(key):
            raise RefusedError(f"{INVALID}mgmt")
        command.put(key, key, rank_of(key))
        command.open(prompt, kind, key)

    return act


# --- settings of a port ---------------------------------------------------------------------------------------------


def _shutdown(command: Command) -> None:
    command.put("no shutdown" if command.undo else "shutdown", "shutdown", SHUTDOWN)


def _svi_shutdown(command: Command) -> None:
    """An SVI is up unless `shutdown`; what a stored configuration spells out is kept."""
    if command.undo and not command.booting:
        command.drop("shutdown")
    else:
        command.put("no shutdown" if command.undo else "shutdown", "shutdown", SHUTDOWN)


def _routing(command: Command) -> None:
    """`routing` makes a routed port, `no routing` a switch port of VLAN 1; what belonged to the other is gone."""
    if command.booting:
        command.put("no routing" if command.undo else "routing", "routing", 18)
        return
    if command.section.has("lag"):
        raise RefusedError("Interface is part of a LAG.")
    if command.switch.routes(command.section) is not command.undo:
        return
    gone = "ip " if command.undo else "vlan "
    for key in [key for key in command.section.children if key.startswith((gone, "vrf " if command.undo else gone))]:
        command.section.drop(key)
    command.changed = True
    command.section.drop("routing")
    command.switch.set_routing(command.section, on=not command.undo)


def _join(command: Command) -> None:
    """`lag N`: the port's own VLANs and port settings are gone, those of the LAG count."""
    number = command.arguments[0] if command.arguments else command.section.value("lag")
    section = command.switch.root.get(f"interface lag {number}")
    name = command.section.line.removeprefix("interface ")
    if command.undo:
        if not command.drop("lag"):
            raise RefusedError(f"Interface {name} is not part of a LAG.")
        command.switch.default_port(name, command.section)
        return
    if command.booting:
        command.put(f"lag {number}", "lag", MEMBER)
        return
    if section is None:
        raise RefusedError(f"LAG {number} does not exist.")
    for key, child in list(command.section.children.items()):
        if _MEMBER_KEEPS.match(child.line.removeprefix("no ")) is None:
            command.section.drop(key)
    command.put(f"lag {number}", "lag", MEMBER)


def _address(command: Command) -> None:
    """`ip address A/N [secondary]`: one primary address; networks of a VRF must not overlap."""
    section, words = command.section, command.read.words
    if command.undo:
        wanted = " ".join(words)
        found = [key for key, node in section.children.items() if key.startswith(_ADDRESS) and node.line == wanted]
        if len(words) == 2:  # noqa: PLR2004 - `no ip address` alone
            found = [key for key in section.children if key.startswith(_ADDRESS)]
        if not found:
            raise RefusedError("No IP address configured on the interface.")
        for key in found:
            command.drop(key)
        return
    if not command.booting:
        _no_overlap(command, IPv4Interface(command.arguments[0]))
    secondary = command.has("secondary")
    command.put(" ".join(words), " ".join(words) if secondary else _ADDRESS, 21 if secondary else 20)
    if not secondary and not command.booting:
        _end_dhcp(command)


def _end_dhcp(command: Command) -> None:
    """An address takes the place of DHCP; SVI 1 then prints `no ip dhcp` (docs-csm, a switch's configuration)."""
    if command.section.line == "interface vlan 1":
        command.put("no ip dhcp", "ip dhcp", 19)
    else:
        command.drop("ip dhcp")


def _static(command: Command) -> None:
    """`ip static A/N` of the management port: an address of its own, and no DHCP any more (OpenSwitch, mgmt_intf)."""
    put(command)
    if not command.undo and not command.booting:
        command.drop("ip dhcp")


def _mgmt_dhcp(command: Command) -> None:
    """`ip dhcp` of the management port: what was set by hand is gone (OpenSwitch, mgmt_intf)."""
    put(command)
    if not command.undo and not command.booting:
        for key in ("ip static", "default-gateway", "nameserver"):
            command.drop(key)


def _no_overlap(command: Command, wanted: IPv4Interface) -> None:
    for other in command.switch.root.starting("interface "):
        if other is command.section or other.value("vrf attach") != command.section.value("vrf attach"):
            continue
        for child in other.starting(f"{_ADDRESS} "):
            words = child.line.split()
            if not child.foreign and IPv4Interface(words[2]).network.overlaps(wanted.network):
                raise RefusedError(_OVERLAP)


def _attach(command: Command) -> None:
    """`vrf attach NAME`: the interface loses its addresses (docs-csm, management network example)."""
    name = command.arguments[0] if command.arguments else ""
    if not command.undo and not command.booting and not command.switch.root.has(f"vrf {name}") and name != "default":
        raise RefusedError(f"VRF {name} does not exist.")
    if not command.booting:
        for key in [key for key in command.section.children if key.startswith(_ADDRESS)]:
            command.drop(key)
    if command.undo or name == "default":
        command.drop("vrf attach")
    else:
        command.put(f"vrf attach {name}", "vrf attach", 15)


def _power(command: Command) -> None:
    """`power-over-ethernet`: on by default where the port can; only `no` prints."""
    if not command.booting and not command.switch.feeds(command.section.line.removeprefix("interface ")):
        raise RefusedError(f"{INVALID}power-over-ethernet")
    toggle(command)


def _dhcp(command: Command) -> None:
    """`ip dhcp` takes the place of an address; SVI 1 asks by default, so that its `no` prints."""
    key = command.read.key
    if not command.undo:
        command.put(key, key, 19)
        if key == "ip dhcp":
            for address in [each for each in command.section.children if each.startswith(_ADDRESS)]:
                command.drop(address)
    elif command.booting or command.section.line == "interface vlan 1":
        command.put(f"no {key}", key, 19)
    else:
        command.drop(key)


_COMMON: tuple[Rule, ...] = (
    Rule("description / <text>", limited(64), DESCRIPTION),
    Rule("shutdown", _shutdown, SHUTDOWN),
    Rule("routing", _routing, 18),
    Rule("vrf attach / <name>", _attach, 15),
    Rule("mtu / <46-9198>", put, 12),
    Rule("ip mtu / <68-9198>", put, 19),
    Rule("ip address / <prefix> [secondary]", _address, 20),
    Rule("ip helper-address <ip> [vrf <name>]", several, 24),
    Rule("vsx-sync <text>", several, 6),
    *vlans.PORT,
    Rule("spanning-tree (bpdu-guard|root-guard|loop-guard|tcn-guard|bpdu-filter|rpvst-filter|rpvst-guard)", put, 40),
    Rule("spanning-tree port-type / (admin-edge|admin-network|auto-edge)", put, 41),
    Rule("spanning-tree (cost|port-priority|link-type) / <word>", put, 41),
    Rule("spanning-tree vlan <vlans> (cost|port-priority) / <number>", put, 41),
    Rule("loop-protect", put, 42),
    Rule("loop-protect vlan / <vlans>", members, 43),
    Rule("loop-protect action / (tx-disable|tx-rx-disable|do-not-disable)", put, 43),
    Rule("rate-limit (broadcast|multicast|unknown-unicast|icmp) / <number> (kbps|pps)", put, 28),
    Rule("qos trust / (none|cos|dscp)", put, 27),
    Rule("qos (cos|dscp) / <number>", put, 27),
    *access.PORT,
)

_PHYSICAL: tuple[Rule, ...] = (
    *_COMMON,
    Rule("lag / <1-256>", _join, MEMBER),
    Rule("speed / <text>", put, 13),
    Rule("flow-control / <text>", put, 13),
    Rule("energy-efficient-ethernet", put, 13),
    Rule("persona / <word>", put, 13),
    Rule("lldp (transmit|receive)", toggle, 14),
    Rule("lldp trap enable", toggle, 14),
    Rule("lldp med (poe|capability|network-policy) <text>", several, 14),
    Rule("cdp", toggle, 14),
    Rule("power-over-ethernet", _power, 30),
    Rule("power-over-ethernet priority / (low|high|critical)", put, 31),
    Rule("power-over-ethernet allocate-by / (usage|class)", put, 31),
    Rule("power-over-ethernet pre-std-detect", toggle, 31),
    Rule("udld", put, 44),
)

RULES: tuple[Rule, ...] = (
    Rule("interface mgmt", _opened("mgmt", "config-if-mgmt", "mgmt"), MGMT),
    Rule("interface lag <1-256> [multi-chassis]", _bundle, LAG),
    Rule("interface loopback <0-255>", _opened("loopback {0}", "config-loopback-if", "loopback"), LOOPBACK),
    Rule("interface vlan <vlan>", _svi, SVI),
    Rule("interface <ports>", _ports, PORT),
)

SECTIONS: dict[str, tuple[Rule, ...]] = {
    "if": _PHYSICAL,
    "lag": (
        *_COMMON,
        Rule("lacp mode / (active|passive)", put, 33),
        Rule("lacp rate / (fast|slow)", put, 34),
        Rule("lacp fallback", put, 34),
        Rule("hash / <word>", put, 32),
    ),
    "svi": (
        Rule("description / <text>", limited(64), DESCRIPTION),
        Rule("shutdown", _svi_shutdown, SHUTDOWN),
        Rule("vrf attach / <name>", _attach, 15),
        Rule("vsx-sync <text>", several, 6),
        Rule("ip mtu / <68-9198>", put, 18),
        Rule("ip dhcp", _dhcp, 19),
        Rule("ipv6 dhcp", _dhcp, 19),
        Rule("ip address / <prefix> [secondary]", _address, 20),
        Rule("ipv6 address <prefix6> [<text>]", several, 22),
        Rule("ipv6 address (link-local|autoconfig) / [<word>]", put, 22),
        Rule("active-gateway ip / mac <mac>", several, 23),
        Rule("active-gateway ip / <ip>", several, 23),
        Rule("ip helper-address <ip> [vrf <name>]", several, 24),
        Rule("ip igmp enable", put, 30),
        Rule("ip igmp querier", put, 30),
        Rule("ip (local-proxy-arp|proxy-arp|directed-broadcast|icmp redirect)", either, 30),
        Rule("arp timeout / <30-3600>", put, 30),
        Rule("apply access-list ip <word> (routed-in|routed-out)", attached, 35),
    ),
    "mgmt": (
        Rule("shutdown", _shutdown, SHUTDOWN),
        Rule("ip dhcp", _mgmt_dhcp, 19),
        Rule("ip static / <prefix>", _static, 20),
        Rule("default-gateway / <ip>", put, 21),
        Rule("nameserver / <ip> [<ip>]", put, 22),
    ),
    "loopback": (
        Rule("description / <text>", limited(64), DESCRIPTION),
        Rule("vrf attach / <name>", _attach, 15),
        Rule("ip address / <prefix> [secondary]", _address, 20),
    ),
}
