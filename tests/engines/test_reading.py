"""Reading: whole or refused, bounded in time and size, and many at once."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from trustctl.engines.network import NetworkConnector, observe_many
from trustctl.engines.protocol import Target
from trustctl.errors import (
    DeviceError,
    HostileOutputError,
    LoginRefusedError,
    LosslessError,
    SessionLostError,
    UnreachableError,
)
from trustctl.lab.estate import Lab
from trustctl.lab.faults import Fault, FaultKind

MakeTarget = Callable[..., Target]
NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def body(text: str) -> str:
    """A configuration without its header lines."""
    return text[text.index("version ") :]


def in_pieces(read: Callable[[], bytes]) -> Callable[[], bytes]:
    """Make packets end behind each `lab-a#`, as the network may."""
    pieces: list[bytes] = []

    def read_piece() -> bytes:
        if not pieces:
            first, *rest = re.split(rb"(?<=\nlab-a#)", read())
            pieces.extend([first, *(piece for piece in rest if piece)])
        return pieces.pop(0)

    return read_piece


def test_running_is_read_whole(lab: Lab, connector: NetworkConnector, target: MakeTarget) -> None:
    """What the session returns is what the switch has, line by line, from its header to `end`."""
    session = connector.open(target())
    text = session.running()
    session.close()
    assert text.lstrip("\n").startswith("Building configuration...")
    assert text.rstrip("\n").endswith("\nend")
    assert body(text).strip("\n") == body(lab.running("lab-a")).strip("\n")


@pytest.mark.parametrize("size", [1, 3, 64])
def test_packet_sizes_do_not_matter(connector: NetworkConnector, target: MakeTarget, size: int) -> None:
    """However the network cuts the text, the same configuration is read."""
    session = connector.open(target())
    whole = session.running()
    real = session._link.read
    held = bytearray()

    def nibble() -> bytes:
        if not held:
            held.extend(real())
        piece = bytes(held[:size])
        del held[:size]
        return piece

    session._link.read = nibble  # type: ignore[method-assign] - a slower line
    assert session.running() == whole
    session.close()


def test_startup_is_read_whole(lab: Lab, connector: NetworkConnector, target: MakeTarget) -> None:
    """Startup too."""
    session = connector.open(target())
    text = session.startup()
    session.close()
    startup = lab.startup("lab-a")
    assert startup is not None
    assert body(text).strip("\n") == body(startup).strip("\n")


def test_a_line_that_looks_like_the_prompt_does_not_end_the_text(
    lab: Lab, connector: NetworkConnector, target: MakeTarget
) -> None:
    """A banner line `lab-a#` is part of the configuration, even if a packet ends with it."""
    lab.device_edit("lab-a", ["banner motd ^", "lab-a#", "lab-a(config)#", "^"])
    try:
        session = connector.open(target())
        whole = session.running()
        session._link.read = in_pieces(session._link.read)  # type: ignore[method-assign] - a slower line
        text = session.running()
        session.close()
    finally:
        lab.device_edit("lab-a", ["no banner motd"])
    assert text == whole
    assert "\nlab-a#\nlab-a(config)#\n" in text
    assert text.rstrip("\n").endswith("\nend")


def test_identity(connector: NetworkConnector, target: MakeTarget) -> None:
    """Serial, model, version and name are read."""
    session = connector.open(target())
    identity = session.identity()
    session.close()
    assert (identity.serial, identity.hostname) == ("FOC0000A001", "lab-a")
    assert identity.model == "WS-C2960X-48FPS-L"
    assert identity.version


def test_a_stack_names_its_members(lab: Lab, connector: NetworkConnector, target: MakeTarget) -> None:
    """Every member is told by number and state, so that a lost one shows; a single switch is not asked."""
    session = connector.open(target("lab-stack"))
    whole = session.identity()
    session.close()
    assert len(whole.members) == 2
    assert whole.members[0] == whole.serial == "FOC0000D001"
    assert whole.stack == ("1 Ready", "2 Ready")
    lab.break_("lab-stack", Fault(FaultKind.LOST_MEMBER, amount=2))
    session = connector.open(target("lab-stack"))
    assert session.identity().stack != whole.stack
    session.close()
    single = connector.open(target())
    assert single.identity().stack == ()
    single.close()


def test_the_archive_decides(connector: NetworkConnector, target: MakeTarget) -> None:
    """A switch with an archive can roll back on a timer; one without cannot."""
    for name, ready in (("lab-a", True), ("lab-b", False)):
        session = connector.open(target(name))
        assert session.rollback_ready() is ready
        session.close()


def test_endless_output_is_cut_within_bounds(lab: Lab, connector: NetworkConnector, target: MakeTarget) -> None:
    """A command that never ends costs at most the cap, and the session is not used further."""
    session = connector.open(target())
    lab.break_("lab-a", Fault(FaultKind.ENDLESS, text="show running-config"))
    started = time.monotonic()
    with pytest.raises((HostileOutputError, SessionLostError)):
        session.running()
    assert time.monotonic() - started < 10
    session.abandon()


def test_garbage_is_refused(lab: Lab, connector: NetworkConnector, target: MakeTarget) -> None:
    """Bytes that are no configuration are never returned as one."""
    session = connector.open(target())
    lab.break_("lab-a", Fault(FaultKind.GARBAGE, text="show running-config"))
    with pytest.raises((LosslessError, DeviceError)) as caught:
        session.running()
    assert str(caught.value).isprintable() or "\n" in str(caught.value)
    assert "\x1b" not in str(caught.value)
    session.close()


def test_garbage_instead_of_a_version_is_no_device(lab: Lab, connector: NetworkConnector, target: MakeTarget) -> None:
    """A device that does not say its serial number is not opened."""
    lab.break_("lab-a", Fault(FaultKind.GARBAGE, text="show version"))
    with pytest.raises(HostileOutputError, match="serial number"):
        connector.open(target())


def test_a_silent_session_is_dead_soon(lab: Lab, connector: NetworkConnector, target: MakeTarget) -> None:
    """A device that goes silent without closing is noticed by its missing echo, not by a long wait for a prompt."""
    session = connector.open(target())
    lab.break_("lab-a", Fault(FaultKind.HANG))
    started = time.monotonic()
    with pytest.raises(SessionLostError):
        session.running()
    assert time.monotonic() - started < 4
    session.abandon()


def test_a_cut_session_is_dead_at_once(lab: Lab, connector: NetworkConnector, target: MakeTarget) -> None:
    """A reset connection is noticed without any wait."""
    session = connector.open(target())
    lab.break_("lab-a", Fault(FaultKind.DROP))
    started = time.monotonic()
    with pytest.raises(SessionLostError):
        session.running()
    assert time.monotonic() - started < 2
    session.close()


def test_a_slow_device_is_waited_for(lab: Lab, connector: NetworkConnector, target: MakeTarget) -> None:
    """A second per command is slow, not dead."""
    session = connector.open(target())
    lab.break_("lab-a", Fault(FaultKind.LATENCY, amount=1.0))
    assert session.running().rstrip("\n").endswith("end")
    session.close()


def test_log_lines_in_the_prompt_do_not_stop_a_read(lab: Lab, connector: NetworkConnector, target: MakeTarget) -> None:
    """A log line torn into the prompt is taken out or waited out; the configuration stays clean."""
    session = connector.open(target())
    lab.break_("lab-a", Fault(FaultKind.PROMPT))
    text = session.running()
    session.close()
    assert body(text).strip("\n") == body(lab.running("lab-a")).strip("\n")


def test_many_at_once_with_failures_as_values(lab: Lab, connector: NetworkConnector, target: MakeTarget) -> None:
    """One device's failure is its own; the others are read, in order, one session each."""
    lab.break_("lab-b", Fault(FaultKind.REFUSE))
    before = lab.counters("lab-a")["logins"]
    targets = [
        target("lab-a"),
        target("lab-b"),
        target("lab-user"),
        target("lab-a", password="Canary-Wrong-1"),
    ]
    seen: list[str] = []
    readings = observe_many(targets, connector, taken=NOW, threads=4, done=lambda reading: seen.append(reading.device))
    assert [reading.device for reading in readings] == ["lab-a", "lab-b", "lab-user", "lab-a"]
    assert sorted(seen) == ["lab-a", "lab-a", "lab-b", "lab-user"]
    good = readings[0].observed
    assert good is not None
    assert (good.serial, good.archive, good.source, good.taken) == ("FOC0000A001", True, "live", NOW)
    assert isinstance(readings[1].error, UnreachableError)
    assert isinstance(readings[3].error, LoginRefusedError)
    assert lab.counters("lab-a")["logins"] == before + 1
    assert observe_many([], connector, taken=NOW) == ()
