"""`trustctl platform`: what trustctl knows of device families."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import cast

import click
from rich_click import RichGroup

from trustctl.cli.help_page import VerbCommand
from trustctl.cli.options import inventory_option, json_option
from trustctl.cli.platform_ansible import ansible
from trustctl.cli.platform_cases import run_cases
from trustctl.cli.platform_identify import identify
from trustctl.cli.screen import screen
from trustctl.cli.systems import systems
from trustctl.cli.workspace import Workspace
from trustctl.config.check import FileCheck, check_file
from trustctl.config.syntax import UNTOLD, Wholeness
from trustctl.errors import ExitCode, UsageError
from trustctl.inventory.windows_system_file import windows_kinds
from trustctl.lab.makes import known
from trustctl.platforms.support import support
from trustctl.report.json import plain, to_json
from trustctl.report.page import Page
from trustctl.report.support import HEADINGS, cells
from trustctl.report.systems import HEADINGS as SYSTEMS
from trustctl.report.systems import cells as system_cells
from trustctl.report.systems import left_out
from trustctl.report.windows_systems import HEADINGS as WINDOWS
from trustctl.report.windows_systems import cells as windows_cells
from trustctl.report.words import count

_LARGEST = 8 * 1024 * 1024


@click.group(cls=RichGroup)
def command() -> None:
    """The platforms: list them, tell which one a device is, check configurations, test a platform's own cases."""


command.add_command(identify)
command.add_command(ansible)


@command.command("list", cls=VerbCommand)
@inventory_option
@json_option
def list_(inventory: Path, as_json: bool) -> ExitCode:
    """What trustctl can do on each platform, yours and those that came with it, and how well that is proved."""
    workspace = Workspace(inventory)
    rows = support(workspace.template_roots, known())
    if as_json:
        click.echo(
            to_json(
                {
                    "platforms": [{**cast("dict[str, object]", plain(row)), "folder": str(row.folder)} for row in rows],
                    "systems": [plain(row) for row in systems(workspace.template_roots)],
                    "windows_systems": [plain(row) for row in windows_kinds(workspace.template_roots).systems.values()],
                }
            )
        )
        return ExitCode.DONE
    view = screen()
    page = Page(width=view.width, colour=view.colour)
    page.table(HEADINGS, [[(cell, "bold" if n == 0 else "") for n, cell in enumerate(cells(row))] for row in rows])
    for row in rows:
        page.row((f"{row.name}  ", "bold"), (row.title or "not driven yet", ""))
        page.prose(workspace.relative(row.folder), indent=2, style="dim")
    page.heading("Linux servers", "by the system that they run")
    hosts = systems(workspace.template_roots)
    page.table(
        SYSTEMS, [[(cell, "bold" if n == 0 else "") for n, cell in enumerate(system_cells(row))] for row in hosts]
    )
    for names, words in left_out(hosts):
        page.prose(f"left out: {words}", indent=2, lead=(f"{names}  ", "bold"))
    page.heading("Windows servers and Hyper-V hosts", "by the system that they run")
    windows = windows_kinds(workspace.template_roots).systems.values()
    page.table(
        WINDOWS, [[(cell, "bold" if n == 0 else "") for n, cell in enumerate(windows_cells(row))] for row in windows]
    )
    view.show(page.text())
    return ExitCode.DONE


@command.command(cls=VerbCommand)
@click.argument("name")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False, exists=True))
@inventory_option
@json_option
def check(name: str, files: tuple[Path, ...], inventory: Path, as_json: bool) -> ExitCode:
    """Whether trustctl understands these configurations of platform NAME.

    A file holds if it comes back from its tree without loss, equals itself, and equals itself after harmless rewrites
    (re-ordered VLAN lists, wrapped lines, defaults written out).
    """
    workspace = Workspace(inventory)
    rulebook = workspace.platform(name).rulebook
    texts = {str(path): _read(path) for path in files}
    results = {path: check_file(text, rulebook, where=path) for path, text in texts.items()}
    failed = sum(not result.understood for result in results.values())
    if as_json:
        listing = [{"file": path, "holds": one.understood, **_plain(one)} for path, one in results.items()]
        click.echo(to_json({"platform": name, "files": len(results), "failed": failed, "results": listing}))
    else:
        view = screen()
        strange = {path for path, one in results.items() if _mostly_unknown(one, texts[path])}
        view.show(_check_text(results, strange, view.width, colour=view.colour))
    return ExitCode.FAILED_UNCHANGED if failed else ExitCode.DONE


def _plain(one: FileCheck) -> dict[str, object]:
    found = cast("dict[str, object]", plain(one))
    return dict(found)


def _mostly_unknown(one: FileCheck, text: str) -> bool:
    """Whether no rule knows most of the lines: then it is rather a configuration of another platform."""
    return 2 * len(one.unknown) > sum(bool(line.strip()) for line in text.splitlines())


def _check_text(results: dict[str, FileCheck], strange: Collection[str], width: int, *, colour: bool) -> str:
    page = Page(width=width, colour=colour)
    for path, one in results.items():
        page.row(("holds  " if one.understood else "FAILS  ", "green" if one.understood else "bold red"), (path, ""))
        for line in _why(one):
            page.prose(line, indent=7)
        if one.whole is Wholeness.UNTOLD:
            page.prose(UNTOLD, indent=7, style="yellow")
        if path in strange:
            page.prose("most of its lines are not known: is it of another platform?", indent=7, style="yellow")
        if one.unknown:
            page.prose(f"{count(len(one.unknown), 'line')} not known, shown and left alone:", indent=7, style="dim")
            for number, line in one.unknown[:10]:
                page.native(line, indent=9, mark=f"{number:>4}  ", style="dim")
    failed = sum(not one.understood for one in results.values())
    page.blank()
    page.row((f"{count(len(results), 'file')}, {failed} failed", "bold"))
    return page.text()


def _why(one: FileCheck) -> list[str]:
    if one.refused:
        return [f"refused at {one.where}: {one.refused}"]
    reasons = [] if one.lossless else ["does not come back from its tree"]
    reasons += [] if one.self_equal else ["does not equal itself"]
    return [*reasons, *(f"{each.name}: {line}" for each in one.rewrites for line in each.differences[:5])]


def _read(path: Path) -> str:
    if path.stat().st_size > _LARGEST:
        raise UsageError("the file is too large for a configuration", where=str(path))
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


@command.command(cls=VerbCommand)
@click.argument("name")
@inventory_option
@json_option
def test(name: str, inventory: Path, as_json: bool) -> ExitCode:
    """Run the cases of platform NAME: its folder's cases/ with running, intended, change and undo."""
    workspace = Workspace(inventory)
    results = run_cases(workspace.platform(name))
    failed = [one for one in results if one.problems]
    if as_json:
        click.echo(to_json({"platform": name, "cases": [plain(one) for one in results], "failed": len(failed)}))
    else:
        view = screen()
        page = Page(width=view.width, colour=view.colour)
        for one in results:
            page.row(
                ("FAILS  " if one.problems else "holds  ", "bold red" if one.problems else "green"), (one.name, "")
            )
            for line in one.problems:
                page.native(line, indent=9)
        page.blank()
        page.row((f"{count(len(results), 'case')}, {len(failed)} failed", "bold"))
        view.show(page.text())
    return ExitCode.FAILED_UNCHANGED if failed else ExitCode.DONE
