"""netmiko against the lab: everything that a network engine does with it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import pytest
from dialling import Dial, dialling
from netmiko.exceptions import ConfigInvalidException, NetmikoAuthenticationException, NetmikoTimeoutException
from typing_at import NAME, PASSWORD

from trustctl.lab.estate import Lab
from trustctl.lab.faults import Fault


@pytest.fixture
def dial(lab: Lab) -> Iterator[Dial]:
    """Opens netmiko connections to the switch."""
    with dialling(lab, NAME, PASSWORD, device_type="cisco_ios") as dial:
        yield dial


def test_read(lab: Lab, dial: Dial) -> None:
    """The whole running configuration comes, and filters work."""
    connection = dial()
    shown = connection.send_command("show running-config")
    assert lab.running(NAME).strip() in shown
    assert connection.send_command("show running-config | include ^hostname") == f"hostname {NAME}"


def test_enable(dial: Dial) -> None:
    """A user of level 1 gets to enabled mode with the secret."""
    connection = dial("reader", "only-looking", secret="let-me-in")
    assert not connection.check_enable_mode()
    connection.enable()
    assert connection.check_enable_mode()


def test_change_and_save(lab: Lab, dial: Dial) -> None:
    """Lines take effect in running, saving brings them to startup."""
    connection = dial()
    connection.send_config_set(
        ["vlan 20", " name PUPIL", "interface GigabitEthernet1/0/2", " switchport access vlan 20"], error_pattern="^% "
    )
    assert "\nvlan 20\n name PUPIL\n" in lab.running(NAME)
    assert "vlan 20" not in (lab.startup(NAME) or "")
    assert "[OK]" in connection.save_config()
    assert lab.startup(NAME) == lab.running(NAME)


def test_an_error_stops_the_block(lab: Lab, dial: Dial) -> None:
    """With an error pattern netmiko sees the refusal; the lines before it are in force, those after it are not."""
    connection = dial()
    with pytest.raises(ConfigInvalidException):
        connection.send_config_set(["vlan 20", "nonsense", "vlan 30"], error_pattern="% Invalid")
    connection.exit_config_mode()
    assert "\nvlan 20\n" in lab.running(NAME)
    assert "\nvlan 30\n" not in lab.running(NAME)


def test_a_rename(lab: Lab, dial: Dial) -> None:
    """The prompt follows a new host name at once."""
    connection = dial()
    connection.send_config_set(["hostname renamed"])
    assert connection.set_base_prompt() == "renamed"
    assert "[OK]" in connection.save_config()


def test_wrong_password(dial: Dial) -> None:
    """A refused login is reported as one."""
    with pytest.raises(NetmikoAuthenticationException):
        dial(password="wrong")


def test_the_dialogue(lab: Lab, dial: Dial) -> None:
    """The switch sees the dialogue that netmiko 4.8.0 has with a real one, as its source sends it."""
    dial().send_command("show clock")
    lines = [entry.line for entry in lab.log(NAME)]
    assert lines[:3] == ["", "terminal width 511", "terminal length 0"]
    assert lines[-1] == "show clock"


def test_losing_management(lab: Lab, dial: Dial) -> None:
    """Cutting one's own path ends the session, refuses new ones, and the armed timer brings both back."""
    before = lab.running(NAME)
    connection = dial()
    assert "Backing up current running config to flash:tc-" in connection.config_mode(
        "configure terminal revert timer 12"
    )
    with pytest.raises(Exception, match=r"(?s)."):
        connection.send_config_set(
            ["interface Gi1/0/48", "switchport trunk allowed vlan remove 99"], enter_config_mode=False, read_timeout=0.3
        )
    with pytest.raises(NetmikoTimeoutException):
        dial(conn_timeout=1)
    assert _eventually(lambda: lab.reachable(NAME).ok)
    again = dial()
    assert "%No Rollback Confirmed Change pending" in again.send_command("show archive config rollback timer")
    assert lab.running(NAME) == before
    assert lab.counters(NAME)["rollbacks"] == 1


def test_confirming(lab: Lab, dial: Dial) -> None:
    """A confirmed change stays; the timer is gone."""
    connection = dial()
    connection.config_mode("configure terminal revert timer 100")
    connection.send_config_set(["vlan 20"], enter_config_mode=False)
    timer = connection.send_command("show archive config rollback timer")
    assert re.search(r"^User: admin$", timer, re.MULTILINE)
    assert "Timer value: 100 min" in timer
    connection.disconnect()
    again = dial()
    again.send_command("configure confirm")
    assert "%No Rollback" in again.send_command("show archive config rollback timer")
    assert "\nvlan 20\n" in lab.running(NAME)


@pytest.mark.filterwarnings("ignore:Diffie-Hellman over finite fields")
@pytest.mark.parametrize(
    "profile", ["kex-group14-sha1", "kex-group1-sha1", "key-ssh-rsa", "cipher-cbc", "mac-hmac-sha1", "all-legacy"]
)
def test_legacy_algorithms(lab: Lab, dial: Dial, profile: str) -> None:
    """Each legacy server lets an old client in, and refuses one that has put that class of algorithm away."""
    lab.break_(NAME, Fault.parse(f"algorithms={profile}"))
    assert dial().find_prompt() == f"{NAME}#"
    strict = {
        "kex": ["diffie-hellman-group1-sha1", "diffie-hellman-group14-sha1", "diffie-hellman-group-exchange-sha1"],
        "keys": ["ssh-rsa"],
        "ciphers": ["3des-cbc", "aes128-cbc", "aes192-cbc", "aes256-cbc"],
        "macs": ["hmac-sha1", "hmac-sha1-96", "hmac-md5", "hmac-md5-96"],
    }
    with pytest.raises(NetmikoTimeoutException):
        dial(disabled_algorithms=strict)


def _eventually(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False
