"""Switching: VTP, VLANs, spanning tree, error recovery, discovery, 802.1X, snooping."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trustctl.lab.makes.cisco_ios.model.commands import database
from trustctl.lab.makes.cisco_ios.model.commands.vlansets import (
    mst_instance,
    per_vlan,
    root_macro,
    spanning_off,
    vlan_set,
)
from trustctl.lab.makes.cisco_ios.model.rules import Rule, Undo, explicit, on_by_default, quirk, section, setting, store

if TYPE_CHECKING:
    from trustctl.lab.makes.cisco_ios.model.rules import Command

_MODES = {
    "server": "Setting device to VTP Server mode for VLANS.",
    "client": "Setting device to VTP Client mode for VLANS.",
    "transparent": "Setting device to VTP Transparent mode for VLANS.",
    "off": "Setting device to VTP Off mode for VLANS.",
}
_CAUSES = (
    "all|arp-inspection|bpduguard|channel-misconfig|dhcp-rate-limit|dtp-flap|gbic-invalid|inline-power|"
    "l2ptguard|link-flap|loopback|mac-limit|pagp-flap|port-mode-failure|pppoe-ia-rate-limit|psecure-violation|psp|"
    "security-violation|sfp-config-mismatch|small-frame|storm-control|udld|unicast-flood|vmps|link-monitor-failure|"
    "oam-remote-failure|evc-lite|loopdetect"
)
_RECOVERED = (
    "udld",
    "bpduguard",
    "security-violation",
    "channel-misconfig",
    "pagp-flap",
    "dtp-flap",
    "link-flap",
    "sfp-config-mismatch",
    "gbic-invalid",
    "l2ptguard",
    "psecure-violation",
    "port-mode-failure",
    "dhcp-rate-limit",
    "pppoe-ia-rate-limit",
    "mac-limit",
    "vmps",
    "storm-control",
    "inline-power",
    "arp-inspection",
    "link-monitor-failure",
    "oam-remote-failure",
    "loopback",
    "psp",
)


def vtp_mode(command: Command) -> None:
    """`vtp mode`: outside transparent and off the VLANs leave the running configuration for `vlan.dat`."""
    wanted = "server" if command.undoing else command.words[2]
    if command.switch.vtp_mode == wanted and not command.booting:
        command.say(f"Device mode already VTP {wanted.capitalize()} for VLANS.")
        return
    store(command)
    command.say(_MODES[wanted])


def vtp_domain(command: Command) -> None:
    """`vtp domain`: set in place; it cannot be removed."""
    before = command.node.value("vtp domain", "NULL")
    store(command)
    command.say(f"Changing VTP domain name from {before} to {command.words[2]}")


def portfast_default(command: Command) -> None:
    """`spanning-tree portfast [bpduguard|bpdufilter] default`: 15.2 images print the port type `edge`.

    A spelling that the boot configuration brought stays.
    """
    plain = [word for word in command.words if word != "edge"]
    edged = [*plain[:2], "edge", *plain[2:]]
    identity = " ".join(plain)
    if command.undoing:
        command.drop(identity)
        return
    known = command.node.get(identity)
    typed = known.text if known is not None else " ".join(edged if command.switch.prints_edge else plain)
    command.put(identity, command.text if command.booting else typed)


def recovery(command: Command) -> None:
    """`errdisable recovery cause all`: prints as every cause there is."""
    if command.words[-1] != "all":
        store(command)
        return
    for cause in _RECOVERED:
        command.words = (*command.words[:-1], cause)
        command.identity = command.text
        store(command)


GLOBAL: dict[str, tuple[Rule, ...]] = {
    "vtp": (
        Rule("vtp domain / WORD", run=vtp_domain, undo=Undo.NONE),
        Rule("vtp mode / (server|client|transparent|off)", run=vtp_mode, default="vtp mode server"),
        setting("vtp version / <1-3>"),
        setting("vtp password / LINE"),
        setting("vtp pruning"),
        setting("vtp interface / LINE"),
        setting("udld / (enable|aggressive|message time <1-90>)"),
    ),
    "qos": (
        setting("mls qos"),
        setting("mls qos LINE"),
        setting("auto qos LINE"),
        setting("port-channel load-balance / LINE"),
        setting("lacp system-priority / <0-65535>"),
    ),
    "dot1x": (
        setting("dot1x system-auth-control"),
        setting("dot1x critical eapol"),
        setting("epm logging"),
    ),
    "spanning-tree": (
        setting("spanning-tree mode / (pvst|rapid-pvst|mst)"),
        setting("spanning-tree logging"),
        setting("spanning-tree loopguard default"),
        setting("spanning-tree backbonefast"),
        setting("spanning-tree uplinkfast"),
        quirk("spanning-tree portfast [edge] [(bpduguard|bpdufilter)] default", portfast_default),
        on_by_default("spanning-tree etherchannel guard misconfig"),
        explicit("spanning-tree extend system-id"),
        setting("spanning-tree pathcost method / (long|short)", default="spanning-tree pathcost method short"),
        setting("spanning-tree transmit hold-count / <1-20>", default="spanning-tree transmit hold-count 6"),
        section("spanning-tree mst configuration", "config-mst"),
        setting("spanning-tree mst VLANS priority / <0-61440>"),
        setting("spanning-tree mst (hello-time|forward-time|max-age|max-hops) / <1-255>"),
        quirk("spanning-tree vlan VLANS", spanning_off),
        quirk("spanning-tree vlan VLANS (priority|hello-time|forward-time|max-age) / <0-61440>", per_vlan),
        quirk("spanning-tree vlan VLANS root / (primary|secondary) {diameter <2-7>|hello-time <1-10>}", root_macro),
    ),
    "errdisable": (
        on_by_default("errdisable detect cause all"),
        explicit(f"errdisable detect cause ({_CAUSES})"),
        setting("errdisable flap-setting cause WORD / LINE"),
        quirk(f"errdisable recovery cause ({_CAUSES})", recovery),
        setting("errdisable recovery interval / <30-86400>", default="errdisable recovery interval 300"),
    ),
    "vlan": (
        setting("vlan internal allocation policy / (ascending|descending)"),
        setting("vlan dot1q tag native"),
        setting("vlan access-map LINE"),
        setting("vlan filter LINE"),
        setting("vlan group LINE"),
        quirk("vlan VLANS", database.vlan),
    ),
    "discovery": (
        on_by_default("cdp run"),
        setting("cdp timer / <5-254>", default="cdp timer 60"),
        setting("cdp holdtime / <10-255>", default="cdp holdtime 180"),
        on_by_default("cdp advertise-v2"),
        setting("lldp run"),
        setting("lldp timer / <5-65534>", default="lldp timer 30"),
        setting("lldp holdtime / <0-65535>", default="lldp holdtime 120"),
        setting("lldp reinit / <2-5>", default="lldp reinit 2"),
        on_by_default("lldp tlv-select (management-address|port-description|system-description|system-name)"),
    ),
    "dhcp": (
        setting("ip arp inspection validate / {src-mac|dst-mac|ip}"),
        quirk("ip arp inspection vlan VLANS", vlan_set),
        setting("ip arp inspection log-buffer / LINE"),
        setting("ip arp inspection filter LINE"),
        quirk("ip dhcp snooping vlan VLANS", vlan_set),
        on_by_default("ip dhcp snooping information option"),
        setting("ip dhcp snooping information option / allow-untrusted"),
        setting("ip dhcp snooping database / LINE"),
        on_by_default("ip dhcp snooping verify mac-address"),
        on_by_default("ip dhcp snooping verify no-relay-agent-address"),
        setting("ip dhcp snooping"),
        explicit("ip igmp snooping vlan <1-4094>"),
        on_by_default("ip igmp snooping"),
        setting("ip igmp snooping LINE"),
        setting("ip device tracking [LINE]"),
    ),
}
MODES: dict[str, tuple[Rule, ...]] = {
    "config-mst": (
        setting("name / WORD"),
        setting("revision / <0-65535>"),
        quirk("instance <0-4094> / vlan VLANS", mst_instance),
    ),
    "config-vlan": (
        quirk("name / WORD", database.name),
        setting("state / (active|suspend)", default="state active"),
        setting("shutdown"),
        setting("remote-span"),
        setting("mtu / <576-18190>", default="mtu 1500"),
        setting("private-vlan LINE"),
    ),
}
