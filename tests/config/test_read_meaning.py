"""Configurations that mean the same have the same canonical form (docs/hazards.md, by number)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import meant, observed, section

from trustctl.config.defaults import effective
from trustctl.config.digest import differences, digest
from trustctl.errors import RenderError

PORT = "interface GigabitEthernet1/0/1"
TRUNK = ("interface/allowed-vlans",)

SAME = {
    "H2 ranges": (
        "interface Gi1/0/1\n switchport trunk allowed vlan 10-12\n",
        "interface Gi1/0/1\n switchport trunk allowed vlan 12,10,11\n",
    ),
    "H3 wrapped": (
        "interface Gi1/0/1\n switchport trunk allowed vlan 10,20\n switchport trunk allowed vlan add 30-32\n",
        "interface Gi1/0/1\n switchport trunk allowed vlan 10,20,30,31,32\n",
    ),
    "H9 port that is up": ("interface Gi1/0/1\n no shutdown\n", "interface Gi1/0/1\n"),
    "H9 other defaults": (
        "interface Gi1/0/1\n switchport access vlan 1\n speed auto\n duplex auto\n switchport trunk allowed vlan all\n",
        "interface Gi1/0/1\n",
    ),
    "H9 name of a VLAN": ("vlan 10\n name VLAN0010\n", "vlan 10\n"),
    "H11 lines": (
        "line vty 0 4\n transport input ssh\nline vty 5 15\n transport input ssh\n",
        "line vty 0 15\n transport input ssh\n",
    ),
    "H12 range": (
        "interface range gi1/0/1 - 2\n switchport mode access\n",
        "interface Gi1/0/1\n switchport mode access\ninterface Gi1/0/2\n switchport mode access\n",
    ),
    "H12 list of VLANs": ("vlan 10,20-21\n", "vlan 20\nvlan 21\nvlan 10\n"),
    "H14 delimiters": ("banner motd ^C\nKeep\n out\n^C\n", "banner motd #Keep\n out\n#\n"),
    "H14 control character": ("banner motd \x03\nKeep\n out\n\x03\n", "banner motd ^C\nKeep\n out\n^C\n"),
    "H14 one line": ("banner login ^CKeep out^C\n", "banner login ^C\nKeep out\n^C\n"),
    "H14 blank lines": ("banner login ^C\nKeep\n\nout \n^C\n", "banner login ^C\nKeep\nout\n^C\n"),
    "H15 certificates": (
        "crypto pki certificate chain TP\n certificate self-signed 01\n  30820330\n  \tquit\nhostname a\n",
        "hostname a\n",
    ),
    "H18 numbers of entries": (
        "ip access-list extended A\n 10 permit tcp any any eq 80\n 20 deny ip any any\n",
        "ip access-list extended A\n permit tcp any any eq www\n deny   ip any any\n",
    ),
    "H18 numbers out of order": (
        "ip access-list standard A\n 20 deny any\n 10 permit 10.1.1.1\n",
        "ip access-list standard A\n permit host 10.1.1.1\n deny any\n",
    ),
    "H18 numbered list": (
        "access-list 10 permit 10.1.1.0 0.0.0.255\naccess-list 10 deny any\n",
        "ip access-list standard 10\n 10 permit 10.1.1.0 0.0.0.255\n 20 deny any\n",
    ),
    "H29 clock": ("ntp clock-period 17208943\nhostname a\n", "hostname a\n"),
    "order of lines": (
        "ntp server 10.1.1.1\nntp server 10.1.1.2\nhostname a\n",
        "hostname a\nntp server 10.1.1.2\nntp server 10.1.1.1\n",
    ),
    "order of sections": ("vlan 10\n name A\nvlan 20\n name B\n", "vlan 20\n name B\nvlan 10\n name A\n"),
    "a section twice": ("vlan 10\n name A\nvlan 10\n state active\n", "vlan 10\n name A\n"),
    "old and new names": (
        "ip domain-name a.example\nlogging 10.1.1.1\ninterface Gi1\n spanning-tree portfast\n",
        "ip domain name a.example\nlogging host 10.1.1.1\ninterface Gi1\n spanning-tree portfast edge\n",
    ),
    "severity by number": ("logging trap 5\n", "logging trap notifications\n"),
    "snooping lists": (
        "ip dhcp snooping vlan 10\nip dhcp snooping vlan 20-22\n",
        "ip dhcp snooping vlan 10,20,21,22\n",
    ),
    "priority per VLAN": (
        "spanning-tree vlan 10,20 priority 4096\n",
        "spanning-tree vlan 10 priority 4096\nspanning-tree vlan 20 priority 4096\n",
    ),
    "the default priority": (
        "spanning-tree vlan 10 priority 4096\nspanning-tree vlan 20 priority 32768\n",
        "spanning-tree vlan 10 priority 4096\n",
    ),
    "blanks": (
        "interface  Gi1/0/1\n ip   address 10.1.1.1  255.0.0.0 \n",
        "interface Gi1/0/1\n ip address 10.1.1.1 255.0.0.0\n",
    ),
    "words whose order means nothing": (
        "line vty 0\n transport input telnet ssh\n",
        "line vty 0\n transport input ssh telnet\n",
    ),
    "communities in another order": (
        "snmp-server community a RO\nsnmp-server community b RW\n",
        "snmp-server community b RW\nsnmp-server community a RO\n",
    ),
    "a line that is taken back": ("interface Gi1/0/1\n description x\n no description\n", "interface Gi1/0/1\n"),
    "a priority on several lines": (
        "spanning-tree vlan 1-4094 priority 24576\n",
        "spanning-tree vlan 2000-4094 priority 24576\nspanning-tree vlan 1-1999 priority 24576\n",
    ),
    "look-ups, with and without the hyphen": ("no ip domain-lookup\n", "no ip domain lookup\n"),
    "portfast off where it is off": (
        "interface Gi1/0/1\n spanning-tree portfast disable\n spanning-tree guard none\n",
        "interface Gi1/0/1\n",
    ),
    "timers at their defaults": (
        (
            "lldp timer 30\nlldp holdtime 120\nlldp reinit 2\ncdp timer 60\ncdp holdtime 180\n"
            "lacp system-priority 32768\nmac address-table aging-time 300\nsystem mtu 1500\nip http port 80\n"
            "spanning-tree transmit hold-count 6\n"
        ),
        "",
    ),
    "limits at their defaults": (
        "interface Gi1/0/1\n arp timeout 14400\n switchport port-security maximum 1\nline vty 0\n session-timeout 0\n",
        "interface Gi1/0/1\nline vty 0\n",
    ),
    "a certificate without indentation": (
        "crypto pki certificate chain TP\ncertificate ca 01\n  30820321 30820209\n  \tquit\nhostname a\n",
        "hostname a\n",
    ),
    "a byte order mark": ("\ufeff\nhostname a\n", "hostname a\n"),
    "keepalive at its default": (
        "interface Gi1/0/1\n keepalive 10\nlogging host 10.1.1.1\n",
        "interface Gi1/0/1\n keepalive\nlogging host 10.1.1.1\n",
    ),
    "keywords in any case": (
        "INTERFACE gi1/0/1\n Switchport Mode Access\n No CDP enable\nIP Access-List Standard A\n permit 10.1.1.1\n",
        "interface Gi1/0/1\n switchport mode access\n no cdp enable\nip access-list standard A\n permit 10.1.1.1\n",
    ),
    "DNS servers on several lines": (
        "ip name-server 10.1.1.2\nip name-server 10.1.1.1\n",
        "ip name-server 10.1.1.2 10.1.1.1\n",
    ),
    "no address": ("interface Vlan1\n no ip address\n no ip address\n", "interface Vlan1\n"),
}
DIFFERENT = {
    "portfast off where it is on by default": (
        "spanning-tree portfast default\ninterface Gi1/0/1\n spanning-tree portfast disable\n",
        "spanning-tree portfast default\ninterface Gi1/0/1\n",
    ),
    "no loop guard where it is on by default": (
        "spanning-tree loopguard default\ninterface Gi1/0/1\n spanning-tree guard none\n",
        "spanning-tree loopguard default\ninterface Gi1/0/1\n",
    ),
    "every VLAN at another priority": (
        "spanning-tree vlan 1-2000 priority 24576\nspanning-tree vlan 2001-4094 priority 24576\n",
        "",
    ),
    "the addresses of one VLAN and of the port": (
        "interface Gi1/0/1\n switchport port-security maximum 1 vlan voice\n",
        "interface Gi1/0/1\n",
    ),
    "another VLAN": ("vlan 10\n", "vlan 11\n"),
    "a trunk of all and of some": (
        "interface Gi1/0/1\n switchport mode trunk\n",
        "interface Gi1/0/1\n switchport mode trunk\n switchport trunk allowed vlan 1-4093\n",
    ),
    "shut down": ("interface Gi1/0/1\n shutdown\n", "interface Gi1/0/1\n"),
    "order of entries": (
        "ip access-list standard A\n permit 10.1.1.1\n deny any\n",
        "ip access-list standard A\n deny any\n permit 10.1.1.1\n",
    ),
    "text of a banner": ("banner motd ^Ca^C\n", "banner motd ^Cb^C\n"),
    "blanks in a description": ("interface Gi1\n description a b\n", "interface Gi1\n description a  b\n"),
    "a secret": ("enable secret 9 $9$a\n", "enable secret 9 $9$b\n"),
    "a line that no rule knows, once more": ("frobnicate 1\nfrobnicate 1\n", "frobnicate 1\n"),
    "lines that no rule knows, in another order": ("frobnicate 1\nmangle 2\n", "mangle 2\nfrobnicate 1\n"),
    "the communities of a route map": (
        "route-map A permit 10\n set community 65000:1 additive\n",
        "route-map A permit 10\n set community 65000:2 additive\n",
    ),
    "a line that no rule knows": ("frobnicate 1\n", "frobnicate 2\n"),
    "priority of a VLAN": (
        "spanning-tree vlan 10 priority 4096\n",
        "spanning-tree vlan 10 priority 8192\n",
    ),
    "off and not there": ("no ip http server\n", "ip http server\n"),
    "a priority that is not the default": ("spanning-tree vlan 10 priority 4096\n", "hostname a\n"),
    "order of DNS servers": ("ip name-server 10.1.1.2 10.1.1.1\n", "ip name-server 10.1.1.1 10.1.1.2\n"),
    "DNS servers of a VRF": ("ip name-server vrf A 10.1.1.1\n", "ip name-server 10.1.1.1\n"),
    "the case of a name": ("hostname Oak\n", "hostname oak\n"),
    "keepalive": ("interface Gi1/0/1\n keepalive 20\n", "interface Gi1/0/1\n keepalive\n"),
    "log level": ("logging trap debugging\n", "no logging trap\n"),
}


@pytest.mark.parametrize(("left", "right"), SAME.values(), ids=SAME)
def test_texts_that_mean_the_same_are_equal(left: str, right: str) -> None:
    """Two spellings of one meaning have no difference and one digest."""
    one, other = observed(left), observed(right)
    assert differences(one, other) == ()
    assert digest(one) == digest(other)


@pytest.mark.parametrize(("left", "right"), DIFFERENT.values(), ids=DIFFERENT)
def test_texts_that_mean_different_things_differ(left: str, right: str) -> None:
    """A difference in meaning is listed, both ways."""
    one, other = observed(left), observed(right)
    assert differences(one, other)
    assert differences(other, one)


def test_a_difference_names_the_section_and_both_lines() -> None:
    """A person can place a difference: section, and the line on either side."""
    one = observed("interface gi1/0/3\n description X\n")
    other = observed("interface gi1/0/3\n description Y\n switchport access vlan 20\nvlan 20\n")
    assert differences(one, other) == (
        "interface GigabitEthernet1/0/3: - description X",
        "interface GigabitEthernet1/0/3: + description Y",
        "interface GigabitEthernet1/0/3: + switchport access vlan 20",
        "+ vlan 20",
    )


@settings(deadline=None)
@given(st.lists(st.frozensets(st.integers(1, 4094), min_size=1, max_size=40), min_size=1, max_size=4))
def test_a_wrapped_trunk_is_the_union_of_its_lines(parts: list[frozenset[int]]) -> None:
    """However a device wraps the list of a trunk, the set is the union of its lines (H3)."""
    forms = ["switchport trunk allowed vlan ", *["switchport trunk allowed vlan add "] * (len(parts) - 1)]
    printed = observed("version 15.2\n").rulebook.grammar.notation.print_numbers
    lines = "".join(f" {form}{printed(part)}\n" for form, part in zip(forms, parts, strict=True))
    statement = section(observed(f"{PORT}\n{lines}"), PORT).statements[TRUNK]
    assert statement.members == frozenset().union(*parts)
    assert all(len(line) <= 200 for line in statement.lines)
    again = section(observed(f"{PORT}\n" + "".join(f" {line}\n" for line in statement.lines)), PORT)
    assert again.statements[TRUNK] == statement


def test_a_trunk_carries_all_vlans_if_nothing_is_written() -> None:
    """The default-all state of a trunk is a set like any other, known as the default (H4)."""
    config = observed(f"{PORT}\n switchport mode trunk\n")
    found = effective(config, section(config, PORT), TRUNK)
    assert found is not None
    assert found.members == frozenset(range(1, 4095))
    assert found.is_default
    assert found.line == "switchport trunk allowed vlan all"


def test_adding_to_a_trunk_of_all_vlans_changes_nothing() -> None:
    """IOS ignores `add` while the trunk carries all VLANs (H4); `remove` takes from all of them."""
    added = section(observed(f"{PORT}\n switchport trunk allowed vlan add 10\n"), PORT).statements[TRUNK]
    assert added.members == frozenset(range(1, 4095))
    removed = section(observed(f"{PORT}\n switchport trunk allowed vlan remove 10\n"), PORT).statements[TRUNK]
    assert removed.members == frozenset(range(1, 4095)) - {10}


def test_the_default_of_a_flag_is_its_other_form() -> None:
    """Where nothing is written, a port is up, and that is known without deriving `shutdown` by negation (H9)."""
    config = observed(f"{PORT}\n")
    found = effective(config, section(config, PORT), ("interface/shutdown",))
    assert found is not None
    assert (found.value, found.line) == (False, "no shutdown")


def test_each_vty_line_is_a_section_of_its_own() -> None:
    """`line vty 0 4` is five lines, so that a change touches only those that differ (H11)."""
    config = observed("line vty 0 4\n exec-timeout 5 0\nline vty 5 15\n exec-timeout 9 0\n")
    assert list(config.root.sections) == [f"line vty {number}" for number in range(16)]
    assert section(config, "line vty 7").find("line/exec-timeout") is not None


def test_lines_that_a_device_may_hide_are_neither_missing_nor_equal() -> None:
    """A hidden line takes no part in differences and digests (H33)."""
    shown = observed(
        "hostname a\nsnmp-server user u G v3 auth sha <secret:snmp/auth> priv aes 128 <secret:snmp/priv>\n"
    )
    assert differences(observed("hostname a\n"), shown) == ()
    assert digest(observed("hostname a\n")) == digest(shown)


def test_the_negation_comes_from_a_table() -> None:
    """What takes a line away is what the table says, not a `no` in front (H32); some lines have no way back."""
    config = observed(
        f"hostname a\nvlan 10\n{PORT}\n spanning-tree port type trunk\n power inline never\n"
        " switchport trunk native vlan 9\n"
    )
    port = section(config, PORT)
    removals = {line for statement in port.statements.values() for line in statement.removal()}
    assert removals == {
        "spanning-tree port type normal",
        "no power inline",
        "no switchport trunk native vlan",
    }
    hostname = config.root.find("global/hostname")
    assert hostname is not None
    assert hostname.removal() == ()


def test_a_set_prints_its_deltas() -> None:
    """A trunk's list grows and shrinks by deltas, and a long list is set in lines that fit (H1, H4)."""
    trunk = section(observed(f"{PORT}\n switchport trunk allowed vlan 10,20,30\n"), PORT).statements[TRUNK]
    assert trunk.adding(frozenset({40})) == ("switchport trunk allowed vlan add 40",)
    assert trunk.subtracting(frozenset({30})) == ("switchport trunk allowed vlan remove 30",)
    many = trunk.with_members(frozenset(range(2, 400, 2)))
    lines = many.absolute(first=300)
    assert lines[0].startswith("switchport trunk allowed vlan ")
    assert "300" in lines[0].split(" ")[-1].split(",")
    assert all(line.startswith("switchport trunk allowed vlan add ") for line in lines[1:])
    assert section(observed(f"{PORT}\n" + "".join(f" {line}\n" for line in lines)), PORT).statements[TRUNK] == many


def test_an_intended_line_keeps_where_it_comes_from() -> None:
    """Every statement and section of an intended configuration knows its template line."""
    config = meant("hostname a\ninterface Gi1/0/1\n description x")
    port = section(config, PORT)
    description = port.find("interface/description")
    assert port.origin is not None
    assert description is not None
    assert description.origin is not None
    assert (port.origin.template.line, description.origin.template.line) == (2, 3)


def test_an_intended_line_that_no_rule_knows_is_refused() -> None:
    """What could neither be compared nor undone is refused with its place in the template."""
    with pytest.raises(RenderError, match="frobnicate") as refused:
        meant("hostname a\nfrobnicate 1")
    assert refused.value.where == "switch.j2:2"


def test_the_intent_may_say_that_something_is_not_there() -> None:
    """`no` in front of a list item or a section is an absence, not an unknown line."""
    config = meant("no snmp-server community public\nno vlan 30\nno ip route 0.0.0.0 0.0.0.0 10.1.1.1")
    assert [statement.absent for statement in config.root.statements.values()] == [True, True]
    assert section(config, "vlan 30").absent


def test_unknown_lines_are_kept_in_their_section() -> None:
    """A line that no rule knows stays in its section, with its number and what hangs below it."""
    config = observed(f"{PORT}\n frobnicate 1\n  deeper 2\nrouter bgp 1\n neighbor 10.1.1.1 password 7 0822455D\n")
    assert section(config, PORT).unknown[0].lines == ("frobnicate 1", " deeper 2")
    assert config.root.unknown[0].lines == ("router bgp 1", " neighbor 10.1.1.1 password 7 <hidden>")
    assert config.root.unknown[0].number == 4
