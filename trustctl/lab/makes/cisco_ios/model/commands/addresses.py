"""Addresses of interfaces: masks, overlaps, primary and secondary."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import TYPE_CHECKING

from trustctl.lab.makes.cisco_ios.model.catalogue import Family
from trustctl.lab.makes.cisco_ios.model.interfaces import is_virtual
from trustctl.lab.makes.cisco_ios.model.rules import RefusedError, store

if TYPE_CHECKING:
    from trustctl.lab.makes.cisco_ios.model.rules import Command
    from trustctl.lab.makes.cisco_ios.model.tree import Node

PRIMARY = "ip address"
_WORDS = 4
"""Words of `ip address IP MASK`."""


def interface_addresses(node: Node) -> list[IPv4Interface]:
    """The addresses of an interface, the primary first."""
    if not node.children or PRIMARY not in node.children:
        return []
    found: list[IPv4Interface] = []
    for key, child in node.children.items():
        if key.startswith(PRIMARY):
            words = child.text.split()
            if len(words) >= _WORDS and words[0] == "ip" and words[2][0].isdigit():
                found.insert(0 if key == PRIMARY else len(found), _parsed(words[2], words[3]))
    return found


@lru_cache(maxsize=4096)
def _parsed(address: str, mask: str) -> IPv4Interface:
    return IPv4Interface(f"{address}/{mask}")


def bad_mask(family: Family, address: str, mask: str) -> str:
    """What the device prints for a mask that does not fit."""
    bits = int(IPv4Address(mask))
    prefix = bits.bit_count()
    contiguous = bits == (0xFFFFFFFF << (32 - prefix)) & 0xFFFFFFFF
    if family is Family.IOSXE and contiguous:
        return f"Bad mask /{prefix} for address {address}"
    return f"Bad mask 0x{bits:X} for address {address}"


def _checked(command: Command, address: str, mask: str) -> IPv4Interface:
    try:
        interface = IPv4Interface(f"{address}/{mask}")
        contiguous = str(interface.netmask) == mask
    except ValueError:
        raise RefusedError(bad_mask(command.switch.family, address, mask)) from None
    network = interface.network
    edge = network.prefixlen < 31 and interface.ip in {network.network_address, network.broadcast_address}  # noqa: PLR2004 - point to point links have no edges
    if not contiguous or edge or network.prefixlen == 0:
        raise RefusedError(bad_mask(command.switch.family, address, mask))
    return interface


def _overlap(command: Command, network: IPv4Network) -> None:
    vrf = command.node.text_of("vrf forwarding")
    for key, node in command.switch.root.settings.items():
        if not key.startswith("interface ") or node is command.node or node.text_of("vrf forwarding") != vrf:
            continue
        for other in interface_addresses(node):
            if other.network.overlaps(network):
                raise RefusedError(f"% {network.network_address} overlaps with {key.removeprefix('interface ')}")


def ip_address(command: Command) -> None:
    """`ip address`: replaces in place; `secondary` adds one; overlaps with other interfaces are refused."""
    node = command.node
    name = node.text.removeprefix("interface ")
    if not command.booting and not is_virtual(name) and _layer2(command, name):
        raise RefusedError("% IP addresses may not be configured on L2 links.")
    if command.undoing:
        _remove(command)
        return
    if command.words[2] == "dhcp":
        command.put(PRIMARY, command.text)
        return
    if not command.booting:
        interface = _checked(command, command.words[2], command.words[3])
        _overlap(command, interface.network)
        _not_twice(command, interface)
    command.put(command.identity, command.text)


def _layer2(command: Command, name: str) -> bool:
    return command.node.text_of("switchport") != "no switchport" and name != command.switch.catalogue.management_port


def _not_twice(command: Command, interface: IPv4Interface) -> None:
    secondary = command.words[-1] == "secondary"
    now = interface_addresses(command.node)
    primary = command.node.get(PRIMARY)
    if secondary and (primary is None or primary.text == f"no {PRIMARY}"):
        raise RefusedError("% Cannot configure secondary without a primary address")
    if secondary and now and now[0].ip == interface.ip:
        raise RefusedError("% Secondary can't be same as primary")
    if not secondary and interface.ip in {other.ip for other in now[1:]}:
        raise RefusedError("% Primary can't be same as secondary")


def vrf_forwarding(command: Command) -> None:
    """`vrf forwarding X`: an interface that moves to another VRF loses its addresses."""
    before = command.node.text_of(command.identity)
    store(command)
    if command.booting or command.node.text_of(command.identity) == before:
        return
    if interface_addresses(command.node):
        name = command.node.text.removeprefix("interface ")
        verb = "disabling" if command.undoing else "enabling"
        table = before.split()[-1] if command.undoing else command.words[-1]
        command.say(f"% Interface {name} IPv4 disabled and address(es) removed due to {verb} VRF {table}")
        for key in [key for key in command.node.settings if key.startswith(f"{PRIMARY} ")]:
            command.drop(key)
        command.node.settings[PRIMARY].text = f"no {PRIMARY}"


def _remove(command: Command) -> None:
    secondaries = [key for key in command.node.settings if key.startswith(PRIMARY) and key != PRIMARY]
    if command.words[-1] == "secondary":
        command.drop(command.identity)
        return
    if len(command.words) > 2:  # noqa: PLR2004 - an address was named
        if command.node.text_of(PRIMARY) != command.text:
            raise RefusedError("% Invalid address")
        if secondaries and not command.booting:
            raise RefusedError("Must delete secondary before deleting primary")
    for key in secondaries:
        command.drop(key)
    command.put(PRIMARY, f"no {PRIMARY}")
