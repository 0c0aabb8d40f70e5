"""Tier B: a switch without an archive is protected by a scheduled reload."""

from __future__ import annotations

import pytest
from waiting import MakeTarget, wait_until

from trustctl.engines.network import NetworkConnector
from trustctl.engines.network.session import DeviceSession
from trustctl.errors import (
    PreflightError,
    TrustctlError,
)
from trustctl.lab.estate import Lab
from trustctl.model.plan import Tier


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
