"""`trustctl backup`: keep the devices' configurations."""

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
from trustctl.cli.planning import observe_live, trouble_of
from trustctl.cli.screen import screen
from trustctl.cli.select import select
from trustctl.cli.workspace import Workspace, error_json
from trustctl.errors import ExitCode, TrustctlError
from trustctl.report.json import to_json
from trustctl.report.page import Page
from trustctl.report.words import count


@click.command(cls=RichCommand)
@schools_argument
@all_option
@limit_option
@lab_option
@endpoints_option
@secrets_option
@inventory_option
@json_option
def command(
    schools: tuple[str, ...],
    everything: bool,
    limit: str,
    lab: bool,
    endpoints: Path | None,
    secrets: Path | None,
    inventory: Path,
    as_json: bool,
) -> ExitCode:
    """Store the running configuration of every device in the state folder, mode 0600. Equal ones are stored once."""
    workspace = Workspace(inventory, secrets)
    way = dial(workspace, lab=lab, endpoints=endpoints)
    chosen = select(workspace.trust, schools, everything=everything, limit=limit)
    seen = observe_live(workspace, chosen, way)
    stored = {
        name: workspace.backups.store(name, one.running)
        for name, one in seen.items()
        if not isinstance(one, TrustctlError)
    }
    failed = {name: one for name, one in seen.items() if isinstance(one, TrustctlError)}
    if as_json:
        errors = {name: error_json(error) for name, error in failed.items()}
        click.echo(to_json({"stored": stored, "failed": errors}))
        return trouble_of(failed, len(seen))
    view = screen()
    page = Page(width=view.width, colour=view.colour)
    page.heading(f"{count(len(stored), 'configuration')} in {workspace.relative(workspace.state)}/backups/")
    page.table(
        ("device", "sha256", ""), [[(name, ""), (digest[:16], "dim"), ("", "")] for name, digest in stored.items()]
    )
    for name, error in failed.items():
        page.prose(f"{error.problem}. {error.remedy}", indent=2, lead=(f"{name}  ", "bold"), style="yellow")
    view.show(page.text())
    return trouble_of(failed, len(seen))
