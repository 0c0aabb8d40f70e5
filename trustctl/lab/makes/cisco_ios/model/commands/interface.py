"""Interfaces: how they come and go, and the commands of interface mode in printed order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trustctl.lab.makes.cisco_ios.model.commands import ports
from trustctl.lab.makes.cisco_ios.model.commands.acl import one_per_direction
from trustctl.lab.makes.cisco_ios.model.commands.addresses import ip_address, vrf_forwarding
from trustctl.lab.makes.cisco_ios.model.interfaces import expand_range, is_virtual, sort_key, split_name
from trustctl.lab.makes.cisco_ios.model.rules import (
    InvalidWordError,
    On,
    RefusedError,
    Rule,
    Undo,
    explicit,
    on_by_default,
    quirk,
    setting,
)
from trustctl.lab.makes.cisco_ios.model.spec import Mode
from trustctl.lab.makes.cisco_ios.model.tree import Node

if TYPE_CHECKING:
    from trustctl.lab.makes.cisco_ios.model.device import IosSwitch
    from trustctl.lab.makes.cisco_ios.model.rules import Command

_PHYSICAL = "% Removal of physical interfaces is not permitted"


def make_interface(switch: IosSwitch, name: str) -> Node:
    """Bring an interface into being with what a fresh one has."""
    from trustctl.lab.makes.cisco_ios.model.tables import rank_of  # noqa: PLC0415 - the tables are made of these actions

    node = Node(f"interface {name}", (rank_of("interface", switch.family), sort_key(name), 0), section=True)
    switch.root.settings[f"interface {name}"] = node
    if split_name(name)[0] in {"Vlan", "Loopback", "Tunnel"} or name == switch.catalogue.management_port:
        node.settings["ip address"] = Node("no ip address", (_ADDRESS_RANK, (), 0))
    return node


def _open(command: Command, name: str, word: int) -> str:
    key = f"interface {name}"
    if command.switch.root.get(key) is None:
        if not is_virtual(name) and not command.booting:
            raise InvalidWordError(word)
        make_interface(command.switch, name)
        command.changed = True
    return key


def interface(command: Command) -> None:
    """`interface X`: virtual ones come into being; `no` removes them, physical ports stay; `default` empties it."""
    name = command.words[1]
    key = f"interface {name}"
    if command.form == "no":
        _remove(command, name)
    elif command.form == "default":
        _reset(command, [name])
    else:
        _open(command, name, 1)
        command.next_mode = Mode("config-if", (key,))


def interface_range(command: Command) -> None:
    """`interface range ...`: all must exist, or be virtual."""
    names = expand_range(command.words[2])
    if not names:
        raise InvalidWordError(2)
    if command.form == "default":
        _reset(command, names)
        return
    if command.form == "no":
        for name in names:
            _remove(command, name)
        return
    keys = tuple(_open(command, name, 2) for name in names)
    command.next_mode = Mode("config-if-range", keys)


def _remove(command: Command, name: str) -> None:
    if not is_virtual(name):
        if command.switch.root.get(f"interface {name}") is None:
            raise InvalidWordError(1)
        raise RefusedError(_PHYSICAL)
    command.drop(f"interface {name}")
    kind, number = split_name(name)
    if kind != "Port-channel":
        return
    for node in command.switch.root.settings.values():
        member = node.get("channel-group") if node.children else None
        if member is not None and member.text.split()[1] == number:
            del node.settings["channel-group"]


def _reset(command: Command, names: list[str]) -> None:
    for name in names:
        key = f"interface {name}"
        node = command.switch.root.get(key)
        if node is None:
            raise InvalidWordError(1)
        command.changed = True
        make_interface(command.switch, name)
        command.say(f"Interface {name} set to default configuration")


def shutdown(command: Command) -> None:
    """`shutdown` and `no shutdown`: ports and SVIs are up unless told otherwise."""
    if command.undoing:
        command.drop("shutdown")
    else:
        command.put("shutdown", "shutdown")


P = On.PORT
GLOBAL: dict[str, tuple[Rule, ...]] = {
    "interface": (
        quirk("interface range / LINE", interface_range),
        quirk("interface IFACE", interface),
    ),
}
MODE: tuple[Rule, ...] = (
    setting("description / LINE"),
    Rule("switchport", run=ports.switchport, undo=Undo.STORE, on=P),
    quirk("switchport access vlan / <1-4094>", ports.access_vlan, default="switchport access vlan 1", on=P),
    quirk("switchport trunk encapsulation / (dot1q|isl|negotiate)", ports.encapsulation, on=P),
    setting("switchport trunk native vlan / <1-4094>", default="switchport trunk native vlan 1", on=P),
    quirk(
        f"{ports.ALLOWED} / (all|none|add VLANS|remove VLANS|except VLANS|VLANS)",
        ports.trunk_allowed,
        on=P,
    ),
    setting("switchport trunk pruning vlan / LINE", on=P),
    quirk(
        "switchport mode / (access|trunk|dynamic (auto|desirable)|dot1q-tunnel|private-vlan LINE)",
        ports.port_mode,
        on=P,
    ),
    quirk("switchport nonegotiate", ports.nonegotiate, on=P),
    quirk("switchport voice vlan / (<1-4094>|dot1p|none|untagged)", ports.voice_vlan, on=P),
    setting("switchport priority extend / LINE", on=P),
    setting("switchport protected", on=P),
    setting("switchport block (unicast|multicast)", on=P),
    quirk("switchport port-security maximum / <1-8192> [vlan (access|voice|VLANS)]", ports.port_security_maximum, on=P),
    setting("switchport port-security violation / (protect|restrict|shutdown [vlan])", on=P),
    setting("switchport port-security aging (time|type|static) / [WORD]", on=P),
    setting("switchport port-security mac-address sticky", on=P),
    setting("switchport port-security mac-address sticky MAC [vlan LINE]", on=P),
    setting("switchport port-security mac-address MAC [vlan LINE]", on=P),
    setting("switchport port-security", on=P),
    quirk("vrf forwarding / WORD", vrf_forwarding),
    quirk("ip vrf forwarding / WORD", vrf_forwarding),
    setting("ip arp inspection trust", on=P),
    setting("ip arp inspection limit / (none|rate <0-2048> [burst interval <1-15>])", on=P),
    quirk("ip address IP MASK secondary", ip_address),
    Rule("ip address / (IP MASK|dhcp)", run=ip_address, undo=Undo.STORE),
    quirk("ip access-group WORD (in|out)", one_per_direction),
    setting("ip helper-address (global|vrf WORD) IP"),
    setting("ip helper-address IP"),
    on_by_default("ip redirects"),
    on_by_default("ip unreachables"),
    on_by_default("ip proxy-arp"),
    on_by_default("ip route-cache"),
    setting("ip directed-broadcast"),
    setting("ip verify source [LINE]"),
    setting("ip device tracking LINE"),
    setting("device-tracking LINE"),
    setting("ip flow LINE"),
    setting("ip pim LINE"),
    setting("ip igmp LINE"),
    setting("ip ospf LINE"),
    setting("ip mtu / <68-9216>"),
    setting("ip tcp LINE"),
    setting("ipv6 LINE"),
    setting("arp timeout / <0-2147483>"),
    setting("standby version / <1-2>"),
    setting("standby <0-4095> ip / [IP]"),
    setting("standby <0-4095> ip IP secondary"),
    setting("standby <0-4095> preempt / [LINE]"),
    setting("standby <0-4095> (priority|name|mac-address|timers|authentication) / LINE"),
    setting("standby <0-4095> track LINE"),
    setting("vrrp LINE"),
    setting("mtu / <64-9216>"),
    setting("bandwidth / <1-200000000>"),
    setting("delay / <1-16777215>"),
    setting("load-interval / <30-600>", default="load-interval 300"),
    setting("carrier-delay / LINE"),
    on_by_default("logging event link-status"),
    setting("logging event LINE"),
    quirk("shutdown", shutdown),
    setting("media-type / (rj45|sfp|auto-select)", on=P),
    explicit("negotiation auto", on=P),
    setting(
        "speed / (10|100|1000|2500|5000|10000|auto {10|100|1000|2500|5000}|nonegotiate)", default="speed auto", on=P
    ),
    setting("duplex / (auto|full|half)", default="duplex auto", on=P),
    setting("mdix auto", default="mdix auto", on=P),
    setting("flowcontrol receive / (on|off|desired)", default="flowcontrol receive off", on=P),
    setting(
        "power inline / (never|auto [max <4000-90000>]|static [max <4000-90000>]|consumption <4000-90000>|police LINE)",
        default="power inline auto",
        on=P,
    ),
    setting("power inline port LINE", on=P),
    setting("udld port / [aggressive]", on=P),
    setting("srr-queue bandwidth (share|shape|limit) / LINE", on=P),
    setting("queue-set / <1-2>", on=P),
    setting("priority-queue out", on=P),
    setting("access-session LINE", on=P),
    setting("authentication control-direction / (both|in)", default="authentication control-direction both", on=P),
    setting("authentication event (fail|no-response) / LINE", on=P),
    setting("authentication event server dead action reinitialize vlan / <1-4094>", on=P),
    setting("authentication event server dead action authorize / [vlan <1-4094>]", on=P),
    setting("authentication event server dead action authorize voice", on=P),
    setting("authentication event server alive action / reinitialize", on=P),
    setting("authentication host-mode / (multi-auth|multi-domain|multi-host|single-host)", on=P),
    setting("authentication open", on=P),
    setting("authentication order / {dot1x|mab|webauth}", on=P),
    setting("authentication priority / {dot1x|mab|webauth}", on=P),
    setting("authentication port-control / (auto|force-authorized|force-unauthorized)", on=P),
    setting("authentication periodic", on=P),
    setting("authentication timer (reauthenticate|restart|inactivity|unauthorized) / {server|dynamic|<1-65535>}", on=P),
    setting("authentication violation / (protect|replace|restrict|shutdown)", on=P),
    setting("authentication fallback / WORD", on=P),
    setting("authentication linksec policy / LINE", on=P),
    setting("mab / [eap]", on=P),
    setting("mls qos trust / (cos|dscp|ip-precedence|device LINE)", on=P),
    setting("mls qos cos / (<0-7>|override)", on=P),
    setting("trust device / WORD", on=P),
    on_by_default("snmp trap link-status", on=P),
    setting("snmp trap LINE", on=P),
    setting("dot1x pae / (authenticator|supplicant|both)", on=P),
    setting(
        "dot1x timeout (tx-period|quiet-period|supp-timeout|server-timeout|held-period|auth-period|start-period) "
        "/ <1-65535>",
        on=P,
    ),
    setting("dot1x (max-req|max-reauth-req) / <1-10>", on=P),
    on_by_default("lldp transmit", on=P),
    on_by_default("lldp receive", on=P),
    setting("lldp med-tlv-select LINE", on=P),
    on_by_default("cdp enable", on=P),
    on_by_default("cdp tlv app", on=P),
    quirk(
        "storm-control (broadcast|multicast|unicast) level / (DECIMAL [DECIMAL]|pps WORD [WORD]|bps WORD [WORD])",
        ports.storm_control,
        on=P,
    ),
    setting("storm-control action (shutdown|trap)", on=P),
    setting("macro description / LINE", on=P),
    setting("auto qos LINE", on=P),
    quirk(
        "channel-group / <1-128> mode (active|passive|on|auto [non-silent]|desirable [non-silent])",
        ports.channel_group,
        on=On.PHYSICAL,
    ),
    setting("channel-protocol / (lacp|pagp)", on=On.PHYSICAL),
    setting("lacp LINE", on=P),
    quirk("spanning-tree portfast / [(edge|network|normal|disable)] [trunk]", ports.portfast, on=P),
    setting("spanning-tree bpdufilter / (enable|disable)", on=P),
    setting("spanning-tree bpduguard / (enable|disable)", on=P),
    setting("spanning-tree guard / (root|loop|none)", on=P),
    setting("spanning-tree link-type / (point-to-point|shared)", on=P),
    setting("spanning-tree cost / <1-200000000>", on=P),
    setting("spanning-tree port-priority / <0-240>", default="spanning-tree port-priority 128", on=P),
    setting("spanning-tree vlan VLANS (cost|port-priority) / <0-200000000>", on=P),
    setting("spanning-tree mst LINE", on=P),
    setting("service-policy (input|output) / WORD"),
    setting("service-policy type LINE"),
    setting("ip dhcp snooping trust", on=P),
    setting("ip dhcp snooping vlan VLANS information option format-type LINE", on=P),
    setting("ip dhcp snooping information option allow-untrusted", on=P),
    setting("ip dhcp snooping limit rate / <1-2048>", on=P),
)
_ADDRESS_RANK = float(next(index for index, rule in enumerate(MODE) if rule.pattern.startswith("ip address / ")))
