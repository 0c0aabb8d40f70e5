"""`trustctl validate`: whether the inventory is in order."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import click

from trustctl.cli.help_page import VerbCommand
from trustctl.cli.options import inventory_option, json_option
from trustctl.cli.screen import screen
from trustctl.cli.workspace import Workspace
from trustctl.errors import ExitCode
from trustctl.inventory import InventoryInvalid
from trustctl.model.overdue import overdue
from trustctl.report.json import plain, to_json
from trustctl.report.page import Page
from trustctl.report.words import count


@click.command(cls=VerbCommand)
@inventory_option
@json_option
def command(inventory: Path, as_json: bool) -> ExitCode:
    """Read the whole inventory and print every problem at once, as file:line:column with a caret and a remedy.

    Overrides and old address ranges past their day are told too. They still hold, so they are no error.
    """
    workspace = Workspace(inventory)
    try:
        trust = workspace.trust
    except InventoryInvalid as error:
        if not as_json:
            raise
        click.echo(to_json({"valid": False, "problems": [plain(problem) for problem in error.findings]}))
        return error.exit_code
    waivers = [(school, item) for school in trust.schools.values() for item in school.waivers]
    past = [one for school in trust.schools.values() for one in overdue(school, workspace.today)]
    overrides = [(school, item) for school in trust.schools.values() for item in school.overrides]
    if as_json:
        told = [{**cast("dict[str, object]", plain(one)), "text": one.text} for one in past]
        numbers = {"schools": len(trust.schools), "switches": len(trust.switches())}
        click.echo(to_json({"valid": True, "problems": [], "overdue": told, "digest": trust.digest, **numbers}))
        return ExitCode.DONE
    view = screen()
    page = Page(width=view.width, colour=view.colour)
    ports = sum(len(switch.ports) for switch in trust.switches())
    page.row(
        ("valid", "bold green"),
        (f"  {trust.name}: {count(len(trust.schools), 'school')}, ", ""),
        (f"{count(len(trust.switches()), 'switch', 'switches')}, {count(ports, 'port')}", ""),
    )
    for one in past:
        page.prose(one.text, indent=2, lead=("past its day: ", "bold yellow"))
    for school, override in overrides:
        page.prose(f"{override.path} = {override.value}: {override.reason}", indent=2, lead=(f"{school.slug}  ", "dim"))
    for school, waiver in waivers:
        days = (waiver.expires - workspace.today).days
        page.prose(
            f"waiver for {waiver.path}, {count(days, 'day')} to run: {waiver.reason}, {waiver.owner}",
            indent=2,
            lead=(f"{school.slug}  ", "dim"),
        )
    view.show(page.text())
    return ExitCode.DONE
