"""The law of a safe change, for one device (docs/safe-change.md).

    ARM on the device -> PUSH line by line -> DROP the session -> DIAL a new one
      -> CHECK -> CONFIRM -> SAVE -> read startup back

Every arrow is in the journal before it is taken and after. Whatever goes wrong after ARM ends in `recover`, which
claims a rollback only after comparing the device with its backup.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trustctl.apply.job import Job, Pace
from trustctl.apply.recover import Recovery
from trustctl.engines.protocol import Armed, ChangeSession, Connector, Identity
from trustctl.errors import (
    DeviceError,
    ExitCode,
    LineRejectedError,
    PreflightError,
    SaveFailedError,
    StalePlanError,
    TrustctlError,
    UnreachableError,
)
from trustctl.journal import Backups, Journal, Phase, Step
from trustctl.model.clock import Clock
from trustctl.model.plan import Tier
from trustctl.model.run import DeviceOutcome, Outcome

_STOP_MINUTES = 0.5
"""So long before the device's timer runs out no further line is sent."""
_FASTEST_LINE = 0.05
"""Seconds that a configuration line is taken to cost at least: its echo, its prompt and two journal records."""
_CHECK_COMMANDS = 20
"""What the checks after the push cost, in commands."""
_PLAN_MOVED = "the device or the inventory has changed since the plan was made"
_LATER_FIRST = "take back first what came later (`trustctl history`), or plan what it shall be"


@dataclass(frozen=True, slots=True)
class Tools:
    """What every device's change of one run shares."""

    connector: Connector
    journal: Journal
    backups: Backups
    clock: Clock
    pace: Pace
    run_id: str


@dataclass(slots=True)
class Before:
    """What was read from the device before arming."""

    running: str
    identity: Identity
    gateway_answers: bool | None
    seconds_per_command: float
    seconds_to_read: float
    """How long the whole configuration took to read."""


class SafeChange:
    """Carries out one Job. `run` never raises for anything that a device or a network can do."""

    _hope = "the device reverts by itself when its timer runs out"
    _probes = 3
    """Commands that are timed to learn how fast the device answers."""

    def __init__(self, job: Job, tools: Tools) -> None:
        self._job = job
        self._tools = tools
        self._started = tools.clock.monotonic()
        self._reached = ""
        """What CHECK has read."""

    def run(self) -> DeviceOutcome:
        """Return how the device ended; recorded in the journal by the caller."""
        try:
            self._tools.journal.claim(self._tools.run_id, self._job.plan_digest, self._job.device)
            session = self._open()
        except TrustctlError as error:
            return self._refused(error)
        try:
            before = self._prepare(session)
            minutes = self._minutes(before)
        except TrustctlError as error:
            session.close()
            return self._refused(error)
        return self._change(session, before, minutes)

    def _open(self) -> ChangeSession:
        self._intend(Phase.OPEN)
        session = self._tools.connector.open(self._job.target)
        self._result(Phase.OPEN)
        return session

    def _prepare(self, session: ChangeSession) -> Before:
        """Prove identity, freshness and the possibility of a way back; keep a backup. Nothing is written."""
        clock = self._tools.clock
        self._intend(Phase.BACKUP)
        identity = session.identity()
        began = clock.monotonic()
        running = session.running()
        read = clock.monotonic() - began
        moved = self._job.judge.moved(running)
        if moved:
            raise self._stale(moved)
        digest = self._tools.backups.store(self._job.device, running)
        self._result(Phase.BACKUP, sha256=digest, serial=identity.serial)
        ready = session.preflight()
        if ready.timer.pending:
            raise PreflightError(
                f"a rollback timer of {ready.timer.user or 'somebody'} is pending on the device",
                where=self._job.device,
                remedy="wait until it has run out or was confirmed, then plan again",
            )
        planned = self._job.tier
        if (ready.tier is Tier.C) != (planned is Tier.C) or (planned is Tier.A and ready.tier is not Tier.A):
            raise PreflightError(
                f"the plan counts on {planned.words}, and all that the device offers now is {ready.tier.words}",
                where=self._job.device,
                remedy="enable `archive` on the device as a change of its own, or plan again",
            )
        gateway = session.ping(self._job.gateway) if self._job.gateway else None
        return Before(running, identity, gateway, self._seconds_per_command(session), read)

    def _stale(self, moved: Sequence[str]) -> StalePlanError:
        """What to say of a device that is not as it was when the change was planned, or as the run left it."""
        undoes = self._job.undoes
        what = f"the device has changed since run {undoes}" if undoes else _PLAN_MOVED
        return StalePlanError(
            f"{what} ({len(moved)} line{'' if len(moved) == 1 else 's'}):\n    " + "\n    ".join(moved[:20]),
            where=self._job.device,
            remedy=_LATER_FIRST if undoes else "plan again, and review the new plan",
        )

    def _seconds_per_command(self, session: ChangeSession) -> float:
        """Return how long the device takes to answer a short command."""
        began = self._tools.clock.monotonic()
        for _ in range(self._probes):
            session.timer()
        return (self._tools.clock.monotonic() - began) / self._probes

    def _minutes(self, before: Before) -> int:
        """Return a timer that is long enough for the push and the checks; it must not end in the middle."""
        pace = self._tools.pace
        lines = sum(len(batch) for batch in self._job.batches)
        seconds = max(before.seconds_per_command, _FASTEST_LINE)
        estimate = seconds * (lines + _CHECK_COMMANDS) * pace.margin / pace.minute
        minutes = max(pace.revert_minutes, math.ceil(estimate))
        if minutes > pace.longest_minutes:
            raise PreflightError(
                f"{lines} lines at {seconds:.2f} s each need a timer of {minutes} minutes; "
                f"the device takes {pace.longest_minutes} at most",
                where=self._job.device,
                remedy="split the change (--limit), or find out why the device is so slow",
            )
        return minutes

    def _change(self, session: ChangeSession, before: Before, minutes: int) -> DeviceOutcome:
        deadline = self._tools.clock.monotonic() + minutes * self._tools.pace.minute
        try:
            armed = self._arm(session, minutes)
            self._push(session, before, deadline)
            if not armed.ends_with_session:
                self._drop(session)
            fresh = self._dial(deadline)
        except TrustctlError as error:
            self._drop(session)
            return self._recover(error, before, deadline)
        try:
            self._check(fresh, before)
            self._confirm(fresh)
        except TrustctlError as error:
            fresh.close()
            self._drop(session)
            return self._recover(error, before, deadline)
        self._drop(session)
        return self._save(fresh, before, minutes)

    def _drop(self, session: ChangeSession) -> None:
        """Close the session that pushed: it proves nothing. Closing it a second time does nothing."""
        session.close()

    def _arm(self, session: ChangeSession, minutes: int) -> Armed:
        self._intend(Phase.ARM, minutes=minutes, tier=self._job.tier.value)
        armed = session.arm(minutes)
        self._result(
            Phase.ARM,
            method=armed.method,
            minutes=armed.minutes,
            backup=armed.backup,
            tier=self._job.tier.value,
            restarts=self._job.restarts,
        )
        return armed

    def _push(self, session: ChangeSession, before: Before, deadline: float) -> None:
        """Send every batch; the journal knows its index, never its text.

        Stops before the timer can run out: a line that arrived after the rollback would stay for good.
        """
        for index in range(self._job.quiet, len(self._job.batches)):
            self._in_time(index, deadline)
            self._send(session, before, index)
        session.end()

    def _in_time(self, index: int, deadline: float, lasts: float = 0.0) -> None:
        """Raise DeviceError if the timer is nearly over before this batch, or would be in the `lasts` seconds of it."""
        if self._tools.clock.monotonic() + lasts >= deadline - _STOP_MINUTES * self._tools.pace.minute:
            raise DeviceError(
                f"the device is too slow: its timer would run out after line {index} of {len(self._job.batches)}",
                where=self._job.device,
            )

    def _send(self, session: ChangeSession, before: Before, index: int) -> None:
        self._intend(Phase.LINE, index=index, of=len(self._job.batches))
        session.push(self._job.fill(before.running, self._job.batches[index]))
        self._result(Phase.LINE, index=index)

    def _dial(self, deadline: float) -> ChangeSession:
        """Open a new session: the old one proves nothing."""
        clock, pace = self._tools.clock, self._tools.pace
        target = self._job.new_login or self._job.target
        self._intend(Phase.CHECK)
        while True:
            try:
                return self._tools.connector.open(target)
            except UnreachableError:
                if clock.monotonic() + pace.redial_minutes * pace.minute * 2 >= deadline:
                    raise
                clock.sleep(pace.redial_minutes * pace.minute)

    def _check(self, session: ChangeSession, before: Before) -> None:
        """Compare the device, read over the new session, with what the change shall reach."""
        identity = session.identity()
        was, now = _stack(before.identity), _stack(identity)
        if was != now:
            raise DeviceError(f"the stack had members {was} and now has {now}", where=self._job.device)
        running = self._reached = session.running()
        if _restored(session, running, before):
            raise DeviceError(
                "it reads back exactly as before the change: the device has put its configuration back already",
                where=self._job.device,
                remedy="docs/safe-change.md, Recover, says when a device does so",
            )
        off = self._job.judge.off_target(running)
        if off:
            raise DeviceError(
                f"the device took every line, but {len(off)} did not come out as intended:\n    "
                + "\n    ".join(off[:20]),
                where=self._job.device,
                remedy="report these lines: the rulebook or the template does not know this device well enough",
            )
        if before.gateway_answers and self._job.gateway and not session.ping(self._job.gateway):
            raise DeviceError(f"the device no longer reaches its gateway {self._job.gateway}", where=self._job.device)
        self._check_timer(session)
        self._result(Phase.CHECK, serial=identity.serial)

    def _check_timer(self, session: ChangeSession) -> None:
        timer = session.timer()
        if timer.pending is False:
            raise DeviceError("the rollback timer is gone before it was confirmed", where=self._job.device)
        if timer.user and timer.user != self._job.target.username:
            raise DeviceError(f"the rollback timer now belongs to {timer.user}", where=self._job.device)

    def _confirm(self, session: ChangeSession) -> None:
        self._intend(Phase.CONFIRM)
        session.confirm()
        self._result(Phase.CONFIRM)

    def _save(self, session: ChangeSession, before: Before, minutes: int) -> DeviceOutcome:
        """Write to startup and read it back. From here on nothing is rolled back: the change is confirmed."""
        try:
            self._intend(Phase.SAVE)
            session.save()
            self._result(Phase.SAVE)
            self._intend(Phase.VERIFY)
            running, startup = session.running(), session.startup()
            lost = self._job.judge.off_target(running)
            if lost or _restored(session, running, before):
                missing = f"{len(lost)} lines of it" if lost else "it"
                detail = f"confirmed, but it read back without {missing} since: compare it with its backup"
                return self._outcome(Outcome.UNKNOWN, detail, ExitCode.UNKNOWN)
            stored = () if startup is None else self._job.judge.differ(running, startup)
            if stored:
                raise SaveFailedError(
                    f"startup differs from running in {len(stored)} lines: {stored[0]}", where=self._job.device
                )
            self._result(Phase.VERIFY, sha256=self._tools.backups.store(self._job.device, running))
        except TrustctlError as error:
            return self._outcome(
                Outcome.APPLIED,
                f"confirmed and running, but not saved: {error.problem}. A reboot would undo it: save by hand",
                ExitCode.PARTIAL,
                saved=False,
            )
        finally:
            session.close()
        return self._outcome(Outcome.APPLIED, f"{self._sent()} {self._proof(minutes)}", ExitCode.DONE)

    def _sent(self) -> str:
        lines = sum(len(batch) for batch in self._job.batches)
        return f"{lines} line{'' if lines == 1 else 's'}"

    def _proof(self, minutes: int) -> str:
        return f"under a {minutes} minute timer; read back, confirmed, saved, startup read back"

    def _cause(self, error: TrustctlError) -> str:
        """Say what went wrong, before it is said how the device was brought back."""
        if isinstance(error, LineRejectedError):
            return f"the device refused `{error.line}`: {error.reply}"
        return error.problem

    def _recover(self, error: TrustctlError, before: Before, deadline: float) -> DeviceOutcome:
        cause = self._cause(error)
        try:
            self._intend(Phase.REVERT, cause=type(error).__name__)
            outcome, detail, code = self._recovery(error).run(before.running, deadline)
            self._result(Phase.REVERT, outcome=outcome.value)
        except TrustctlError as failure:
            outcome, code = Outcome.UNKNOWN, ExitCode.UNKNOWN
            detail = f"{failure.problem}; {self._hope}"
        return self._outcome(outcome, f"{cause} - {detail}", code)

    def _recovery(self, _error: TrustctlError) -> Recovery:
        return Recovery(self._job, self._tools.connector, self._tools.clock, self._tools.pace)

    def _refused(self, error: TrustctlError) -> DeviceOutcome:
        outcome = Outcome.UNCHANGED if isinstance(error, UnreachableError) else Outcome.REFUSED
        remedy = f" ({error.remedy})" if error.remedy else ""
        code = ExitCode.FAILED_UNCHANGED if error.exit_code is ExitCode.ERROR else error.exit_code
        return self._outcome(outcome, f"{error.problem}{remedy}", code)

    def _outcome(self, outcome: Outcome, detail: str, code: ExitCode, *, saved: bool = True) -> DeviceOutcome:
        seconds = self._tools.clock.monotonic() - self._started
        return DeviceOutcome(self._job.device, outcome, detail, code, saved, seconds)

    def _intend(self, phase: Phase, **detail: object) -> None:
        self._record(phase, "intent", detail)

    def _result(self, phase: Phase, **detail: object) -> None:
        self._record(phase, "result", detail)

    def _record(self, phase: Phase, kind: str, detail: Mapping[str, object]) -> None:
        self._tools.journal.record(Step(self._tools.run_id, self._job.device, phase, kind, detail))


def _restored(session: ChangeSession, running: str, before: Before) -> bool:
    """Where no command shows the timer, the very text of before tells that it is over, also of an unseen secret."""
    return running == before.running and session.timer().pending is None


def _stack(identity: Identity) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What must be the same before and after: the members' serial numbers, and what the stack says of each."""
    return identity.members, tuple(identity.stack)
