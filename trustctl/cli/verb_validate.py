"""`trustctl validate`: whether the inventory is in order."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import cast

import click

from trustctl.cli.help_page import VerbCommand
from trustctl.cli.options import inventory_option, json_option, secrets_option
from trustctl.cli.screen import screen
from trustctl.cli.workspace import Workspace
from trustctl.errors import ExitCode
from trustctl.inventory import InventoryInvalid, bad_passphrases, remarks
from trustctl.model.overdue import Overdue, overdue
from trustctl.model.school import Trust
from trustctl.model.windows import DirectoryHost
from trustctl.report.json import plain, to_json
from trustctl.report.page import Page
from trustctl.report.words import count


@click.command(cls=VerbCommand)
@secrets_option
@inventory_option
@json_option
def command(secrets: Path | None, inventory: Path, as_json: bool) -> ExitCode:
    """Read the whole inventory and print every problem at once, as file:line:column with a caret and a remedy.

    Overrides and old address ranges past their day are told too, and people who could not do their work: they still
    hold, so they are no error. With --secrets
    the passphrases of wireless networks are looked at as well; no value is shown.
    """
    workspace = Workspace(inventory, secrets)
    try:
        trust = _checked(workspace)
    except InventoryInvalid as error:
        if not as_json:
            raise
        told = [{**cast("dict[str, object]", plain(one)), "place": one.where} for one in error.findings]
        click.echo(to_json({"valid": False, "problems": told}))
        return error.exit_code
    past = [one for school in trust.schools.values() for one in overdue(school, workspace.today)]
    if as_json:
        click.echo(_valid(trust, past))
        return ExitCode.DONE
    view = screen()
    page = Page(width=view.width, colour=view.colour)
    _headline(page, trust)
    _exceptions(page, trust, past, workspace.today)
    view.show(page.text())
    return ExitCode.DONE


def _counts(trust: Trust) -> dict[str, int]:
    """How many devices of each kind there are beside switches; the trust's own servers are nobody's."""
    schools = trust.schools.values()
    windows = (one for school in schools for one in school.windows.values() if not isinstance(one, DirectoryHost))
    return {
        "controllers": sum(len(school.controllers) for school in schools),
        "linux": sum(len(school.hosts) for school in schools),
        "windows": sum(1 for _ in windows),
    }


def _headline(page: Page, trust: Trust) -> None:
    ports = sum(len(device.ports) for device in trust.devices())
    counts = _counts(trust)
    words = {"controllers": "wireless controller", "linux": "Linux server", "windows": "Windows server"}
    more = "".join(f", {count(counts[kind], word)}" for kind, word in words.items() if counts[kind])
    has = f"{count(len(trust.switches()), 'switch', 'switches')}, {count(ports, 'port')}{more}"
    page.prose(f"{trust.name}: {count(len(trust.schools), 'school')}, {has}", lead=("valid  ", "bold green"))


def _exceptions(page: Page, trust: Trust, past: list[Overdue], today: date) -> None:
    """What holds and somebody should know of: past its day, remarkable, overridden, waived."""
    for one in past:
        page.prose(one.text, indent=2, lead=("past its day: ", "bold yellow"))
    for remark in remarks(trust):
        page.prose(f"{remark.text}. {remark.remedy} ({remark.place})", indent=2, lead=("remark: ", "bold yellow"))
    for school in trust.schools.values():
        for override in school.overrides:
            text = f"{override.path} = {override.value}: {override.reason}"
            page.prose(text, indent=2, lead=(f"{school.slug}  ", "dim"))
    for school in trust.schools.values():
        for waiver in school.waivers:
            days = count((waiver.expires - today).days, "day")
            text = f"waiver for {waiver.path}, {days} to run: {waiver.reason}, {waiver.owner}"
            page.prose(text, indent=2, lead=(f"{school.slug}  ", "dim"))


def _valid(trust: Trust, past: list[Overdue]) -> str:
    """What is said to machines of an inventory that is in order."""
    late = [{**cast("dict[str, object]", plain(one)), "text": one.text} for one in past]
    said = [{"text": one.text, "remedy": one.remedy, "place": str(one.place or "")} for one in remarks(trust)]
    numbers = {"schools": len(trust.schools), "switches": len(trust.switches()), **_counts(trust)}
    told = {"valid": True, "problems": [], "overdue": late, "remarks": said, "digest": trust.digest}
    return to_json({**told, **numbers})


def _checked(workspace: Workspace) -> Trust:
    """The trust, its passphrases looked at where a secrets file is named. Raises InventoryInvalid."""
    wrong = bad_passphrases(workspace.trust, workspace.secrets.get) if workspace.secrets_file else []
    if wrong:
        raise InventoryInvalid(wrong)
    return workspace.trust
