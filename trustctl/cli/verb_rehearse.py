"""`trustctl rehearse`: see what a plan does before it meets a device."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from trustctl.cli.help_page import VerbCommand
from trustctl.cli.lab_files import lab_secrets
from trustctl.cli.options import inventory_option, json_option, plan_argument, secrets_option
from trustctl.cli.rehearsing import Rehearsal, minute_for, rehearse, rehearsed
from trustctl.cli.reviewed import reviewed
from trustctl.cli.screen import note, screen, tell
from trustctl.cli.workspace import Workspace
from trustctl.errors import ExitCode
from trustctl.report.json import run_document, to_json
from trustctl.report.run import run_text
from trustctl.report.text import plan_text
from trustctl.report.view import TextOptions, View


@click.command(cls=VerbCommand)
@plan_argument
@click.option(
    "--minute",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="How long a minute of a rollback timer lasts.  [default: long enough for the plan's longest push]",
)
@secrets_option
@inventory_option
@json_option
def command(plan_file: Path, minute: float | None, secrets: Path | None, inventory: Path, as_json: bool) -> ExitCode:
    """Carry out PLAN on simulated twins of its devices, booted with what was observed, and plan once more.

    Devices at stage observe take part: nothing real is written to. The twins do what the real device would do, with
    its errors, its lost sessions and its rollback timer.
    """
    workspace = Workspace(inventory, secrets)
    if secrets is None:
        lab_secrets(workspace)
    plan = reviewed(workspace, plan_file)
    left_out = [device.name for device in plan.changed if device not in rehearsed(plan)]
    if left_out:
        note(f"not rehearsed, as a server has no twin: {', '.join(left_out)}")
    if not rehearsed(plan):
        why = "it changes servers only" if left_out else "the plan is empty"
        tell(to_json({"outcomes": [], "left": 0}) if as_json else f"nothing to rehearse: {why}")
        return ExitCode.DONE
    minute = minute_for(plan) if minute is None else minute
    note(f"on simulated twins; a minute of a rollback timer lasts {minute:g} s")
    result = rehearse(workspace, plan, minute=minute)
    left = sum(len(device.changes) for device in result.left.devices)
    if as_json:
        tell(to_json({**run_document(result.run), "left": left}))
    else:
        _print(result, left, plan_file)
    if result.run.exit_code is not ExitCode.DONE:
        return result.run.exit_code
    return ExitCode.PARTIAL if left or result.left.changed else ExitCode.DONE


def _print(result: Rehearsal, left: int, plan_file: Path) -> None:
    view = screen()
    good = result.run.exit_code is ExitCode.DONE and not left
    following = shlex.join(["trustctl", "apply", str(plan_file)]) if good else ""
    view.show(run_text(result.run, width=view.width, colour=view.colour, next_command=""))
    if left:
        click.echo(f"\na second plan would still make {left} changes:\n")
        view.show(plan_text(result.left, TextOptions(view=View.SEMANTIC, width=view.width, colour=view.colour)))
    else:
        click.echo("a second plan on the twins is empty")
    if following:
        click.echo(f"next {following}")
