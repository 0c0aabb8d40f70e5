"""A server of the trust of which each school has a part: one run at a time, whichever school it is about."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from trustctl.apply.fleet import Fleet, Halt, Ring
from trustctl.apply.job import Job, Pace, WindowsWork
from trustctl.apply.law import Tools
from trustctl.engines.protocol import ChangeSession, Connector, Endpoint, Target
from trustctl.errors import ExitCode, LockedError, UnreachableError
from trustctl.journal import Backups, Journal
from trustctl.model.plan import Tier
from trustctl.model.run import Outcome
from trustctl.plan.judge import PlanJudge


class Clock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the time."""
        return datetime.now(tz=UTC)

    def monotonic(self) -> float:
        """Return seconds."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Nobody waits here."""


class Meanwhile:
    """A connector: while the first run opens its device, somebody else types something; then nobody answers."""

    def __init__(self, act: Callable[[], None]) -> None:
        self._act = act

    def open(self, target: Target) -> ChangeSession:
        """Let the other run come, and reach nothing."""
        self._act()
        raise UnreachableError("it does not answer", where=target.device)


def _ring(name: str, machine: str) -> Ring:
    target = Target(name, "windows", Endpoint("127.0.0.1"), "admin", "not-sent")
    judge = cast("PlanJudge", object())  # nobody is judged who is not reached
    work = WindowsWork(restart=False, leads=True)
    job = Job(name, "sha256:0", Tier.C, target, (), judge, lambda _, batch: batch, windows=work, machine=machine)
    return Ring((job,))


def _fleet(folder: Path, run_id: str, user: str, act: Callable[[], None] = lambda: None) -> Fleet:
    clock = Clock()
    journal = Journal(folder, clock=clock, user=user, host="laptop")
    journal.start(run_id, "sha256:0", "{}")
    connector = cast("Connector", Meanwhile(act))
    return Fleet(Tools(connector, journal, Backups(folder), clock, Pace(), run_id), Halt())


def test_a_second_school_s_run_waits_for_the_server_that_both_stand_on(tmp_path: Path) -> None:
    """It is told who is at that server, ends with 7 before anything is dialled, and goes through afterwards."""
    ended: list[LockedError] = []
    elm, ring = _fleet(tmp_path, "run-elm", "sam"), _ring("KV-DC-01.elm", "KV-DC-01")

    def another() -> None:
        with pytest.raises(LockedError) as caught:
            elm.apply((ring,), ["elm"])
        ended.append(caught.value)

    _fleet(tmp_path, "run-oak", "jo", another).apply((_ring("KV-DC-01.oak", "KV-DC-01"),), ["oak"])
    (error,) = ended
    assert error.problem.startswith("jo on laptop (process ")
    assert "has been applying to KV-DC-01 since" in error.problem
    assert (error.where, error.exit_code) == ("run run-oak", ExitCode.LOCKED)
    assert error.remedy == "wait for that run to end; `trustctl history` shows it"
    (refused,) = next(run for run in elm.tools.journal.runs() if run.id == "run-elm").outcomes
    assert (refused.device, refused.outcome, refused.exit_code) == ("KV-DC-01.elm", Outcome.REFUSED, ExitCode.LOCKED)
    later = replace(elm, tools=replace(elm.tools, run_id="run-later"))
    later.tools.journal.start("run-later", "sha256:1", "{}")
    (done,) = later.apply((ring,), ["elm"])
    assert done.outcome is Outcome.UNCHANGED


def test_schools_with_servers_of_their_own_do_not_wait(tmp_path: Path) -> None:
    """Two schools' runs go side by side where no machine is both's."""
    reached: list[str] = []
    elm, ring = _fleet(tmp_path, "run-elm", "sam"), _ring("KV-DC-02.elm", "KV-DC-02")

    def another() -> None:
        reached.extend(one.device for one in elm.apply((ring,), ["elm"]))

    _fleet(tmp_path, "run-oak", "jo", another).apply((_ring("KV-DC-01.oak", "KV-DC-01"),), ["oak"])
    assert reached == ["KV-DC-02.elm"]
