"""`trustctl show`: a school as it is resolved."""

from __future__ import annotations

from pathlib import Path

import click

from trustctl.cli.help_page import VerbCommand
from trustctl.cli.options import inventory_option, json_option, secrets_option
from trustctl.cli.redacting import redacted_text, write_text
from trustctl.cli.screen import screen
from trustctl.cli.select import school_of
from trustctl.cli.workspace import Workspace
from trustctl.errors import ExitCode, UsageError
from trustctl.inventory import describe
from trustctl.model.school import School
from trustctl.report.json import to_json
from trustctl.report.resolved import school_text


@click.command(cls=VerbCommand)
@click.argument("school")
@inventory_option
@secrets_option
@click.option("--backup", "device", metavar="DEVICE", help="The last stored configuration of DEVICE instead.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write that configuration to FILE, mode 0600: whole, secrets and all.",
)
@click.option("--redacted", "without_secrets", is_flag=True, help="Write it to FILE without secrets.")
@json_option
def command(
    school: str,
    inventory: Path,
    secrets: Path | None,
    device: str | None,
    out: Path | None,
    without_secrets: bool,
    as_json: bool,
) -> ExitCode:
    """Every resolved value of SCHOOL, beside the file, line and layer it comes from.

    With --backup a device's stored configuration: on the screen always without secrets.
    """
    workspace = Workspace(inventory, secrets)
    found = school_of(workspace.trust, school)
    view = screen()
    if device is not None:
        _show_backup(workspace, found, device, out, whole=not without_secrets)
        return ExitCode.DONE
    if out is not None or without_secrets:
        raise UsageError("--out and --redacted belong to --backup", remedy="name the device: --backup DEVICE")
    if as_json:
        click.echo(to_json([row.to_dict() for row in describe(found)]))
    else:
        view.show(school_text(workspace.trust, found, width=view.width, colour=view.colour))
    return ExitCode.DONE


def _show_backup(workspace: Workspace, school: School, name: str, out: Path | None, *, whole: bool) -> None:
    """Print a device's stored configuration without secrets, or write it to a file."""
    if name not in school.devices:
        raise UsageError(f"there is no device '{name}' in {school.slug}", remedy=f"trustctl show {school.slug}")
    digest = workspace.backups.latest(name)
    if digest is None:
        raise UsageError("there is no backup of this device", where=name, remedy=f"trustctl backup --limit {name}")
    text = workspace.backups.load(name, digest)
    if out is not None:
        write_text(out, text if whole else redacted_text(workspace, school.devices[name], text))
    else:
        screen().show(redacted_text(workspace, school.devices[name], text))
