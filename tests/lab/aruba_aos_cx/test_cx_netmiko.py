"""netmiko's own AOS-CX driver, unpatched, against the lab: everything that a network engine does with it."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from dialling import Dial
from netmiko.exceptions import ConfigInvalidException, NetmikoAuthenticationException, NetmikoTimeoutException
from typing_at import Typist

from trustctl.lab.estate import Lab
from trustctl.lab.faults import Fault, FaultKind

NAME = "elder-sw-21"


def _until(done: Callable[[], bool], seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def test_read(lab: Lab, dial: Dial) -> None:
    """The driver passes the greeting, turns paging off and reads the whole configuration; filters work."""
    connection = dial()
    assert connection.base_prompt == NAME
    shown = str(connection.send_command("show running-config"))
    assert shown.strip() == f"Current configuration:\n{lab.running(NAME)}".strip()
    assert connection.send_command("show running-config | include ^hostname") == f"hostname {NAME}"
    assert [entry.line for entry in lab.log(NAME) if entry.line] == [
        *("no page", "show running-config", "show running-config | include ^hostname")
    ]


def test_change_and_save(lab: Lab, dial: Dial) -> None:
    """Lines take effect in running; saving brings them to startup."""
    connection = dial()
    lines = ["vlan 30", "name GUEST", "interface 1/1/5", "description Hall", "vlan access 30", "exit"]
    connection.send_config_set(lines, error_pattern=r"Invalid input|% |not found")
    assert "\nvlan 30\n    name GUEST\n" in lab.running(NAME)
    assert "interface 1/1/5\n    description Hall\n    no shutdown\n    vlan access 30\n" in lab.running(NAME)
    assert "vlan 30" not in (lab.startup(NAME) or "")
    assert "Success" in connection.save_config()
    assert lab.startup(NAME) == lab.running(NAME)


@pytest.mark.parametrize("bad", ["nonsense", "interface 1/1/99", "vlan 5000"])
def test_an_error_stops_the_block(lab: Lab, dial: Dial, bad: str) -> None:
    """With an error pattern netmiko sees the refusal; what was before it is in force, what came after is not."""
    connection = dial()
    with pytest.raises(ConfigInvalidException, match=bad):
        connection.send_config_set(["vlan 30", bad, "vlan 31"], error_pattern=r"Invalid input|not present")
    connection.exit_config_mode()
    assert "\nvlan 1,30\n" in lab.running(NAME)


def test_an_operator_sees_and_changes_nothing(lab: Lab, dial: Dial) -> None:
    """The prompt of an operator ends in `>`; configuration is refused."""
    connection = dial("reader", "only-looking")
    assert connection.find_prompt() == f"{NAME}>"
    assert "PUPIL" in connection.send_command("show vlan")
    assert connection.send_command("configure terminal") == "Invalid input: configure"
    assert lab.counters(NAME)["config_lines"] == 0


def test_a_wrong_password(dial: Dial) -> None:
    """Is refused."""
    with pytest.raises(NetmikoAuthenticationException):
        dial(password="wrong")


def test_auto_mode_restores_what_was_not_confirmed(lab: Lab, dial: Dial) -> None:
    """The warnings come late and by themselves; afterwards the configuration is exactly what it was."""
    before = lab.running(NAME)
    connection = dial()
    said = connection.send_command("checkpoint auto 5")
    assert said == "Auto checkpoint mode expires in 5 minute(s)"
    connection.send_config_set(["vlan 30", "name GUEST", "no vlan 20", "hostname other"])
    assert "\nhostname other\n" in lab.running(NAME)
    seen = connection.read_until_pattern("Restoration successful", read_timeout=10)
    assert 'WARNING  Please "checkpoint auto confirm" within 2 minutes' in seen
    assert "WARNING: Restoring configuration. Do NOT add any new configuration." in seen
    assert lab.running(NAME) == before
    assert lab.counters(NAME)["rollbacks"] == 1


def test_auto_mode_confirmed_from_another_session(lab: Lab, dial: Dial) -> None:
    """Who confirms in time keeps the change, whoever armed; the checkpoint says when."""
    first = dial()
    first.send_command("checkpoint auto 60")
    first.send_config_set(["vlan 30", "name GUEST"])
    first.disconnect()
    second = dial()
    assert "checkpoint AUTO2026" in second.send_command("checkpoint auto confirm")
    assert second.send_command("checkpoint auto confirm") == "Auto checkpoint mode is not enabled."
    assert " latest " in second.send_command("show checkpoint | include AUTO")
    assert "name GUEST" in lab.running(NAME)


CUTS = (
    ["interface vlan 99", "shutdown"],
    ["interface lag 1", "no vlan trunk allowed 99"],
    ["no ip route 0.0.0.0/0 10.20.99.1"],
)
MORE_CUTS = (
    ["interface lag 1", "shutdown"],
    ["no vlan 99"],
    ["interface 1/1/25-1/1/26", "no lag"],
    ["no interface vlan 99"],
    ["interface vlan 99", "ip address 10.20.98.5/24"],
)


@pytest.mark.parametrize(
    "cut", [*CUTS, *(pytest.param(cut, marks=pytest.mark.long) for cut in MORE_CUTS)], ids=" / ".join
)
def test_cutting_management_off_lasts_until_the_checkpoint_restores(lab: Lab, dial: Dial, cut: list[str]) -> None:
    """The session drops, a new one is refused; once auto mode restores, all is as before and lets us in."""
    before = lab.running(NAME)
    connection = dial()
    connection.send_command("checkpoint auto 6")
    with pytest.raises(Exception, match=r"(?i)clos|reset|pattern|timed|read"):
        connection.send_config_set([*cut, "exit"], read_timeout=1)
    assert lab.running(NAME) != before
    with pytest.raises(NetmikoTimeoutException):
        dial()
    _until(lambda: lab.running(NAME) == before)
    assert dial().find_prompt() == f"{NAME}#"


def test_ssh_turned_off_keeps_the_session_and_refuses_the_next(lab: Lab, dial: Dial) -> None:
    """A server that listens no more does not end what is open."""
    connection = dial()
    connection.send_config_set(["no ssh server vrf default"])
    with pytest.raises(NetmikoTimeoutException):
        dial()
    connection.send_config_set(["ssh server vrf default"])
    assert dial().find_prompt() == f"{NAME}#"
    assert lab.running(NAME).count("ssh server vrf") == 1


def test_an_access_list_can_lock_out(lab: Lab, dial: Dial) -> None:
    """A control-plane list without an entry for the station keeps it out, and the open session with it."""
    connection = dial()
    connection.send_config_set(["access-list ip SHUT", "10 permit tcp 10.1.0.0/16 any eq ssh"])
    lab.device_edit(NAME, ["apply access-list ip SHUT control-plane vrf default"])
    with pytest.raises(NetmikoTimeoutException):
        dial()
    lab.device_edit(NAME, ["no apply access-list ip SHUT control-plane vrf default"])
    assert dial().find_prompt() == f"{NAME}#"


def test_rollback_and_diff(lab: Lab, dial: Dial) -> None:
    """A named checkpoint brings everything back; the difference is a unified one."""
    before = lab.running(NAME)
    connection = dial()
    assert "Success" in connection.send_command("copy running-config checkpoint tc-pre-1")
    connection.send_config_set(["vlan 30", "name GUEST", "interface 1/1/9", "vlan access 30"])
    difference = connection.send_command("checkpoint diff tc-pre-1 running-config")
    assert "\n+vlan 30\n+    name GUEST\n" in difference
    assert connection.send_command("checkpoint rollback tc-pre-1") == "Success"
    assert lab.running(NAME) == before
    assert connection.send_command("checkpoint diff tc-pre-1 running-config") == "No difference in configs."
    assert connection.send_command("checkpoint rollback nothing") == "Checkpoint nothing does not exist"
    assert str(connection.send_command("show checkpoint tc-pre-1")).startswith("Checkpoint configuration:\n!\n!Version")
    assert lab.file(NAME, "tc-pre-1").decode() == before


def test_saving_fails(lab: Lab, dial: Dial) -> None:
    """A full flash is said, and startup stays."""
    connection = dial()
    before = lab.startup(NAME)
    lab.break_(NAME, Fault(FaultKind.FLASH_FULL))
    connection.send_config_set(["vlan 30"])
    assert "Success" not in connection.send_command("write memory")
    assert lab.startup(NAME) == before


def test_a_rollback_may_skip_lines(lab: Lab, dial: Dial) -> None:
    """The fault leaves lines alone that contain its text, so that a check after a rollback has something to find."""
    connection = dial()
    connection.send_command("copy running-config checkpoint tc-pre-1")
    lab.break_(NAME, Fault(FaultKind.ROLLBACK_SKIPS, text="name"))
    connection.send_config_set(["vlan 20", "name COPIERS", "interface 1/1/9", "vlan access 20"])
    connection.send_command("checkpoint rollback tc-pre-1")
    assert "    name COPIERS\n" in lab.running(NAME)
    assert "interface 1/1/9\n    no shutdown\n    vlan access 1\n" in lab.running(NAME)


def test_a_reboot_forgets_what_was_not_saved(lab: Lab, dial: Dial) -> None:
    """`boot system` asks twice; unsaved lines are gone, the switch comes back."""
    connection = dial()
    connection.send_config_set(["vlan 30", "name GUEST"])
    assert "name GUEST" in lab.running(NAME)
    asked = connection.send_command("boot system", expect_string=r"\(y/n\)\?")
    assert "Do you want to save the current configuration (y/n)?" in asked
    connection.send_command("n", expect_string=r"Continue \(y/n\)\?")
    connection.write_channel("y\r")
    _until(lambda: lab.counters(NAME)["reloads"] == 1)
    with pytest.raises(NetmikoTimeoutException):
        dial()
    _until(lambda: lab.reachable(NAME).ok)
    assert "name GUEST" not in lab.running(NAME)
    assert dial().find_prompt() == f"{NAME}#"


def test_pages(typist: Callable[..., Typist]) -> None:
    """At 24 lines output stops: Space goes on by a page, Enter by a line, q ends it; `no page` lets it through."""
    one = typist()
    more = b"-- MORE --, next page: Space, next line: Enter, quit: q"
    first = one.type(b"show running-config\r", more)
    assert first.count(b"\n") == 24
    assert one.type(b"\r", more).count(b"\n") == 1
    assert one.type(b" ", more).count(b"\n") == 23
    one.type(b"q", f"{NAME}# ".encode())
    one.type(b"no page\r", f"{NAME}# ".encode())
    assert b"https-server vrf default" in one.type(b"show running-config\r", f"{NAME}# ".encode())


def test_a_long_line_wraps_as_recorded(typist: Callable[..., Typist]) -> None:
    """At the right edge the character is printed twice with a carriage return between."""
    one = typist()
    typed = "show system | exclude Up | exclude CPU | exclude Memory | exclude Missed"
    echo = one.type(f"{typed}\r".encode(), b"Hostname")
    edge = 80 - len(f"{NAME}# ")
    assert f"{typed[:edge]}\r{typed[edge - 1 :]}".encode() in echo


def test_the_greeting(lab: Lab, typist: Callable[..., Typist]) -> None:
    """The exec banner, then what was heard of the user before."""
    one = typist()
    one.type(b"exit\r", b"exit")
    again = Typist(lab.endpoints[NAME][1], "admin", "correct-horse")
    seen = again.until(f"{NAME}# ".encode())
    assert b"Elder, closet 21\r\nLast login: 2026-01-04 06:00:" in seen
    assert b'User "admin" has logged in 2 times in the past 30 days\r\n' in seen
    assert again.transport.remote_version.startswith("SSH-2.0-OpenSSH")
    assert again.transport.get_banner() == b"Authorised people only\r\n"
    again.transport.close()


def test_an_exec_request(lab: Lab, typist: Callable[..., Typist]) -> None:
    """`ssh switch "write memory"` saves, as in recorded use."""
    transport = typist().transport
    lab.device_edit(NAME, ["vlan 30"])
    channel = transport.open_session()
    channel.exec_command("write memory")
    assert channel.makefile().read() == b"Copying configuration: [Success]\r\n"
    assert lab.startup(NAME) == lab.running(NAME)
