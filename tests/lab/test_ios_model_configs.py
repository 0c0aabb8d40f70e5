"""Whole configurations: what is loaded prints back, what is replaced is exactly there, what is unknown is kept."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from trustctl.lab.fabric import Fabric
from trustctl.lab.makes.cisco_ios.model.device import IosSwitch
from trustctl.lab.makes.cisco_ios.model.spec import CONFIG
from trustctl.lab.spec import DeviceSpec

CAPTURED = (Path(__file__).parents[2] / "inventory" / "schools").glob("[ao]*/captured/*.cfg")


def _boot(text: str, model: str = "none") -> IosSwitch:
    return IosSwitch(DeviceSpec("SW1", "cisco_ios", model=model, boot=text))


UNKNOWN = """hostname SW1
frobnicate level 9
 deeper thing
  deepest
interface GigabitEthernet1/0/1
 description known
 frobnicate port 3
  with a child
 switchport mode access
call-home
 profile "x"
  active
end
"""


def test_unknown_lines_are_kept_in_place_but_cannot_be_typed() -> None:
    """What the grammar does not know prints where it stood, children and all, and is refused when typed."""
    switch = _boot(UNKNOWN)
    printed = switch.running_text()
    assert "frobnicate level 9\n deeper thing\n  deepest\n" in printed
    assert " description known\n frobnicate port 3\n  with a child\n switchport mode access\n" in printed
    assert 'call-home\n profile "x"\n  active\n' in printed
    assert switch.configure(CONFIG, "frobnicate level 9").refused
    assert switch.load("frobnicate level 10\nhostname SW2\n") == ["frobnicate level 10"]
    assert switch.hostname == "SW2"


def test_replace_reports_lines_that_the_image_does_not_know() -> None:
    """A line that only the new text has and the image does not know fails, is reported, and is not there afterwards."""
    switch = _boot(UNKNOWN)
    wanted = switch.running_text().replace("hostname SW1", "hostname SW2\nanother thing 5")
    assert switch.replace_running(wanted) == ["another thing 5"]
    assert switch.running_text() == wanted.replace("another thing 5\n", "")


def test_certificates_are_kept_to_the_letter() -> None:
    """A certificate chain prints as it was, tab and trailing blanks included."""
    chain = (
        "crypto pki certificate chain TP-self-signed-1\n certificate self-signed 01\n"
        "  30820330 30820218 A0030201 \n  02020101 300D0609 \n  \tquit\n"
    )
    switch = _boot(f"hostname A\n{chain}spanning-tree mode rapid-pvst\nend\n")
    assert chain in switch.running_text()


def test_banners_with_any_text_come_back() -> None:
    """A banner's body is text: commands, comments and blank lines in it stay in it."""
    banner = "banner motd ^C\n!\nno interface Vlan1\n\n  end\n^C\n"
    switch = _boot(f"hostname A\n{banner}line con 0\nend\n")
    assert banner in switch.running_text()
    assert _boot(switch.running_text()).running_text() == switch.running_text()


def test_startup_and_running_are_two_things() -> None:
    """Saving copies, reloading goes back, and a switch that never saved boots empty."""
    switch = IosSwitch(DeviceSpec("SW1", "cisco_ios"))
    assert switch.startup is None
    switch.configure(CONFIG, "hostname A")
    switch.save()
    switch.configure(CONFIG, "hostname B")
    assert "hostname A" in (switch.startup or "")
    switch.reload()
    assert switch.hostname == "A"


def test_the_fabric_hears_of_changes_only() -> None:
    """A line that changes something tells the fabric after it is in force; one that does not, does not."""
    switch = IosSwitch(DeviceSpec("SW1", "cisco_ios"))
    heard: list[str] = []

    class Ear(Fabric):
        def changed(self, name: str) -> None:
            heard.append(switch.hostname)

    Ear([switch])
    assert switch.configure(CONFIG, "hostname A").mutated
    assert not switch.configure(CONFIG, "hostname A").mutated
    assert not switch.configure(CONFIG, "hostnaam B").mutated
    assert heard == ["A"]


_WORD = st.text("abcXYZ019-_", min_size=1, max_size=8)
_VLAN = st.integers(2, 1001).map(str)
_PORT = st.integers(1, 24).map(lambda port: f"gi1/0/{port}")
_LISTS = st.lists(st.integers(1, 4094), min_size=1, max_size=40).map(lambda ids: ",".join(map(str, ids)))
_ADDRESS = st.tuples(st.integers(0, 255), st.integers(1, 254)).map(lambda pair: f"10.1.{pair[0]}.{pair[1]}")
_ON_PORT = st.one_of(
    st.sampled_from(
        [
            "shutdown", "no shutdown", "switchport mode trunk", "switchport mode access", "no switchport mode",
            "spanning-tree portfast", "no spanning-tree portfast", "spanning-tree bpduguard enable", "mab",
            "channel-group 1 mode active", "no channel-group", "switchport nonegotiate", "power inline never",
            "no switchport trunk allowed vlan", "storm-control broadcast level 1", "speed 100", "speed auto",
            "authentication port-control auto", "dot1x pae authenticator", "no lldp transmit", "no cdp enable",
        ]
    ),
    _WORD.map("description {}".format),
    _VLAN.map("switchport access vlan {}".format),
    _VLAN.map("switchport voice vlan {}".format),
    _VLAN.map("switchport trunk native vlan {}".format),
    _LISTS.map("switchport trunk allowed vlan {}".format),
    _LISTS.map("switchport trunk allowed vlan add {}".format),
    _LISTS.map("switchport trunk allowed vlan remove {}".format),
)  # fmt: skip
_GLOBAL = st.one_of(
    st.sampled_from(
        [
            "ip dhcp snooping", "no ip domain-lookup", "aaa new-model", "no aaa new-model", "vtp mode transparent",
            "vtp mode server", "service password-encryption", "no service password-encryption", "lldp run",
            "line vty 0 15", "line vty 5 9", "transport input ssh", "exec-timeout 5 30", "login local",
            "ip access-list standard M", "permit 10.0.0.0 0.255.255.255", "deny any", "no 10", "archive",
            "path flash:tc", "exit", "no archive", "radius server R", "key abc", "address ipv4 10.1.1.1",
            "logging trap errors", "logging trap 6", "snmp-server community public", "no snmp-server community public",
        ]
    ),
    _WORD.map("hostname h{}".format),
    _WORD.map("username {} privilege 15 password 0 abc".format),
    _WORD.map("ntp server {}".format),
    _LISTS.map("ip dhcp snooping vlan {}".format),
    _LISTS.map("no ip dhcp snooping vlan {}".format),
    st.tuples(_LISTS, st.integers(0, 15)).map(lambda both: f"spanning-tree vlan {both[0]} priority {both[1] * 4096}"),
    _VLAN.map("vlan {}".format),
    _VLAN.map("no vlan {}".format),
    _WORD.map("name {}".format),
    _VLAN.map("interface vlan {}".format),
    _VLAN.map("no interface vlan {}".format),
    _ADDRESS.map("ip address {} 255.255.255.0".format),
    _ADDRESS.map("ip helper-address {}".format),
    _ADDRESS.map("ip default-gateway {}".format),
)  # fmt: skip
_LINES = st.lists(st.one_of(_GLOBAL, _PORT.map("interface {}".format), _ON_PORT), max_size=60)


def _type(switch: IosSwitch, lines: list[str]) -> None:
    mode = CONFIG
    for line in lines:
        reply = switch.configure(mode, line)
        mode = CONFIG if reply.mode.name == "exec" else reply.mode


@settings(max_examples=150, deadline=None)
@given(_LINES, st.sampled_from(["WS-C2960X-24PS-L", "C9300-24P", "WS-C3560-24PS"]))
def test_what_is_printed_loads_back(lines: list[str], model: str) -> None:
    """Whatever was typed, the running configuration loads into a fresh switch that prints the same text."""
    switch = IosSwitch(DeviceSpec("SW1", "cisco_ios", model=model))
    _type(switch, lines)
    printed = switch.running_text()
    assert IosSwitch(DeviceSpec("SW1", "cisco_ios", model=model, boot=printed)).running_text() == printed


@settings(max_examples=100, deadline=None)
@given(_LINES, _LINES)
def test_replace_gives_exactly_the_text(before: list[str], after: list[str]) -> None:
    """A rollback puts back the text to the letter, whatever was typed in between."""
    switch = IosSwitch(DeviceSpec("SW1", "cisco_ios"))
    _type(switch, before)
    marked = switch.running_text()
    _type(switch, after)
    assert switch.replace_running(marked) == []
    assert switch.running_text() == marked
