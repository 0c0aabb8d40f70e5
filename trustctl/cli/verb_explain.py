"""`trustctl explain`: where a line comes from."""

from __future__ import annotations

from pathlib import Path

import click

from trustctl.cli.help_page import VerbCommand
from trustctl.cli.options import inventory_option, json_option
from trustctl.cli.screen import screen
from trustctl.cli.select import device_of
from trustctl.cli.workspace import Workspace
from trustctl.errors import ExitCode, UsageError
from trustctl.inventory import Row, describe, describe_device
from trustctl.model.school import School
from trustctl.model.switch import Device
from trustctl.render import Renderer
from trustctl.report.explain import explain_text, matching
from trustctl.report.json import plain, to_json


@click.command(cls=VerbCommand)
@click.argument("device")
@click.argument("text", default="")
@inventory_option
@json_option
def command(device: str, text: str, inventory: Path, as_json: bool) -> ExitCode:
    """The lines of DEVICE's intended configuration that hold TEXT, and where each comes from.

    TEXT may also be part of a value's path, such as `services.ntp`.
    """
    workspace = Workspace(inventory)
    school, switch = device_of(workspace.trust, device)
    intended = Renderer(workspace.template_roots).render(workspace.trust, school, switch)
    lines = matching(intended, text)
    rows = _values(school, switch, text) if text else ()
    if text and not lines and not rows:
        raise UsageError(
            f"no intended line of {device} and no value holds '{text}'",
            where=device,
            remedy=f"trustctl explain {device} prints every line; what is not there is not managed",
        )
    if as_json:
        found = [{"section": one.section, "line": one.line.text, "origin": plain(one.line.origin)} for one in lines]
        click.echo(to_json({"device": device, "lines": found, "values": [row.to_dict() for row in rows]}))
        return ExitCode.DONE
    view = screen()
    view.show(explain_text(device, lines, rows, width=view.width, colour=view.colour))
    return ExitCode.DONE


def _values(school: School, switch: Device, text: str) -> tuple[Row, ...]:
    """The device's values that hold `text`, and the school's whose path does (devices' own left out)."""
    wanted = text.casefold()
    own = ("switches.", "controllers.")
    shared = [row for row in describe(school) if not row.path.startswith(own) and wanted in row.path.casefold()]
    return (*describe_device(school, switch, text), *shared)
