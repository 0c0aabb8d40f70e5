"""Strategies for realistic switch configurations, written as a person would type them into an empty switch."""

from __future__ import annotations

from hypothesis import strategies as st

VLANS = (10, 20, 30, 40, 66, 110, 999)
PORTS = tuple(f"GigabitEthernet1/0/{number}" for number in range(1, 7))
MEMBERS = ("GigabitEthernet1/0/7", "GigabitEthernet1/0/8")
UPLINKS = ("GigabitEthernet1/0/47", "GigabitEthernet1/0/48")
SUBNETS = (
    "10.21.20.1 255.255.255.0",
    "10.21.30.1 255.255.255.0",
    "10.21.40.1 255.255.254.0",
    "192.168.4.1 255.255.252.0",
)
SERVERS = ("10.0.20.10", "10.0.20.11", "192.0.2.1", "192.0.2.2")
ENTRIES = (
    "permit tcp any host 10.2.0.5 eq 443",
    "permit tcp any host 10.2.0.6 eq 443",
    "permit udp any any eq domain",
    "permit icmp any any",
    "deny ip any 10.0.0.0 0.255.255.255",
    "permit ip any any",
    "deny ip any any",
)
WORDS = st.sampled_from(("Library", "Head of IT", "Reception desk", "AP - hall", "Camera 3", "to oak-core-01"))
Lines = list[str]


def some(values: tuple[str, ...], *, most: int = 3) -> st.SearchStrategy[list[str]]:
    """A few of these, in any order."""
    return st.lists(st.sampled_from(values), unique=True, max_size=most)


def maybe(line: str, values: st.SearchStrategy[object]) -> st.SearchStrategy[Lines]:
    """The line with a value, or nothing."""
    return st.one_of(st.just([]), values.map(lambda value: [line.format(value)]))


def flag(line: str) -> st.SearchStrategy[Lines]:
    """The line, or nothing."""
    return st.sampled_from(([], [line]))


def section(header: str, *parts: st.SearchStrategy[Lines]) -> st.SearchStrategy[Lines]:
    """A header with the lines of all parts below it."""
    return st.tuples(*parts).map(lambda found: [header, *(f" {line}" for lines in found for line in lines), "exit"])


def together(*parts: st.SearchStrategy[Lines]) -> st.SearchStrategy[Lines]:
    """The lines of all parts, one after the other."""
    return st.tuples(*parts).map(lambda found: [line for lines in found for line in lines])


vlan_ids = st.sampled_from(VLANS)
vlan_sets = st.frozensets(vlan_ids, min_size=1).map(lambda members: ",".join(str(one) for one in sorted(members)))


@st.composite
def vlans(draw: st.DrawFn) -> Lines:
    """Some VLANs, some with names; the same names turn up on other VLANs in other configurations."""
    lines: Lines = []
    names = draw(st.permutations(("STAFF", "PUPILS", "GUEST", "VOICE", "CCTV", "MGMT", "OLD")))
    for vlan, name in zip(sorted(draw(st.frozensets(vlan_ids))), names, strict=False):
        lines.append(f"vlan {vlan}")
        lines += draw(flag(f" name {name}"))
        lines.append("exit")
    return lines


authentication = together(
    maybe("authentication event server dead action authorize vlan {}", vlan_ids),
    flag("authentication event server dead action authorize voice"),
    maybe("authentication host-mode {}", st.sampled_from(("multi-auth", "multi-domain"))),
    flag("authentication open"),
    maybe("authentication order {}", st.sampled_from(("dot1x mab", "mab dot1x"))),
    maybe("authentication port-control {}", st.just("auto")),
    maybe("authentication timer reauthenticate {}", st.sampled_from(("server", "3600"))),
    flag("mab"),
    flag("dot1x pae authenticator"),
    maybe("dot1x timeout tx-period {}", st.sampled_from((7, 10))),
)
port_security = together(
    maybe("switchport port-security maximum {}", st.sampled_from((2, 3))),
    maybe("switchport port-security maximum {} vlan access", st.sampled_from((2, 4))),
    maybe("switchport port-security violation {}", st.sampled_from(("restrict", "protect"))),
)


def access_port(name: str) -> st.SearchStrategy[Lines]:
    """A port for an end device."""
    return section(
        f"interface {name}",
        maybe("description {}", WORDS),
        maybe("switchport access vlan {}", vlan_ids),
        flag("switchport mode access"),
        maybe("switchport voice vlan {}", vlan_ids),
        flag("spanning-tree portfast"),
        flag("spanning-tree bpduguard enable"),
        authentication,
        port_security,
        maybe("storm-control broadcast level {}", st.sampled_from(("1.00", "5.00 2.00", "pps 1k"))),
        maybe("power inline {}", st.sampled_from(("never", "auto max 15400"))),
        flag("shutdown"),
    )


@st.composite
def bundle(draw: st.DrawFn) -> Lines:
    """A bundle whose members have its settings, or the same ports without one."""
    lines: Lines = []
    common = together(
        maybe("switchport trunk native vlan {}", vlan_ids),
        maybe("switchport trunk allowed vlan {}", vlan_sets),
        st.just(["switchport mode trunk"]),
    )
    numbers = draw(st.sampled_from(((0, 0), (1, 1), (2, 2), (1, 0), (0, 2), (1, 2), (2, 1))))
    settings = {number: draw(common) for number in sorted(set(numbers))}
    mode = {number: draw(st.sampled_from(("active", "passive", "on"))) for number in settings}
    for number in sorted({one for one in numbers if one}):
        lines += [f"interface Port-channel{number}", *(f" {line}" for line in settings[number]), "exit"]
    for name, number in zip(MEMBERS, numbers, strict=True):
        lines += [f"interface {name}", *(f" {line}" for line in settings[number])]
        lines += [f" channel-group {number} mode {mode[number]}"] if number else []
        lines.append("exit")
    return lines


def trunk_port(name: str) -> st.SearchStrategy[Lines]:
    """A port between switches."""
    return section(
        f"interface {name}",
        maybe("description {}", WORDS),
        maybe("switchport trunk native vlan {}", vlan_ids),
        maybe("switchport trunk allowed vlan {}", vlan_sets),
        flag("switchport mode trunk"),
        flag("ip dhcp snooping trust"),
    )


@st.composite
def svis(draw: st.DrawFn) -> Lines:
    """Routed interfaces whose subnets never overlap; some hold two, some are in a VRF."""
    lines: Lines = ["vrf definition GUEST", " address-family ipv4", " exit-address-family", "exit"]
    free = draw(st.permutations(SUBNETS))
    for vlan in sorted(draw(st.frozensets(st.sampled_from((20, 30, 40)))), reverse=draw(st.booleans())):
        lines.append(f"interface Vlan{vlan}")
        lines += [f" {line}" for line in draw(flag("vrf forwarding GUEST"))]
        lines += [f" {line}" for line in draw(maybe("description {}", WORDS))]
        if free and draw(st.booleans()):
            lines.append(f" ip address {free.pop()}")
            if free and draw(st.booleans()):
                lines.append(f" ip address {free.pop()} secondary")
        lines += [f" ip helper-address {server}" for server in draw(some(SERVERS, most=2))]
        lines += [f" {line}" for line in draw(flag("shutdown"))]
        lines.append("exit")
    return lines


@st.composite
def users(draw: st.DrawFn) -> Lines:
    """Local accounts with secrets as the switch holds them."""
    hashes = ("$1$pdQG$o8nrSzsGXeaduXrjlvKc91", "$1$abcd$ZgGcqXbgdJ0nFRNoJvBMV1")
    kept = [*(f"secret 5 {one}" for one in hashes), "password 7 070C285F4D06"]
    return [
        f"username {name} privilege {draw(st.sampled_from((1, 15)))} {draw(st.sampled_from(kept))}"
        for name in draw(some(("vendor", "helpdesk", "audit")))
    ]


@st.composite
def access_list(draw: st.DrawFn, name: str = "STAFF-IN") -> Lines:
    """An extended list, or none; its numbers may leave no room between two entries."""
    entries = draw(some(ENTRIES, most=6))
    step = draw(st.sampled_from((1, 10)))
    numbered = (f" {number * step} {entry}" for number, entry in enumerate(entries, start=1))
    return [f"ip access-list extended {name}", *numbered, "exit"] if entries else []


@st.composite
def terminal_lines(draw: st.DrawFn) -> Lines:
    """The 16 terminal lines in two halves with settings of their own."""
    lines: Lines = []
    for span in ("0 4", "5 15"):
        lines.append(f"line vty {span}")
        lines += [f" {line}" for line in draw(maybe("exec-timeout {} 0", st.sampled_from((5, 10, 30))))]
        lines += [f" {line}" for line in draw(flag("logging synchronous"))]
        lines += [f" {line}" for line in draw(maybe("transport input {}", st.sampled_from(("ssh", "telnet ssh"))))]
        lines.append("exit")
    return lines


@st.composite
def priorities(draw: st.DrawFn) -> Lines:
    """Each VLAN has one spanning-tree priority at most."""
    found: dict[int, list[int]] = {}
    for vlan in VLANS:
        priority = draw(st.sampled_from((0, 4096, 8192)))
        if priority:
            found.setdefault(priority, []).append(vlan)
    return [
        f"spanning-tree vlan {','.join(str(vlan) for vlan in members)} priority {priority}"
        for priority, members in sorted(found.items())
    ]


@st.composite
def radius(draw: st.DrawFn) -> Lines:
    """RADIUS servers in a group, and logins by it; or nothing but AAA itself, which no plan switches off."""
    names = draw(some(("trust-1", "trust-2"), most=2))
    lines = ["aaa new-model"]
    if not names:
        return lines
    for number, name in enumerate(names):
        port = draw(st.sampled_from((1645, 1812)))
        lines += [f"radius server {name}", f" address ipv4 10.0.20.{number + 10} auth-port {port} acct-port {port + 1}"]
        lines += [f" key 7 {draw(st.sampled_from(('070C285F4D06', '13061E010803')))}", "exit"]
    lines += ["aaa group server radius TRUST", *(f" server name {name}" for name in names), "exit"]
    lines += draw(flag("aaa authentication login default group TRUST local"))
    lines += draw(flag("aaa authentication dot1x default group TRUST"))
    lines += draw(flag("dot1x system-auth-control"))
    return lines


@st.composite
def snmp(draw: st.DrawFn) -> Lines:
    """Communities, groups, and trap receivers that share a community."""
    lines = [f"snmp-server community {name} RO" for name in draw(some(("public", "monitor"), most=2))]
    lines += draw(flag("snmp-server view TRUST iso included"))
    word = draw(st.sampled_from(("public", "traps")))
    lines += [f"snmp-server host {server} version 2c {word}" for server in draw(some(SERVERS))]
    return lines + draw(flag("snmp-server group READERS v3 priv"))


@st.composite
def mst(draw: st.DrawFn) -> Lines:
    """Instances that hold each VLAN once."""
    lines = ["spanning-tree mst configuration"]
    lines += [f" {line}" for line in draw(maybe("name {}", st.sampled_from(("OAK", "ELM"))))]
    lines += [f" {line}" for line in draw(maybe("revision {}", st.sampled_from((1, 2))))]
    found: dict[int, list[int]] = {}
    for vlan in VLANS:
        number = draw(st.sampled_from((0, 1, 2)))
        if number:
            found.setdefault(number, []).append(vlan)
    lines += [f" instance {one} vlan {','.join(map(str, members))}" for one, members in sorted(found.items())]
    return [*lines, "exit", *draw(maybe("spanning-tree mst 1 priority {}", st.sampled_from((4096, 8192))))]


@st.composite
def guard(draw: st.DrawFn) -> Lines:
    """A standard list that may guard the terminal lines."""
    entries = draw(some(("permit 10.0.10.0 0.0.0.255", "permit 192.168.1.0 0.0.0.255", "permit 10.9.9.9"), most=3))
    if not entries:
        return []
    lines = ["ip access-list standard VTY-IN", *(f" {entry}" for entry in entries), "exit"]
    return lines + draw(st.sampled_from(([], ["line vty 0 15", " access-class VTY-IN in", "exit"])))


banners = st.sampled_from(
    (
        [],
        ["banner motd ~", "Property of the trust.", "~"],
        ["banner motd ~", "Property of the trust.", "no ip default-gateway 10.21.10.1", "Keep ^out^", "~"],
    )
)
services = together(
    some(SERVERS).map(lambda servers: [f"ntp server {server}" for server in servers]),
    some(SERVERS).map(lambda servers: [f"logging host {server}" for server in servers]),
    some(SERVERS).map(lambda servers: [f"logging host {server} vrf Mgmt-vrf" for server in servers]),
    some(SERVERS).map(lambda servers: [f"ip name-server {' '.join(servers)}"] if servers else []),
    some(("bpduguard", "udld", "all"), most=2).map(
        lambda causes: [f"errdisable recovery cause {one}" for one in causes]
    ),
    maybe("snmp-server location {}", WORDS),
    maybe("ip default-gateway 10.21.10.{}", st.sampled_from((1, 254))),
    maybe("spanning-tree mode {}", st.sampled_from(("pvst", "rapid-pvst"))),
    flag("lldp run"),
    flag("ip dhcp snooping"),
    maybe("ip dhcp snooping vlan {}", vlan_sets),
)
configurations = together(
    maybe("hostname oak-sw-a{}-01", st.sampled_from((1, 2))),
    st.just(["vtp mode transparent"]),
    users(),
    vlans(),
    priorities(),
    radius(),
    snmp(),
    access_list(),
    guard(),
    mst(),
    *(access_port(name) for name in PORTS[:2]),
    bundle(),
    *(trunk_port(name) for name in UPLINKS),
    svis(),
    services,
    terminal_lines(),
    banners,
)
"""Lines to type into an empty switch."""
