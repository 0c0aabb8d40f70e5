"""Undo a run: bring its devices back to the configurations that the journal kept before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from trustctl.apply.fleet import Fleet
from trustctl.apply.hosts import HostContext, restore_commands, restore_job
from trustctl.apply.job import Job
from trustctl.apply.run import Context, Contexts, DeviceContext, Paper, carry_out, filler, way_back_of, without_secret
from trustctl.apply.windows import (
    WindowsContext,
    nothing_back,
    windows_needs_console,
    windows_restore_commands,
    windows_restore_job,
    windows_stays,
)
from trustctl.config import Config, between, lock_out, read, secret_values, way_back
from trustctl.errors import ExitCode, RenderError, SecretError, StorageError, UsageError
from trustctl.journal import Backups, Journal, Phase
from trustctl.model.console import NOBODY, Console
from trustctl.model.plan import Tier
from trustctl.model.run import DeviceOutcome, Outcome, Run
from trustctl.plan.judge import RestoreJudge
from trustctl.secrets.verify import verify
from trustctl.windows.reading import listed


@dataclass(frozen=True, slots=True)
class Restore:
    """What is needed to bring one device back."""

    device: str
    earlier: str
    """Running configuration before the run."""
    reached: str
    """Running configuration that the run left behind."""
    tier: Tier
    restarts: bool
    """It goes back by a restart, if the way back fails as well."""
    run: str = ""
    """The run that is taken back."""


def restores(journal: Journal, backups: Backups, run_id: str) -> tuple[Restore, ...]:
    """Return what the journal knows of the devices that a run changed.

    Raises UsageError if it changed none, StorageError if a backup is missing or the journal is damaged.
    """
    run = next((run for run in journal.runs() if run.id == run_id), None)
    if run is None:
        raise UsageError("there is no such run", where=run_id, remedy="`trustctl history` lists the runs")
    applied = [item.device for item in run.outcomes if item.outcome is Outcome.APPLIED]
    if not applied:
        unknown = ", ".join(item.device for item in run.outcomes if item.outcome is Outcome.UNKNOWN)
        if run.under_way:
            raise UsageError("this run is still under way", where=run_id, remedy="wait for it to end")
        if unknown:
            raise UsageError(
                f"nobody knows what this run left on {unknown}, so there is no way back that could be proved",
                where=run_id,
                remedy=f"`trustctl history {run_id}` says how each ended; look at them, then plan again",
            )
        raise UsageError("this run changed no device", where=run_id, remedy="`trustctl history` shows how it ended")
    steps = [step for _, step in journal.records(run_id) if step.kind == "result"]
    found: list[Restore] = []
    for device in applied:
        details = {step.phase: step.detail for step in steps if step.device == device}
        if Phase.BACKUP not in details or Phase.VERIFY not in details:
            raise StorageError("the journal has no verified configuration from after the run", where=device)
        found.append(
            Restore(
                device=device,
                earlier=backups.load(device, str(details[Phase.BACKUP]["sha256"])),
                reached=backups.load(device, str(details[Phase.VERIFY]["sha256"])),
                tier=(tier := Tier(str(details[Phase.ARM]["tier"]))),
                restarts=bool(details[Phase.ARM].get("restarts", tier is Tier.B)),
                run=run_id,
            )
        )
    return tuple(found)


def needs_console(restore: Restore, context: Context) -> bool:
    """Whether the way back could cut us off on a device that takes nothing back by itself (tier C)."""
    if isinstance(context, WindowsContext):
        return windows_needs_console(restore.device, restore.earlier, restore.reached)
    if restore.tier is not Tier.C or isinstance(context, HostContext):
        return False
    reached = read(restore.reached, context.rulebook, where=restore.device)
    earlier = read(restore.earlier, context.rulebook, where=restore.device)
    return bool(lock_out(reached, earlier, context.scope.facts))


def commands_of(restore: Restore, context: Context) -> tuple[str, ...]:
    """Return the lines that bring the device back, secrets as tokens: for a person to review before they are sent.

    Raises RenderError if one of them may not be sent: of those that are guarded (`no aaa new-model`) unless the earlier
    configuration lets in the account and the password that we sign in with.
    """
    if isinstance(context, WindowsContext):
        return windows_restore_commands(restore.device, restore.earlier, restore.reached)
    if isinstance(context, HostContext):
        return restore_commands(restore.device, restore.earlier, restore.reached, context)
    reached = read(restore.reached, context.rulebook, where=restore.device)
    return _lines(reached, read(restore.earlier, context.rulebook, where=restore.device), restore, context)


def stays_of(restore: Restore, context: Context) -> tuple[str, ...]:
    """Return what of the run nothing takes back, in lines for a person. Only of a Windows host anything is known."""
    if not isinstance(context, WindowsContext):
        return ()
    return listed(windows_stays(restore.device, restore.earlier, restore.reached))


def _lines(reached: Config, earlier: Config, restore: Restore, context: DeviceContext) -> tuple[str, ...]:
    user = context.target.username
    lines = between(reached, earlier, context.scope.facts, user)
    guarded = way_back(earlier, user).permit.lines.intersection(lines)
    if guarded:
        _check_login(earlier, restore, context, ", ".join(sorted(guarded)))
    return lines


def _check_login(earlier: Config, restore: Restore, context: DeviceContext, line: str) -> None:
    """Prove that the earlier configuration takes our password. Raises RenderError if it does not, or it cannot be told.

    A change that leaves other logins behind is found out by signing in; one that takes the account that we would sign
    in with is not even begun.
    """
    target = context.target
    rules = {guarded.account for guarded in context.rulebook.gate.guarded}
    for statement in earlier.root.statements.values():
        if statement.rule.id not in rules or target.username not in statement.key[1:]:
            continue
        opens = all(verify(secret.encoding, secret.value, target.password) for secret in statement.secrets)
        if not opens:
            raise RenderError(
                f"after `{line}` only its own accounts open the device, and it is not certain that our password opens "
                f"{target.username} as it was before the run",
                where=restore.device,
                remedy="Give the password that the device had then (--secrets), or take the run back at the console.",
            )


def rollback_run(
    run_id: str,
    parts: Sequence[Restore],
    contexts: Contexts,
    schools: Sequence[str],
    fleet: Fleet,
    *,
    console: Console = NOBODY,
    lacking: Mapping[str, SecretError] = MappingProxyType({}),
) -> Run:
    """Bring the devices back under the same law that changed them, and return the run that did so.

    A device that has moved since is refused, with the lines that moved; so is one whose way back needs a line that may
    not be sent, such as switching AAA off where nobody could log in afterwards, and one that needs somebody at its
    console who is not in `console`. Raises LockedError, StorageError.
    """
    digest = f"rollback:{run_id}:{fleet.tools.run_id}"
    jobs: list[Job] = []
    refused: list[DeviceOutcome] = []
    for part in parts:
        made = _job_or_refusal(part, contexts, digest, console, lacking)
        if isinstance(made, Job):
            jobs.append(made)
        else:
            refused.append(made)
    return carry_out(jobs, refused, contexts, schools, fleet, Paper(digest, "", f"rollback of {run_id}"))


def _job_or_refusal(
    part: Restore, contexts: Contexts, digest: str, console: Console, lacking: Mapping[str, SecretError]
) -> Job | DeviceOutcome:
    if part.device in lacking:
        return without_secret(part.device, lacking[part.device])
    context = contexts[part.device]
    if isinstance(context, WindowsContext) and (done := nothing_back(part.device, part.earlier, part.reached)):
        return done
    if needs_console(part, context) and not console.witness(part.device):
        return console.refused(part.device, "rollback")
    try:
        return replace(_job(part, context, digest), console=console.witness(part.device), undoes=part.run)
    except RenderError as error:
        why = f"{error.problem}: {error.where}. {error.remedy}"
        return DeviceOutcome(part.device, Outcome.REFUSED, why, ExitCode.FAILED_UNCHANGED)
    except SecretError as error:
        return without_secret(part.device, error)


def _job(restore: Restore, context: Context, digest: str) -> Job:
    if isinstance(context, WindowsContext):
        return windows_restore_job(restore.device, restore.earlier, restore.reached, context, digest)
    if isinstance(context, HostContext):
        return restore_job(restore.device, restore.earlier, restore.reached, context, digest, restore.tier)
    reached = read(restore.reached, context.rulebook, where=restore.device)
    earlier = read(restore.earlier, context.rulebook, where=restore.device)
    lines = _lines(reached, earlier, restore, context)
    gate, permit = context.rulebook.gate, way_back(earlier, context.target.username).permit
    values = secret_values(earlier)
    return Job(
        device=restore.device,
        plan_digest=digest,
        tier=restore.tier,
        target=context.target,
        batches=tuple(gate.batches(lines)),
        judge=RestoreJudge(restore.device, context.rulebook, restore.earlier, restore.reached),
        fill=filler(gate, {}, lambda _running: values, permit),
        gateway=context.gateway,
        restarts=restore.restarts,
        way_back=way_back_of(context, restore.device),
    )
