"""Changing: every line is answered for, nothing is saved by mistake, and the device's own timer is the net."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from trustctl.engines.network import NetworkConnector, resolve_line
from trustctl.engines.network.session import DeviceSession
from trustctl.engines.protocol import Target
from trustctl.errors import (
    DeviceError,
    ExitCode,
    LineRejectedError,
    PreflightError,
    RenderError,
    SaveFailedError,
    SecretError,
    SessionLostError,
    TrustctlError,
)
from trustctl.lab.estate import Lab
from trustctl.lab.faults import Fault, FaultKind
from trustctl.model.plan import Tier
from trustctl.platforms import platform

MakeTarget = Callable[..., Target]
GATE = platform("cisco_ios", (Path(__file__).parents[2] / "templates",)).rulebook.gate
SECRET = "Canary-Radius-7731"


@pytest.fixture
def armed(lab: Lab, connector: NetworkConnector, target: MakeTarget) -> Iterator[DeviceSession]:
    """A session with a long timer armed; whatever the test did is rolled back afterwards."""
    session = connector.open(target(resolve=lambda name: {"radius/key": SECRET}[name]))
    session.preflight()
    session.arm(60)
    yield session
    session.abandon()
    lab.heal("lab-a")
    undo = connector.open(target(serial=None))
    if undo.timer().pending:
        undo.revert()
    undo.close()


def wait_until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait for the lab, at most so long."""
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "the lab did not get there"
        time.sleep(0.05)


# -- lines ---------------------------------------------------------------------------------------------------------


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


# -- saving --------------------------------------------------------------------------------------------------------


def test_saving_needs_the_success_text(lab: Lab, connector: NetworkConnector, target: MakeTarget) -> None:
    """A full flash is a failed save, not a success."""
    session = connector.open(target())
    lab.break_("lab-a", Fault(FaultKind.FLASH_FULL))
    with pytest.raises(SaveFailedError, match="not saved") as caught:
        session.save()
    assert caught.value.exit_code is ExitCode.PARTIAL
    lab.heal("lab-a")
    lab.break_("lab-a", Fault(FaultKind.SAVE_REFUSED))
    with pytest.raises(SaveFailedError):
        session.save()
    lab.heal("lab-a")
    before = lab.counters("lab-a")["saves"]
    session.save()
    session.close()
    assert lab.counters("lab-a")["saves"] == before + 1


def test_the_known_question_of_a_save_is_answered(lab: Lab, connector: NetworkConnector, target: MakeTarget) -> None:
    """A configuration written by another image is overwritten as asked, and the success text still counts."""
    session = connector.open(target())
    lab.break_("lab-a", Fault(FaultKind.SAVE_QUESTION))
    before = lab.counters("lab-a")["saves"]
    session.save()
    assert lab.counters("lab-a")["saves"] == before + 1
    lab.break_("lab-a", Fault(FaultKind.FLASH_FULL))
    with pytest.raises(SaveFailedError):
        session.save()
    session.close()


def test_the_switch_pings_for_us(connector: NetworkConnector, target: MakeTarget) -> None:
    """The switch's own view of its gateway."""
    session = connector.open(target())
    assert session.ping("10.1.10.1") is True
    assert session.ping("10.1.10.77") is False
    session.close()


# -- tier A --------------------------------------------------------------------------------------------------------


def test_confirm_on_a_new_session(lab: Lab, connector: NetworkConnector, target: MakeTarget) -> None:
    """Arm, push, drop; a new session sees our timer, confirms it, reads back that none is pending, and saves."""
    session = connector.open(target())
    found = session.preflight()
    assert found.tier is Tier.A
    assert found.free_bytes
    assert not found.timer.pending
    armed = session.arm(60)
    assert armed.method == "revert timer"
    assert armed.backup.startswith("flash:")
    session.push(("vlan 40",))
    session.push(("exit",))
    session.end()
    session.close()

    again = connector.open(target())
    state = again.timer()
    assert (state.pending, state.user, state.minutes_left) == (True, "netops", 60)
    again.confirm()
    assert not again.timer().pending
    again.save()
    assert "vlan 40" in again.startup()
    again.close()
    assert "vlan 40" in lab.running("lab-a")
    lab.device_edit("lab-a", ["no vlan 40"])
    lab.console_save("lab-a")


def test_revert_now(lab: Lab, connector: NetworkConnector, target: MakeTarget) -> None:
    """A change is taken back at once on request, exactly."""
    before = lab.running("lab-a")
    session = connector.open(target())
    session.preflight()
    session.arm(60)
    session.push(("hostname other",))
    session.push(("vlan 41",))
    session.end()
    session.abandon()

    again = connector.open(target())
    assert again.revert() is True
    assert not again.timer().pending
    again.close()
    assert lab.running("lab-a") == before


def test_the_timer_reverts_without_us(lab: Lab, connector: NetworkConnector, target: MakeTarget) -> None:
    """Nobody confirms: the device rolls back by itself, and a late confirm is told so."""
    before = lab.running("lab-a")
    session = connector.open(target())
    session.preflight()
    session.arm(1)
    session.push(("vlan 42",))
    session.end()
    session.abandon()
    wait_until(lambda: lab.running("lab-a") == before)
    again = connector.open(target())
    with pytest.raises(DeviceError, match="no rollback is pending any more"):
        again.confirm()
    again.close()


def test_a_pending_timer_stops_the_preflight(
    connector: NetworkConnector, target: MakeTarget, armed: DeviceSession
) -> None:
    """Somebody else's change in progress is named; timers are not layered."""
    other = connector.open(target())
    with pytest.raises(PreflightError, match="already pending, armed by netops"):
        other.preflight()
    other.close()


def test_too_little_room_stops_the_preflight(lab: Lab, connector: NetworkConnector, target: MakeTarget) -> None:
    """The device must have room for its own backup, three times over."""
    session = connector.open(target())
    way = session._spec.safe_change[0]
    assert way.space is not None
    greedy = way.model_copy(update={"space": way.space.model_copy(update={"factor": 10**9})})
    session._safe._spec = session._spec.model_copy(update={"safe_change": (greedy,)})
    with pytest.raises(PreflightError, match="bytes are free"):
        session.preflight()
    session.close()


@pytest.mark.parametrize("minutes", [0, 121])
def test_a_timer_the_device_cannot_set_is_refused(
    connector: NetworkConnector, target: MakeTarget, minutes: int
) -> None:
    """Minutes outside the platform's range are refused before anything is sent."""
    session = connector.open(target())
    session.preflight()
    with pytest.raises(PreflightError, match="cannot be set"):
        session.arm(minutes)
    session.close()


def test_nothing_is_armed_without_a_preflight(connector: NetworkConnector, target: MakeTarget) -> None:
    """Arming is refused until the conditions were proved on this session."""
    session = connector.open(target())
    with pytest.raises(PreflightError, match="nothing was proved"):
        session.arm(5)
    session.close()


def test_somebody_elses_timer_is_not_confirmed(
    connector: NetworkConnector, target: MakeTarget, armed: DeviceSession
) -> None:
    """Only the arming user may confirm; a session of another user says so instead of trying."""
    other = connector.open(target())
    other._safe._target = replace(target(), username="somebody")  # the lab has one account
    for act in (other.confirm, other.revert):
        with pytest.raises(DeviceError, match="armed by 'netops', not by us"):
            act()
    other.close()


def test_a_locked_configuration_is_told(lab: Lab, connector: NetworkConnector, target: MakeTarget) -> None:
    """A configuration that somebody holds locked stops the arming."""
    session = connector.open(target())
    session.preflight()
    lab.break_("lab-a", Fault(FaultKind.LOCKED, text="fred"))
    with pytest.raises(DeviceError, match=r"(?i)lock"):
        session.arm(5)
    session.close()


# -- tier B --------------------------------------------------------------------------------------------------------


def tier_b(connector: NetworkConnector, target: MakeTarget, minutes: int) -> DeviceSession:
    """A session on the switch without an archive, with its reload scheduled."""
    session = connector.open(target("lab-b"))
    found = session.preflight()
    assert (found.tier, found.startup_equals_running) == (Tier.B, True)
    armed = session.arm(minutes)
    assert (armed.method, armed.backup) == ("timed reload", "")
    return session


def test_a_scheduled_reload_is_cancelled_by_the_confirm(
    lab: Lab, connector: NetworkConnector, target: MakeTarget
) -> None:
    """No archive: reload in N with its dialogue, read back, cancelled on a new session, saved."""
    lab.console_save("lab-b")
    reloads = lab.counters("lab-b")["reloads"]
    session = tier_b(connector, target, 90)
    session.push(("vlan 50",))
    session.push(("exit",))
    session.end()
    session.close()
    again = connector.open(target("lab-b"))
    state = again.timer()
    assert state.pending
    assert state.user == "netops"
    assert state.minutes_left is not None
    assert 80 < state.minutes_left <= 90
    assert again.revert() is False
    again.confirm()
    assert not again.timer().pending
    again.save()
    again.close()
    assert lab.counters("lab-b")["reloads"] == reloads


def test_an_unsaved_configuration_stops_a_reload(lab: Lab, connector: NetworkConnector, target: MakeTarget) -> None:
    """A reload would destroy somebody's unsaved work: refused."""
    lab.console_save("lab-b")
    lab.device_edit("lab-b", ["vlan 51", "name unsaved"])
    session = connector.open(target("lab-b"))
    with pytest.raises(PreflightError, match="not saved"):
        session.preflight()
    session.close()
    lab.console_save("lab-b")


def test_the_reload_brings_the_old_configuration_back(
    lab: Lab, connector: NetworkConnector, target: MakeTarget
) -> None:
    """Nobody cancels: the switch reboots into what was saved; the open session is lost, not hung."""
    lab.console_save("lab-b")
    before, reloads = lab.running("lab-b"), lab.counters("lab-b")["reloads"]
    session = tier_b(connector, target, 4)
    session.push(("vlan 52",))
    session.push(("exit",))
    session.end()
    wait_until(lambda: lab.counters("lab-b")["reloads"] == reloads + 1)
    with pytest.raises(TrustctlError):
        session.running()
    session.close()
    wait_until(lambda: lab.running("lab-b") == before)
