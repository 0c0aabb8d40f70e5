"""After a failed change of a Windows host: read it again, set back what was changed, and never say more than was read.

A reading that equals the backup is no proof by itself. What waits for the next restart shows in no resource yet; what a
command did shows in none at all; and a task whose connection was lost may still be carried out by the host
(learn.microsoft.com, "about_Remote_Disconnected_Sessions": commands of a session that was lost keep running).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from trustctl.apply.job import Job, Pace
from trustctl.apply.recover import Recovery, Verdict
from trustctl.engines.protocol import ChangeSession, Connector
from trustctl.errors import DeviceError, ExitCode, LineRejectedError, SessionLostError
from trustctl.model.clock import Clock
from trustctl.model.run import Outcome
from trustctl.plan.windows_judge import parsed
from trustctl.windows.reading import Back, Stays, listed, way_back
from trustctl.windows.resource import TYPES, difference, exactly, needs_restart
from trustctl.windows.text import Key, Resource

_SETTLE_MINUTES = 1.0
"""Between two readings of a host whose connection was lost."""
_MOST_READINGS = 5
_SLOW = frozenset(
    {
        "microsoft.ad.membership",
        "microsoft.ad.ou",
        "trust_bitlocker",
        "trust_feature",
        "trust_laps_schema",
        "trust_replica",
        "trust_vm",
        "trust_vswitch",
    }
)
"""Modules that may act for minutes: two readings that agree do not tell that they have ended."""
_WAITING = {
    "computer_name": "a new name or another domain",
    "file_rename": "files that will be replaced",
    "servicing": "a role, a feature or an update",
    "windows_update": "an update",
}


def waiting_words(waits: Sequence[str]) -> str:
    """What waits for a restart, for a person.  Before: `computer_name`.  After: `a new name or another domain`."""
    return ", ".join(_WAITING.get(one, one) for one in waits)


class BackSession(Protocol):
    """What the way back needs of a session beside `ChangeSession`."""

    def waits(self) -> tuple[str, ...]:
        """Return what Windows keeps for its next restart, in the words of `trust_identity`."""
        ...

    def set_back(self, units: Sequence[tuple[str, ...]]) -> None:
        """Set resources to exactly what these lines say. Raises as `push`."""
        ...


@dataclass(frozen=True, slots=True)
class Sent:
    """One resource that was to be changed. `places` are where its tasks stand; empty: nobody knows."""

    want: Resource
    places: tuple[str, ...] = ()
    untold: str = ""
    """Why nobody can read what its task does."""
    done: bool = False
    """Whether all of its tasks have ended well."""

    @property
    def title(self) -> str:
        """What a person calls it."""
        kind = TYPES.get(self.want.module)
        return f"{kind.title if kind else self.want.module} {self.want.name}".rstrip()


@dataclass(frozen=True, slots=True)
class Trouble:
    """How far a change had come. `waited` is what waited for a restart before it."""

    sent: tuple[Sent, ...] = ()
    started: tuple[str, ...] | None = None
    """Where each task stands that was begun, in order; None: nobody knows."""
    lost: bool = False
    """Nobody heard the end of the task that was under way."""
    waited: frozenset[str] = frozenset()

    @property
    def unreadable(self) -> tuple[Sent, ...]:
        """What was begun, and no reading tells what came of it."""
        return tuple(one for one in self.sent if one.untold and (one.done or self._begun(one)))

    @property
    def under_way(self) -> tuple[Sent, ...]:
        """What the host may still be at, for minutes."""
        if not self.lost:
            return ()
        last = None if self.started is None else self.started[-1:]
        slow = (one for one in self.sent if _slow(one) and not one.done)
        return tuple(one for one in slow if last is None or set(one.places) & set(last))

    def _begun(self, one: Sent) -> bool:
        return self.started is None or bool(set(one.places) & set(self.started))


def _slow(one: Sent) -> bool:
    return one.want.module in _SLOW or one.want.module not in TYPES


class WindowsRecovery(Recovery):
    """Reads a host again after trouble, and sets back what was changed."""

    def __init__(self, job: Job, connector: Connector, clock: Clock, pace: Pace, trouble: Trouble) -> None:
        super().__init__(job, connector, clock, pace)
        self._trouble = trouble
        self._restless = trouble.lost
        """Whether something that was begun may still be under way on the host."""
        self._ended: set[Key] = set()
        """What was once read as it was asked for: its task has ended."""

    def _attempt(self, backup: str, deadline: float) -> Verdict:
        try:
            session = self._settled()
            try:
                return self._verdict(session, backup, deadline)
            finally:
                session.close()
        except LineRejectedError as error:  # to ask again would be answered the same
            why = f"it could not be read back, as `{error.line}` fails: {error.reply.rstrip('.')}"
            return Outcome.UNKNOWN, f"{why}. Look at the host and compare it with its backup", ExitCode.UNKNOWN

    def _settled(self) -> ChangeSession:
        """Open a session; after a lost connection the first of which the reading is that of the one before."""
        session, seen = self._look()
        for _ in range(_MOST_READINGS if self._restless else 0):
            session.close()
            self._clock.sleep(_SETTLE_MINUTES * self._pace.minute)
            was = seen
            session, seen = self._look()
            if seen == was:
                self._restless = False
                break
        if self._restless:
            session.close()
            raise DeviceError("it reads otherwise each time that it is read", where=self._job.device)
        return session

    def _look(self) -> tuple[ChangeSession, tuple[object, ...]]:
        session = self._connector.open(self._logins[0])
        text = session.running()
        have = parsed(text, self._job.device)
        self._ended |= {one.want.key for one in self._trouble.sent if _reached(one.want, have.get(one.want.key))}
        return session, (text, cast("BackSession", session).waits())

    def _after_refusal(self, _deadline: float) -> float | None:
        """What has refused us once is not asked again: accounts lock."""
        return None

    def _unread(self, last: str) -> str:
        return (
            f"not read back ({last}). Nothing reverts by itself: go to its console, with the backup from before this "
            f"run (.trustctl/backups/{self._job.device})"
        )

    def _verdict(self, session: ChangeSession, backup: str, deadline: float) -> Verdict:
        beside, host = cast("BackSession", session), self._job.device
        back, stopped, how = Back(), "", "nothing of it is in effect; it reads back as before"
        off = self._job.judge.differ(backup, session.running())
        if off:
            how = "taken back; it reads back as before the change"
            have = parsed(session.running(), host)
            back = way_back(parsed(backup, host), have)
            if self._job.windows is not None and self._job.windows.restart:  # or nothing was put in force since
                how = f"{how}{after_restart(back.steps, have)}"
            stopped = self._set_back(beside, back) if back.steps else ""
            off = self._job.judge.differ(backup, session.running())
        ends = self._ends(beside.waits())
        if not off and not ends:
            return Outcome.ROLLED_BACK, how, ExitCode.ROLLED_BACK
        said = "it reads back as before, but that is not all of it"
        if off:
            why = stopped or ("" if back.stays else "; ".join(off[:5]))
            said = f"set back as far as that goes, and {len(off)} lines differ from the backup{why and f': {why}'}"
        told = f"{'; '.join((said, *ends))}. Plan again to see where it stands"
        return Outcome.UNKNOWN, staying(told, back.stays if off else ()), ExitCode.UNKNOWN

    def _set_back(self, session: BackSession, back: Back) -> str:
        """Carry out the way back; return at what it stopped, or nothing."""
        try:
            session.set_back([one.lines for one in back.steps])
        except LineRejectedError as error:
            return f"setting it back stopped at `{error.line}`: {error.reply.rstrip('.')}"
        except SessionLostError:
            self._restless = True
            raise
        return ""

    def _ends(self, waits: Sequence[str]) -> tuple[str, ...]:
        """What no reading can prove to be as before, a sentence for each."""
        new = [one for one in waits if one not in self._trouble.waited]
        unread = (f"{one.title} was begun or done, and nobody can read what it did" for one in self._trouble.unreadable)
        late = (
            f"{one.title} was under way when the connection was lost, may take minutes, and may still be"
            for one in self._trouble.under_way
            if one.want.key not in self._ended
        )
        restart = [f"{waiting_words(new)} waits for the next restart of Windows, and is in effect after it"]
        return (*unread, *late, *(restart if new else ()))


def staying(told: str, stays: Sequence[Stays]) -> str:
    """Say below what was told what stays, and why."""
    return "\n".join((f"{told}. What stays, and why:", *listed(stays))) if stays else told


def after_restart(steps: Iterable[Resource], now: Mapping[Key, Resource]) -> str:
    """Say which steps away from `now` are in force only after a restart, which the way back never makes; or nothing."""
    titles: list[str] = []
    for one in steps:
        kind, have = exactly(TYPES[one.module]), now.get(one.key)
        found = None if have is None else difference(kind, one.values, have.values)
        if found is not None and needs_restart(kind, found):
            titles.append(f"{kind.title} {one.name}".rstrip())
    return f"; in force only after a restart of Windows: {', '.join(titles)}" if titles else ""


def _reached(want: Resource, have: Resource | None) -> bool:
    """Whether a resource is as a task asked for it. Of a module that is not known nobody can tell."""
    kind = TYPES.get(want.module)
    if kind is None or have is None or have.untold or want.untold:
        return False
    return difference(kind, want.values, have.values) is None
