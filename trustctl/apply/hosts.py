"""Linux servers under the law of a safe change: their Jobs, their push, and how they are brought back.

The server arms a timer of its own that puts back what belongs to the way in (SSH, firewall, sudo, PAM, network); the
rest is taken back by us, over a session, once that way is open again.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from trustctl.apply.job import Job
from trustctl.apply.law import Before, SafeChange
from trustctl.apply.recover import Recovery, Verdict
from trustctl.engines.protocol import ChangeSession, Resolve, Target
from trustctl.errors import DeviceError, ExitCode, LineRejectedError, PreflightError, TrustctlError
from trustctl.hosts import Description, Key, Resource, between, parse, text_lines, way_back
from trustctl.hosts.native import commands
from trustctl.journal import Phase
from trustctl.model.plan import DevicePlan, Intended, Plan, Tier
from trustctl.model.run import DeviceOutcome, Outcome
from trustctl.model.secret import SECRET_TOKEN
from trustctl.plan.host_judge import HostJudge, HostRestoreJudge, steps
from trustctl.plan.hosts import HostScope, wanted
from trustctl.secrets import KnownSecrets, Verifier

_STEP_SECONDS = 3.0
"""What one step is taken to last, whatever the server's answers cost."""
_PACKAGE_SECONDS = 60.0
"""What one package is taken to last: it is fetched, unpacked and set up."""


@dataclass(frozen=True, slots=True)
class HostContext:
    """What the inventory says, today, about a server of the plan."""

    target: Target
    intended: Intended
    scope: HostScope
    verifier: Verifier | None
    gateway: str | None
    core: bool = False
    resolve: Resolve | None = None
    """Gives the secrets that the way back needs: the password by which a server leaves its directory."""


def host_job(device: DevicePlan, context: HostContext, plan: Plan, resolve: Resolve) -> Job:
    """Return the Job of one server. Every secret it needs is fetched now. Raises StalePlanError, SecretError."""
    want = wanted(context.intended)
    todo = steps(device, want)
    secrets = _secrets(todo, resolve)
    scope = replace(context.scope, only=frozenset(plan.only))
    verifier = context.verifier or Verifier(KnownSecrets(secrets))
    batches, quiet = _in_two(todo)
    return Job(
        device=device.name,
        plan_digest=plan.digest,
        tier=device.tier,
        target=_with_secrets(context.target, todo, resolve),
        batches=batches,
        quiet=quiet,
        judge=HostJudge(device, want, scope, verifier),
        fill=_as_it_is,
        gateway=context.gateway,
        way_back=_way_back(want, device.name),
        server=True,
    )


def restore_job(device: str, earlier: str, reached: str, context: HostContext, digest: str, tier: Tier) -> Job:
    """Return the Job that brings a server back to what it had before a run. Raises SecretError."""
    want = described_then(earlier, context, device)
    todo = _steps_back(reached, earlier, want, device)
    return Job(
        device=device,
        plan_digest=digest,
        tier=tier,
        target=_with_secrets(context.target, todo, context.resolve),
        batches=_batches(todo),
        judge=HostRestoreJudge(device, want, earlier, reached),
        fill=_as_it_is,
        gateway=context.gateway,
        way_back=_way_back(want, device),
        server=True,
    )


def restore_commands(device: str, earlier: str, reached: str, context: HostContext) -> tuple[str, ...]:
    """Return what is run to bring a server back, for a person to review: contents of files are named, not shown."""
    found = _steps_back(reached, earlier, described_then(earlier, context, device), device)
    return tuple(line for one in found for line in commands(one))


def described_then(earlier: str, context: HostContext, device: str) -> dict[Key, Resource]:
    """Return what was read before a run, in the words of today's inventory where it still speaks of it.

    A way back reads exactly this: what the inventory has learnt since was not read then, and is nobody's to take back.
    """
    today = wanted(context.intended)
    return {key: today.get(key, one) for key, one in _parsed(earlier, device).items()}


def _steps_back(now: str, earlier: str, want: Description, device: str) -> Sequence[Resource]:
    reached, before = _parsed(now, device), _parsed(earlier, device)
    return way_back(before, between(before, reached), want)


def _secrets(todo: Iterable[Resource], resolve: Resolve) -> dict[str, str]:
    """Fetch every secret that these steps name. Raises SecretError."""
    names = {name for one in todo for line in one.lines for name in SECRET_TOKEN.findall(line)}
    return {name: resolve(name) for name in sorted(names)}


def _with_secrets(target: Target, todo: Iterable[Resource], resolve: Resolve | None) -> Target:
    if resolve is None:
        return target
    secrets = _secrets(todo, resolve)
    return replace(target, sensitive=(*target.sensitive, *secrets.values()), resolve=secrets.__getitem__)


def _way_back(want: Description, device: str) -> Callable[[str, str], tuple[tuple[str, ...], ...]]:
    def batches(now: str, backup: str) -> tuple[tuple[str, ...], ...]:
        return _batches(_steps_back(now, backup, want, device))

    return batches


def _parsed(text: str, device: str) -> dict[Key, Resource]:
    return parse(text_lines(text), where=device)


def _as_it_is(_running: str, batch: tuple[str, ...]) -> tuple[str, ...]:
    """The session puts the values of secrets in, once it has read the words: a value is never read as words."""
    return batch


def _batches(todo: Iterable[Resource]) -> tuple[tuple[str, ...], ...]:
    """Return what is sent as one: each step by itself, but packages that follow one another together.

    Before: package a, package b, file /etc/c    After: (package a, package b), (file /etc/c and its lines)
    """
    found: list[tuple[str, ...]] = []
    last = ""
    for step in todo:
        kind = f"package {step.state}" if step.kind == "package" else ""
        if kind and kind == last:
            found[-1] = (*found[-1], *step.lines)
        else:
            found.append(step.lines)
        last = kind
    return tuple(found)


def _in_two(todo: Sequence[Resource]) -> tuple[tuple[tuple[str, ...], ...], int]:
    """Return the batches, and how many come before the first that belongs to the way in."""
    ahead = tuple(itertools.takewhile(lambda step: not step.topic.armed, todo))
    quiet = _batches(ahead)
    return (*quiet, *_batches(todo[len(ahead) :])), len(quiet)


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

    def _change(self, session: ChangeSession, before: Before, minutes: int) -> DeviceOutcome:
        """First what cannot cut us off, then, under the timer, what could: a cut-off then lasts minutes, not an hour.

        In the journal the change begins with the first of them: a run that breaks off there is unknown too.
        """
        self._intend(Phase.ARM, minutes=minutes, tier=self._job.tier.value, before=self._job.quiet)
        try:
            for index in range(self._job.quiet):
                self._send(session, before, index)
        except TrustctlError as error:
            self._drop(session)
            pace = self._tools.pace
            return self._recover(error, before, self._tools.clock.monotonic() + pace.revert_minutes * pace.minute)
        return super()._change(session, before, minutes)

    def _check(self, session: ChangeSession, before: Before) -> None:
        """A session that only came once the timer had run out proves nothing about the change."""
        if session.timer().pending is False:
            raise DeviceError(
                "no SSH session with the server before its timer ran out: it has put its way in back by itself",
                where=self._job.device,
            )
        super()._check(session, before)

    def _sent(self) -> str:
        steps = len(self._job.batches)
        return f"{steps} step{'' if steps == 1 else 's'}"

    def _proof(self, minutes: int) -> str:
        return f"under a {minutes} minute timer; read back over a new session, confirmed"

    def _cause(self, error: TrustctlError) -> str:
        """What did not work, what it means, the server's own words, and what to do."""
        if not isinstance(error, LineRejectedError):
            return error.problem
        said = error.problem if not error.reply or error.reply in error.problem else f"{error.problem}: {error.reply}"
        return f"`{error.line}` did not work: {said.rstrip('.')}. {error.remedy}".strip()

    def _recovery(self) -> Recovery:
        tools = self._tools
        return HostRecovery(self._job, tools.connector, tools.clock, tools.pace)


class HostRecovery(Recovery):
    """Brings a server back: its way in by its own timer or on request, then the rest by us."""

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
