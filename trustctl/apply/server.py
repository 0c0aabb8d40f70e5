"""One Linux server under the law of a safe change: its push, its timer, and how it is brought back.

The server arms a timer of its own that puts back what belongs to the way in (SSH, firewall, sudo, PAM, network); the
rest is taken back by us, over a session, once that way is open again. A change of the rest alone needs no timer.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from typing import Protocol, runtime_checkable

from trustctl.apply.job import Job, Pace
from trustctl.apply.law import Before, SafeChange
from trustctl.apply.recover import Recovery, Verdict
from trustctl.engines.protocol import Armed, ChangeSession, Connector
from trustctl.errors import (
    DeviceError,
    ExitCode,
    LineRejectedError,
    LoginRefusedError,
    PreflightError,
    TrustctlError,
)
from trustctl.hosts import parse
from trustctl.journal import Phase
from trustctl.model.clock import Clock
from trustctl.model.run import DeviceOutcome, Outcome

_STEP_SECONDS = 3.0
"""What one step is taken to last, whatever the server's answers cost."""
_PACKAGE_SECONDS = 60.0
"""What one package is taken to last: it is fetched, unpacked and set up."""


_MOST_REFUSALS = 2
"""Logins that may be refused in one change; accounts lock after 3 and more (pam_faillock(8): deny=3 by default)."""
_SETTLE_MINUTES = 0.25
"""How long a server takes to put back who gets in, once its timer has run out."""
_NO_TIMER = "none: nothing of the change belongs to the way in"
_SHORT = frozenset({"file", "directory", "link", "sysctl", "hostname", "timezone"})
_TOGETHER = _SHORT | {"service"}
"""Kinds whose steps go out together, where they follow one another; what installs or runs a program goes alone."""
_MOST_TOGETHER = 20
_SOURCES = "/etc/apt/"


@runtime_checkable
class ServerSession(Protocol):
    """What a session with a server can do beside `ChangeSession`."""

    def check_packages(self, names: Sequence[str]) -> None:
        """Raise PreflightError if no source of the server has one of these packages. Changes nothing of it."""
        ...

    def push_many(self, units: Sequence[tuple[str, ...]], done: Callable[[int], None]) -> None:
        """Carry out units in order until one fails; call `done` with the index of each that was. Raises as `push`."""
        ...


def groups(batches: Sequence[tuple[str, ...]], kinds: Collection[str]) -> tuple[int, ...]:
    """Return how many batches, from the first on, go out at once: those of `kinds` that follow one another.

    Before: package a, file b, file c, command d    After: 1, 2, 1
    """
    sizes: list[int] = []
    open_ = False
    for batch in batches:
        fits = batch[0].partition(" ")[0] in kinds
        if fits and open_ and sizes[-1] < _MOST_TOGETHER:
            sizes[-1] += 1
        else:
            sizes.append(1)
        open_ = fits
    return tuple(sizes)


def packages_to_come(batches: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the packages that are installed; none where a source changes as well, as it may bring them."""
    steps = [one for batch in batches for one in parse(batch).values()]
    if any(one.name.startswith(_SOURCES) for one in steps):
        return ()
    return tuple(one.name for one in steps if one.kind == "package" and not one.absent)


class HostChange(SafeChange):
    """Carries out one server's Job."""

    _hope = "the server puts back its way in by itself when its timer runs out"

    def _minutes(self, before: Before) -> int:
        """Return a timer that outlasts the steps; packages are what takes long."""
        pace, armed = self._tools.pace, self._job.batches[self._job.quiet :]
        packages = sum(line.startswith("package ") for batch in armed for line in batch)
        seconds = max(before.seconds_per_command, _STEP_SECONDS) * len(armed) + packages * _PACKAGE_SECONDS
        minutes = max(pace.revert_minutes, math.ceil(seconds * pace.margin / pace.minute))
        longest = pace.longest_minutes * max(1, round(60 / pace.minute))
        if minutes > longest:
            raise PreflightError(
                f"{len(armed)} steps need a timer of {minutes} minutes; {longest} is the most",
                where=self._job.device,
                remedy="split the change (--only TOPIC)",
            )
        return minutes

    def _prepare(self, session: ChangeSession) -> Before:
        """As for every device; and a package that is nowhere is found out before anything is changed."""
        before = super()._prepare(session)
        names = packages_to_come(self._job.batches)
        if names and isinstance(session, ServerSession):
            session.check_packages(names)
        return before

    def _seconds_per_command(self, session: ChangeSession, preflight: float) -> float:
        """The preflight of a server is one command, and not a short one."""
        return preflight

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
            index = 0
            for size in groups(self._job.batches[: self._job.quiet], _TOGETHER):
                self._send_group(session, before, index, size)
                index += size
        except TrustctlError as error:
            self._drop(session)
            pace = self._tools.pace
            return self._recover(error, before, self._tools.clock.monotonic() + pace.revert_minutes * pace.minute)
        return super()._change(session, before, minutes)

    def _push(self, session: ChangeSession, before: Before, deadline: float) -> None:
        """Only what is short goes out together: no step is begun when the timer is nearly over."""
        index = self._job.quiet
        for size in groups(self._job.batches[index:], _SHORT):
            self._in_time(index, deadline)
            self._send_group(session, before, index, size)
            index += size
        session.end()

    def _send_group(self, session: ChangeSession, before: Before, first: int, size: int) -> None:
        """Send so many batches at once; the journal has each before it is sent and after."""
        if size == 1 or not isinstance(session, ServerSession):
            for index in range(first, first + size):
                self._send(session, before, index)
            return
        batches = self._job.batches
        for index in range(first, first + size):
            self._intend(Phase.LINE, index=index, of=len(batches))
        session.push_many(batches[first : first + size], lambda number: self._result(Phase.LINE, index=first + number))

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
            session.begin()
            for batch in self._job.way_back(now, backup):
                session.push(batch)
            session.end()
            now = session.running()
        off = self._job.judge.differ(backup, now)
        if off:
            detail = f"it was taken back, but {len(off)} lines differ from the backup: {'; '.join(off[:5])}"
            return Outcome.UNKNOWN, detail, ExitCode.UNKNOWN
        return Outcome.ROLLED_BACK, "taken back; it reads back as before the change", ExitCode.ROLLED_BACK
