"""The law for a device that cannot undo a change by itself (tier C): whatever goes wrong, we take it back, or say so.

    PUSH line by line -> COMMIT, where lines wait for that -> DROP the session -> DIAL a new one -> CHECK

The plan has refused what could cut us off; so a way back over a session is likely, and it is never promised. Before the
commit it is to drop what is pending; after it, the lines from what the device has then to its backup.
"""

from __future__ import annotations

from trustctl.apply.law import Before, SafeChange
from trustctl.apply.recover import Recovery, Verdict
from trustctl.engines.protocol import Armed, ChangeSession
from trustctl.errors import DeviceError, ExitCode
from trustctl.journal import Phase
from trustctl.model.run import Outcome

_METHOD = "none: taken back by trustctl"


class OffBoxChange(SafeChange):
    """Carries out one Job of tier C."""

    _hope = "nothing reverts by itself: look at the device"

    def _arm(self, session: ChangeSession, minutes: int) -> Armed:
        """Nothing is armed; that is in the journal before the first line."""
        self._intend(Phase.ARM, minutes=0, tier=self._job.tier.value)
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
        return "without a timer, as the device has none (tier C); read back over a new session"

    def _recovery(self) -> Recovery:
        return OffBoxRecovery(self._job, self._tools.connector, self._tools.clock, self._tools.pace)


class OffBoxRecovery(Recovery):
    """Takes a change back over a session. The lines are made anew each time, so a session that is lost does no harm."""

    def _verdict(self, session: ChangeSession, backup: str, deadline: float) -> Verdict:
        session.discard()
        now = session.running()
        if not self._job.judge.differ(backup, now):
            return Outcome.ROLLED_BACK, "nothing of it is in effect; it reads back as before", ExitCode.ROLLED_BACK
        if self._job.way_back is None:
            raise DeviceError("there is no way back over a session", where=self._job.device)
        session.begin()
        for batch in self._job.way_back(now, backup):
            session.push(batch)
        session.commit()
        off = self._job.judge.differ(backup, session.running())
        if off:
            detail = f"it was taken back, but {len(off)} lines differ from the backup: {'; '.join(off[:5])}"
            return Outcome.UNKNOWN, detail, ExitCode.UNKNOWN
        return Outcome.ROLLED_BACK, "taken back line by line; it reads back as before the change", ExitCode.ROLLED_BACK
