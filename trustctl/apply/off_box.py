"""The law for a device that cannot undo a change by itself (tier C): whatever goes wrong, we take it back, or say so.

    PUSH line by line -> COMMIT, where lines wait for that -> DIAL a new session -> CHECK -> DROP the one that pushed

What could cut us off is sent only while somebody is at the device's console. The session that pushed proves nothing,
but it may be the last one that there is: it is kept until the check has passed, and is the first way back. Before the
commit that is to drop what is pending; after it, the lines from what the device has then to its backup.
"""

from __future__ import annotations

from trustctl.apply.job import Job, Pace
from trustctl.apply.law import Before, SafeChange, Tools
from trustctl.apply.recover import Recovery, Verdict
from trustctl.engines.protocol import Armed, ChangeSession, Connector
from trustctl.errors import DeviceError, ExitCode, TrustctlError
from trustctl.journal import Phase
from trustctl.model.clock import Clock
from trustctl.model.run import DeviceOutcome, Outcome

_METHOD = "none: taken back by trustctl"
_NOTHING = "nothing of it is in effect; it reads back as before"
_TAKEN_BACK = "taken back line by line; it reads back as before the change"


class OffBoxChange(SafeChange):
    """Carries out one Job of tier C."""

    _hope = "nothing reverts by itself: look at the device, at its console if need be"

    def __init__(self, job: Job, tools: Tools) -> None:
        super().__init__(job, tools)
        self._held: ChangeSession | None = None

    def _change(self, session: ChangeSession, before: Before, minutes: int) -> DeviceOutcome:
        try:
            return super()._change(session, before, minutes)
        finally:
            session.close()

    def _drop(self, session: ChangeSession) -> None:
        """Keep it until the change has ended, as the way back that is known to be open."""
        self._held = session

    def _arm(self, session: ChangeSession, minutes: int) -> Armed:
        """Nothing is armed; that is in the journal before the first line, with who is at the console."""
        self._intend(Phase.ARM, minutes=0, tier=self._job.tier.value, console=self._job.console)
        session.begin()
        self._result(Phase.ARM, method=_METHOD, minutes=0, backup="", tier=self._job.tier.value)
        return Armed(_METHOD, 0)

    def _push(self, session: ChangeSession, before: Before, deadline: float) -> None:
        super()._push(session, before, deadline)
        at = len(self._job.batches)
        self._intend(Phase.LINE, index=at, of=at, commit=True)
        session.commit()
        self._result(Phase.LINE, index=at, commit=True)

    def _check_timer(self, session: ChangeSession) -> None:
        """There is none."""

    def _confirm(self, session: ChangeSession) -> None:
        """There is nothing to confirm: the change is in effect."""

    def _proof(self, minutes: int) -> str:
        beside = f", with somebody at its console ({self._job.console})" if self._job.console else ""
        return f"without a timer, as the device has none (tier C){beside}; read back over a new session"

    def _recovery(self, _error: TrustctlError) -> Recovery:
        tools = self._tools
        return OffBoxRecovery(self._job, tools.connector, tools.clock, tools.pace, self._held)


class OffBoxRecovery(Recovery):
    """Takes a change back over a session. The lines are made anew each time, so a session that is lost does no harm.

    `held` is the session that made the change, if it still lives: it is tried first, and once. What it reads back is no
    proof that anybody else gets in, so the verdict is a new session's.
    """

    def __init__(
        self, job: Job, connector: Connector, clock: Clock, pace: Pace, held: ChangeSession | None = None
    ) -> None:
        super().__init__(job, connector, clock, pace)
        self._held = held
        self._sent = False

    def run(self, backup: str, deadline: float) -> Verdict:
        """Return the verdict, once the change was taken back over the held session as far as that goes."""
        tried = self._over_held(backup, deadline)
        outcome, detail, code = super().run(backup, deadline)
        if outcome is Outcome.UNKNOWN:
            detail = f"{detail}; {tried}" if tried else detail
            detail = (
                f"{detail}. Nothing reverts by itself: go to its console, with the backup from before this run "
                f"(.trustctl/backups/{self._job.device}), and take out what locks everybody out"
            )
        return outcome, detail, code

    def _over_held(self, backup: str, deadline: float) -> str:
        """What became of it over the held session, in words."""
        if self._held is None:
            return ""
        try:
            _, detail, _ = self._verdict(self._held, backup, deadline)
        except TrustctlError as error:
            return f"over the session that made the change: {error.problem}"
        finally:
            self._held.close()
        return f"over the session that made the change: {detail}"

    def _unread(self, last: str) -> str:
        return f"no new session read it back ({last})"

    def _verdict(self, session: ChangeSession, backup: str, deadline: float) -> Verdict:
        session.discard()
        now = session.running()
        if not self._job.judge.differ(backup, now):
            return Outcome.ROLLED_BACK, _TAKEN_BACK if self._sent else _NOTHING, ExitCode.ROLLED_BACK
        if self._job.way_back is None:
            raise DeviceError("there is no way back over a session", where=self._job.device)
        session.begin()
        for batch in self._job.way_back(now, backup):
            session.push(batch)
        session.commit()
        self._sent = True
        off = self._job.judge.differ(backup, session.running())
        if off:
            detail = f"it was taken back, but {len(off)} lines differ from the backup: {'; '.join(off[:5])}"
            return Outcome.UNKNOWN, detail, ExitCode.UNKNOWN
        return Outcome.ROLLED_BACK, _TAKEN_BACK, ExitCode.ROLLED_BACK
