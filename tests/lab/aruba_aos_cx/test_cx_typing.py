"""What lines of configuration do on the AOS-CX model, and what is said of those that are refused."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from trustctl.lab.makes.aruba_aos_cx.model.rules import CONFIG, EXEC, Context
from trustctl.lab.makes.aruba_aos_cx.model.switch import CxSwitch
from trustctl.lab.spec import DeviceSpec

_AUTHENTICATOR = "aaa authentication port-access dot1x authenticator"


@dataclass(frozen=True)
class Typed:
    """Lines typed one after another, what was printed, and the section that is looked at afterwards."""

    lines: tuple[str, ...]
    said: tuple[str, ...] = ()
    section: str = ""
    holds: tuple[str, ...] | None = None
    """The lines of that section; None: there is no such section."""


def _type(switch: CxSwitch, lines: tuple[str, ...]) -> tuple[list[str], Context]:
    context, said = CONFIG, list[str]()
    for line in lines:
        reply = switch.configure(context, line)
        said += reply.output
        context = reply.context if reply.context != EXEC else CONFIG
    return said, context


def _section(text: str, header: str) -> tuple[str, ...] | None:
    lines = text.split("\n")
    if header not in lines:
        return None
    found: list[str] = []
    for line in lines[lines.index(header) + 1 :]:
        if not line.startswith("    "):
            break
        found.append(line[4:])
    return tuple(found)


PORT = "interface 1/1/9"
FREE = ("no shutdown", "vlan access 1")
ACCEPTED = [
    Typed(("vlan 30", "name GUEST"), (), "vlan 30", ("name GUEST",)),
    Typed(("vlan 20", "no name"), (), "vlan 1,20", ()),
    Typed((PORT, "vlan access 20"), (), PORT, ("no shutdown", "vlan access 20")),
    Typed((PORT, "vl acc 20", "desc Hall 2"), (), PORT, ("description Hall 2", "no shutdown", "vlan access 20")),
    Typed((PORT, "vlan trunk native 20"), (), PORT, ("no shutdown", "vlan trunk native 20", "vlan trunk allowed all")),
    Typed((PORT, "vlan trunk allowed 10"), (), PORT, ("no shutdown", "vlan trunk native 1", "vlan trunk allowed 10")),
    Typed(
        (PORT, "vlan trunk allowed 10", "vlan trunk allowed 20,99"),
        (),
        PORT,
        ("no shutdown", "vlan trunk native 1", "vlan trunk allowed 10,20,99"),
    ),
    Typed(
        (PORT, "vlan trunk allowed 10,20,99", "no vlan trunk allowed 20"),
        (),
        PORT,
        ("no shutdown", "vlan trunk native 1", "vlan trunk allowed 10,99"),
    ),
    Typed(
        (PORT, "vlan trunk allowed all", "no vlan trunk allowed 20"),
        (),
        PORT,
        ("no shutdown", "vlan trunk native 1", "vlan trunk allowed 1,10,99"),
    ),
    Typed((PORT, "vlan trunk allowed 10", "vlan access 10"), (), PORT, ("no shutdown", "vlan access 10")),
    Typed((PORT, "vlan access 10", "no vlan access"), (), PORT, FREE),
    Typed(
        (PORT, "vlan trunk native 20 tag", "no vlan trunk native"),
        (),
        PORT,
        ("no shutdown", "vlan trunk native 1", "vlan trunk allowed all"),
    ),
    Typed(
        ("no vlan 20",),
        (),
        "interface 1/1/1",
        (
            "description Reception printer",
            "no shutdown",
            "vlan access 1",
            "spanning-tree bpdu-guard",
            "spanning-tree port-type admin-edge",
        ),
    ),
    Typed(
        ("no vlan 20",),
        (),
        "interface lag 1",
        (
            "description To the core",
            "no shutdown",
            "vlan trunk native 1",
            "vlan trunk allowed 1,10,99",
            "lacp mode active",
        ),
    ),
    Typed(("interface lag 2",), (), "interface lag 2", ("shutdown", "vlan access 1")),
    Typed(("interface 1/1/2", "lag 1"), (), "interface 1/1/2", ("description Classroom", "no shutdown", "lag 1")),
    Typed(("interface 1/1/25", "no lag 1"), (), "interface 1/1/25", FREE),
    Typed(("no interface lag 1",), (), "interface 1/1/26", FREE),
    Typed(("no interface 1/1/2",), (), "interface 1/1/2", FREE),
    Typed(("interface 1/1/8-1/1/9", "shutdown", "vlan access 10"), (), PORT, ("shutdown", "vlan access 10")),
    Typed((PORT, "no power-over-ethernet"), (), PORT, (*FREE, "no power-over-ethernet")),
    Typed(("interface 1/1/3", "power-over-ethernet", "no power-over-ethernet priority"), (), "interface 1/1/3", FREE),
    Typed(
        (PORT, _AUTHENTICATOR, "enable", "exit", "spanning-tree bpdu-guard"),
        (),
        PORT,
        (*FREE, "spanning-tree bpdu-guard", _AUTHENTICATOR, "    enable"),
    ),
    Typed((PORT, f"{_AUTHENTICATOR} enable"), (), PORT, (*FREE, _AUTHENTICATOR, "    enable")),
    Typed(
        (
            "interface 1/1/2",
            f"no {_AUTHENTICATOR}",
            "no aaa authentication port-access client-limit",
            "no loop-protect",
            "no rate-limit broadcast",
        ),
        (),
        "interface 1/1/2",
        (
            "description Classroom",
            "no shutdown",
            "vlan access 10",
            "spanning-tree bpdu-guard",
            "spanning-tree root-guard",
            "spanning-tree port-type admin-edge",
            "aaa authentication port-access mac-auth",
            "    enable",
        ),
    ),
    Typed(
        ("interface 1/1/8-1/1/9", "aaa authentication port-access mac-auth", "enable"),
        (),
        PORT,
        (*FREE, "aaa authentication port-access mac-auth", "    enable"),
    ),
    Typed(
        ("interface vlan 10", "ip address 10.20.10.1/24", "ip address 10.20.10.2/24"),
        (),
        "interface vlan 10",
        ("ip address 10.20.10.2/24",),
    ),
    Typed(
        (
            "interface vlan10",
            "ip helper-address 10.20.0.41",
            "ip helper-address 10.20.0.40",
            "no ip helper-address 10.20.0.41",
        ),
        (),
        "interface vlan 10",
        ("ip helper-address 10.20.0.40",),
    ),
    Typed(
        ("interface vlan 99", "no ip address 10.20.99.5/24"), (), "interface vlan 99", ("ip helper-address 10.20.0.40",)
    ),
    Typed(("ip route 0.0.0.0/0 10.20.99.254",), (), "ip route 0.0.0.0/0 10.20.99.1", ()),
    Typed(
        ("ip route 0.0.0.0/0 10.20.99.254", "no ip route 0.0.0.0/0 10.20.99.1"),
        (),
        "ip route 0.0.0.0/0 10.20.99.1",
        None,
    ),
    Typed(("no ntp server 10.20.0.10",), (), "ntp server 10.20.0.10 iburst prefer", None),
    Typed(
        ("access-list ip MANAGERS", "deny any any any", "no 20"),
        (),
        "access-list ip MANAGERS",
        ("10 comment the trust's own networks", "30 permit any any any", "40 deny any any any"),
    ),
    Typed(("no aaa group server radius NPS",), (), "aaa group server radius NPS", None),
    Typed(("https-server vrf default", "no https-server vrf default"), (), "https-server vrf default", None),
    Typed(("no dhcpv4-snooping option 82",), (), "no dhcpv4-snooping option 82", ()),
    Typed(("no dhcpv4-snooping option 82", "dhcpv4-snooping option 82"), (), "no dhcpv4-snooping option 82", None),
    Typed(
        ("dhcpv4-snooping option 82 untrusted-policy keep remote-id mac",),
        (),
        "dhcpv4-snooping option 82 untrusted-policy keep",
        (),
    ),
    Typed(("spanning-tree mode mstp",), (), "spanning-tree mode mstp", None),
    Typed(("spanning-tree mode mstp",), (), "spanning-tree mode rpvst", None),
    Typed(("no aaa accounting port-access",), (), "aaa accounting port-access start-stop group NPS", None),
    Typed(("no aaa accounting port-access group",), (), "aaa accounting port-access start-stop group NPS", None),
    Typed(
        ("aaa accounting port-access start-stop interim 10 group NPS", "no aaa accounting port-access interim"),
        (),
        "aaa accounting port-access start-stop group NPS",
        (),
    ),
    Typed(("aruba-central", "disable", "enable"), (), "aruba-central", ("enable",)),
    Typed(("no hostname",), (), "hostname elder-sw-21", None),
]
REFUSED = [
    ("frobnicate", "Invalid input: frobnicate"),
    ("vlan", "% Command incomplete."),
    ("vlan 4095", "Invalid input: 4095"),
    ("vlan 10-", "Invalid input: 10-"),
    ("no vlan 1", "Default VLAN cannot be deleted."),
    ("no vlan 77", "VLAN 77 not found"),
    ("n", "% Command incomplete."),
    ("hostname", "% Command incomplete."),
    ("hostname -bad-", "Invalid input: -bad-"),
    ("interface 1/1/40", "Interface 1/1/40 is not present."),
    ("interface mgmt", "Invalid input: mgmt"),
    ("interface vlan 77", "VLAN 77 not found"),
    ("no interface lag 9", "Interface lag9 does not exist."),
    ("ip route 10.0.0.1/8 10.20.99.1", "Invalid input: 10.0.0.1/8"),
    ("ip route 10.0.0.0/8", "% Command incomplete."),
    ("no ip route 10.0.0.0/8 10.20.99.1", "Route not found."),
    ("ntp server 10.20.0.10 minpoll 99", "Invalid input: 99"),
    ("snmp-server system", "% Command incomplete."),
    ("ss server vrf default extra", "Invalid input: extra"),
    ("aaa authentication login ssh group NOBODY local", "Server group NOBODY does not exist."),
    ("user ghost password plaintext x", "User ghost does not exist."),
    ("user kim group nobody password plaintext x", "User group nobody does not exist."),
    ("no user admin", "The user admin cannot be deleted."),
    ("no radius-server host 10.9.9.9", "10.9.9.9 is not configured."),
    ("interface 1/1/9; vlan access 77", "VLAN 77 not found"),
    (
        "interface 1/1/9; vlan trunk allowed 10,77",
        "VLAN 77 not found for interface 1/1/9, aborting all the VLAN's 10, 77 configurations.",
    ),
    ("interface 1/1/25; vlan access 10", "Can't configure VLAN, interface is part of LAG lag1."),
    ("interface 1/1/9; no vlan trunk native", "Interface is not in trunk mode."),
    ("interface lag 1; no vlan access", "Interface is not in access mode."),
    ("interface 1/1/9; lag 9", "LAG 9 does not exist."),
    ("interface 1/1/9; no lag", "Interface 1/1/9 is not part of a LAG."),
    ("interface 1/1/27; no power-over-ethernet", "Invalid input: power-over-ethernet"),
    ("interface 1/1/9; vrf attach nowhere", "VRF nowhere does not exist."),
    ("vlan 10; name AAAAAAAAAABBBBBBBBBBCCCCCCCCCCDDD", "Invalid input: AAAAAAAAAABBBBBBBBBBCCCCCCCCCCDDD"),
    ("interface 1/1/9; mtu 20000", "Invalid input: 20000"),
    (
        "interface vlan 10; ip address 10.20.99.77/25",
        "An interface with the same IP address or subnet or an overlapping network already exists.",
    ),
    ("interface vlan 10; ip address 10.20.10.1 255.255.255.0", "Invalid input: 10.20.10.1"),
    ("interface vlan 99; no ip address 10.20.99.6/24", "No IP address configured on the interface."),
]


def _switch(closet: str) -> CxSwitch:
    return CxSwitch(DeviceSpec("SW1", "aruba_aos_cx", model="JL677A", boot=closet))


@pytest.mark.parametrize("typed", ACCEPTED, ids=lambda typed: " / ".join(typed.lines))
def test_lines_take_effect(closet: str, typed: Typed) -> None:
    """They print where they belong, and what they displace is gone; nothing is said."""
    switch = _switch(closet)
    said, _ = _type(switch, typed.lines)
    assert tuple(said) == typed.said
    assert _section(switch.running_text(), typed.section) == typed.holds


@pytest.mark.parametrize(("typed", "said"), REFUSED, ids=[line for line, _ in REFUSED])
def test_refused_lines_change_nothing(closet: str, typed: str, said: str) -> None:
    """The switch says why, stays where it is, and its configuration is what it was."""
    switch = _switch(closet)
    *opening, last = typed.split("; ")
    _, context = _type(switch, tuple(opening))
    before = switch.running_text()
    reply = switch.configure(context, last)
    assert reply.output == (said,)
    assert reply.refused
    assert reply.context == context
    assert switch.running_text() == before


def test_prompts_follow_the_context(closet: str) -> None:
    """A line of a context above leads back there; `exit` goes up by one, `end` out."""
    switch = _switch(closet)
    seen: list[str] = []
    context = CONFIG
    for line in (
        *("vlan 10", "interface 1/1/9", _AUTHENTICATOR, "exit", "vlan 10,20", "interface lag 1", "interface vlan 99"),
        *("interface 1/1/8-1/1/9", "aaa group server radius NPS", "access-list ip X", "ntp enable", "vlan 10", "end"),
    ):
        context = switch.configure(context, line).context
        seen.append(context.prompt)
    assert seen == [
        *("config-vlan-10", "config-if", "config-if-dot1x-auth", "config-if", "config-vlan-<10,20>", "config-lag-if"),
        *("config-if-vlan", "config-if-<1/1/8-1/1/9>", "config-sg", "config-acl-ip", "config", "config-vlan-10", ""),
    ]


def test_secrets_are_stored_so_that_nobody_can_compare_them(closet: str) -> None:
    """The same secret gives another ciphertext each time; a ciphertext is kept as it is and lets its user in."""
    switch = _switch(closet)
    line = "user bob group administrators password plaintext {}"
    _type(switch, (line.format("horse"),))
    first = switch.root.text("user bob")
    _type(switch, (line.format("horse"),))
    second = switch.root.text("user bob")
    assert "horse" not in switch.running_text()
    assert first != second
    other = _switch(closet)
    _type(other, (first,))
    assert other.root.text("user bob") == first
    for text in (
        "radius-server host 10.20.0.21 key plaintext k1",
        "snmpv3 user u auth sha auth-pass plaintext a1234567",
    ):
        _type(switch, (text,))
    assert switch.root.text("radius-server host 10.20.0.21").startswith(
        "radius-server host 10.20.0.21 key ciphertext AQ"
    )
    assert "plaintext" not in switch.running_text()


def test_deleting_a_user_asks(closet: str) -> None:
    """Without a yes nothing happens."""
    switch = _switch(closet)
    reply = switch.configure(CONFIG, "no user reader")
    assert reply.question is not None
    assert "Do you want to continue [y/n]?" in reply.question.text
    switch.answer(CONFIG, reply.question, accepted=False)
    assert switch.root.has("user reader")
    switch.answer(CONFIG, reply.question, accepted=True)
    assert not switch.root.has("user reader")


def test_a_banner_is_taken_to_its_delimiter(closet: str) -> None:
    """The lines up to it are the banner, whatever they look like."""
    switch = _switch(closet)
    reply = switch.configure(CONFIG, "banner motd ^")
    assert reply.output == ("Enter a new banner. Terminate the banner with the delimiter you have chosen.",)
    assert reply.block is not None
    done = switch.finish_block(CONFIG, reply.block, ("! vlan 5", "", "vlan 6 is not one", "end of it"))
    assert done.output == ("Banner updated successfully!",)
    assert "banner motd ^\n! vlan 5\n\nvlan 6 is not one\nend of it\n^\n" in switch.running_text()
    printed = switch.running_text()
    again = CxSwitch(DeviceSpec("SW1", "aruba_aos_cx", model="JL677A", boot=printed))
    assert again.running_text() == printed
    assert again.vlan_ids() == {1, 10, 20, 99}


def test_a_small_switch_has_room_for_512_vlans(closet: str) -> None:
    """The next one is refused."""
    switch = _switch(closet)
    assert _type(switch, ("vlan 100-607",))[0] == []
    assert _type(switch, ("vlan 2000",))[0] == ["Maximum number of VLANs (512) reached."]


def test_a_switch_with_routed_ports() -> None:
    """A 6300 spells `no routing`; a routed port takes no VLANs and a switch port no address of its own any more."""
    switch = CxSwitch(DeviceSpec("SW1", "aruba_aos_cx", model="JL668A"))
    assert _section(switch.running_text(), "interface 1/1/1") == ("no shutdown", "no routing", "vlan access 1")
    said, _ = _type(switch, ("interface 1/1/1", "routing", "vlan access 1", "ip address 10.1.1.1/30"))
    assert said == ["Failed to set access VLAN. Disable routing on the interface."]
    assert _section(switch.running_text(), "interface 1/1/1") == ("no shutdown", "ip address 10.1.1.1/30")
    _type(switch, ("interface 1/1/1", "no routing"))
    assert _section(switch.running_text(), "interface 1/1/1") == ("no shutdown", "no routing", "vlan access 1")


def test_a_stack_has_the_ports_of_all_members() -> None:
    """Member 2's ports start with 2."""
    switch = CxSwitch(DeviceSpec("SW1", "aruba_aos_cx", members=("JL668A", "JL665A")))
    names = [name for name, _ in switch.ports()]
    assert names[0] == "1/1/1"
    assert names[-1] == "2/1/52"
    assert len(names) == 28 + 52
    assert switch.feeds("2/1/3")
    assert not switch.feeds("1/1/3")
