"""Carrying out a plan: contexts from today's inventory, the run's tools, and Ctrl-C that lets devices finish."""

from __future__ import annotations

import os
import secrets as randomness
import signal
from collections.abc import Collection, Generator, Iterable
from contextlib import contextmanager
from types import FrameType

import click

from trustctl.apply.fleet import Fleet, Halt, Progress
from trustctl.apply.hosts import HostContext
from trustctl.apply.job import Pace
from trustctl.apply.law import Tools
from trustctl.apply.run import Contexts, DeviceContext
from trustctl.cli.dialling import Dial
from trustctl.cli.events import EVENTS
from trustctl.cli.planning import rendered
from trustctl.cli.screen import note
from trustctl.cli.select import Chosen, device_of
from trustctl.cli.workspace import Workspace, user
from trustctl.errors import ExitCode, StalePlanError, TrustctlError, UsageError
from trustctl.model.clock import Clock
from trustctl.model.console import Console, attended
from trustctl.model.linux import LinuxHost
from trustctl.model.run import DeviceOutcome
from trustctl.model.school import School
from trustctl.model.switch import Device
from trustctl.plan.build import scope_of
from trustctl.plan.hosts import host_scope
from trustctl.report.run import outcome_words


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


def contexts(workspace: Workspace, devices: Iterable[str], dial: Dial) -> Contexts:
    """What the inventory says today about the devices of these names. Raises what rendering and secrets raise."""
    chosen = chosen_of(workspace, devices)
    intended = rendered(workspace, chosen)
    found: dict[str, DeviceContext | HostContext] = {}
    for school, switch in chosen:
        meant = intended[switch.name]
        if isinstance(meant, TrustctlError):
            raise meant
        if isinstance(switch, LinuxHost):
            found[switch.name] = HostContext(
                target=dial.adopted(workspace, switch),
                intended=meant,
                scope=host_scope(switch),
                verifier=workspace.verifier,
                gateway=str(switch.gateway) if switch.gateway else None,
                resolve=workspace.secrets.get,
            )
            continue
        found[switch.name] = DeviceContext(
            target=dial.adopted(workspace, switch),
            intended=meant,
            rulebook=workspace.platform(switch.platform).rulebook,
            scope=scope_of(switch, school, workspace.platform(switch.platform), workspace.verifier),
            gateway=str(switch.gateway) if switch.gateway else None,
            core=switch.role == "core",
        )
    return found


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


@contextmanager
def finishing_on_interrupt(halt: Halt) -> Generator[None]:
    """On the first Ctrl-C start no further device and let those under way finish; on the second, break off.

    Breaking off leaves the process at once, as its threads would go on writing: what the journal holds by then is what
    is known, and the devices' own timers take back what was not confirmed.
    """
    interrupts = 0

    def asked(_number: int, _frame: FrameType | None) -> None:
        nonlocal interrupts
        interrupts += 1
        if interrupts > 1:
            note("error: broken off while devices were under way")
            note("  remedy: each takes the change back when its timer ends; `trustctl history` names them")
            EVENTS.add("ended", exit_code=int(ExitCode.UNKNOWN))
            EVENTS.close()
            os._exit(int(ExitCode.UNKNOWN))
        halt.because("interrupted")
        note("stopping: devices under way are finished, no further one is started (Ctrl-C again to break off)")

    before = signal.signal(signal.SIGINT, asked)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
