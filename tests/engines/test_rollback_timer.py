"""Tier A: the device's own timer is armed, seen by a new session, confirmed, or left to revert."""

from __future__ import annotations

from dataclasses import replace

import pytest
from waiting import MakeTarget, wait_until

from trustctl.engines.network import NetworkConnector
from trustctl.engines.network.session import DeviceSession
from trustctl.errors import (
    DeviceError,
    PreflightError,
)
from trustctl.lab.estate import Lab
from trustctl.lab.faults import Fault, FaultKind
from trustctl.model.plan import Tier


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
