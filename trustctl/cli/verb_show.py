"""`trustctl show`: a school as it is resolved."""

from __future__ import annotations

from pathlib import Path

import click

from trustctl.cli.help_page import VerbCommand
from trustctl.cli.options import inventory_option, json_option
from trustctl.cli.screen import screen
from trustctl.cli.select import school_of
from trustctl.cli.workspace import Workspace
from trustctl.errors import ExitCode
from trustctl.inventory import describe
from trustctl.report.json import to_json
from trustctl.report.resolved import school_text


@click.command(cls=VerbCommand)
@click.argument("school")
@inventory_option
@json_option
def command(school: str, inventory: Path, as_json: bool) -> ExitCode:
    """Every resolved value of SCHOOL, beside the file, line and layer it comes from."""
    workspace = Workspace(inventory)
    found = school_of(workspace.trust, school)
    view = screen()
    if as_json:
        click.echo(to_json([row.to_dict() for row in describe(found)]))
    else:
        view.show(school_text(workspace.trust, found, width=view.width, colour=view.colour))
    return ExitCode.DONE
