"""The lab's Catalyst 9800: what it refuses, what its clients notice, and netmiko's own driver, unpatched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from netmiko import ConnectHandler
from netmiko.base_connection import BaseConnection

from trustctl.lab.estate import Lab
from trustctl.lab.makes.cisco_9800.model import WlcSwitch
from trustctl.lab.makes.cisco_ios.model.spec import CONFIG, Reply
from trustctl.lab.spec import DeviceSpec
from trustctl.platforms import platform

TEMPLATES = Path(__file__).parents[2] / "templates"
BOOT = (Path(__file__).parent / "data" / "wlc_9800.cfg").read_text()
NAME, PASSWORD = "elder-wlc-01", "correct-horse"


def controller() -> WlcSwitch:
    """One controller."""
    return WlcSwitch(DeviceSpec(NAME, "cisco_9800", model="C9800-L-F-K9", boot=BOOT))


def typed(switch: WlcSwitch, *lines: str) -> Reply:
    """Type lines one after the other from configuration mode on; what the last one did."""
    mode, reply = CONFIG, Reply()
    for line in lines:
        reply = switch.configure(mode, line)
        if reply.confirm is not None:
            reply = switch.answer(mode, reply.confirm, accepted=True)
        mode = reply.mode
    return reply


def test_it_prints_what_it_booted() -> None:
    """A configuration comes back line by line; only what it hashes and its other ports are its own."""
    printed = controller().running_text().split("\n")
    missing = [line for line in BOOT.split("\n") if line not in printed and not line.startswith("username")]
    assert missing == []


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (("wlan staff", "peer-blocking drop"), "% WLAN needs to be disabled before performing this operation."),
        (("wireless profile policy staff", "vlan 10"), "% Policy profile needs to be disabled before"),
        (("wlan staff 51 trust-staff",), "another number"),
        (("wlan other 50 other",), "taken by staff"),
        (("wlan other",), "needs a number"),
        (("wireless country DE",), "Shut the 802.11a"),
        (("wireless management interface Vlan99",), "does not exist"),
        (("no wireless tag policy default-policy-tag",), "cannot be removed"),
        (("wlan x 7 x", "security wpa psk set-key ascii 0 short"), "8 to 63"),
        (("wlan x 7 x", "no security wpa akm dot1x", "security wpa akm psk", "no shutdown"), "pre-shared key"),
        (("wlan x 7 x", "no security wpa akm dot1x", "no shutdown"), "key management"),
        (("wlan x 7 x", "security wpa wpa3", "no shutdown"), "protected management"),
        (
            ("wlan x 7 x", "security wpa wpa3", "no security wpa wpa2", "security pmf optional", "no shutdown"),
            "to be mandatory",
        ),
        (("wlan staff", "security wpa wpa2 mpsk"), "WLAN needs to be disabled"),
    ],
)
def test_what_it_refuses(lines: tuple[str, ...], words: str) -> None:
    """A line that a controller does not take changes nothing."""
    switch = controller()
    for line in lines[:-1]:
        typed(switch, lines[0], line) if line != lines[0] else typed(switch, line)
    before = switch.running_text()
    reply = typed(switch, *dict.fromkeys((lines[0], lines[-1])))
    assert reply.refused
    assert words in " ".join(reply.output)
    assert switch.running_text() == before


@pytest.mark.parametrize(
    ("lines", "noticed"),
    [
        (("wlan staff", "shutdown", "peer-blocking drop", "no shutdown"), ["cut off staff"]),
        (("wireless profile policy staff", "shutdown", "no shutdown"), ["cut off staff"]),
        (("no wlan staff",), ["cut off staff"]),
        (("wlan more 60 more", "no shutdown"), []),
        (("ap 0000.5e00.5301", "policy-tag other"), ["rejoined ap 0000.5e00.5301"]),
        (("wireless tag policy trust", "description trust"), []),
        (("no ap 0000.5e00.5301",), ["rejoined ap 0000.5e00.5301"]),
        (("ap 0000.5e00.5302", "policy-tag trust"), ["rejoined ap 0000.5e00.5302"]),
        (("no wireless tag policy trust",), ["cut off staff", "rejoined wireless tag policy trust"]),
        (("vlan 50", "name PUPILS"), []),
        (("no vlan 50",), ["cut off staff"]),
        (("no aaa authentication dot1x WIFI",), ["cut off staff"]),
        (
            ("wireless tag policy trust", "no wlan staff policy staff"),
            ["cut off staff", "rejoined wireless tag policy trust"],
        ),
    ],
)
def test_what_its_users_notice(lines: tuple[str, ...], noticed: list[str]) -> None:
    """Clients lose a network that leaves the air; access points join again when their tags change."""
    switch = controller()
    assert not typed(switch, *lines).refused
    assert switch.suffered == noticed


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("ap 0000.5e00.5301", "policy-tag other"), "Associating policy-tag will cause associated AP to reconnect"),
        (("no ap 0000.5e00.5301",), "Removing named tag mapping will result in the AP rejoin"),
        (("no wireless tag policy trust",), "Deleting policy-tag will cause associated APs to disconnect"),
        (("wireless tag site x", "ap-profile y"), "Changing AP profile mapping may result in the rejoin of APs"),
        (("no wireless profile policy staff",), "Deleted policy profile may be associated to a WLAN"),
    ],
)
def test_what_it_says_is_no_refusal(lines: tuple[str, ...], said: str) -> None:
    """It says what becomes of access points and obeys; the platform's file knows each of these sentences."""
    reply = typed(controller(), *lines)
    assert not reply.refused
    assert reply.output == (said,)
    harmless = platform("cisco_9800", [TEMPLATES]).spec.errors.harmless
    assert any(rule.pattern.search(f"% {said}") for rule in harmless)


def test_a_band_asks_before_it_goes() -> None:
    """The country is taken once both bands are shut down, each after a question."""
    switch = controller()
    asked = switch.configure(CONFIG, "ap dot11 5ghz shutdown")
    assert asked.confirm is not None
    assert asked.confirm.question.endswith("(y/n)[y]: ")
    assert not typed(switch, "ap dot11 5ghz shutdown", "ap dot11 24ghz shutdown", "wireless country DE").refused
    assert "wireless country DE\n" in switch.running_text()


@pytest.fixture
def lab() -> Iterator[Lab]:
    """That controller on loopback; a device minute lasts a fifth of a second."""
    with Lab([DeviceSpec(NAME, "cisco_9800", serial="FCL1111A111", boot=BOOT)], minute_seconds=0.2) as running:
        yield running


@pytest.fixture
def dial(lab: Lab) -> Iterator[list[BaseConnection]]:
    """What was opened is closed."""
    opened: list[BaseConnection] = []
    yield opened
    for connection in opened:
        connection.disconnect()


@pytest.mark.parametrize("device_type", ["cisco_xe", "cisco_ios", "cisco_ioswlc"])
def test_netmiko_reads_and_changes(lab: Lab, dial: list[BaseConnection], device_type: str) -> None:
    """Netmiko's drivers sign in, read, change a network that was shut down first, and save."""
    host, port = lab.endpoints[NAME]
    connection = ConnectHandler(device_type=device_type, host=host, port=port, username="admin", password=PASSWORD)
    dial.append(connection)
    assert connection.base_prompt == NAME
    assert lab.running(NAME).strip() in connection.send_command("show running-config")
    version = connection.send_command("show version")
    assert "C9800 Software" in version
    assert "Processor board ID FCL1111A111" in version
    connection.send_config_set(["wlan staff", "shutdown", "peer-blocking drop", "no shutdown"])
    assert lab.suffered(NAME) == ("cut off staff",)
    assert "UP" in connection.send_command("show wlan summary")
    connection.save_config()
    assert " peer-blocking drop\n" in (lab.startup(NAME) or "")
