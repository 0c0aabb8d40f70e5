"""`trustctl audit`: the points of the baseline, asked of each Linux server."""

from __future__ import annotations

import click

from trustctl.checks import Rag, Subject, judge, questions
from trustctl.cli.devices import Reach, reached_devices, which_devices
from trustctl.cli.dialling import Dial
from trustctl.cli.help_page import VerbCommand
from trustctl.cli.options import json_option
from trustctl.cli.planning import trouble_of
from trustctl.cli.screen import Progress, note, screen
from trustctl.cli.select import Which
from trustctl.cli.workspace import Workspace
from trustctl.engines.protocol import Reading, Target
from trustctl.errors import DeviceError, ExitCode, TrustctlError, UnreachableError, UsageError, WrongDeviceError
from trustctl.hosts import parse, text_lines
from trustctl.model.linux import LinuxHost
from trustctl.model.windows import WindowsHost
from trustctl.report.audit import Audited, audit_json, audit_text, tally

_WINDOWS = "What a Windows host has of its baseline, `trustctl plan` and `trustctl drift` say."


@click.command(cls=VerbCommand)
@which_devices
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 if anything is red.")
@reached_devices
@json_option
def command(which: Which, detailed_exitcode: bool, reach: Reach, as_json: bool) -> ExitCode:
    """Ask the Linux servers of SCHOOLs whether they hold the 24 points of the baseline. Changes nothing."""
    workspace, way = reach.workspace, reach.dial()
    chosen = tuple(which.of(workspace.trust))
    subjects = tuple(
        Subject(device, school, workspace.today) for school, device in chosen if isinstance(device, LinuxHost)
    )
    left_out = tuple(device.name for _, device in chosen if isinstance(device, WindowsHost))
    if not subjects:
        remedy = f"The audit is of Linux servers. {_WINDOWS}" if left_out else "servers stand in servers.yml"
        raise UsageError("there is no Linux server among these devices", remedy=remedy)
    hosts = tuple(_audited(workspace, way, subjects))
    if as_json:
        click.echo(audit_json(hosts, left_out))
    else:
        view = screen()
        view.show(audit_text(hosts, width=view.width, colour=view.colour))
    if left_out:
        note(f"left out, as the audit is of Linux servers: {', '.join(left_out)}. {_WINDOWS}")
    trouble = trouble_of({host.name: host.error for host in hosts if host.error is not None}, len(hosts))
    red = detailed_exitcode and tally(hosts)[Rag.RED] > 0
    return ExitCode.CHANGES_PENDING if trouble is ExitCode.DONE and red else trouble


def _audited(workspace: Workspace, way: Dial, subjects: tuple[Subject, ...]) -> list[Audited]:
    targets: list[Target] = []
    failed: dict[str, TrustctlError] = {}
    for subject in subjects:
        workspace.wants[subject.host.name] = questions(subject)
        try:
            targets.append(way.adopted(workspace, subject.host))
        except (UnreachableError, WrongDeviceError) as error:
            failed[subject.host.name] = error
    with Progress("asking", len(targets)) as progress:
        readings = workspace.connector.observe_many(
            targets, taken=workspace.clock.now(), done=lambda reading: progress.step(reading.device)
        )
    heard = {reading.device: reading for reading in readings}
    return [_one(subject, heard.get(subject.host.name), failed.get(subject.host.name)) for subject in subjects]


def _one(subject: Subject, reading: Reading | None, failed: TrustctlError | None) -> Audited:
    name, school = subject.host.name, subject.school.slug
    if reading is None or reading.observed is None:
        error = failed or (reading and reading.error) or DeviceError("nothing was read", where=name)
        return Audited(name, school, error=error)
    answers = parse(text_lines(reading.observed.running), where=name)
    return Audited(name, school, reading.observed.version or "", judge(subject, answers))
