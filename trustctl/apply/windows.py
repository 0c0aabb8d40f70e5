"""The law for a Windows host: the roles are carried out in one run, and must then find nothing more to do.

    CHECK RUN equals the plan -> the roles, of the plan's topics only -> a new CHECK RUN over a new connection

A host takes nothing back by itself (tier C). Where a task fails or the connection is lost, the host is read again, and
what was changed is set back to what it was; what lasts (a feature, a domain's membership, a restart) is named. What
could cut us off is carried out only while somebody is at the host's console.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, cast, runtime_checkable

from trustctl.apply.job import Job, WindowsWork
from trustctl.apply.law import Before, Tools
from trustctl.apply.off_box import OffBoxChange
from trustctl.apply.recover import Recovery
from trustctl.apply.windows_recover import (
    BackSession,
    Sent,
    Trouble,
    WindowsRecovery,
    after_restart,
    staying,
    waiting_words,
)
from trustctl.engines.protocol import ChangeSession, Resolve, Target
from trustctl.errors import ExitCode, LineRejectedError, SessionLostError, TrustctlError
from trustctl.journal import Phase
from trustctl.model.plan import DevicePlan, Intended, Plan, Rule, Tier
from trustctl.model.run import DeviceOutcome, Outcome
from trustctl.model.secret import SECRET_TOKEN
from trustctl.model.windows import DirectoryHost
from trustctl.plan.windows import WindowsScope
from trustctl.plan.windows_judge import WindowsJudge, WindowsRestoreJudge, parsed
from trustctl.secrets import KnownSecrets
from trustctl.windows.asked import Asked
from trustctl.windows.reading import Back, Stays, way_back
from trustctl.windows.resource import TYPES, difference, exactly
from trustctl.windows.text import Key, Resource, parse
from trustctl.windows.topics import Topics

_WAY_IN = frozenset(
    {
        "ansible.windows.win_hostname",
        "ansible.windows.win_regedit",
        "ansible.windows.win_service",
        "ansible.windows.win_user",
        "community.windows.win_firewall_rule",
        "trust_firewall_profile",
        "trust_local_group",
        "trust_network",
        "trust_vswitch",
    }
)
"""Modules whose resources may belong to the way in; of a run long ago nobody knows the topics any more."""


@runtime_checkable
class RoleSession(BackSession, Protocol):
    """What a session with a Windows host can do beside `ChangeSession`."""

    def asked(self) -> tuple[Asked, ...]:
        """Return what the roles ask of the host, and what they find."""
        ...

    def carry_out(
        self,
        units: Sequence[tuple[str, ...]],
        topics: Sequence[str],
        done: Callable[[int], None],
        *,
        restart: bool,
    ) -> None:
        """Run the roles of these topics; `done` gets the index of each unit that is as asked. Raises as `push`."""
        ...

    def started(self) -> tuple[str, ...] | None:
        """Where each task stands that `carry_out` has begun, in order; None: nobody knows."""
        ...


@dataclass(frozen=True, slots=True)
class WindowsContext:
    """What the inventory says, today, about a Windows host of the plan."""

    target: Target
    intended: Intended
    scope: WindowsScope
    topics: Topics
    gateway: str | None = None
    machine: str = ""
    """The server of the trust that the host is a part of, by its own name; empty: it is a machine of its own."""
    core: bool = False
    resolve: Resolve | None = field(default=None, repr=False)


def windows_job(device: DevicePlan, context: WindowsContext, plan: Plan, resolve: Resolve) -> Job:
    """Return the Job of one host. Every secret it needs is fetched now. Raises SecretError."""
    scope = replace(context.scope, only=frozenset(plan.only))
    restart = any(flag.rule is Rule.RELOAD for flag in device.flags)
    return Job(
        device=device.name,
        plan_digest=plan.digest,
        tier=Tier.C,
        target=_with_secrets(context, resolve),
        batches=tuple(change.section for change in device.changes),
        judge=WindowsJudge(device, scope, context.topics),
        fill=_as_it_is,
        restarts=restart,
        server=True,
        machine=context.machine,
        windows=WindowsWork(restart, leads=device.kind == DirectoryHost.kind),
    )


def windows_restore_job(device: str, earlier: str, reached: str, context: WindowsContext, digest: str) -> Job:
    """Return the Job that brings a host back to what it had before a run. Raises SecretError, LosslessError."""
    back = _back(earlier, reached, device)
    return Job(
        device=device,
        plan_digest=digest,
        tier=Tier.C,
        target=_with_secrets(context, context.resolve),
        batches=tuple(one.lines for one in back.steps),
        judge=WindowsRestoreJudge(device, earlier, reached),
        fill=_as_it_is,
        server=True,
        machine=context.machine,
        windows=WindowsWork(restart=False, set_back=True),
    )


def windows_restore_commands(device: str, earlier: str, reached: str) -> tuple[str, ...]:
    """Return what an administrator would type to bring a host back, and what stays, for a person to review."""
    now, back = parsed(reached, device), _back(earlier, reached, device)
    lines: list[str] = []
    for one in back.steps:
        kind = exactly(TYPES[one.module])
        found = difference(kind, one.values, now[one.key].values)
        lines += kind.cmdlets(one.name, found) if found is not None else ()
    return tuple(lines)


def windows_stays(device: str, earlier: str, reached: str) -> tuple[Stays, ...]:
    """Return what of a run nothing takes back, as far as the journal's readings tell."""
    return _back(earlier, reached, device).stays


def nothing_back(device: str, earlier: str, reached: str) -> DeviceOutcome | None:
    """Return how a host ends of which nothing can be taken back, without asking it; None: something can be."""
    back = _back(earlier, reached, device)
    if back.steps:
        return None
    what = staying("nothing that the run changed here can be taken back, and nothing was sent", back.stays)
    return DeviceOutcome(device, Outcome.UNCHANGED, what, ExitCode.FAILED_UNCHANGED)


def windows_needs_console(device: str, earlier: str, reached: str) -> bool:
    """Whether the way back touches what may be the way in."""
    return any(one.module in _WAY_IN for one in _back(earlier, reached, device).steps)


def _back(earlier: str, reached: str, device: str) -> Back:
    was, now = parsed(earlier, device), parsed(reached, device)
    return way_back(
        {key: one for key, one in was.items() if key in now}, {key: one for key, one in now.items() if key in was}
    )


def _with_secrets(context: WindowsContext, resolve: Resolve | None) -> Target:
    if resolve is None:
        return context.target
    names = sorted(set(SECRET_TOKEN.findall(context.intended.text)))
    secrets = {name: resolve(name) for name in names}
    target = context.target
    return replace(target, sensitive=(*target.sensitive, *secrets.values()), resolve=KnownSecrets(secrets).get)


def _as_it_is(_running: str, batch: tuple[str, ...]) -> tuple[str, ...]:
    return batch


class WindowsChange(OffBoxChange):
    """Carries out one host's Job."""

    _hope = "nothing reverts by itself: look at the host, at its console if need be"

    def __init__(self, job: Job, tools: Tools) -> None:
        super().__init__(job, tools)
        self._pushed: RoleSession | None = None
        self._sent_units: tuple[Sent, ...] = ()
        self._ended: set[int] = set()
        """The changes whose tasks have ended well."""
        self._whole = False
        """Whether all that was to be sent has come to its end."""
        self._waited: tuple[str, ...] = ()
        """What waited for a restart before the change; once CHECK has read the host, what waits then."""
        self._restarted = False
        """Whether Windows has restarted between the backup and CHECK."""
        self._late = ""
        """What of a way back is in force only after a restart, in words."""

    def _prepare(self, session: ChangeSession) -> Before:
        before = super()._prepare(session)
        self._waited = cast("RoleSession", session).waits()
        return before

    @property
    def _work(self) -> WindowsWork:
        if self._job.windows is None:
            raise TypeError("not the Job of a Windows host")
        return self._job.windows

    def _open(self) -> ChangeSession:
        return self._listening(super()._open())

    def _listening(self, session: ChangeSession) -> ChangeSession:
        judge = self._job.judge
        if isinstance(session, RoleSession) and isinstance(judge, WindowsJudge | WindowsRestoreJudge):
            judge.listen(session.asked)
        return session

    def _minutes(self, before: Before) -> int:
        """There is no timer that could run out."""
        return self._tools.pace.longest_minutes

    def _seconds_per_command(self, session: ChangeSession) -> float:
        return 0.0

    def _push(self, session: ChangeSession, before: Before, deadline: float) -> None:
        """One run of the roles; the journal has each change before it is begun and when its task has ended."""
        roles = cast("RoleSession", session)
        for index in range(len(self._job.batches)):
            self._intend(Phase.LINE, index=index, of=len(self._job.batches))
        self._pushed = roles
        if self._work.set_back:
            steps = _resources(self._job.batches, self._job.device)
            self._sent_units = tuple(map(Sent, steps))
            self._late = after_restart(steps, parsed(before.running, self._job.device))
            roles.set_back(self._job.batches)
            for index in range(len(self._job.batches)):
                self._done(index)
        else:
            judge = cast("WindowsJudge", self._job.judge)
            units = judge.units()
            asked = {one.key: one for one in roles.asked()}
            self._sent_units = tuple(_sent(one, asked) for one in _resources(units, self._job.device))
            roles.carry_out(units, judge.carried(), self._done, restart=self._work.restart)
        self._whole = True

    def _done(self, index: int) -> None:
        self._ended.add(index)
        self._result(Phase.LINE, index=index)

    def _check(self, session: ChangeSession, before: Before) -> None:
        super()._check(session, before)
        self._waited = cast("RoleSession", session).waits()
        self._restarted = session.identity().uptime != before.identity.uptime

    def _dial(self, deadline: float) -> ChangeSession:
        return self._listening(super()._dial(self._soon()))

    def _soon(self) -> float:
        """How long a host may take to answer again, from now."""
        return self._tools.clock.monotonic() + self._tools.pace.revert_minutes * self._tools.pace.minute

    def _recover(self, error: TrustctlError, before: Before, deadline: float) -> DeviceOutcome:
        return super()._recover(error, before, self._soon())

    def _save(self, session: ChangeSession, before: Before, minutes: int) -> DeviceOutcome:
        """Keep what CHECK has read: a host has no startup configuration."""
        session.close()
        try:
            self._intend(Phase.VERIFY)
            self._result(Phase.VERIFY, sha256=self._tools.backups.store(self._job.device, self._reached))
        except TrustctlError as error:
            detail = f"applied and running, but what it has now was not kept: {error.problem}. No rollback can use it"
            return self._outcome(Outcome.APPLIED, detail, ExitCode.PARTIAL, saved=False)
        judge = self._job.judge
        stays = judge.stays(self._reached) if isinstance(judge, WindowsRestoreJudge) else ()
        told = staying(f"{self._sent()} {self._proof(minutes, but=', but for what stays' if stays else '')}", stays)
        return self._outcome(Outcome.APPLIED, told, ExitCode.PARTIAL if stays else ExitCode.DONE)

    def _sent(self) -> str:
        changes = len(self._job.batches)
        return f"{changes} change{'' if changes == 1 else 's'}{' taken back' if self._work.set_back else ''}"

    def _proof(self, minutes: int, but: str = "") -> str:
        beside = f", with somebody at its console ({self._job.console})" if self._job.console else ""
        again = "with a restart of Windows, " if self._restarted else ""
        proof = "it reads back as before that run" if self._work.set_back else "a new run finds nothing left to do"
        waits = f"; {waiting_words(self._waited)} still waits for a restart of Windows" if self._waited else ""
        return f"without a timer, as Windows has none (tier C){beside}; {again}{proof}{but}{self._late}{waits}"

    def _cause(self, error: TrustctlError) -> str:
        if isinstance(error, LineRejectedError):
            return f"`{error.line}` failed: {error.reply.rstrip('.')}"
        return error.problem

    def _recovery(self, error: TrustctlError) -> Recovery:
        tools = self._tools
        trouble = Trouble(
            tuple(replace(one, done=index in self._ended) for index, one in enumerate(self._sent_units)),
            None if self._pushed is None else self._pushed.started(),
            lost=isinstance(error, SessionLostError) and not self._whole,
            waited=frozenset(self._waited),
        )
        return WindowsRecovery(self._job, tools.connector, tools.clock, tools.pace, trouble)


def _resources(units: Sequence[tuple[str, ...]], host: str) -> list[Resource]:
    return [one for lines in units for one in parse(lines, where=host).values()]


def _sent(one: Resource, asked: Mapping[Key, Asked]) -> Sent:
    task = asked[one.key]
    return Sent(one, tuple(part.place for part in task.parts or (task,)), task.have.untold)
