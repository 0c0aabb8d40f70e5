"""Configurations of an AOS-CX 6200 with 28 ports, as lines that somebody types."""

from __future__ import annotations

from hypothesis import strategies as st

VLANS = (10, 20, 30, 999)
PORTS = tuple(f"1/1/{number}" for number in range(1, 7))
UPLINKS = ("1/1/27", "1/1/28")
_SUBNETS = {10: "10.21.10", 20: "10.21.20", 30: "10.21.30"}
_NAMES = ("STAFF", "GUEST", "DEAD")
_SERVERS = st.lists(st.sampled_from(["10.250.20.11", "10.250.20.12", "10.250.20.13"]), unique=True, max_size=2)
_KEYS = {"10.250.20.11": "alpha-key-1", "10.250.20.12": "beta-key-2", "10.250.20.13": "gamma-key-3"}


def _flag(*lines: str) -> st.SearchStrategy[list[str]]:
    return st.sampled_from([[], *([line] for line in lines)])


def _indent(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]


@st.composite
def _switching(draw: st.DrawFn, exists: list[int], *, trunk: bool | None = None) -> list[str]:
    """An access port or a trunk of VLANs that exist."""
    if not (draw(st.booleans()) if trunk is None else trunk):
        return [f"vlan access {draw(st.sampled_from([1, *exists]))}"]
    carried = draw(st.sets(st.sampled_from(exists))) if exists else set[int]()
    allowed = ",".join(str(vlan) for vlan in sorted(carried)) or "all"
    return [f"vlan trunk native {draw(st.sampled_from([1, *exists]))}", f"vlan trunk allowed {allowed}"]


@st.composite
def _port(draw: st.DrawFn, name: str, exists: list[int], *, asks: bool) -> list[str]:
    lines = [
        *draw(_flag("description Room 7", "description Hall")),
        *draw(_switching(exists)),
        *draw(_flag("spanning-tree bpdu-guard")),
        *draw(_flag("spanning-tree port-type admin-edge")),
        *draw(_flag("spanning-tree root-guard")),
        *draw(_flag("loop-protect")),
        *draw(_flag("rate-limit broadcast 1000 kbps", "rate-limit broadcast 50 pps")),
        *draw(_flag("dhcpv4-snooping trust")),
        *draw(_flag("no power-over-ethernet")),
    ]
    if asks and draw(st.booleans()):
        lines += [
            f"aaa authentication port-access client-limit {draw(st.sampled_from([2, 32]))}",
            "aaa authentication port-access critical-role OPEN",
            *draw(_flag("aaa authentication port-access reject-role OPEN")),
            "aaa authentication port-access dot1x authenticator",
            *_indent([*draw(_flag("eapol-timeout 10", "eapol-timeout 20")), "enable", "exit"]),
        ]
        if draw(st.booleans()):
            lines += ["aaa authentication port-access mac-auth", "    enable", "    exit"]
    lines.append(draw(st.sampled_from(["no shutdown", "shutdown"])))
    return [f"interface {name}", *_indent(lines), "    exit"]


@st.composite
def _bundle(draw: st.DrawFn, exists: list[int]) -> list[str]:
    """The two uplinks: each for itself, or one or both in a bundle."""
    members = draw(st.sampled_from([(), UPLINKS[:1], UPLINKS]))
    lines: list[str] = []
    if members:
        lines += [
            "interface lag 1",
            *_indent(draw(_switching(exists, trunk=True))),
            *_indent(["no shutdown", "lacp mode active"]),
        ]
        lines += _indent([*draw(_flag("dhcpv4-snooping trust")), *draw(_flag("description to the core")), "exit"])
    for port in UPLINKS:
        inside = ["lag 1"] if port in members else draw(_switching(exists))
        lines += [f"interface {port}", *_indent([*inside, "exit"])]
    return lines


@st.composite
def _vlans(draw: st.DrawFn, exists: list[int]) -> list[str]:
    lines: list[str] = []
    for vlan in exists:
        lines.append(f"vlan {vlan}")
        lines += _indent(draw(st.sampled_from([[], *([f"name {name}{vlan}"] for name in _NAMES)])))
        lines += _indent([*draw(_flag("voice")), *draw(_flag("dhcpv4-snooping")), "exit"])
    for vlan in (vlan for vlan in exists if vlan in _SUBNETS and draw(st.booleans())):
        host = draw(st.sampled_from([5, 6]))
        relays = draw(st.lists(st.sampled_from(["10.250.20.21", "10.250.20.22"]), unique=True))
        lines += [f"interface vlan {vlan}", f"    ip address {_SUBNETS[vlan]}.{host}/24"]
        lines += _indent([*(f"ip helper-address {relay}" for relay in relays), "exit"])
    return lines


@st.composite
def _guard(draw: st.DrawFn) -> list[str]:
    """The list that guards the switch itself, by either of two names; a list of the other name may lie beside it."""
    networks = draw(st.lists(st.sampled_from(["10.250.10.0/24", "10.251.0.0/16", "10.252.0.0/16"]), unique=True))
    if not networks:
        return []
    name, other = draw(st.permutations(["MANAGEMENT", "OLD"]))
    rules = [f"permit tcp {network} any eq ssh" for network in networks]
    rules += [*draw(_flag("deny tcp any any eq ssh")), "permit any any any", "exit"]
    beside = [f"access-list ip {other}", "    permit any any any", "    exit"]
    return [
        *(beside if draw(st.booleans()) else []),
        f"access-list ip {name}",
        *_indent(rules),
        *draw(_flag(f"apply access-list ip {name} control-plane vrf default")),
    ]


@st.composite
def configurations(draw: st.DrawFn) -> list[str]:
    """Lines in an order in which a switch takes them."""
    exists = sorted(draw(st.sets(st.sampled_from(VLANS))))
    radius = draw(_SERVERS)
    lines = [f"hostname {draw(st.sampled_from(['one', 'fir-sw-a1-01']))}", *draw(_vlans(exists))]
    lines += [f"radius-server host {host} key plaintext {_KEYS[host]}" for host in radius]
    if radius:
        lines += ["aaa group server radius TRUST", *_indent([*(f"server {host}" for host in radius), "exit"])]
        lines += draw(_flag("aaa authentication login default group TRUST local"))
        lines += draw(_flag("aaa accounting port-access start-stop group TRUST"))
    asks = bool(radius) and draw(st.booleans())
    if asks:
        lines += ["port-access role OPEN", "    vlan access 1", "    exit"]
        lines += [
            "aaa authentication port-access dot1x authenticator",
            *_indent(["radius server-group TRUST", "enable", "exit"]),
        ]
    for port in draw(st.sets(st.sampled_from(PORTS), max_size=3)):
        lines += draw(_port(port, exists, asks=asks))
    lines += draw(_bundle(exists))
    lines += draw(_guard())
    lines += draw(st.sampled_from([[], ["spanning-tree"], ["spanning-tree mode rpvst", "spanning-tree"]]))
    if exists and "spanning-tree mode rpvst" in lines:
        lines += draw(_flag(f"spanning-tree vlan {exists[0]}"))
    lines += draw(_flag("dhcpv4-snooping"))
    lines += draw(_flag("no dhcpv4-snooping option 82"))
    lines += draw(_flag("cli-session"))
    if lines[-1] == "cli-session":
        lines += ["    timeout 10", "    exit"]
    lines += [f"ntp server {host}" for host in draw(_SERVERS)]
    lines += draw(_flag("ntp enable"))
    lines += [f"logging {host}" for host in draw(_SERVERS)]
    lines += draw(_flag("snmp-server snmpv3-only"))
    lines += draw(_flag("snmp-server system-location Block A", "snmp-server system-location Block B"))
    lines += draw(_flag("snmp-server vrf default"))
    lines += draw(_flag("ip route 0.0.0.0/0 10.21.10.1", "ip route 0.0.0.0/0 10.21.10.254"))
    lines += draw(_flag("no https-server vrf default"))
    lines += draw(_flag("clock timezone europe/london"))
    return lines + draw(_flag("user second group operators password plaintext second-pass-9"))
