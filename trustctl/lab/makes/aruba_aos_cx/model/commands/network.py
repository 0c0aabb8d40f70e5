"""Spanning tree, LLDP, routes, names, VSF: what concerns the switch as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trustctl.lab.makes.aruba_aos_cx.model.grammar import INCOMPLETE
from trustctl.lab.makes.aruba_aos_cx.model.names import print_vlans, vlan_list
from trustctl.lab.makes.aruba_aos_cx.model.rules import (
    Command,
    RefusedError,
    Rule,
    either,
    members,
    put,
    section,
    several,
    state,
    toggle,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from trustctl.lab.makes.aruba_aos_cx.model.tree import Node

_ROUTE = "[distance <1-255>] [tag <number>] [vrf <name>]"


def _route(command: Command) -> None:
    """`ip route`: several next hops of one network share the traffic; `no` takes the one away that is named."""
    words = command.read.words
    line = " ".join(words)
    if not command.undo:
        same = [key for key in command.section.children if key.split()[:4] == list(words[:4]) and key != line]
        if same and " vrf " not in f"{line} {same[0]} ":
            command.drop(same[0])
        command.put(line, line)
        return
    here = [key for key in command.section.children if key == line or key.startswith(f"{line} ")]
    if not here:
        raise RefusedError("Route not found.")
    for key in here:
        command.drop(key)


def _tree_mode(command: Command) -> None:
    """`spanning-tree mode`: MSTP is the default and does not print (published configurations with and without it)."""
    if command.undo or (command.has("mstp") and not command.booting):
        command.drop(command.read.key)
    else:
        put(command)


def _instance(command: Command) -> None:
    """`spanning-tree instance N vlan LIST` adds to the instance; a VLAN leaves another one [unverified]."""
    taken = frozenset[int]() if command.undo else frozenset(vlan_list(command.read.words[-1]) or ())
    for node in command.section.starting("spanning-tree instance "):
        if node.key.endswith(" vlan") and node.key != command.read.key:
            _reduce(command, node, taken)
    members(command)


def _no_instance(command: Command) -> None:
    """`no spanning-tree instance N` takes the instance away with its settings."""
    if not command.undo:
        raise RefusedError(INCOMPLETE)
    for node in command.section.starting(f"{command.read.key} "):
        command.drop(node.key)


def _tree_setting(command: Command) -> None:
    """`spanning-tree vlan LIST priority N`: one value a VLAN; VLANs of one value print in one line [unverified]."""
    words = command.read.words
    asked = frozenset(vlan_list(words[2]) or ())
    start = "spanning-tree vlan "
    for node in command.section.starting(start):
        if node.key.split()[3:4] == [words[3]]:
            _reduce(command, node, asked)
    if command.undo:
        return
    same = next((one for one in command.section.starting(start) if one.line.split()[3:] == list(words[3:])), None)
    both = asked | frozenset(vlan_list(same.line.split()[2]) or ()) if same is not None else asked
    if same is not None:
        command.drop(same.key)
    listed = print_vlans(both)
    command.put(f"{start}{listed} {words[3]} {words[4]}", f"{start}{listed} {words[3]}")


def _reduce(command: Command, node: Node, gone: Collection[int]) -> None:
    """Take VLANs out of the list in a line."""
    words = node.line.split()
    at = next(index for index, word in enumerate(words) if word == "vlan") + 1
    have = frozenset(vlan_list(words[at]) or ())
    left = have - frozenset(gone)
    if left == have:
        return
    command.drop(node.key)
    if left:
        words[at] = print_vlans(left)
        line = " ".join(words)
        command.put(line, node.key if at == len(words) - 1 else " ".join(words[:-1]), node.rank)


def _stack_member(command: Command) -> None:
    """`vsf member N`: a section; `no` removes a member that is not there any more [unverified]."""
    number = command.arguments[0]
    key = f"vsf member {number}"
    if command.undo:
        if number == "1":
            raise RefusedError("Primary member cannot be removed.")
        command.drop(key)
        return
    command.put(key, key)
    command.open(f"vsf-member-{number}", "vsf", key)


RULES: tuple[Rule, ...] = (
    Rule("spanning-tree", put, 32),
    Rule("spanning-tree mode / (mstp|rpvst|stp)", _tree_mode, 31),
    Rule("spanning-tree (priority|hello-time|forward-delay|max-age|max-hops|transmit-hold-count) / <number>", put, 33),
    Rule("spanning-tree (config-name|config-revision|pathcost-type) / <word>", put, 33),
    Rule("spanning-tree bpdu-guard timeout / <1-65535>", put, 33),
    Rule("spanning-tree ignore-pvid-inconsistency", put, 33),
    Rule("spanning-tree trap / <text>", several, 33),
    Rule("spanning-tree instance <1-64> vlan / <vlans>", _instance, 34),
    Rule("spanning-tree instance <1-64>", _no_instance, 34),
    Rule("spanning-tree instance <1-64> priority / <number>", put, 34),
    Rule("spanning-tree vlan / <vlans>", members, 34),
    Rule("spanning-tree vlan <vlans> (priority|hello-time|forward-delay|max-age) / <number>", _tree_setting, 34),
    Rule("lldp", toggle, 35),
    Rule("lldp (timer|holdtime-multiplier|txdelay|reinit) / <number>", put, 35),
    Rule("lldp (management-address|management-ipv4-address|management-ipv6-address) / <text>", put, 35),
    Rule("lldp select-tlv <word>", either, 35),
    Rule("cdp", toggle, 35),
    Rule("errdisable recovery <text>", several, 36),
    Rule("mac-address-table age-time / <number>", put, 36),
    Rule("power-over-ethernet (quick-poe|always-on|threshold|trap|pre-std-detect) [<text>]", several, 36),
    Rule("qos (trust|queue-profile|schedule-profile|dscp-map|cos-map) / <text>", several, 37),
    Rule("allow-unsupported-transceiver", put, 37),
    Rule("vsf secondary-member / <2-10>", put, 22),
    Rule("vsf split-detect (mgmt|peer <ip>)", put, 22),
    Rule("vsf member <1-10>", _stack_member, 23),
    Rule(f"ip route <network> <ip> {_ROUTE}", _route, 70_000),
    Rule(f"ip route <network> (nullroute|reject|blackhole|<port>) {_ROUTE}", _route, 70_000),
    Rule("ip dns server-address <ip> [vrf <name>]", several, 71_000),
    Rule("ip dns domain-name / <host> [vrf <name>]", put, 71_000),
    Rule("ip dns domain-list <host> [vrf <name>]", several, 71_000),
    Rule("ip dns host <host> <ip> [vrf <name>]", several, 71_000),
    Rule("ip source-interface <word> / (interface <text>|<ip> [vrf <name>])", put, 72_000),
    Rule("mirror session <1-4>", section("config-mirror-{0}", "mirror"), 38),
)

SECTIONS: dict[str, tuple[Rule, ...]] = {
    "vsf": (
        Rule("type / <word>", put, 1),
        Rule("link <1-2> / <ports>", put, 2),
    ),
    "mirror": (
        Rule("(enable|disable)", state, 1),
        Rule("destination interface / <port>", put, 2),
        Rule("source interface <port> / (both|rx|tx)", put, 3),
        Rule("source vlan <vlan> / (both|rx|tx)", put, 3),
        Rule("comment / <text>", put, 4),
    ),
}
