"""`trustctl drift`: a plan that nobody applies."""

from __future__ import annotations

from pathlib import Path

import click
from rich_click import RichCommand

from trustctl.cli.dialling import dial
from trustctl.cli.options import (
    all_option,
    endpoints_option,
    inventory_option,
    json_option,
    lab_option,
    limit_option,
    schools_argument,
    secrets_option,
)
from trustctl.cli.planning import make
from trustctl.cli.screen import screen
from trustctl.cli.select import select
from trustctl.cli.verb_plan import exit_code
from trustctl.cli.workspace import Workspace
from trustctl.errors import ExitCode
from trustctl.report.drift import drift_text
from trustctl.report.json import plan_json


@click.command(cls=RichCommand)
@schools_argument
@all_option
@limit_option
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 if there is drift.")
@lab_option
@endpoints_option
@secrets_option
@inventory_option
@json_option
def command(
    schools: tuple[str, ...],
    everything: bool,
    limit: str,
    detailed_exitcode: bool,
    lab: bool,
    endpoints: Path | None,
    secrets: Path | None,
    inventory: Path,
    as_json: bool,
) -> ExitCode:
    """What differs on the devices of SCHOOLs from what the inventory means. Only what trustctl manages counts."""
    workspace = Workspace(inventory, secrets)
    way = dial(workspace, lab=lab, endpoints=endpoints)
    made = make(workspace, select(workspace.trust, schools, everything=everything, limit=limit), way)
    view = screen()
    if as_json:
        click.echo(plan_json(made.plan))
    else:
        following = "trustctl plan shows how it would be put right, or change the inventory to mean it"
        view.show(drift_text(made.plan, workspace.titles, width=view.width, colour=view.colour, next_command=following))
    return exit_code(made, detailed=detailed_exitcode)
