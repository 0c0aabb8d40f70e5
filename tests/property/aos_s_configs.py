"""Configurations of an AOS-S switch with 28 ports, as lines that somebody types."""

from __future__ import annotations

from hypothesis import strategies as st

VLANS = (10, 20, 30, 999)
MANAGEMENT = 10
PORTS = tuple(str(number) for number in range(1, 9))
_ONE, _OTHER = "trunk 7-8 trk1 lacp", "trunk 5-6 trk2 lacp"
_SHIFTED = ("trunk 7 trk1 lacp", "trunk 5-6,8 trk2 lacp")
BUNDLES = (
    *((), (_ONE,), (_OTHER,), (_ONE, _OTHER), ("trunk 7 trk1 lacp",), ("trunk 7-8 trk1 trunk",)),
    *(_SHIFTED, ("trunk 7-8 trk2 lacp",)),
)
"""Two groups never swap all their ports: one would be empty on the way, and gone with its VLANs."""
_IN_ONE, _IN_OTHER = {"7": "Trk1", "8": "Trk1"}, {"5": "Trk2", "6": "Trk2"}
_MEMBERS: dict[tuple[str, ...], dict[str, str]] = {
    BUNDLES[0]: {},
    BUNDLES[1]: _IN_ONE,
    BUNDLES[2]: _IN_OTHER,
    BUNDLES[3]: _IN_ONE | _IN_OTHER,
    BUNDLES[4]: {"7": "Trk1"},
    BUNDLES[5]: _IN_ONE,
    _SHIFTED: {"7": "Trk1", "8": "Trk2"} | _IN_OTHER,
    BUNDLES[7]: {"7": "Trk2", "8": "Trk2"},
}
_SUBNETS = {10: "10.21.10", 20: "10.21.20", 30: "10.21.30"}


def _ports(names: set[str]) -> str:
    return ",".join(sorted(names))


def _flag(line: str, off: str = "") -> st.SearchStrategy[list[str]]:
    return st.sampled_from([[], [line], *([[off]] if off else [])])


def _set(form: str) -> st.SearchStrategy[list[str]]:
    chosen = st.sets(st.sampled_from(PORTS[:4]), max_size=4)
    return chosen.map(lambda names: [form.format(_ports(names))] if names else [])


@st.composite
def _members(draw: st.DrawFn) -> list[str]:
    """Trunk groups, and where each port and group stands."""
    bundles = draw(st.sampled_from(BUNDLES))
    names = [port for port in PORTS if port not in _MEMBERS[bundles]] + sorted(set(_MEMBERS[bundles].values()))
    exists = [vlan for vlan in VLANS if draw(st.booleans())]
    lines = list(bundles)
    for vlan in exists:
        lines.append(f"vlan {vlan}")
        if draw(st.booleans()):
            lines.append(f'name "{draw(st.sampled_from(["STAFF", "GUEST wifi", "DEAD"]))}{vlan}"')
        if vlan in _SUBNETS and draw(st.booleans()):
            hosts = st.sampled_from([5, 254]) if vlan != MANAGEMENT else st.just(5)
            lines.append(f"ip address {_SUBNETS[vlan]}.{draw(hosts)} 255.255.255.0")
            lines += draw(st.sampled_from([[], ["ip helper-address 10.250.20.21"], ["ip helper-address 10.250.20.22"]]))
        lines += draw(_flag("voice"))
        lines.append("exit")
    for name in names:
        untagged = draw(st.sampled_from([1, *exists]))
        if untagged != 1:
            lines += [f"vlan {untagged}", f"untagged {name}", "exit"]
        for vlan in exists:
            if vlan != untagged and draw(st.booleans()):
                lines += [f"vlan {vlan}", f"tagged {name}", "exit"]
    return lines


@st.composite
def _interface(draw: st.DrawFn) -> list[str]:
    port = draw(st.sampled_from(PORTS))
    inside = [
        *draw(st.sampled_from([[], ['name "Hall"'], ['name "Room 7"']])),
        *draw(_flag("disable")),
        *draw(_flag("no power-over-ethernet")),
        *draw(_flag("flow-control")),
        *draw(
            st.sampled_from(
                [[], ["speed-duplex 100-full"], ["rate-limit bcast in percent 5"], ["rate-limit bcast in percent 7"]]
            )
        ),
        *draw(_flag("dhcp-snooping trust")),
    ]
    return [f"interface {port}", *inside, "exit"] if inside else []


def _together(parts: list[list[str]]) -> list[str]:
    return [line for part in parts for line in part]


def _own(lines: list[str]) -> list[str]:
    """Without limits of ports in a trunk group, which the switch refuses."""
    bundled = {port for line in lines if line.startswith("trunk ") for port in _expanded(line.split()[1])}
    kept: list[str] = []
    port = ""
    for line in lines:
        port = line.split()[1] if line.startswith("interface ") else port
        if not (line.startswith("rate-limit ") and port in bundled):
            kept.append(line)
    return kept


def _expanded(text: str) -> list[str]:
    ends = [part.partition("-") for part in text.split(",")]
    return [str(port) for first, _, last in ends for port in range(int(first), int(last or first) + 1)]


_SERVERS = st.lists(st.sampled_from(["10.250.20.11", "10.250.20.12", "10.250.20.13"]), unique=True, max_size=2)
_MANAGERS = [
    f"ip authorized-managers 10.250.{net} 255.255.{mask} access manager{method}"
    for net, mask in (("10.0", "255.0"), ("20.0", "254.0"))
    for method in ("", " access-method ssh", " access-method snmp")
]

configurations = st.tuples(
    st.sampled_from([['hostname "one"'], ['hostname "oak sw 2"']]),
    _members(),
    st.lists(_interface(), max_size=4).map(_together),
    _flag("ip default-gateway 10.21.10.1", "ip default-gateway 10.21.10.254"),
    _flag("no telnet-server"),
    _flag("no web-management"),
    _SERVERS.map(lambda hosts: [f"logging {host}" for host in hosts]),
    _SERVERS.map(lambda hosts: [f'radius-server host {host} key "k{host[-1]}"' for host in hosts]),
    _SERVERS.map(lambda hosts: [f"sntp server priority {n} {host}" for n, host in enumerate(hosts, start=1)]),
    _flag("timesync sntp"),
    st.sets(st.sampled_from(_MANAGERS), max_size=3).map(sorted),
    _flag("aaa authentication ssh login radius local"),
    _flag("spanning-tree"),
    st.sampled_from([[], ["spanning-tree priority 1"], ["spanning-tree mode rapid-pvst"]]),
    _set("spanning-tree {} admin-edge-port"),
    _set("spanning-tree {} bpdu-protection"),
    _set("spanning-tree {} root-guard"),
    _set("loop-protect {}"),
    _set("aaa port-access mac-based {}"),
    _set("aaa port-access authenticator {} client-limit 4"),
    st.sampled_from([[], ["dhcp-snooping"], ["dhcp-snooping", "dhcp-snooping vlan 10,20"], ["dhcp-snooping vlan 20"]]),
    _flag("no dhcp-snooping option 82"),
    st.sampled_from([[], ['snmp-server contact "IT desk" location "Block A"'], ['snmp-server contact "Helpdesk"']]),
).map(lambda parts: _own(_together(list(parts))))
"""Lines in an order in which a switch takes them."""
