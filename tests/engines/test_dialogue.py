"""The edges of a conversation: pages, questions nobody expected, torn prompts, the socket's own settings."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from trustctl.engines.network import NetworkConnector
from trustctl.engines.network.limits import Limits
from trustctl.engines.protocol import Target
from trustctl.errors import DeviceError, HostileOutputError, SessionLostError
from trustctl.lab.estate import Lab
from trustctl.lab.faults import Fault, FaultKind
from trustctl.platforms import Platform, platform
from trustctl.platforms.spec import Command, PlatformSpec

MakeTarget = Callable[..., Target]
ROOT = Path(__file__).parents[2] / "templates"
QUICK = Limits(prompt_seconds=4.0, silence_seconds=2.0, line_seconds=3.0, command_seconds=5.0)


def changed(change: Callable[[PlatformSpec], PlatformSpec], limits: Limits = QUICK) -> NetworkConnector:
    """The engine with a platform whose data was changed."""

    def give(name: str) -> Platform:
        found = platform(name, [ROOT])
        return Platform(change(found.spec), found.folder)

    return NetworkConnector(give, limits)


def test_small_packets_go_out_at_once_and_a_dead_path_fails(connector: NetworkConnector, target: MakeTarget) -> None:
    """TCP_NODELAY, TCP keepalive and a bound on unacknowledged data are set on the session's own socket."""
    session = connector.open(target())
    sock = session._link._socket
    assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 5000
    assert session._link._channel.get_transport().packetizer._Packetizer__keepalive_interval == 5
    session.close()
    defaults = Limits()
    assert defaults.keepalive_seconds + defaults.unacknowledged_seconds <= 10
    assert max(defaults.silence_seconds, defaults.line_seconds) <= 10


def test_paging_that_is_not_off_is_noticed(lab: Lab, target: MakeTarget) -> None:
    """A device that stops at a page would give half a configuration: refused at once, not after a timeout."""
    lab.device_edit("lab-a", [f"vlan {number}" for number in range(100, 130)])
    engine = changed(lambda spec: spec.model_copy(update={"session": spec.session.model_copy(update={"prepare": ()})}))
    session = engine.open(target(serial=None))
    started = time.monotonic()
    with pytest.raises(HostileOutputError, match="pages its output"):
        session.running()
    assert time.monotonic() - started < 2
    session.close()


def test_a_question_nobody_expected_is_cut_off(lab: Lab, target: MakeTarget) -> None:
    """A dialogue that the platform's data does not know is left by ^C: nothing is confirmed by accident."""

    def without_answers(spec: PlatformSpec) -> PlatformSpec:
        way = spec.safe_change[1]
        arm = way.arm.model_copy(update={"answers": ()})
        return spec.model_copy(update={"safe_change": (way.model_copy(update={"arm": arm}),)})

    lab.console_save("lab-b")
    session = changed(without_answers).open(target("lab-b"))
    session.preflight()
    with pytest.raises(DeviceError, match="asks something"):
        session.arm(60)
    assert not session.timer().pending
    session.close()
    checked = changed(lambda spec: spec).open(target("lab-b"))
    assert not checked.timer().pending
    checked.close()


def test_a_wrong_answer_is_not_typed_twice(lab: Lab, target: MakeTarget) -> None:
    """An answer is for one question; the same question again is one nobody expected."""

    def stubborn(spec: PlatformSpec) -> PlatformSpec:
        way = spec.safe_change[1]
        answer = way.arm.answers[0].model_copy(update={"send": "perhaps"})
        arm = way.arm.model_copy(update={"answers": (answer,)})
        return spec.model_copy(update={"safe_change": (way.model_copy(update={"arm": arm, "needs_saved": False}),)})

    lab.device_edit("lab-b", ["vlan 60", "name unsaved"])
    session = changed(stubborn).open(target("lab-b"))
    session.preflight()
    with pytest.raises(DeviceError, match="asks something"):
        session.arm(60)
    session.close()
    assert "reload in 60" in [entry.line for entry in lab.log("lab-b")]
    lab.device_edit("lab-b", ["no vlan 60"])
    lab.console_save("lab-b")


def test_a_mechanism_that_answers_neither_yes_nor_no_stops(target: MakeTarget) -> None:
    """What cannot be told is an error, never a default."""

    def vague(spec: PlatformSpec) -> PlatformSpec:
        way = spec.safe_change[0]
        assert way.available is not None
        nothing = re.compile("never printed")
        asked = way.available.model_copy(update={"present": nothing, "absent": nothing})
        return spec.model_copy(update={"safe_change": (way.model_copy(update={"available": asked}),)})

    session = changed(vague).open(target())
    with pytest.raises(DeviceError, match="cannot be told"):
        session.preflight()
    with pytest.raises(DeviceError, match="cannot be told"):
        session.rollback_ready()
    session.close()


def test_a_timer_that_answers_neither_stops(target: MakeTarget) -> None:
    """A timer whose state cannot be read is not taken for none."""

    def vague(spec: PlatformSpec) -> PlatformSpec:
        way = spec.safe_change[0]
        timer = way.timer.model_copy(update={"none": re.compile("never printed")})
        return spec.model_copy(update={"safe_change": (way.model_copy(update={"timer": timer}),)})

    session = changed(vague).open(target())
    with pytest.raises(DeviceError, match="cannot be told"):
        session.timer()
    session.close()


def test_a_confirm_that_changes_nothing_is_noticed(connector: NetworkConnector, target: MakeTarget) -> None:
    """Confirmed is what the device says afterwards, not what was sent."""

    def harmless(spec: PlatformSpec) -> PlatformSpec:
        way = spec.safe_change[0].model_copy(update={"confirm": Command(send="show clock")})
        return spec.model_copy(update={"safe_change": (way,)})

    session = changed(harmless).open(target())
    session.preflight()
    session.arm(60)
    session.end()
    with pytest.raises(DeviceError, match="still pending"):
        session.confirm()
    assert session.revert() is True
    session.close()


def test_lines_go_through_torn_prompts(lab: Lab, connector: NetworkConnector, target: MakeTarget) -> None:
    """Log lines in the middle of the prompt do not stop a push, and are not taken for refusals."""
    session = connector.open(target())
    session.preflight()
    session.arm(60)
    lab.break_("lab-a", Fault(FaultKind.PROMPT))
    session.push(("vlan 61",))
    session.push(("exit",))
    session.end()
    lab.heal("lab-a")
    assert "vlan 61" in lab.running("lab-a")
    assert session.revert() is True
    session.close()


def test_a_session_opens_through_torn_prompts(lab: Lab, connector: NetworkConnector, target: MakeTarget) -> None:
    """The host name is learned from a whole prompt even if the first one is torn."""
    lab.break_("lab-a", Fault(FaultKind.PROMPT))
    session = connector.open(target())
    assert session.running().rstrip("\n").endswith("end")
    session.close()


def test_a_broadcast_is_not_a_reply(lab: Lab, connector: NetworkConnector, target: MakeTarget) -> None:
    """The notices of a coming reload arrive between reads; what is read stays clean."""
    lab.console_save("lab-b")
    session = connector.open(target("lab-b"))
    session.preflight()
    session.arm(5)
    session.end()
    before = lab.running("lab-b")
    texts = set()
    ends = time.monotonic() + 2.5
    while time.monotonic() < ends:
        texts.add(session.running()[-2000:])
    assert len(texts) == 1
    assert texts.pop().strip().endswith(before.strip()[-500:])
    session.confirm()
    session.close()


def test_a_session_has_an_end(target: MakeTarget) -> None:
    """However busy, a session does not outlive its wall limit."""
    session = changed(lambda spec: spec, replace(QUICK, session_seconds=0.5)).open(target())
    time.sleep(0.6)
    with pytest.raises(SessionLostError):
        session.read_reply(Command(send="show version"))
    session.close()


def test_another_prompt_is_another_platform(lab: Lab, connector: NetworkConnector, target: MakeTarget) -> None:
    """A device whose prompt does not end as the platform's does is refused, not guessed at."""
    lab.break_("lab-a", Fault(FaultKind.PROMPT, text=" [busy] $"))
    with pytest.raises(HostileOutputError, match="no prompt of this platform"):
        connector.open(target())
