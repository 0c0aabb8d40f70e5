"""`trustctl backup`: keep the devices' configurations."""

from __future__ import annotations

import click

from trustctl.cli.devices import Reach, reached_devices, which_devices
from trustctl.cli.help_page import VerbCommand
from trustctl.cli.options import json_option
from trustctl.cli.planning import observe_live, trouble_of
from trustctl.cli.screen import screen
from trustctl.cli.select import Which
from trustctl.cli.workspace import error_json
from trustctl.errors import ExitCode, TrustctlError
from trustctl.report.json import to_json
from trustctl.report.page import Page
from trustctl.report.words import count


@click.command(cls=VerbCommand)
@which_devices
@reached_devices
@json_option
def command(which: Which, reach: Reach, as_json: bool) -> ExitCode:
    """Store the running configuration of every device in the state folder, mode 0600. Equal ones are stored once."""
    workspace, way = reach.workspace, reach.dial()
    chosen = which.of(workspace.trust)
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
