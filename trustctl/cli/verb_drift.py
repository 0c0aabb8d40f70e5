"""`trustctl drift`: a plan that nobody applies."""

from __future__ import annotations

import click

from trustctl.cli.devices import Reach, reached_devices, which_devices
from trustctl.cli.help_page import VerbCommand
from trustctl.cli.options import json_option, only_option
from trustctl.cli.planning import make
from trustctl.cli.screen import screen
from trustctl.cli.select import Which
from trustctl.cli.verb_plan import exit_code
from trustctl.errors import ExitCode
from trustctl.report.drift import drift_text
from trustctl.report.json import plan_json


@click.command(cls=VerbCommand)
@which_devices
@only_option
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 if there is drift.")
@reached_devices
@json_option
def command(which: Which, only: tuple[str, ...], detailed_exitcode: bool, reach: Reach, as_json: bool) -> ExitCode:
    """What differs on the devices of SCHOOLs from what the inventory means. Only what trustctl manages counts."""
    workspace, way = reach.workspace, reach.dial()
    made = make(workspace, which.of(workspace.trust), way, only=only)
    view = screen()
    if as_json:
        click.echo(plan_json(made.plan))
    else:
        following = "trustctl plan shows how it would be put right, or change the inventory to mean it"
        view.show(drift_text(made.plan, workspace.titles, width=view.width, colour=view.colour, next_command=following))
    return exit_code(made, detailed=detailed_exitcode)
