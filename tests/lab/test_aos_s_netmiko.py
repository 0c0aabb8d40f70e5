"""netmiko's own ProCurve driver, unpatched, against AOS-S switches; and a session that cuts itself off."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from dialling import Dial, dialling
from netmiko.base_connection import BaseConnection
from netmiko.exceptions import ConfigInvalidException, NetmikoAuthenticationException, NetmikoTimeoutException

from trustctl.lab.estate import Lab
from trustctl.lab.faults import Fault
from trustctl.lab.spec import DeviceSpec

BOOT = (Path(__file__).parent / "data" / "aos_s_2530.cfg").read_text()
NAME, PASSWORD = "elder-sw-11", "correct-horse"


@pytest.fixture
def lab() -> Iterator[Lab]:
    """One switch; a device minute lasts half a second; its jobs need no answers."""
    spec = DeviceSpec(
        NAME, "aruba_aos_s", serial="CN01FP47X1", boot=BOOT, attachment="Trk1", features={"job_confirms": True}
    )
    with Lab([spec], minute_seconds=0.5) as running:
        yield running


@pytest.fixture
def dial(lab: Lab) -> Iterator[Dial]:
    """Opens netmiko connections to the switch."""
    with dialling(lab, NAME, PASSWORD, device_type="hp_procurve", secret=PASSWORD) as dial:
        yield dial


@pytest.mark.parametrize("device_type", ["hp_procurve", "aruba_procurve", "aruba_osswitch"])
def test_read(lab: Lab, dial: Dial, device_type: str) -> None:
    """The driver passes the greeting, turns paging off and reads the whole configuration."""
    connection = dial(device_type=device_type)
    assert connection.base_prompt == NAME
    assert lab.running(NAME).strip() in connection.send_command("show running-config")
    assert "Serial Number      : CN01FP47X1" in connection.send_command("show system")
    assert [entry.line for entry in lab.log(NAME)][-6:] == [
        *("terminal width 511", "no page", "", "show running-config", "", "show system")
    ]


def test_change_and_save(lab: Lab, dial: Dial) -> None:
    """Lines take effect in running, saving brings them to startup without a word."""
    connection = dial()
    connection.send_config_set(["vlan 30", 'name "VOICE"', "untagged 11", "exit"], error_pattern="Invalid input")
    assert '\nvlan 30\n   name "VOICE"\n   untagged 11\n' in lab.running(NAME)
    assert "vlan 30" not in (lab.startup(NAME) or "")
    assert connection.save_config().split() == ["write", "memory", f"{NAME}#"]
    assert lab.startup(NAME) == lab.running(NAME)


def test_an_error_stops_the_block(lab: Lab, dial: Dial) -> None:
    """With an error pattern netmiko sees the refusal; the lines before it are in force, those after it are not."""
    connection = dial()
    with pytest.raises(ConfigInvalidException):
        connection.send_config_set(["vlan 30", "nonsense", "vlan 31"], error_pattern="Invalid input")
    connection.exit_config_mode()
    assert "\nvlan 30\n" in lab.running(NAME)
    assert "\nvlan 31\n" not in lab.running(NAME)


def test_enable(lab: Lab, dial: Dial) -> None:
    """The driver enables an operator by itself: it gives its own name and the secret."""
    lab.device_edit(NAME, ['password operator user-name "looker" plaintext "only-looking"'])
    lab.device_edit(NAME, ['password manager user-name "looker" plaintext "let-me-in"'])
    connection = dial("looker", "only-looking", secret="let-me-in")
    assert connection.check_enable_mode()


def test_wrong_password(dial: Dial) -> None:
    """A refused login is reported as one."""
    with pytest.raises(NetmikoAuthenticationException):
        dial(password="wrong")


def test_a_vlan_that_asks(lab: Lab, dial: Dial) -> None:
    """Deleting a VLAN with ports asks; the answer is one key."""
    connection = dial()
    connection.config_mode()
    connection.send_command("no vlan 10", expect_string=r"\[y/n\] ")
    connection.write_channel("y")
    connection.read_until_pattern(r"\(config\)# ")
    assert "\nvlan 10\n" not in lab.running(NAME)


def _cut(connection: BaseConnection) -> None:
    with pytest.raises(Exception, match=r"(?s)."):
        connection.send_config_set(["no vlan 99 tagged Trk1"], read_timeout=0.3)


def _refused(lab: Lab) -> bool:
    try:
        socket.create_connection(lab.endpoints[NAME], timeout=1).close()
    except ConnectionRefusedError:
        return True
    return False


def _eventually(condition: Callable[[], bool], seconds: float = 8.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_a_job_brings_management_back(lab: Lab, dial: Dial) -> None:
    """Cutting one's own path ends the session and refuses new ones, until the armed job restores the backup."""
    before = lab.running(NAME)
    connection = dial()
    connection.send_command("cfg-backup running-config config tc_pre")
    assert "No differences" in connection.send_command("cfg-restore flash tc_pre diff")
    connection.send_config_set(['job TCROLL delay 6 "cfg-restore flash tc_pre" count 1'])
    assert "Scheduler Status : Running" in connection.send_command("show job")
    assert "job TCROLL every 6 min" in str(lab.status(NAME)["timer"])
    _cut(connection)
    assert "VLAN 99" in lab.reachable(NAME).why
    assert _refused(lab)
    with pytest.raises(NetmikoTimeoutException):
        dial(conn_timeout=1)
    assert _eventually(lambda: lab.reachable(NAME).ok)
    assert lab.running(NAME) == before
    again = dial()
    assert "Status                 : Success" in again.send_command("show cfg-restore status")
    assert "TCROLL" not in again.send_command("show job")


def test_a_reload_brings_management_back(lab: Lab, dial: Dial) -> None:
    """`reload after` boots what was saved; what was not is lost, and so is the session meanwhile."""
    connection = dial()
    connection.send_command("reload after 6", expect_string=r"\[y/n\]")
    connection.write_channel("y")
    connection.read_until_pattern(r"# ")
    assert "Reload scheduled in 0 days, 0 hours, 5 minutes" in connection.send_command("show reload")
    _cut(connection)
    assert _refused(lab)
    assert _eventually(lambda: lab.reachable(NAME).ok)
    assert lab.counters(NAME)["reloads"] == 1
    again = dial()
    assert "No reload" in again.send_command("show reload")


def test_a_reload_called_off(lab: Lab, dial: Dial) -> None:
    """`no reload` keeps the switch up."""
    connection = dial()
    connection.send_command("reload after 1", expect_string=r"\[y/n\]")
    connection.write_channel("y")
    connection.read_until_pattern(r"# ")
    connection.send_command("no reload")
    time.sleep(0.8)
    assert lab.counters(NAME)["reloads"] == 0


def test_a_job_whose_command_asks_fails() -> None:
    """Where a job answers no question, the backup does not come back, and the job says so."""
    with Lab([DeviceSpec(NAME, "aruba_aos_s", boot=BOOT)], minute_seconds=0.1) as lab:
        lab.device_edit(NAME, ['job ROLL delay 1 "cfg-restore flash config" count 1', "vlan 70"])
        time.sleep(0.4)
        assert "vlan 70" in lab.running(NAME)
        assert lab.counters(NAME)["rollbacks"] == 0


def test_a_restore_that_takes_a_reboot_is_refused(lab: Lab, dial: Dial) -> None:
    """Lines that come into force at the next boot only keep `cfg-restore` from doing anything."""
    connection = dial()
    connection.send_command("cfg-backup running-config config before")
    connection.send_config_set(["max-vlans 64", "vlan 70"])
    connection.send_command("cfg-restore flash before", expect_string=r"\(y/n\)\?")
    connection.write_channel("y")
    printed = connection.read_until_pattern(r"commands\.\s+\S+# ")
    assert "Configuration restoration is not allowed" in printed
    assert "vlan 70" in lab.running(NAME)
    assert "Command : max-vlans 64" in connection.send_command("show cfg-restore status")


@pytest.mark.parametrize(
    ("fault", "command", "seen"),
    [
        ("serial=CN99XX0001", "show system", "CN99XX0001"),
        ("flash-full", "write memory", "Unable to save configuration"),
        ("latency=0.1", "show time", "2026"),
    ],
)
def test_faults(lab: Lab, dial: Dial, fault: str, command: str, seen: str) -> None:
    """Faults show as they would on a switch."""
    lab.break_(NAME, Fault.parse(fault))
    assert seen in dial().send_command(command)


def test_a_refused_line(lab: Lab, dial: Dial) -> None:
    """A line that a fault refuses prints an error and has no effect."""
    lab.break_(NAME, Fault.parse("reject-line=2"))
    printed = dial().send_config_set(["vlan 70", "name SEVENTY"])
    assert "Invalid input: name" in printed
    assert "SEVENTY" not in lab.running(NAME)
