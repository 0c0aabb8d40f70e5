"""`trustctl doctor`: whether this machine is ready."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from trustctl.cli.doctor_secrets import Finding, store_findings
from trustctl.cli.doctor_windows import windows_findings
from trustctl.cli.help_page import VerbCommand
from trustctl.cli.options import inventory_option, json_option, secrets_option
from trustctl.cli.screen import screen
from trustctl.cli.workspace import Workspace
from trustctl.errors import ExitCode, TrustctlError
from trustctl.platforms import platform_names
from trustctl.report.json import plain, to_json
from trustctl.report.page import Page
from trustctl.report.words import count

_LEAST_FREE = 200 * 1024 * 1024
_OLDEST_PYTHON = (3, 11)


@click.command(cls=VerbCommand)
@inventory_option
@secrets_option
@json_option
def command(inventory: Path, secrets: Path | None, as_json: bool) -> ExitCode:
    """Look at Python, Git, the state folder, the platforms, the inventory, Ansible and the secret store."""
    workspace = Workspace(inventory, secrets)
    findings = tuple(look_over(workspace, secrets))
    bad = [one for one in findings if one.good is False]
    if as_json:
        click.echo(to_json({"ready": not bad, "findings": plain(findings)}))
        return ExitCode.ERROR if bad else ExitCode.DONE
    view = screen()
    page = Page(width=view.width, colour=view.colour)
    words = {True: ("good", "green"), False: ("bad", "bold red"), None: ("note", "yellow")}
    rows = [
        [words[one.good], (one.what, "bold"), (f"{one.text}{f'. {one.remedy}' if one.remedy else ''}", "")]
        for one in findings
    ]
    page.table(("", "", ""), rows, indent=0)
    page.blank()
    page.row((f"{count(len(bad), 'problem')}" if bad else "this machine is ready", "bold"))
    view.show(page.text())
    return ExitCode.ERROR if bad else ExitCode.DONE


def look_over(workspace: Workspace, secrets: Path | None) -> Iterator[Finding]:
    """What this machine, the repository and the secret store need, and whether they have it."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    yield Finding("python", sys.version_info[:2] >= _OLDEST_PYTHON, f"{version}, needs 3.11 or later")
    yield Finding("sqlite", sqlite3.sqlite_version_info >= (3, 22), f"{sqlite3.sqlite_version} (journal)")
    git = shutil.which("git")
    yield Finding("git", True if git else None, git or "not found", "" if git else "plans then name no commit")
    yield _state(workspace)
    yield _told("platforms", lambda: ", ".join(platform_names(workspace.template_roots)) or "none")
    if workspace.inventory.is_dir():
        yield _told("inventory", lambda: f"{count(len(workspace.trust.schools), 'school')}, valid")
        yield _told("pins", lambda: f"{len(workspace.pins)} of {len(workspace.trust.devices())} devices adopted")
    else:
        yield Finding("inventory", None, f"none at {workspace.inventory}", "trustctl init DIR starts one")
    yield from windows_findings(needed=_has_windows(workspace))
    yield from store_findings(workspace, secrets)


def _has_windows(workspace: Workspace) -> bool:
    """Whether the inventory has Windows hosts; one that cannot be read has been told of already."""
    try:
        return workspace.inventory.is_dir() and any(school.windows for school in workspace.trust.schools.values())
    except TrustctlError:
        return False


def _told(what: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(what, True, look())
    except TrustctlError as error:
        place = f" ({error.where})" if error.where else ""
        return Finding(what, False, f"{error.problem}{place}", error.remedy)


def _state(workspace: Workspace) -> Finding:
    folder = workspace.state if workspace.state.exists() else workspace.repository
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        return Finding("state folder", False, f"{folder} cannot be written", "nothing is changed without a journal")
    if workspace.state.exists() and workspace.state.stat().st_mode & 0o077:
        return Finding("state folder", False, f"{folder} is open to others", f"chmod 700 {folder}")
    free = shutil.disk_usage(folder).free
    return Finding("state folder", free >= _LEAST_FREE, f"{folder}, {free // 1024**2} MiB free")
