"""After a failed change: get the device back to its backup, and say so only after reading it back."""

from __future__ import annotations

from trustctl.apply.job import Job, Pace
from trustctl.engines.protocol import ChangeSession, Connector
from trustctl.errors import DeviceError, ExitCode, LoginRefusedError
from trustctl.model.clock import Clock
from trustctl.model.run import Outcome

Verdict = tuple[Outcome, str, ExitCode]


class Recovery:
    """Brings one device back, or says that it could not be told.

    While the device can be reached, it is asked to revert now. While it cannot, its own timer is waited for. What it
    reads back as decides: equal to the backup is rolled back, anything else is unknown.
    """

    _late_minutes = 0.0
    """How late the device's timer may be."""

    def __init__(self, job: Job, connector: Connector, clock: Clock, pace: Pace) -> None:
        self._job = job
        self._connector = connector
        self._clock = clock
        self._pace = pace
        self._logins = [job.target] if job.new_login is None else [job.new_login, job.target]

    def run(self, backup: str, deadline: float) -> Verdict:
        """Return the verdict; `deadline` is when the device's own timer runs out, on our monotonic clock."""
        last = "it never answered"
        boot = self._pace.boot_minutes if self._job.restarts else 0.0
        give_up = deadline + (self._pace.grace_minutes + self._late_minutes + boot) * self._pace.minute
        while True:
            wait = self._pace.redial_minutes * self._pace.minute
            try:
                return self._attempt(backup, deadline)
            except LoginRefusedError as error:
                last = error.problem
                if len(self._logins) > 1:
                    del self._logins[0]
                    continue
                again = self._after_refusal(deadline)
                if again is None:
                    return Outcome.UNKNOWN, self._unread(f"{last}, and that is not tried again"), ExitCode.UNKNOWN
                wait = again
            except DeviceError as error:
                last = error.problem
            if self._clock.monotonic() >= give_up:
                return Outcome.UNKNOWN, self._unread(last), ExitCode.UNKNOWN
            self._clock.sleep(wait)

    def _after_refusal(self, _deadline: float) -> float | None:
        """Return how many seconds the login that was refused is left alone; None: for good."""
        return self._pace.redial_minutes * self._pace.minute

    def _unread(self, last: str) -> str:
        """What to say of a device that no session reads back any more; `last` is why."""
        return f"not read back after its timer ran out ({last}): compare it with its backup at the console"

    def _attempt(self, backup: str, deadline: float) -> Verdict:
        session = self._connector.open(self._logins[0])
        try:
            return self._verdict(session, backup, deadline)
        finally:
            session.close()

    def _verdict(self, session: ChangeSession, backup: str, deadline: float) -> Verdict:
        asked = session.timer().pending
        untold = asked is None
        if untold and self._clock.monotonic() < deadline:
            raise DeviceError("the device does not show its timer, which has not run out yet", where=self._job.device)
        if asked:
            session.revert()
            if session.timer().pending:
                raise DeviceError("the device's rollback timer is still pending", where=self._job.device)
        off = self._job.judge.differ(backup, session.running())
        if off and untold:
            raise DeviceError(f"{len(off)} lines differ from the backup: {'; '.join(off[:5])}", where=self._job.device)
        if not off:
            how = "reverted on request" if asked else "reverted by its own timer"
            return Outcome.ROLLED_BACK, f"{how}; it reads back as before the change", ExitCode.ROLLED_BACK
        return (
            Outcome.UNKNOWN,
            f"its rollback ended, but {len(off)} lines differ from the backup: {'; '.join(off[:5])}",
            ExitCode.UNKNOWN,
        )
