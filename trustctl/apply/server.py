"""One Linux server under the law of a safe change: its push, its timer, and how it is brought back.

The server arms a timer of its own that puts back what belongs to the way in (SSH, firewall, sudo, PAM, network); the
rest is taken back by us, over a session, once that way is open again. A change of the rest alone needs no timer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

from trustctl.apply.job import Job, Pace
from trustctl.apply.law import Before, SafeChange
from trustctl.apply.recover import Recovery, Verdict
from trustctl.apply.server_steps import SHORT, TOGETHER, Batch, packages_to_come, parts, seconds_of, timer_minutes
from trustctl.engines.protocol import Armed, ChangeSession, Connector
from trustctl.errors import (
    DeviceError,
    ExitCode,
    LineRejectedError,
    LoginRefusedError,
    PreflightError,
    TrustctlError,
)
from trustctl.journal import Phase
from trustctl.model.clock import Clock
from trustctl.model.run import DeviceOutcome, Outcome

_MOST_REFUSALS = 2
"""Logins that may be refused in one change; accounts lock after 3 and more (pam_faillock(8): deny=3 by default)."""
_SETTLE_MINUTES = 0.25
"""How long a server takes to put back who gets in, once its timer has run out."""
_BY_ITSELF = "if its timer was started, the server puts its way in back by itself"
_NO_TIMER = "none: nothing of the change belongs to the way in"


@runtime_checkable
class ServerSession(Protocol):
    """What a session with a server can do beside `ChangeSession`."""

    def check_packages(self, names: Sequence[str]) -> None:
        """Raise PreflightError if no source of the server has one of these packages. Changes nothing of it."""
        ...

    def push_many(self, units: Sequence[Batch], done: Callable[[int], None]) -> None:
        """Carry out units in order until one fails; call `done` with the index of each that was. Raises as `push`."""
        ...


class HostChange(SafeChange):
    """Carries out one server's Job."""

    _hope = f"{_BY_ITSELF}; the rest of the change stands until somebody compares it with the backup"
    _probes = 1

    def _minutes(self, before: Before) -> int:
        """Return a timer that outlasts the steps of the way in and the checks behind them; see `timer_minutes`."""
        if not self._arms:
            return self._tools.pace.revert_minutes
        armed = self._job.batches[self._job.quiet :]
        try:
            return timer_minutes(armed, before.seconds_per_command, before.seconds_to_read, self._tools.pace)
        except PreflightError as error:
            raise PreflightError(error.problem, where=self._job.device, remedy=error.remedy) from None

    def _prepare(self, session: ChangeSession) -> Before:
        """As for every device; and a package that is nowhere is found out before anything is changed."""
        before = super()._prepare(session)
        names = packages_to_come(self._job.batches)
        if names and isinstance(session, ServerSession):
            session.check_packages(names)
        return before

    def _seconds_per_command(self, session: ChangeSession) -> float:
        """One short command tells it; where nothing is armed nobody needs to know."""
        return super()._seconds_per_command(session) if self._arms else 0.0

    @property
    def _arms(self) -> bool:
        """Whether anything of the change belongs to the way in: only that is put back by the server's timer."""
        return self._job.quiet < len(self._job.batches)

    def _change(self, session: ChangeSession, before: Before, minutes: int) -> DeviceOutcome:
        """First what cannot cut us off, then, under the timer, what could: a cut-off then lasts minutes, not an hour.

        In the journal the change begins with the first of them: a run that breaks off there is unknown too.
        """
        self._intend(Phase.ARM, minutes=minutes, tier=self._job.tier.value, before=self._job.quiet)
        try:
            for first, part in parts(self._job.batches[: self._job.quiet], TOGETHER):
                self._send_part(session, before, first, part)
        except TrustctlError as error:
            self._drop(session)
            pace = self._tools.pace
            return self._recover(error, before, self._tools.clock.monotonic() + pace.revert_minutes * pace.minute)
        return super()._change(session, before, minutes)

    def _push(self, session: ChangeSession, before: Before, deadline: float) -> None:
        """Only what is short goes out together: nothing is begun that the timer would cut in the middle."""
        quiet = self._job.quiet
        for first, part in parts(self._job.batches[quiet:], SHORT):
            self._in_time(quiet + first, deadline, seconds_of(part, before.seconds_per_command))
            self._send_part(session, before, quiet + first, part)
        session.end()

    def _send_part(self, session: ChangeSession, before: Before, first: int, part: Sequence[Batch]) -> None:
        """Send batches at once; the journal has each before it is sent and after."""
        if len(part) == 1 or not isinstance(session, ServerSession):
            for index in range(first, first + len(part)):
                self._send(session, before, index)
            return
        for index in range(first, first + len(part)):
            self._intend(Phase.LINE, index=index, of=len(self._job.batches))
        session.push_many(part, lambda number: self._result(Phase.LINE, index=first + number))

    def _arm(self, session: ChangeSession, minutes: int) -> Armed:
        if self._arms:
            return super()._arm(session, minutes)
        self._result(Phase.ARM, method=_NO_TIMER, minutes=0, backup="", tier=self._job.tier.value, restarts=False)
        return Armed(_NO_TIMER, 0)

    def _check(self, session: ChangeSession, before: Before) -> None:
        """A session that only came once the timer had run out proves nothing about the change."""
        if self._arms:
            timer = session.timer()
            if timer.pending is False:
                raise DeviceError(
                    "no SSH session with the server before its timer ran out: it has put its way in back by itself",
                    where=self._job.device,
                )
            if timer.user and timer.user != self._job.target.username:
                raise DeviceError(f"the rollback timer now belongs to {timer.user}", where=self._job.device)
        super()._check(session, before)

    def _check_timer(self, session: ChangeSession) -> None:
        """Asked before the server was read; whoever confirms after it has run out since is told so by the server."""

    def _confirm(self, session: ChangeSession) -> None:
        """The server itself refuses it once it has begun to put anything back."""
        if self._arms:
            super()._confirm(session)

    def _save(self, session: ChangeSession, before: Before, minutes: int) -> DeviceOutcome:
        """Keep what CHECK has read: a server has no startup configuration, and nothing was put back before CONFIRM."""
        session.close()
        try:
            self._intend(Phase.VERIFY)
            self._result(Phase.VERIFY, sha256=self._tools.backups.store(self._job.device, self._reached))
        except TrustctlError as error:
            detail = f"confirmed and running, but what it has now was not kept: {error.problem}. No rollback can use it"
            return self._outcome(Outcome.APPLIED, detail, ExitCode.PARTIAL)
        return self._outcome(Outcome.APPLIED, f"{self._sent()} {self._proof(minutes)}", ExitCode.DONE)

    def _sent(self) -> str:
        steps = len(self._job.batches)
        return f"{steps} step{'' if steps == 1 else 's'}"

    def _proof(self, minutes: int) -> str:
        if not self._arms:
            return "that cannot cut us off, so without a timer; read back over a new session"
        return f"under a {minutes} minute timer; read back over a new session, confirmed"

    def _cause(self, error: TrustctlError) -> str:
        """What did not work, what it means, the server's own words, and what to do."""
        if not isinstance(error, LineRejectedError):
            return error.problem
        said = error.problem if not error.reply or error.reply in error.problem else f"{error.problem}: {error.reply}"
        return f"`{error.line}` did not work: {said.rstrip('.')}. {error.remedy}".strip()

    def _recovery(self, error: TrustctlError) -> Recovery:
        tools = self._tools
        refused = isinstance(error, LoginRefusedError)
        return HostRecovery(self._job, tools.connector, tools.clock, tools.pace, refused=refused)


class HostRecovery(Recovery):
    """Brings a server back: its way in by its own timer or on request, then the rest by us.

    `refused`: the new session's login was refused already. What has refused us once is not asked again before the
    server's timer has put back who gets in, and once more then: accounts lock after a few failed attempts.
    """

    _late_minutes = 1.0
    """`at` starts a job at a full minute."""

    def __init__(self, job: Job, connector: Connector, clock: Clock, pace: Pace, *, refused: bool = False) -> None:
        super().__init__(job, connector, clock, pace)
        self._refusals = int(refused)

    def run(self, backup: str, deadline: float) -> Verdict:
        """Return the verdict, as for every device; a login that was refused waits for the timer."""
        if self._refusals:
            self._clock.sleep(self._until_put_back(deadline))
        return super().run(backup, deadline)

    def _unread(self, last: str) -> str:
        """No timer was started where the change had not come to the way in, or has no step of it."""
        return f"not read back ({last}): {_BY_ITSELF}. Compare the server with its backup"

    def _after_refusal(self, deadline: float) -> float | None:
        self._refusals += 1
        return None if self._refusals >= _MOST_REFUSALS else self._until_put_back(deadline)

    def _until_put_back(self, deadline: float) -> float:
        settled = deadline + (self._late_minutes + _SETTLE_MINUTES) * self._pace.minute
        return max(settled - self._clock.monotonic(), 0.0)

    def _verdict(self, session: ChangeSession, backup: str, deadline: float) -> Verdict:
        if session.timer().pending:
            session.revert()
            if session.timer().pending:
                raise DeviceError("the server's rollback timer is still pending", where=self._job.device)
        now = session.running()
        if self._job.judge.differ(backup, now) and self._job.way_back is not None:
            _push(session, self._job.way_back(now, backup))
            now = session.running()
        off = self._job.judge.differ(backup, now)
        if off:
            detail = f"it was taken back, but {len(off)} lines differ from the backup: {'; '.join(off[:5])}"
            return Outcome.UNKNOWN, detail, ExitCode.UNKNOWN
        return Outcome.ROLLED_BACK, "taken back; it reads back as before the change", ExitCode.ROLLED_BACK


def _push(session: ChangeSession, batches: Sequence[Batch]) -> None:
    """Send what brings the rest back: its way in is open, so services may go out together with what they read."""
    session.begin()
    for _, part in parts(batches, TOGETHER):
        if len(part) > 1 and isinstance(session, ServerSession):
            session.push_many(part, lambda _: None)
            continue
        for batch in part:
            session.push(batch)
    session.end()
