"""Changing: every line is answered for, and a session that is lost is lost at once."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from waiting import SECRET

from trustctl.engines.network import resolve_line
from trustctl.engines.network.session import DeviceSession
from trustctl.errors import (
    DeviceError,
    LineRejectedError,
    RenderError,
    SecretError,
    SessionLostError,
)
from trustctl.lab.estate import Lab
from trustctl.lab.faults import Fault, FaultKind
from trustctl.platforms import platform

GATE = platform("cisco_ios", (Path(__file__).parents[2] / "templates",)).rulebook.gate


def test_lines_take_effect(lab: Lab, armed: DeviceSession) -> None:
    """A section is entered, changed and left, each line answered."""
    for line in ("interface GigabitEthernet1/0/1", "description room 12", "exit", "vlan 30", "name guests", "exit"):
        armed.push((line,))
    armed.end()
    assert "description room 12" in lab.running("lab-a")
    assert "name guests" in lab.running("lab-a")


def test_a_rejected_line_stops_and_leaves_configuration_mode(lab: Lab, armed: DeviceSession) -> None:
    """The error has the line and the device's words; the session is back in EXEC mode; nothing after it was sent."""
    armed.push(("interface GigabitEthernet1/0/1",))
    with pytest.raises(LineRejectedError, match="Invalid input") as caught:
        armed.push(("switchport mode bogus",))
    assert caught.value.line == "switchport mode bogus"
    assert "^" in caught.value.reply
    assert [entry.line for entry in lab.log("lab-a")][-1] == "end"
    armed.end()
    with pytest.raises(DeviceError, match="not in configuration mode"):
        armed.push(("vlan 31",))


@pytest.mark.parametrize(
    "text",
    [
        "% Bad mask",
        "Command rejected: no",
        "% 10.1.1.0 overlaps with Vlan1",
        "%% Ambiguous",
        "VTP VLAN configuration not allowed",
    ],
)
def test_every_kind_of_refusal_is_noticed(lab: Lab, armed: DeviceSession, text: str) -> None:
    """Whatever the wording, a refused line is not taken for accepted."""
    lab.break_("lab-a", Fault(FaultKind.REJECT_LINE, amount=1, text=text))
    with pytest.raises(LineRejectedError):
        armed.push(("vlan 32",))


def test_a_warning_is_not_a_refusal(lab: Lab, armed: DeviceSession) -> None:
    """PortFast warns and is taken."""
    for line in ("interface GigabitEthernet1/0/1", "spanning-tree portfast", "exit"):
        armed.push((line,))
    armed.end()
    assert "spanning-tree portfast" in lab.running("lab-a")


@pytest.mark.parametrize(
    "line", ["do reload", "reload in 1", "write memory", "! x", "description a\nno aaa new-model", "end"]
)
def test_the_gate_is_before_the_socket(lab: Lab, armed: DeviceSession, line: str) -> None:
    """A line that may not be sent is refused before a byte of it leaves."""
    before = len(lab.log("lab-a"))
    with pytest.raises(RenderError):
        armed.push((line,))
    assert len(lab.log("lab-a")) == before


def test_a_line_that_leaves_configuration_mode_is_noticed(armed: DeviceSession) -> None:
    """One `exit` too many must not send the next lines to the EXEC mode."""
    with pytest.raises(LineRejectedError, match="left configuration mode"):
        armed.push(("exit",))


def test_a_renamed_switch_can_still_be_talked_to(lab: Lab, armed: DeviceSession) -> None:
    """After `hostname` the new prompt is learned: lines, end and reads work."""
    armed.push(("hostname a-much-longer-name-than-before-01",))
    armed.push(("vlan 33",))
    armed.push(("exit",))
    armed.end()
    assert "hostname a-much-longer-name-than-before-01" in armed.running()


def test_a_banner_is_sent_in_one_block(lab: Lab, armed: DeviceSession) -> None:
    """Body lines that look like commands are text; the line after the banner is a command again."""
    armed.push(("banner motd ^", "Property of the trust.", "", "no ip default-gateway 10.1.10.1", "^"))
    armed.push(("vlan 34",))
    armed.push(("exit",))
    armed.end()
    running = lab.running("lab-a")
    assert "Property of the trust.\n\nno ip default-gateway 10.1.10.1" in running
    assert "\nip default-gateway 10.1.10.1" in running


def test_a_long_line_is_echoed_and_taken(lab: Lab, armed: DeviceSession) -> None:
    """A line of 200 characters is one line."""
    text = "x" * 180
    armed.push(("interface GigabitEthernet1/0/1",))
    armed.push((f"description {text}",))
    armed.end()
    assert text in lab.running("lab-a")


# -- secrets -------------------------------------------------------------------------------------------------------


def test_a_secret_is_put_in_at_the_last_moment(lab: Lab, armed: DeviceSession) -> None:
    """The plan's line has the token; the device gets the value."""
    armed.push(("snmp-server community <secret:radius/key> RO",))
    armed.end()
    assert f"snmp-server community {SECRET} RO" in lab.running("lab-a")


def test_a_refused_secret_line_shows_no_value(lab: Lab, armed: DeviceSession) -> None:
    """The device echoes the whole line in its refusal; the error shows the token."""
    lab.break_("lab-a", Fault(FaultKind.REJECT_LINE, amount=1, text=f"% Invalid: {SECRET}"))
    with pytest.raises(LineRejectedError) as caught:
        armed.push(("snmp-server community <secret:radius/key> RO",))
    assert SECRET not in str(caught.value)
    assert SECRET not in caught.value.reply
    assert SECRET not in repr(caught.value)
    assert caught.value.line == "snmp-server community <secret:radius/key> RO"


def test_lines_filled_by_the_caller_are_taken_as_they_are(lab: Lab, armed: DeviceSession) -> None:
    """A line that `resolve_line` made is sent, and its value is masked from then on."""
    line = resolve_line("snmp-server community <observed:1> RO", GATE, None, {"1": "Canary-Held-1"})
    lab.break_("lab-a", Fault(FaultKind.REJECT_LINE, amount=1, text="% Invalid: Canary-Held-1"))
    with pytest.raises(LineRejectedError) as caught:
        armed.push((line,))
    assert "Canary" not in str(caught.value)


def test_an_unknown_token_is_refused_before_it_is_sent(lab: Lab, armed: DeviceSession) -> None:
    """A token without a value never reaches the device."""
    before = len(lab.log("lab-a"))
    with pytest.raises((SecretError, KeyError)):
        armed.push(("snmp-server community <secret:no/such> RO",))
    with pytest.raises(SecretError):
        armed.push(("snmp-server community <observed:7> RO",))
    assert len(lab.log("lab-a")) == before


# -- lost sessions -------------------------------------------------------------------------------------------------


def test_a_session_cut_in_the_middle_is_lost_at_once(lab: Lab, armed: DeviceSession) -> None:
    """The error comes within a second and does not claim that the line was refused."""
    lab.break_("lab-a", Fault(FaultKind.CUT_LINE, amount=2))
    armed.push(("vlan 35",))
    started = time.monotonic()
    with pytest.raises(SessionLostError):
        armed.push(("name cut",))
    assert time.monotonic() - started < 2


def test_a_silent_device_is_lost_within_the_limit(lab: Lab, armed: DeviceSession) -> None:
    """A path that swallows everything is noticed by the missing echo."""
    lab.break_("lab-a", Fault(FaultKind.HANG))
    started = time.monotonic()
    with pytest.raises(SessionLostError, match="fell silent"):
        armed.push(("vlan 36",))
    assert time.monotonic() - started < 4
