"""Apply a plan file, or undo a run: from documents to Jobs to outcomes, with the journal around it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from trustctl.apply.fleet import Fleet, rings
from trustctl.apply.hosts import HostContext, host_job
from trustctl.apply.job import Job
from trustctl.apply.windows import WindowsContext, windows_job
from trustctl.config import (
    NO_PERMIT,
    Gate,
    Permit,
    Rulebook,
    Scope,
    between,
    read,
    secret_values,
    sets_login,
    way_back,
)
from trustctl.engines.network import resolve_block, resolve_line
from trustctl.engines.protocol import Resolve, Target
from trustctl.errors import PlanFileError, SecretError, StalePlanError
from trustctl.model.console import NOBODY, Console
from trustctl.model.plan import DevicePlan, Intended, Plan
from trustctl.model.run import DeviceOutcome, Outcome, Run
from trustctl.model.secret import SECRET_TOKEN
from trustctl.plan.files import dumps
from trustctl.plan.judge import PlanJudge
from trustctl.secrets import KnownSecrets, Verifier


@dataclass(frozen=True, slots=True)
class DeviceContext:
    """What the inventory says, today, about a device of the plan."""

    target: Target
    intended: Intended
    rulebook: Rulebook
    scope: Scope
    gateway: str | None
    core: bool


Context = DeviceContext | HostContext | WindowsContext
Contexts = Mapping[str, Context]
"""By device: what the inventory says of it today."""


def check_applicable(plan: Plan, now: datetime, *, expected_digest: str | None = None) -> tuple[DevicePlan, ...]:
    """Return the devices that the plan may write to.

    Raises PlanFileError if it is not the plan that was reviewed, StalePlanError if it is too old.
    """
    if expected_digest is not None and plan.digest != expected_digest:
        raise PlanFileError(
            f"this plan's digest is {plan.digest}, the reviewed one's is {expected_digest}",
            remedy="apply the file that was reviewed, or review this one",
        )
    if now >= plan.expires:
        raise StalePlanError(f"the plan expired at {plan.expires:%d %b %Y %H:%M}", remedy="plan again")
    return tuple(device for device in plan.devices if device.applies)


def may_write(device: DevicePlan, console: Console) -> bool:
    """Whether a device is written to: by its plan, and by who is at its console where it takes that."""
    return device.applies and (not device.needs_console or bool(console.witness(device.name)))


def apply_plan(
    plan: Plan,
    contexts: Contexts,
    fleet: Fleet,
    resolve: Resolve,
    *,
    kind: str = "apply",
    console: Console = NOBODY,
    lacking: Mapping[str, SecretError] = MappingProxyType({}),
) -> Run:
    """Carry out a plan on the devices of `contexts` and return the run with every outcome.

    Every device that `check_applicable` returned must be in `contexts`, or in `lacking` with the secret that it needs
    and that could not be had: it ends as refused, and the others are done. Of those that need somebody at their console
    only the ones of `console` are written to, the rest ends as refused. Raises LockedError, StorageError; what happens
    to a device is in its outcome.
    """
    jobs, lacking = _jobs(plan, contexts, resolve, console, lacking)
    alone = [device for device in plan.devices if device.applies and not may_write(device, console)]
    refused = [console.refused(device.name) for device in alone]
    refused += [without_secret(device, error) for device, error in lacking.items()]
    schools = {device.school for device in plan.devices if device.applies}
    paper = Paper(plan.digest, dumps(plan), kind)
    return carry_out(jobs, refused, contexts, schools, fleet, paper)


def _jobs(
    plan: Plan, contexts: Contexts, resolve: Resolve, console: Console, lacking: Mapping[str, SecretError]
) -> tuple[list[Job], dict[str, SecretError]]:
    """Return the Jobs of the devices that are written to, and those that lack a secret with `lacking` among them."""
    jobs: list[Job] = []
    without = dict(lacking)
    for device in plan.devices:
        if may_write(device, console) and device.name not in without:
            try:
                job = _job(device, contexts[device.name], plan, resolve)
            except SecretError as error:
                without[device.name] = error
            else:
                jobs.append(replace(job, console=console.witness(device.name)))
    return jobs, without


@dataclass(frozen=True, slots=True)
class Paper:
    """What the journal keeps of a run beside its steps."""

    digest: str
    document: str
    """The plan file; empty for a rollback."""
    kind: str


def carry_out(
    jobs: Sequence[Job],
    refused: Sequence[DeviceOutcome],
    contexts: Contexts,
    schools: Collection[str],
    fleet: Fleet,
    paper: Paper,
) -> Run:
    """Carry out the Jobs of one run, those that are `refused` told beside them. Raises LockedError, StorageError."""
    tools = fleet.tools
    cores = frozenset(name for name, context in contexts.items() if context.core)
    started = tools.clock.now()
    tools.journal.start(tools.run_id, paper.digest, paper.document, kind=paper.kind)
    for outcome in refused:
        tools.journal.finish_device(tools.run_id, outcome)
    outcomes = (*refused, *fleet.apply(rings(jobs, cores), schools))
    tools.journal.finish(tools.run_id)
    return Run(
        id=tools.run_id,
        plan_digest=paper.digest,
        started=started,
        ended=tools.clock.now(),
        user="",
        outcomes=outcomes,
        kind=paper.kind,
    )


def without_secret(device: str, error: SecretError) -> DeviceOutcome:
    """Return how a device ends that lacks a secret: refused before its first line."""
    where = f" ({error.where})" if error.where else ""
    why = f"not started: {error.problem}{where}. {error.remedy}".rstrip(". ")
    return DeviceOutcome(device, Outcome.REFUSED, why, error.exit_code)


def _job(device: DevicePlan, context: Context, plan: Plan, resolve: Resolve) -> Job:
    if isinstance(context, WindowsContext):
        return windows_job(device, context, plan, resolve)
    if isinstance(context, HostContext):
        return host_job(device, context, plan, resolve)
    return job_of(device, context, plan, resolve)


def job_of(device: DevicePlan, context: DeviceContext, plan: Plan, resolve: Resolve) -> Job:
    """Return the Job of one device. Every secret it needs is fetched now: nothing is looked up in mid-change."""
    gate = context.rulebook.gate
    gate.check_lines(device.commands)
    secrets = _secrets(device.commands, resolve)
    scope = replace(context.scope, only=frozenset(plan.only))
    verifier = scope.secrets or Verifier(KnownSecrets(secrets))
    judge = PlanJudge(device, context.intended, context.rulebook, scope, verifier)
    target = replace(context.target, sensitive=(*context.target.sensitive, *secrets.values()))
    new_login = _new_login(device, context.rulebook, target, secrets)
    if new_login is not None:
        # the new login must prove itself, and the old one is the only other that is tried (H13)
        target, new_login = replace(target, coming=None), replace(new_login, coming=None)
    return Job(
        device=device.name,
        plan_digest=plan.digest,
        tier=device.tier,
        target=target,
        batches=tuple(gate.batches(device.commands)),
        judge=judge,
        fill=filler(gate, secrets, judge.observed_secrets),
        gateway=context.gateway,
        restarts=device.restarts,
        way_back=way_back_of(context, device.name),
        new_login=new_login,
    )


def way_back_of(context: DeviceContext, device: str) -> Callable[[str, str], tuple[tuple[str, ...], ...]]:
    """Return the function that makes the batches, secrets filled in, from what a device has now to its backup."""
    book, user = context.rulebook, context.target.username

    def lines(now: str, backup: str) -> tuple[tuple[str, ...], ...]:
        earlier = read(backup, book, where=device)
        values, permit = secret_values(earlier), way_back(earlier, user).permit
        fill = filler(book.gate, {}, lambda _running: values, permit)
        commands = between(read(now, book, where=device), earlier, context.scope.facts, user)
        return tuple(fill(backup, batch) for batch in book.gate.batches(commands))

    return lines


def filler(
    gate: Gate, secrets: Mapping[str, str], observed: Callable[[str], Mapping[str, str]], permit: Permit = NO_PERMIT
) -> Callable[[str, tuple[str, ...]], tuple[str, ...]]:
    """Return the function that takes a batch through the gate and replaces its secret tokens, at the last moment."""
    known = KnownSecrets(secrets).get

    def fill(running: str, batch: tuple[str, ...]) -> tuple[str, ...]:
        values = observed(running)
        if len(batch) == 1:
            return (resolve_line(batch[0], gate, known, values, permit),)
        return resolve_block(batch, gate, known, values, permit)

    return fill


def _secrets(lines: Sequence[str], resolve: Resolve) -> dict[str, str]:
    names = {name for line in lines for name in SECRET_TOKEN.findall(line)}
    return {name: resolve(name) for name in sorted(names)}


def _new_login(device: DevicePlan, rulebook: Rulebook, target: Target, secrets: Mapping[str, str]) -> Target | None:
    """Return how we sign in after a change that sets our own password or the privileged one (H13); None if neither."""
    after = target
    for line in device.commands:
        names = SECRET_TOKEN.findall(line)
        sets = sets_login(line, rulebook, target.username) if names else ""
        if sets == "account":
            after = replace(after, password=secrets[names[0]])
        elif sets == "enable" and target.enable is not None:
            after = replace(after, enable=secrets[names[0]])
    return after if after != target else None
