"""VLANs: their members, names and addresses. The consequences for ports are those of the ArubaOS-Switch guides.

A port is untagged in one VLAN at most: `untagged` takes it out of the one before ("Advanced Traffic Management Guide",
static VLAN operation). The question before a VLAN with ports is deleted was recorded by the authors of
the-maldridge/terraform-provider-aoss. What is refused for a port that would belong to no VLAN is [unverified].
"""

from __future__ import annotations

from ipaddress import IPv4Interface
from typing import TYPE_CHECKING

from trustctl.lab.makes.aruba_aos_s.model.ports import parse, parse_numbers, written
from trustctl.lab.makes.aruba_aos_s.model.rules import Context, RefusedError, Rule, on_vlan
from trustctl.lab.makes.aruba_aos_s.model.state import Line, Vlan

if TYPE_CHECKING:
    from trustctl.lab.makes.aruba_aos_s.model.rules import Command
    from trustctl.lab.makes.aruba_aos_s.model.state import Config

_DHCP = "dhcp-bootp"


def open_vlan(command: Command) -> None:
    """`vlan N`: make it if it is not there, and go to it. `no vlan N` deletes it."""
    if command.undo:
        _delete(command, int(command.values[0]))
        return
    number = int(command.values[0])
    make(command, number)
    command.next = Context(f"vlan-{number}", "vlan", (str(number),))


def open_range(command: Command) -> None:
    """`vlan 10,20-22`: several at once."""
    ids = parse_numbers(command.values[0]) or []
    if command.undo:
        for number in ids:
            _delete(command, number)
        return
    for number in ids:
        make(command, number)
    command.next = Context(f"vlan-{command.values[0]}", "vlan", tuple(str(number) for number in ids))


def make(command: Command, number: int) -> None:
    """Make a VLAN if it is not there. Raises RefusedError if there are as many as there may be."""
    switch = command.switch
    if number in switch.config.vlans:
        return
    if len(switch.config.vlans) >= switch.vlan_limit and not command.booting:
        raise RefusedError(f"Maximum number of VLANs ({switch.vlan_limit}) has already been reached.")  # [unverified]
    switch.config.vlans[number] = Vlan(number, f"VLAN{number}")
    command.changed = True


def _delete(command: Command, number: int) -> None:
    config = command.switch.config
    vlan = config.vlans.get(number)
    if vlan is None:
        raise RefusedError(f"VLAN {number} does not exist.")  # [unverified]
    if number == 1:
        raise RefusedError("The default VLAN cannot be deleted.")  # [unverified]
    for use in ("primary-vlan", "management-vlan"):
        if config.text(use) == f"{use} {number}":
            raise RefusedError(f"VLAN {number} is the {use} and cannot be deleted.")  # [unverified]
    homeless = {port for port in vlan.untagged | vlan.tagged if not _elsewhere(config, port, number)} | vlan.untagged
    if homeless:
        asked = (
            f"The following ports will be moved to the default VLAN:\n{written(homeless)}\nDo you want to continue?\n"
        )
        if not command.ask(f"{asked}[y/n] "):
            return
        config.vlans[1].untagged |= homeless
    del config.vlans[number]
    command.changed = True


def _elsewhere(config: Config, port: str, number: int) -> bool:
    """Whether a port is a member of another VLAN."""
    return any(port in vlan.untagged | vlan.tagged for vlan in config.vlans.values() if vlan.id != number)


# -- members -----------------------------------------------------------------------------------------------------------


def _listed(command: Command) -> list[str]:
    """The ports of the command. Raises RefusedError for one that is in a trunk group."""
    names = parse(command.values[-1], command.switch.port_names)
    for trunk in command.switch.config.trunks.values():
        inside = next((name for name in names if name in trunk.ports), None)
        if inside is not None:
            raise RefusedError(f"Module not present for port or invalid port: {inside}")
    return names


def untagged(command: Command) -> None:
    """`untagged PORTS`: into this VLAN without a tag, out of the VLAN where they were so."""
    names = _listed(command)
    for vlan in command.vlans():
        for name in names:
            if command.undo:
                leave(command, vlan, name, vlan.untagged)
            else:
                command.changed |= move_untagged(command.switch.config, vlan, name)


def move_untagged(config: Config, vlan: Vlan, name: str) -> bool:
    """Make a port untagged in a VLAN; whether it was not."""
    if name in vlan.untagged:
        return False
    for other in config.vlans.values():
        other.untagged.discard(name)
    vlan.tagged.discard(name)
    vlan.forbidden.discard(name)
    vlan.untagged.add(name)
    return True


def tagged(command: Command) -> None:
    """`tagged PORTS`: into this VLAN with a tag."""
    names = _listed(command)
    for vlan in command.vlans():
        for name in names:
            if command.undo:
                leave(command, vlan, name, vlan.tagged)
            elif name not in vlan.tagged:
                vlan.untagged.discard(name)
                vlan.forbidden.discard(name)
                vlan.tagged.add(name)
                command.changed = True


def leave(command: Command, vlan: Vlan, name: str, members: set[str]) -> None:
    """Take a port out of a VLAN; one that is then in none goes back to the default VLAN [unverified].

    Raises RefusedError if the default VLAN is the only one that it is in.
    """
    config = command.switch.config
    if name not in members:
        return
    alone = not _elsewhere(config, name, vlan.id)
    if alone and vlan.id == 1 and not command.booting:
        raise RefusedError(f"Port {name} must be a member of at least one VLAN.")  # [unverified]
    members.discard(name)
    command.changed = True
    if alone and vlan.id != 1 and not command.booting:
        config.vlans[1].untagged.add(name)


def forbid(command: Command) -> None:
    """`forbid PORTS`: no dynamic membership either."""
    for vlan in command.vlans():
        for name in _listed(command):
            before = name in vlan.forbidden
            (vlan.forbidden.discard if command.undo else vlan.forbidden.add)(name)
            command.changed |= before is command.undo


# -- names and addresses -----------------------------------------------------------------------------------------------


def name(command: Command) -> None:
    """`name "X"`; `no name` gives the delivered one."""
    for vlan in command.vlans():
        delivered = "DEFAULT_VLAN" if vlan.id == 1 else f"VLAN{vlan.id}"
        fresh = delivered if command.undo else command.values[0]
        other = next((each.id for each in command.switch.config.vlans.values() if each.name == fresh), vlan.id)
        if other != vlan.id:
            raise RefusedError(f"The VLAN name {fresh} is already in use.")  # [unverified]
        command.changed |= vlan.name != fresh
        vlan.name = fresh


def address(command: Command) -> None:
    """`ip address A/N`, `A MASK`, `dhcp-bootp`: a second address in the same network is refused [unverified text]."""
    for vlan in command.vlans():
        if command.has("dhcp-bootp") or command.has("dhcp"):
            fresh = [] if command.undo else [_DHCP]
        elif command.undo:
            gone = str(IPv4Interface("/".join(command.values))) if command.values else ""
            fresh = [each for each in vlan.addresses if gone and each != gone]
        else:
            fresh = _with_address(command, vlan, str(IPv4Interface("/".join(command.values))))
        command.changed |= vlan.addresses != fresh
        vlan.addresses = fresh


def _with_address(command: Command, vlan: Vlan, wanted: str) -> list[str]:
    network = IPv4Interface(wanted).network
    for other in command.switch.config.vlans.values():
        for each in other.addresses:
            if each not in {_DHCP, wanted} and IPv4Interface(each).network.overlaps(network):
                raise RefusedError(f"The IP address (or subnet) {wanted} already exists.")
    kept = [each for each in vlan.addresses if each not in {_DHCP, wanted}]
    return vlan.addresses if wanted in vlan.addresses else [*kept, wanted]


def use(word: str, rank: int) -> Rule:
    """`primary-vlan N` and `management-vlan N`."""

    def act(command: Command) -> None:
        config = command.switch.config
        if command.undo:
            command.changed = config.lines.pop(word, None) is not None
            return
        number = int(command.values[0])
        if number not in config.vlans and not command.booting:
            raise RefusedError(f"VLAN {number} does not exist.")  # [unverified]
        command.changed = config.put(Line(word, f"{word} {number}", rank))

    return Rule(f"{word} [{{vlan}}]", act)


GLOBAL = (
    Rule("vlan {vlan}", open_vlan, more=True),
    Rule("vlan {vlans}", open_range, more=True),
    use("primary-vlan", 710),
    use("management-vlan", 715),
)

IN_VLAN = (
    Rule("name {str:32}", name, undo=False),
    Rule("name", name, only_undo=True),
    Rule("untagged {onlyports}", untagged),
    Rule("tagged {onlyports}", tagged),
    Rule("forbid {onlyports}", forbid),
    Rule("ip address (dhcp-bootp|dhcp|{prefix}|{ip} {mask})", address),
    Rule("ip address", address, only_undo=True),
    Rule("ip helper-address {ip!}", on_vlan(10)),
    Rule("ip forward-protocol udp {ip!} {word!}", on_vlan(11)),
    Rule("ip igmp", on_vlan(12, key="ip igmp")),
    Rule("ip igmp (querier|fastleave|forcedfastleave) [{onlyports}]", on_vlan(13)),
    Rule("ip (proxy-arp|local-proxy-arp|directed-broadcast)", on_vlan(16)),
    Rule("auto {onlyports}", on_vlan(17)),
    Rule("monitor {rest}", on_vlan(18)),
    Rule("service-policy {str:64} in", on_vlan(18, quotes=(0,))),
    Rule("connection-rate-filter unblock {rest}", on_vlan(19)),
    Rule("ip access-group {str:64} (in|out|vlan|connection-rate-filter)", on_vlan(14, quotes=(0,))),
    Rule("ip bootp-gateway {ip}", on_vlan(15)),
    Rule("ipv6 enable", on_vlan(20)),
    Rule("ipv6 address dhcp full", on_vlan(21)),
    Rule("voice", on_vlan(30)),
    Rule("jumbo", on_vlan(31)),
    Rule("qos dscp {word}", on_vlan(32)),
    Rule("qos priority {int:0-7}", on_vlan(32)),
    Rule("dhcp-server", on_vlan(33)),
    Rule("dhcp-snooping", on_vlan(34)),
)
