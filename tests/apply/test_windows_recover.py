"""What is said of a Windows host after trouble: only what its readings prove. The host is a list of readings here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from trustctl.apply.job import Job, Pace, WindowsWork
from trustctl.apply.windows_recover import Sent, Trouble, WindowsRecovery
from trustctl.engines.protocol import ChangeSession, Connector, Endpoint, Target
from trustctl.errors import SessionLostError
from trustctl.model.plan import Tier
from trustctl.model.run import Outcome
from trustctl.plan.windows_judge import WindowsRestoreJudge
from trustctl.windows.text import Resource, write

ZONE, FEATURE, COMMAND = "ansible.windows.win_timezone", "trust_feature", "ansible.windows.win_shell"
PLACE, OTHER = "roles/r/tasks/main.yml:3", "roles/r/tasks/main.yml:9"
PACIFIC = Resource(ZONE, "", {"timezone": "Pacific Standard Time"})
LONDON = Resource(ZONE, "", {"timezone": "GMT Standard Time"})
TELNET = Resource(FEATURE, "Telnet-Client", {"installed": True})
NO_TELNET = Resource(FEATURE, "Telnet-Client", {"installed": False})
UNTOLD = Resource(COMMAND, "Run a thing", None, "it cannot be tried in check mode")
BEFORE = write((PACIFIC, NO_TELNET, UNTOLD))
ZONED = write((LONDON, NO_TELNET, UNTOLD))
INSTALLED = write((PACIFIC, TELNET, UNTOLD))


@dataclass
class Clock:
    """A clock that only sleeping moves."""

    passed: float = 0.0

    def now(self) -> datetime:
        """Return the time."""
        return datetime(2026, 11, 22, tzinfo=UTC) + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        """Return seconds."""
        return self.passed

    def sleep(self, seconds: float) -> None:
        """Wait."""
        self.passed += seconds


@dataclass
class Host:
    """Each opening shows the next reading, the last for ever; what is set back is read from then on."""

    readings: list[str]
    waiting: tuple[str, ...] = ()
    back: str = BEFORE
    """What it has once it was set back."""
    loses: int = 0
    """How many times the connection is lost while it is set back."""
    opened: int = 0
    sent: list[Sequence[tuple[str, ...]]] = field(default_factory=list[Sequence[tuple[str, ...]]])

    def open(self, _target: Target) -> ChangeSession:
        """Open a session."""
        self.opened += 1
        if len(self.readings) > 1 and self.opened > 1:
            del self.readings[0]
        return cast("ChangeSession", self)

    def running(self) -> str:
        """What it has."""
        return self.readings[0]

    def waits(self) -> tuple[str, ...]:
        """What waits for a restart."""
        return self.waiting

    def set_back(self, units: Sequence[tuple[str, ...]]) -> None:
        """Have it all as before."""
        self.sent.append(units)
        if self.loses:
            self.loses -= 1
            raise SessionLostError("the connection was lost")
        self.readings = [self.back]

    def close(self) -> None:
        """End the session."""


def _recovered(
    host: Host, trouble: Trouble, clock: Clock | None = None, *, before: str = BEFORE, restart: bool = False
) -> tuple[Outcome, str]:
    target = Target("H", "windows", Endpoint("192.0.2.1", 5986), "u", "p")
    judge = WindowsRestoreJudge("H", before, before)
    job = Job("H", "d", Tier.C, target, (), judge, lambda _, batch: batch, windows=WindowsWork(restart=restart))
    ticking = clock or Clock()
    outcome, detail, _ = WindowsRecovery(job, cast("Connector", host), ticking, Pace(), trouble).run(before, 300.0)
    return outcome, detail


ASKED_ZONE, ASKED_TELNET = Sent(LONDON, (PLACE,)), Sent(TELNET, (OTHER,))
ASKED_COMMAND = Sent(Resource(COMMAND, "Run a thing", {}), (PLACE,), UNTOLD.untold)


@pytest.mark.parametrize(
    ("trouble", "waiting", "named"),
    [
        (Trouble((ASKED_ZONE,), (PLACE,)), (), ""),
        (Trouble((ASKED_ZONE,), (PLACE,)), ("computer_name",), "a new name or another domain waits"),
        (Trouble((ASKED_ZONE,), (PLACE,), waited=frozenset({"servicing"})), ("servicing",), ""),
        (Trouble((ASKED_COMMAND,), (PLACE, OTHER)), (), "Run a thing was begun or done"),
        (Trouble((ASKED_COMMAND,), None), (), "Run a thing was begun or done"),
        (Trouble((ASKED_COMMAND,), (OTHER,)), (), ""),
        (Trouble((ASKED_TELNET,), (OTHER,), lost=True), (), "Telnet-Client was under way"),
        (Trouble((ASKED_TELNET,), None, lost=True), (), "Telnet-Client was under way"),
        (Trouble((ASKED_TELNET, ASKED_ZONE), (OTHER, PLACE), lost=True), (), ""),
        (Trouble((replace(ASKED_TELNET, done=True),), (OTHER,), lost=True), (), ""),
        (Trouble((Sent(TELNET, (PLACE, OTHER)),), (PLACE, OTHER), lost=True), (), "was under way"),
        (Trouble((Sent(TELNET, (PLACE, OTHER), done=True),), (PLACE, OTHER), lost=True), (), ""),
        (Trouble((ASKED_TELNET,), (OTHER,)), (), ""),
        (Trouble((ASKED_ZONE,), (PLACE,), lost=True), (), ""),
    ],
)
def test_a_host_that_reads_as_before_is_rolled_back_only_if_nothing_else_may_be(
    trouble: Trouble, waiting: tuple[str, ...], named: str
) -> None:
    """A restart that waits, a command, a slow task that nobody heard the end of."""
    outcome, detail = _recovered(Host([BEFORE], waiting), trouble)
    assert outcome is (Outcome.UNKNOWN if named else Outcome.ROLLED_BACK), detail
    assert named in detail


def test_after_a_lost_connection_two_readings_a_minute_apart_must_agree() -> None:
    """What ended late is seen and set back."""
    host, clock = Host([BEFORE, ZONED]), Clock()
    outcome, detail = _recovered(host, Trouble((ASKED_ZONE,), (PLACE,), lost=True), clock)
    assert (outcome, host.opened, clock.passed) == (Outcome.ROLLED_BACK, 3, 120.0), detail
    assert host.sent == [[PACIFIC.lines]]


def test_a_host_that_never_reads_the_same_twice_is_unknown() -> None:
    """And it is not looked at for ever."""
    host = Host([BEFORE, ZONED] * 50)
    outcome, detail = _recovered(host, Trouble((ASKED_ZONE,), (PLACE,), lost=True))
    assert outcome is Outcome.UNKNOWN
    assert "otherwise each time" in detail
    assert not host.sent


def test_a_slow_task_that_was_seen_at_its_target_has_ended() -> None:
    """What is left to say is that the feature stays."""
    outcome, detail = _recovered(Host([INSTALLED]), Trouble((ASKED_TELNET,), (OTHER,), lost=True))
    assert outcome is Outcome.UNKNOWN
    assert "Telnet-Client" in detail
    assert "under way" not in detail


def test_a_connection_that_is_lost_on_the_way_back_is_waited_for_as_well() -> None:
    """From then on two readings must agree again."""
    host = Host([ZONED], loses=1)
    outcome, detail = _recovered(host, Trouble((ASKED_ZONE,), (PLACE,)))
    assert (outcome, host.opened, len(host.sent)) == (Outcome.ROLLED_BACK, 3, 2), detail


@pytest.mark.parametrize("restart", [True, False])
def test_what_is_taken_back_and_in_force_only_after_a_restart_is_named(restart: bool) -> None:
    """Windows may have restarted in the middle, with the new protocol; the way back restarts nothing."""
    on = write((Resource("trust_tls_protocol", "TLS 1.0", {"client": "enabled", "server": "enabled"}),))
    off = write((Resource("trust_tls_protocol", "TLS 1.0", {"client": "enabled", "server": "disabled"}),))
    outcome, detail = _recovered(Host([off], back=on), Trouble(), before=on, restart=restart)
    assert outcome is Outcome.ROLLED_BACK, detail
    assert ("in force only after a restart of Windows: Schannel protocol TLS 1.0" in detail) is restart
