"""`trustctl backup`: keep the devices' configurations."""

from __future__ import annotations

from pathlib import Path

import click

from trustctl.cli.devices import Reach, reached_devices, which_devices
from trustctl.cli.help_page import VerbCommand
from trustctl.cli.options import json_option
from trustctl.cli.planning import observe_live, trouble_of
from trustctl.cli.redacting import redacted_text, write_text
from trustctl.cli.screen import screen
from trustctl.cli.select import Which
from trustctl.cli.workspace import error_json
from trustctl.errors import ExitCode, TrustctlError, UsageError
from trustctl.report.json import to_json
from trustctl.report.page import Page
from trustctl.report.words import count


@click.command(cls=VerbCommand)
@which_devices
@reached_devices
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write each as DIR/NAME.cfg too, mode 0600: the whole text, to restore a device by hand.",
)
@click.option("--redacted", "without_secrets", is_flag=True, help="Write them to DIR without secrets: safe for Git.")
@json_option
def command(which: Which, reach: Reach, out: Path | None, without_secrets: bool, as_json: bool) -> ExitCode:
    """Store the running configuration of every device in the state folder, for you alone. Equal ones are stored once.

    They are encrypted if the secret store has a trustctl/backup-key; earlier ones are then encrypted too.
    """
    if without_secrets and out is None:
        raise UsageError("there is no folder to write to", remedy="name it: --out DIR --redacted")
    workspace, way = reach.workspace, reach.dial()
    chosen = which.of(workspace.trust)
    seen = observe_live(workspace, chosen, way)
    read = {name: one.running for name, one in seen.items() if not isinstance(one, TrustctlError)}
    stored = {name: workspace.backups.store(name, text) for name, text in read.items()}
    failed = {name: one for name, one in seen.items() if isinstance(one, TrustctlError)}
    workspace.backups.seal_all()
    if out is not None:
        for _, device in chosen:
            if device.name in read:
                text = read[device.name]
                shown = redacted_text(workspace, device, text) if without_secrets else text
                write_text(out / f"{device.name}.cfg", shown)
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
