"""Routing and addresses: VRFs, DHCP pools, gateways, static routes, routing protocols, HTTP and SSH servers."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Interface
from typing import TYPE_CHECKING

from trustctl.lab.makes.cisco_ios.model.catalogue import Family
from trustctl.lab.makes.cisco_ios.model.commands.addresses import interface_addresses
from trustctl.lab.makes.cisco_ios.model.rules import (
    RefusedError,
    Rule,
    Undo,
    explicit,
    leave,
    quirk,
    section,
    setting,
    store,
)

if TYPE_CHECKING:
    from trustctl.lab.makes.cisco_ios.model.rules import Command


def route(command: Command) -> None:
    """`ip route PREFIX MASK NEXT-HOP`: host bits are refused; `no` needs a route that is there."""
    words = command.words
    start = 4 if words[2] == "vrf" else 2
    prefix, mask = words[start], words[start + 1]
    try:
        inside = IPv4Interface(f"{prefix}/{mask}")
    except ValueError:
        raise RefusedError("%Invalid mask for this prefix") from None
    if not command.booting and inside.ip != inside.network.network_address:
        raise RefusedError("%Inconsistent address and mask")
    if command.undoing:
        found = [key for key in command.node.settings if key == command.identity or key.startswith(f"{command.text} ")]
        if not found:
            raise RefusedError("%No matching route to delete")
        for key in found:
            command.drop(key)
        return
    if not command.booting and _own_address(command, words[start + 2]):
        raise RefusedError("%Invalid next hop address (it's this router)")
    store(command)


def _own_address(command: Command, hop: str) -> bool:
    nodes = (node for key, node in command.node.settings.items() if key.startswith("interface "))
    return any(str(address.ip) == hop for node in nodes for address in interface_addresses(node))


def _route_order(words: tuple[str, ...]) -> tuple[int | str, ...]:
    """Static routes print by prefix and mask."""
    if words[2] == "vrf":
        return (1, words[3], int(IPv4Address(words[4])), int(IPv4Address(words[5])), words[6])
    return (0, "", int(IPv4Address(words[2])), int(IPv4Address(words[3])), words[4])


def domain(command: Command) -> None:
    """`ip domain-name` and `ip domain name` are the same; IOS-XE prints the words apart, older images the hyphen.

    A spelling that the boot configuration brought stays.
    """
    words = list(command.words)
    if words[-1].endswith("lookup") and command.form != "no" and not command.booting:
        command.drop("ip domain lookup")
        command.drop("ip domain-lookup")
        return
    what, rest = (words[1].removeprefix("domain-"), words[2:]) if "-" in words[1] else (words[2], words[3:])
    apart, joined = ["ip", "domain", what], ["ip", f"domain-{what}"]
    own = apart if command.switch.family is Family.IOSXE else joined
    other = joined if own is apart else apart
    listed = rest if what == "list" else []
    if command.booting or command.node.get(" ".join([*other, *listed])) is not None:
        own = words[: len(words) - len(rest)] if command.booting else other
    command.words = (*own, *rest)
    command.identity = " ".join([*own, *listed])
    store(command)


def name_server(command: Command) -> None:
    """`ip name-server A B`: adds servers; the `no` form takes those out that it names, or all.

    They print on one line, or one by one where the boot configuration had them so.
    """
    stem = "ip name-server"
    if command.booting:
        store(command)
        return
    lines = list(command.node.starting(f"{stem} "))
    now = [server for line in lines for server in line.text.split()[2:]]
    named = command.words[2:]
    if command.undoing:
        wanted = [server for server in now if named and server not in named]
    else:
        wanted = list(dict.fromkeys((*now, *named)))
    if wanted == now:
        return
    for key in [key for key in command.node.settings if key.startswith(f"{stem} ")]:
        command.drop(key)
    for text in [" ".join(wanted)] if len(lines) <= 1 else wanted:
        if text:
            command.put(f"{stem} {text}", f"{stem} {text}")


GLOBAL: dict[str, tuple[Rule, ...]] = {
    "vrf": (
        section("vrf definition WORD", "config-vrf"),
        section("ip vrf WORD", "config-vrf"),
        section("key chain WORD", "config-keychain"),
    ),
    "ip-early": (
        setting("ip routing"),
        setting("ip subnet-zero"),
        explicit("ip source-route"),
        explicit("ip gratuitous-arps"),
        setting("ip icmp LINE"),
        explicit("ip cef [distributed]"),
        explicit("ipv6 cef"),
        setting("ipv6 unicast-routing"),
        setting("ip multicast-routing [distributed]"),
        setting("ip dhcp excluded-address IP [IP]"),
        setting("ip dhcp excluded-address vrf WORD IP [IP]"),
        section("ip dhcp pool WORD", "dhcp-config"),
        setting("ip dhcp database LINE"),
        setting("ip dhcp relay LINE"),
    ),
    "names": (
        Rule("ip domain-lookup", run=domain, undo=Undo.STORE),
        Rule("ip domain lookup", run=domain, undo=Undo.STORE),
        quirk("ip domain-name / WORD", domain),
        quirk("ip domain name / WORD", domain),
        quirk("ip domain-list WORD", domain),
        quirk("ip domain list WORD", domain),
        setting("ip host WORD / IP"),
        quirk("ip name-server {IP|IPV6}", name_server),
        setting("ip tcp LINE"),
    ),
    "ssh": (
        setting("ip ssh time-out / <1-120>", default="ip ssh time-out 120"),
        setting("ip ssh authentication-retries / <0-5>", default="ip ssh authentication-retries 3"),
        setting("ip ssh source-interface / IFACE"),
        setting("ip ssh logging events"),
        setting("ip ssh maxstartups / <2-128>"),
        setting("ip ssh rsa keypair-name / WORD"),
        setting("ip ssh version / <1-2>"),
        setting("ip ssh dh min size / <1024-4096>"),
        setting("ip ssh bulk-mode / [<131072-1073741823>]"),
        setting("ip ssh server algorithm (encryption|mac|kex|hostkey|publickey|authentication) / LINE"),
        setting("ip ssh client algorithm (encryption|mac|kex|hostkey) / LINE"),
        setting("ip scp server enable"),
    ),
    "ip-late": (
        section("router LINE", "config-router"),
        setting("ip default-gateway / IP"),
        setting("ip forward-protocol nd"),
        setting("ip forward-protocol udp LINE"),
        explicit("ip http server", default="ip http server"),
        setting("ip http access-class / LINE"),
        setting("ip http authentication / LINE"),
        explicit("ip http secure-server", default="ip http secure-server"),
        setting("ip http (secure-ciphersuite|client|max-connections|path|port|secure-port|tls-version) / LINE"),
        setting("ip http (secure-active-session-modules|active-session-modules|secure-trustpoint) / LINE"),
        setting("ip http timeout-policy / LINE"),
        setting("ip ftp LINE"),
        setting("ip tftp source-interface / IFACE"),
        setting("ip flow-export LINE"),
    ),
    "route": (
        setting("ip default-network / IP"),
        Rule(
            "ip route vrf WORD IP MASK (IP|IFACE) / {name WORD|permanent|track <1-1000>|tag <1-4294967295>|<1-255>|IP}",
            run=route,
            sort=_route_order,
        ),
        Rule(
            "ip route IP MASK (IP|IFACE) / {name WORD|permanent|track <1-1000>|tag <1-4294967295>|<1-255>|IP}",
            run=route,
            sort=_route_order,
        ),
        setting("ip sla LINE"),
        setting("ip prefix-list LINE"),
        section("route-map WORD LINE", "config-route-map"),
    ),
}
_OPEN = Rule("exit-address-family", run=leave, undo=Undo.NONE)
MODES: dict[str, tuple[Rule, ...]] = {
    "config-vrf": (
        setting("description / LINE"),
        setting("rd / WORD"),
        setting("route-target LINE"),
        section("address-family (ipv4|ipv6) [unicast]", "config-vrf-af"),
    ),
    "config-vrf-af": (setting("route-target LINE"), setting("maximum routes LINE"), _OPEN),
    "config-keychain": (section("key <0-2147483647>", "config-keychain-key"),),
    "config-keychain-key": (
        setting("key-string / LINE"),
        setting("accept-lifetime / LINE"),
        setting("send-lifetime / LINE"),
        setting("cryptographic-algorithm / WORD"),
    ),
    "dhcp-config": (
        setting("vrf / WORD"),
        setting("network / IP [MASK]"),
        setting("host / IP [MASK]"),
        setting("hardware-address / LINE"),
        setting("client-identifier / WORD"),
        setting("default-router / {IP}"),
        setting("domain-name / WORD"),
        setting("dns-server / {IP}"),
        setting("netbios-name-server / {IP}"),
        setting("option <0-254> / LINE"),
        setting("next-server / {IP}"),
        setting("bootfile / WORD"),
        setting("lease / (infinite|<0-365> [<0-23>] [<0-59>])", default="lease 1"),
        setting("import all"),
        setting("update LINE"),
    ),
    "config-router": (
        setting("router-id / IP"),
        setting("version / <1-2>"),
        setting("auto-cost reference-bandwidth / <1-4294967>"),
        setting("bgp LINE"),
        setting("area LINE"),
        explicit("auto-summary"),
        setting("redistribute LINE"),
        setting("passive-interface (default|IFACE)"),
        setting("network LINE"),
        setting("neighbor LINE"),
        setting("default-information LINE"),
        setting("maximum-paths LINE"),
        setting("distribute-list LINE"),
        explicit("log-adjacency-changes [detail]"),
        setting("eigrp LINE"),
        setting("distance LINE"),
        setting("timers LINE"),
    ),
    "config-route-map": (
        setting("description / LINE"),
        setting("match LINE"),
        setting("set LINE"),
    ),
}
