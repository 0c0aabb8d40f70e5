"""AOS-CX switches in a network: cables to another make, neighbours, stacks, RADIUS logins, and what show prints."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from typing_at import Typist

from trustctl.lab.estate import Lab
from trustctl.lab.fabric import Fabric
from trustctl.lab.faults import Fault, FaultKind
from trustctl.lab.forwarding import Carriage
from trustctl.lab.makes.aruba_aos_cx.model.login import login
from trustctl.lab.makes.aruba_aos_cx.model.rules import CONFIG, EXEC
from trustctl.lab.makes.aruba_aos_cx.model.switch import CxSwitch
from trustctl.lab.spec import Account, DeviceSpec, Link

NAME = "elder-sw-21"
PROMPT = f"{NAME}# ".encode()
CORE = """hostname core
lldp run
vtp mode transparent
username admin privilege 15 password 0 pw
vlan 10
 name PUPIL
vlan 20
 name PRINT
vlan 99
 name MGMT
interface Port-channel1
 switchport trunk allowed vlan 1,10,20,99
 switchport mode trunk
interface GigabitEthernet1/0/1
 description to the firewall
 switchport trunk allowed vlan 10,99
 switchport mode trunk
interface GigabitEthernet1/0/23
 switchport trunk allowed vlan 1,10,20,99
 switchport mode trunk
 channel-group 1 mode active
interface GigabitEthernet1/0/24
 switchport trunk allowed vlan 1,10,20,99
 switchport mode trunk
 channel-group 1 mode active
interface Vlan99
 ip address 10.20.99.1 255.255.255.0
ip default-gateway 10.20.99.254
line vty 0 4
 login local
 transport input ssh
end
"""


@pytest.fixture
def school(closet: str) -> Iterator[Lab]:
    """The closet behind an IOS core, joined by a bundle of two cables."""
    specs = [
        DeviceSpec("core", "cisco_ios", boot=CORE, attachment="Gi1/0/1"),
        DeviceSpec(
            NAME, "aruba_aos_cx", model="JL677A", serial="CN21AAA001", base_mac="00:11:22:33:44:00", boot=closet
        ),
    ]
    links = [Link(NAME, f"1/1/{port}", "core", f"Gi1/0/{port - 2}") for port in (25, 26)]
    with Lab(specs, links=links, minute_seconds=0.2) as running:
        yield running


def _typist(lab: Lab) -> Typist:
    one = Typist(lab.endpoints[NAME][1], "admin", "correct-horse")
    one.until(PROMPT)
    one.type(b"no page\r", PROMPT)
    return one


def _ask(one: Typist, command: str) -> str:
    return one.type(f"{command}\r".encode(), PROMPT).decode().replace("\r\n", "\n")


def test_neighbours_and_ping_across_makes(school: Lab) -> None:
    """The core is heard on both members, answers a ping, and is no longer there once its port is shut."""
    one = _typist(school)
    heard = _ask(one, "show lldp neighbor-info")
    assert "Total Neighbor Entries          : 2" in heard
    assert re.search(r"^1/1/25 +[0-9a-f:]{17} +Gi1/0/23 .* core$", heard, re.MULTILINE)
    assert "Neighbor System-Name           : core" in _ask(one, "show lldp neighbor-info 1/1/26")
    assert "5 received, 0% packet loss" in _ask(one, "ping 10.20.99.1")
    school.device_edit("core", ["interface Gi1/0/23", "shutdown"])
    assert "Total Neighbor Entries          : 1" in _ask(one, "show lldp neighbor-info")
    assert "5 received, 0% packet loss" in _ask(one, "ping 10.20.99.1 repetitions 5")
    assert "100% packet loss" in _ask(one, "ping 10.20.99.77")
    one.transport.close()


def test_the_far_end_can_cut_the_closet_off(school: Lab) -> None:
    """The last cable that goes dark takes the session with it."""
    one = _typist(school)
    school.device_edit("core", ["interface Gi1/0/23", "shutdown"])
    assert school.reachable(NAME).ok
    school.device_edit("core", ["interface Gi1/0/24", "shutdown"])
    assert one.closed()
    assert not school.reachable(NAME).ok
    school.device_edit("core", ["interface Gi1/0/24", "no shutdown"])
    assert school.reachable(NAME).ok


def test_what_the_show_commands_print(school: Lab) -> None:
    """The figures that people and tools look for, in the layouts that recorded sessions have."""
    one = _typist(school)
    assert "Version      : PL.10.13.1010 " in _ask(one, "show version")
    system = _ask(one, "show system")
    assert "Chassis Serial Nbr     : CN21AAA001 " in system
    assert "Base MAC Address       : 001122-334400 " in system
    assert "Time Zone              : Europe/London " in system
    assert "1/1  JL677A  6100 24G CL4 4SFP+ Swch                CN21AAA001 Ready" in _ask(one, "show module")
    vlans = _ask(one, "show vlan")
    assert re.search(r"^20 +PRINT +up +ok +static +1/1/1,1/1/27,lag1$", vlans, re.MULTILINE)
    brief = _ask(one, "show interface brief")
    assert re.search(r"^1/1/4 +1 +access 1GbT +no +down +Administratively down +-- +--$", brief, re.MULTILINE)
    assert re.search(r"^lag1 +1 +trunk +-- +yes +up +1000 +To the core$", brief, re.MULTILINE)
    assert re.search(r"^vlan99 +-- +-- +-- +yes +up ", brief, re.MULTILINE)
    assert "via  10.20.99.1,  [1/0],  static" in _ask(one, "show ip route")
    assert "vlan99           10.20.99.5/24               up/up" in _ask(one, "show ip interface brief")
    assert "interface 1/1/4\n    shutdown\n    vlan access 1\n    exit\n" in _ask(one, "show running-config int 1/1/4")
    assert "System is configured for timezone : Europe/London" in _ask(one, "show clock")
    assert "VLAN 77 does not exist" in _ask(one, "show vlan 77")
    assert _ask(one, "show running-config | include vlan access 20 | count").splitlines()[1] == "1"
    assert _ask(one, "sh run | inc").splitlines()[1] == "% Command incomplete."
    assert _ask(one, "show in").splitlines()[1] == "% Command incomplete."
    assert _ask(one, "s").splitlines()[1] == "% Command incomplete."
    assert _ask(one, "show c").splitlines()[1] == "% Ambiguous command."
    assert _ask(one, "show version x").splitlines()[1] == "Invalid input: x"
    one.transport.close()


def test_show_commands_work_while_configuring(school: Lab) -> None:
    """With and without `do`; the context stays."""
    one = _typist(school)
    inside = f"{NAME}(config-if)# ".encode()
    one.type(b"configure terminal\rinterface 1/1/9\r", inside)
    assert b"Version      :" in one.type(b"show version\r", inside)
    assert b"Version      :" in one.type(b"do show version\r", inside)
    assert b"vlan access 1\r\n    exit" in one.type(b"show running-config current-context\r", inside)
    assert b"[Success]" in one.type(b"write memory\r", inside)
    assert one.type(b"\x1a", PROMPT)
    one.transport.close()


def test_a_banner_and_a_question_are_typed(school: Lab) -> None:
    """The shell takes a banner up to its delimiter, and deletes a user only after `y`."""
    one = _typist(school)
    config = f"{NAME}(config)# ".encode()
    one.type(b"configure terminal\r", config)
    one.type(b"banner exec ^\r", b"(banner-exec)# ")
    one.type(b"! two\r", b"(banner-exec)# ")
    assert b"Banner updated successfully!" in one.type(b"lines^\r", config)
    one.type(b"no user reader\r", b"[y/n]? ")
    one.type(b"n\r", config)
    assert "user reader" in school.running(NAME)
    one.type(b"no user reader\r", b"[y/n]? ")
    one.type(b"y\r", config)
    assert "user reader" not in school.running(NAME)
    assert "banner exec ^\n! two\nlines\n^\n" in school.running(NAME)
    one.transport.close()


def test_faults_that_show(school: Lab) -> None:
    """Another box answers; a line is refused; a prompt is torn by a log line; bytes that are no text."""
    one = _typist(school)
    school.break_(NAME, Fault(FaultKind.SERIAL, text="CN99ZZZ999"))
    assert "CN99ZZZ999" in _ask(one, "show system")
    school.break_(NAME, Fault(FaultKind.REJECT_LINE, amount=1))
    config = f"{NAME}(config)# ".encode()
    one.type(b"configure terminal\r", config)
    assert b"Invalid input: vlan" in one.type(b"vlan 30\r", config)
    one.type(b"end\r", PROMPT)
    school.break_(NAME, Fault(FaultKind.GARBAGE, text="show clock"))
    assert b"\xff" in one.type(b"show clock\r", PROMPT)
    school.break_(NAME, Fault(FaultKind.PROMPT))
    assert b"LOG_INFO" in one.type(b"\r", b"-21# ")
    one.transport.close()


def test_five_sessions_and_no_more(lab: Lab, typist: Callable[..., Typist]) -> None:
    """The sixth gets no shell; a place is free again once somebody leaves."""
    open_ones = [typist() for _ in range(5)]
    assert lab.sessions(NAME) == 5
    with pytest.raises(Exception, match=r"(?i)request|closed|eof"):
        typist()
    open_ones[0].type(b"exit\r", b"exit")
    assert open_ones[0].closed()
    typist()


# --- the model alone --------------------------------------------------------------------------------------------------


def _type(switch: CxSwitch, *lines: str) -> None:
    context = CONFIG
    for line in lines:
        reply = switch.configure(context, line)
        assert not reply.refused, (line, reply.output)
        context = CONFIG if reply.context == EXEC else reply.context


def test_what_a_trunk_carries(closet: str) -> None:
    """The native VLAN goes untagged, or tagged if it says so, or not at all if the trunk does not allow it."""
    switch = CxSwitch(DeviceSpec("SW1", "aruba_aos_cx", model="JL677A", boot=closet))
    assert switch.carries("1/1/25", 99) is Carriage.TAGGED
    assert switch.carries("lag1", 1) is Carriage.UNTAGGED
    assert switch.carries("1/1/1", 20) is Carriage.UNTAGGED
    assert switch.carries("1/1/1", 10) is Carriage.NOT
    assert switch.untagged_vlan("1/1/1") == 20
    _type(switch, "interface lag 1", "vlan trunk native 99")
    assert switch.carries("lag1", 99) is Carriage.UNTAGGED
    _type(switch, "interface lag 1", "vlan trunk native 99 tag")
    assert switch.carries("lag1", 99) is Carriage.TAGGED
    assert switch.untagged_vlan("lag1") is None
    _type(switch, "interface lag 1", "vlan trunk native 1", "no vlan trunk allowed 1")
    assert switch.carries("lag1", 1) is Carriage.NOT


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (("interface vlan 99", "shutdown"), "vlan99 is down: it is shut down"),
        (("vlan 99", "shutdown"), "vlan99 is down: VLAN 99 does not exist or is shut down"),
        (("no interface vlan 99",), "no interface has the address 10.20.99.5 any more"),
        (("no ip route 0.0.0.0/0 10.20.99.1",), "no route leads back to the station (default gateway)"),
        (
            ("ip route 0.0.0.0/0 10.20.99.9", "no ip route 0.0.0.0/0 10.20.99.1"),
            "nothing answers at the gateway 10.20.99.9",
        ),
        (("interface lag 1", "no vlan trunk allowed 99"), "VLAN 99 does not reach the station"),
        (("interface lag 1", "vlan access 99"), "VLAN 99 does not reach the station"),
        (("no ssh server vrf default",), "no SSH server listens in VRF default"),
    ],
    ids=lambda each: " / ".join(each) if isinstance(each, tuple) else "",
)
def test_why_the_station_gets_through_no_more(closet: str, lines: tuple[str, ...], why: str) -> None:
    """Each way of cutting oneself off has its reason."""
    switch = CxSwitch(DeviceSpec("SW1", "aruba_aos_cx", model="JL677A", boot=closet, attachment="lag1"))
    fabric = Fabric([switch])
    assert fabric.reachable("SW1").ok
    _type(switch, *lines)
    found = fabric.reachable("SW1")
    assert not found.ok
    assert found.why.startswith(why)


def test_radius_decides_where_it_answers(closet: str) -> None:
    """A server that answers has the last word; where none does, the next method is asked."""
    accounts = (Account("visitor", "radius-word"),)
    for servers, expected in ((frozenset({"10.20.0.20"}), (15, None)), (frozenset[str](), (None, 15))):
        spec = DeviceSpec("SW1", "aruba_aos_cx", boot=closet, radius_accounts=accounts, radius_servers=servers)
        switch = CxSwitch(spec)
        _type(switch, "aaa authentication login ssh group NPS local")
        assert (login(switch, "visitor", "radius-word"), login(switch, "admin", "correct-horse")) == expected


def test_a_password_that_the_lab_was_told(closet: str) -> None:
    """Where the ciphertext is a real switch's, `local_accounts` says what the password is; a new switch needs none."""
    foreign = re.sub(r"(user admin .* ciphertext) \S+", r"\1 AAAAAAAAAABBBB", closet)
    switch = CxSwitch(DeviceSpec("SW1", "aruba_aos_cx", boot=foreign, local_accounts=(Account("admin", "told"),)))
    assert login(switch, "admin", "told") == 15
    assert login(switch, "admin", "correct-horse") is None
    assert login(CxSwitch(DeviceSpec("SW1", "aruba_aos_cx")), "admin", "") == 15


def test_a_stack_loses_a_member() -> None:
    """`show vsf` lists it no more, its ports stay configured."""
    spec = DeviceSpec(NAME, "aruba_aos_cx", members=("JL668A", "JL668A"), serial="SG01", boot="hostname elder-sw-21\n")
    with Lab([spec]) as lab:
        one = Typist(lab.endpoints[NAME][1], "admin", "")
        one.until(PROMPT)
        assert re.search(r"^2 +00:11:22:33:54:00 +JL668A +Member", _ask(one, "show vsf"), re.MULTILINE)
        lab.break_(NAME, Fault(FaultKind.LOST_MEMBER, amount=2))
        assert not re.search(r"^2 ", _ask(one, "show vsf"), re.MULTILINE)
        assert "interface 2/1/28\n" in lab.running(NAME)
        one.transport.close()
