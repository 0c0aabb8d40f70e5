"""The Jobs of Linux servers: what is sent for a plan, or for the way back from a run, and in which order."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from trustctl.apply.job import Job
from trustctl.engines.protocol import Resolve, Target
from trustctl.hosts import Description, Key, Resource, between, observed, way_back
from trustctl.hosts.native import commands
from trustctl.model.plan import DevicePlan, Intended, Plan, Tier
from trustctl.model.secret import SECRET_TOKEN
from trustctl.plan.host_judge import HostJudge, HostRestoreJudge, steps
from trustctl.plan.hosts import HostScope, wanted
from trustctl.secrets import KnownSecrets, Verifier


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
    batches, quiet = apart(todo, want)
    return Job(
        device=device,
        plan_digest=digest,
        tier=tier,
        target=_with_secrets(context.target, todo, context.resolve),
        batches=batches,
        quiet=quiet,
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
    return replace(target, sensitive=(*target.sensitive, *secrets.values()), resolve=KnownSecrets(secrets).get)


def _way_back(want: Description, device: str) -> Callable[[str, str], tuple[tuple[str, ...], ...]]:
    def batches(now: str, backup: str) -> tuple[tuple[str, ...], ...]:
        return _batches(_steps_back(now, backup, want, device))

    return batches


def _parsed(text: str, device: str) -> dict[Key, Resource]:
    return observed(text, device)


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


def apart(todo: Sequence[Resource], want: Description) -> tuple[tuple[tuple[str, ...], ...], int]:
    """As `_in_two` for a way back, where packages go last: what cannot cut us off goes out first, wherever it stands.

    A service that reads anything of the way in stays behind it. So does what today's inventory does not speak of, as
    nobody can say any more whether it belonged to the way in.
    """
    armed = {step.name for step in todo if step.topic.armed}

    def quiet(step: Resource) -> bool:
        meant = want.get(step.key, step)
        reads = {*meant.values("restart"), *meant.values("reload")} if step.kind == "service" else set[str]()
        return bool(step.topic.name) and not step.topic.armed and not reads & armed

    first = _batches(step for step in todo if quiet(step))
    return (*first, *_batches(step for step in todo if not quiet(step))), len(first)
