"""Carrying out a plan: contexts from today's inventory, the run's tools, and Ctrl-C that lets devices finish."""

from __future__ import annotations

import contextlib
import os
import secrets as randomness
import signal
import sys
from collections.abc import Collection, Generator, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import click

from trustctl.apply.fleet import Fleet, Halt, Progress
from trustctl.apply.hosts import HostContext
from trustctl.apply.job import Pace
from trustctl.apply.law import Tools
from trustctl.apply.run import Context, Contexts, DeviceContext
from trustctl.apply.windows import WindowsContext
from trustctl.cli.dialling import Dial
from trustctl.cli.events import EVENTS
from trustctl.cli.planning import rendered
from trustctl.cli.rotated import as_planned, check_coming, narrowed, narrowed_host
from trustctl.cli.screen import note
from trustctl.cli.select import Chosen, device_of
from trustctl.cli.workspace import Workspace, user
from trustctl.errors import (
    ExitCode,
    SecretError,
    StalePlanError,
    StoreUnavailableError,
    TrustctlError,
    UsageError,
)
from trustctl.model.clock import Clock
from trustctl.model.console import Console, attended
from trustctl.model.linux import LinuxHost
from trustctl.model.plan import Intended, Plan
from trustctl.model.rotation import Rotation
from trustctl.model.run import DeviceOutcome
from trustctl.model.school import School
from trustctl.model.secret import SECRET_TOKEN
from trustctl.model.switch import Device
from trustctl.model.windows import DirectoryHost, WindowsHost
from trustctl.plan.build import scope_of
from trustctl.plan.hosts import host_scope
from trustctl.plan.windows import windows_scope
from trustctl.report.run import outcome_words
from trustctl.secrets import Verifier
from trustctl.secrets.verify import coming


def run_id(clock: Clock) -> str:
    """Before: 22 Nov 2026 09:30:00 UTC. After: `20261122-093000-3f9a`."""
    return f"{clock.now():%Y%m%d-%H%M%S}-{randomness.token_hex(2)}"


def chosen_of(workspace: Workspace, devices: Iterable[str]) -> Chosen:
    """The devices of these names as the inventory knows them today. Raises StalePlanError for one that is gone."""
    chosen: list[tuple[School, Device]] = []
    for device in devices:
        try:
            chosen.append(device_of(workspace.trust, device))
        except UsageError as error:
            raise StalePlanError(
                "this device is no longer in the inventory", where=device, remedy="plan again"
            ) from error
    return tuple(chosen)


def attendance(words: Iterable[str], needing: Collection[str]) -> Console:
    """Who is at which console, as `--console-present` says: names with commas. Raises UsageError for any other."""
    names = [name.strip() for word in words for name in word.split(",") if name.strip()]
    return attended(names, needing, user())


def confirm_console(console: Console) -> None:
    """Ask whether somebody is there indeed; leaves if not."""
    for device in sorted(console.devices):
        click.confirm(
            f"is somebody at the console of {device} now, who can sign in there and take the change back?",
            abort=True,
            err=True,
        )


@dataclass(frozen=True, slots=True)
class Known:
    """What the inventory says today about devices, and which of them lack a secret that they need, with the reason."""

    contexts: Contexts
    refused: Mapping[str, SecretError]

    def whole(self) -> Contexts:
        """The contexts of all devices. Raises the first device's SecretError if one lacks a secret."""
        for error in self.refused.values():
            raise error
        return self.contexts


def contexts(workspace: Workspace, devices: Iterable[str], dial: Dial, rotation: Rotation | None = None) -> Known:
    """What the inventory says today about the devices of these names, every secret of theirs fetched.

    `rotation`: as a step of a rotation sees them. Raises what rendering raises, and SecretError if the file of secrets
    that was named cannot be used.
    """
    chosen = chosen_of(workspace, devices)
    intended = rendered(workspace, chosen) if rotation is None else as_planned(workspace, chosen, rotation)
    verifier = workspace.verifier if rotation is None else Verifier(workspace.secrets)
    found: dict[str, Context] = {}
    refused: dict[str, SecretError] = {}
    for school, device in chosen:
        meant = intended[device.name]
        if isinstance(meant, TrustctlError):
            raise meant
        try:
            target = dial.adopted(workspace, device)
        except SecretError as error:
            refused[device.name] = error
            continue
        _fetch(workspace, meant)
        if isinstance(device, LinuxHost):
            found[device.name] = HostContext(
                target=target,
                intended=meant,
                scope=narrowed_host(host_scope(device), rotation, meant),
                verifier=verifier,
                gateway=str(device.gateway) if device.gateway else None,
                resolve=workspace.secrets.get,
            )
            continue
        if isinstance(device, WindowsHost):
            scope = windows_scope(device)
            shared = device.hostname if isinstance(device, DirectoryHost) else ""
            resolve = workspace.secrets.get
            found[device.name] = WindowsContext(target, meant, scope, workspace.topics, machine=shared, resolve=resolve)
            continue
        found[device.name] = DeviceContext(
            target=target,
            intended=meant,
            rulebook=workspace.platform(device.platform).rulebook,
            scope=narrowed(scope_of(device, school, workspace.platform(device.platform), verifier), rotation),
            gateway=str(device.gateway) if device.gateway else None,
            core=device.role == "core",
        )
    return Known(found, refused)


def _fetch(workspace: Workspace, meant: Intended) -> None:
    """Ask the store for every secret that a device is compared with, so that nothing is asked in mid-change.

    The store remembers its answers, a refusal too: a device is then compared as it was when it was planned.
    """
    if workspace.store is None:
        return
    for name in sorted(set(SECRET_TOKEN.findall(meant.text))):
        with contextlib.suppress(SecretError):
            workspace.store.get(name)
            coming(workspace.store, name)


def check_versions(workspace: Workspace, plan: Plan) -> None:
    """Compare the versions of the secrets that the plan was made with. Raises StalePlanError with the names that moved.

    A store that cannot be asked is no proof of either: a device that is sent a secret of it is refused then; one whose
    secret was only compared is compared without it, and sent nothing for it. A step of a rotation without the store
    is refused as a whole.
    """
    if plan.rotation is not None and plan.rotation.step:
        check_coming(workspace, plan.rotation)
    moved: list[str] = []
    for name, version in sorted(plan.secrets.items()):
        try:
            if workspace.store is None or workspace.store.held(name).version != version:
                moved.append(name)
        except StoreUnavailableError:
            continue
        except SecretError:
            moved.append(name)
    if moved:
        raise StalePlanError(
            f"these secrets are not those that the plan was made with: {', '.join(moved)}",
            remedy="plan again, and review what changed",
        )


def fleet(
    workspace: Workspace, dial: Dial, halt: Halt, *, parallel: int = 4, progress: Progress | None = None
) -> Fleet:
    """The tools of one run. A lab's minute is the dial's."""
    tools = Tools(
        connector=workspace.connector,
        journal=workspace.journal,
        backups=workspace.backups,
        clock=workspace.clock,
        pace=Pace(minute=dial.minute),
        run_id=run_id(workspace.clock),
    )
    return Fleet(tools, halt, progress or say, parallel)


def say(device: str, outcome: DeviceOutcome | None) -> None:
    """One line on stderr when a device starts and when it ends."""
    if outcome is None:
        EVENTS.add("device started", device=device)
        note(f"{device}: started")
    else:
        EVENTS.add(
            "device ended",
            device=device,
            outcome=outcome.outcome.value,
            exit_code=int(outcome.exit_code),
            saved=outcome.saved,
            seconds=round(outcome.seconds, 1),
        )
        note(f"{device}: {outcome_words(outcome)} ({outcome.seconds:.1f} s)")


@contextlib.contextmanager
def finishing_on_interrupt(halt: Halt) -> Generator[None]:
    """On the first Ctrl-C start no further device and let those under way finish; on the second, break off.

    A pipeline that is cancelled (SIGTERM) and a terminal that is closed (SIGHUP, unless it is ignored as under nohup)
    are as the first Ctrl-C, however often. Breaking off leaves the process at once, as its threads would go on
    writing: what the journal holds by then is what is known. A device that has a rollback timer takes back what was not
    confirmed; a Windows host, like all of tier C, takes nothing back.
    """
    interrupts = 0

    def asked(number: int, _frame: FrameType | None) -> None:
        nonlocal interrupts
        interrupts += number == signal.SIGINT
        if interrupts > 1:
            note("error: broken off while devices were under way")
            note("  remedy: tiers A and B take it back when their timer ends; tier C (Windows hosts) never does")
            note("  `trustctl history RUN` names each; look at them, then plan again")
            EVENTS.add("ended", exit_code=int(ExitCode.UNKNOWN))
            EVENTS.close()
            os._exit(int(ExitCode.UNKNOWN))
        if number == signal.SIGHUP:  # whoever read is gone, and to write to a closed terminal is an error
            sys.stdout = sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - to the end
        halt.because("interrupted")
        note("stopping: devices under way are finished, no further one is started (Ctrl-C again to break off)")

    before = {
        number: signal.signal(number, asked)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
