"""An Instant cluster of the lab: netmiko's own driver unpatched, lines that wait, and what a commit does to people."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from dialling import Dial, dialling

from trustctl.lab.estate import Lab
from trustctl.lab.makes.aruba_instant.model.hiding import encrypt, hashed
from trustctl.lab.spec import Account, DeviceSpec

NAME, PASSWORD = "elder-wlc-01", "correct-horse"
BOOT = f"""\
version 8.10.0.6-8.10.0
virtual-controller-country GB
name ELDER
virtual-controller-ip 192.0.2.40
terminal-access
rf-band all

hash-mgmt-password
hash-mgmt-user admin password hash {hashed(PASSWORD, "a1b2c3")}
hash-mgmt-user reader password hash {hashed("only-looking", "a1b2c3")} usertype read-only
hash-mgmt-user foreign password hash {"9c4e7f0a3b" * 7}9c4e

wlan access-rule things
 index 0
 rule any any match any any any permit

wlan ssid-profile things
 enable
 index 0
 type employee
 essid things
 wpa-passphrase {encrypt("Sensors.2026")}
 opmode wpa2-psk-aes
 vlan 80


"""


@pytest.fixture
def lab() -> Iterator[Lab]:
    """One cluster; a device minute lasts half a second."""
    told = (Account("foreign", "told-to-the-lab"),)
    spec = DeviceSpec(NAME, "aruba_instant", "AP-515", serial="CNQHAAAAAM", boot=BOOT, local_accounts=told)
    with Lab([spec], minute_seconds=0.5) as running:
        yield running


@pytest.fixture
def dial(lab: Lab) -> Iterator[Dial]:
    """Opens netmiko connections to the cluster."""
    with dialling(lab, NAME, PASSWORD, device_type="aruba_os") as dial:
        yield dial


def test_read(lab: Lab, dial: Dial) -> None:
    """The driver passes the greeting and reads; secrets are encrypted unless somebody asks for them in clear."""
    connection = dial()
    shown = connection.send_command("show running-config")
    assert lab.running(NAME).strip() in shown
    assert "Sensors.2026" not in shown
    assert " wpa-passphrase Sensors.2026" in connection.send_command("show running-config no-encrypt")
    assert "ArubaOS (MODEL: 515), Version 8.10.0.6" in connection.send_command("show version")
    assert "IAP Serial Number        :CNQHAAAAAM" in connection.send_command("show activate status")


def test_lines_wait_for_the_commit(lab: Lab, dial: Dial) -> None:
    """Nothing is in effect, for this session or another, before `commit apply`; then it is stored too."""
    connection, other = dial(), dial()
    before = lab.running(NAME)
    connection.send_config_set(["ntp-server 10.0.0.5", "wlan ssid-profile things", "vlan 81", "exit"])
    assert lab.running(NAME) == before
    assert "ntp-server" not in other.send_command("show running-config")
    assert lab.suffered(NAME) == ()
    said = str(connection.send_command("commit apply", expect_string="#"))
    assert said.split("\n")[-2:] == ["committing configuration...", "configuration committed."]
    assert "\nntp-server 10.0.0.5\n" in lab.running(NAME)
    assert lab.startup(NAME) == lab.running(NAME)
    assert lab.suffered(NAME) == ("things: its clients are cut off",)


def test_what_is_reverted_or_left_is_gone(lab: Lab, dial: Dial) -> None:
    """`commit revert` drops what waits, and so does the end of the session."""
    before = lab.running(NAME)
    connection = dial()
    connection.send_config_set(["no wlan ssid-profile things"])
    connection.send_command("commit revert", expect_string="#")
    connection.send_command("commit apply", expect_string="#")
    connection.send_config_set(["ntp-server 10.0.0.5"])
    connection.disconnect()
    dial().send_command("commit apply", expect_string="#")
    assert lab.running(NAME) == before


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["nonsense"], "% Parse error"),
        (["virtual-controller-ip"], "% Incomplete command"),
        (["virtual-controller-ip 300.1.1.1"], "% Parse error"),
        (["wlan ssid-profile things", "auth-server NPS"], "Auth server NPS doesn't exist"),
        (["wlan ssid-profile things", "wpa-passphrase short"], "% Parse error"),
        (["wlan ssid-profile things", "vlan 5000"], "Invalid VLAN ID"),
        (["wlan access-rule things", "rule any any match any any any permit"], "already exists"),
        (["no wlan auth-server NPS"], "does not exist"),
    ],
)
def test_refusals(dial: Dial, lines: list[str], said: str) -> None:
    """What the cluster does not take it says at once."""
    assert said in dial().send_config_set(lines)


def test_a_commit_that_cannot_be(lab: Lab, dial: Dial) -> None:
    """A network with a key exchange and no key is refused as a whole."""
    before = lab.running(NAME)
    connection = dial()
    connection.send_config_set(["wlan ssid-profile new", "essid new", "opmode wpa2-psk-aes", "exit"])
    assert "wpa-passphrase is not configured" in connection.send_command("commit apply", expect_string="#")
    assert lab.running(NAME) == before


def test_too_much_waits(dial: Dial) -> None:
    """Four kilobytes are all that may wait."""
    lines = [f"allowed-ap 00:00:5e:00:{number // 256:02x}:{number % 256:02x}" for number in range(160)]
    assert "exceeds 4096 bytes" in dial().send_config_set(lines)


@pytest.mark.parametrize("line", ["virtual-controller-ip 192.0.2.41", "no terminal-access", "no virtual-controller-ip"])
def test_what_shuts_the_door(lab: Lab, dial: Dial, line: str) -> None:
    """Another address, or no terminal access: nobody gets in again, and nothing brings it back."""
    connection = dial()
    connection.send_config_set([line])
    assert lab.reachable(NAME).ok
    connection.write_channel("commit apply\n")
    for _ in range(100):
        if not lab.reachable(NAME).ok:
            break
        lab.running(NAME)
    assert not lab.reachable(NAME).ok


def test_who_gets_in(lab: Lab, dial: Dial) -> None:
    """A reader may look and not configure; an account with another maker's hash has the password the lab was told."""
    said = dial("reader", "only-looking").send_command("configure terminal", expect_string="#")
    assert str(said).endswith("% Parse error")
    assert dial("foreign", "told-to-the-lab").send_command("show version")
    with pytest.raises(Exception, match=r"(?i)authentication"):
        dial("admin", "wrong")


def test_a_restart_keeps_what_was_stored(lab: Lab, dial: Dial) -> None:
    """`commit apply no-save` is lost when power goes."""
    connection = dial()
    connection.send_config_set(["ntp-server 10.0.0.5"])
    connection.send_command("commit apply no-save", expect_string="#")
    assert "ntp-server" in lab.running(NAME)
    assert "ntp-server" not in (lab.startup(NAME) or "")
