"""`trustctl doctor`: whether this machine is ready."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from trustctl.cli.help_page import VerbCommand
from trustctl.cli.options import inventory_option, json_option, secrets_option
from trustctl.cli.screen import screen
from trustctl.cli.workspace import Workspace
from trustctl.errors import ExitCode, TrustctlError
from trustctl.model.school import Trust
from trustctl.model.secret import names_in
from trustctl.platforms import platform_names
from trustctl.report.json import plain, to_json
from trustctl.report.page import Page
from trustctl.report.words import count
from trustctl.secrets import FileSecrets

_LEAST_FREE = 200 * 1024 * 1024
_OLDEST_PYTHON = (3, 11)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `good` is None where it could not be told or does not matter yet."""

    what: str
    good: bool | None
    text: str
    remedy: str = ""


@click.command(cls=VerbCommand)
@inventory_option
@secrets_option
@json_option
def command(inventory: Path, secrets: Path | None, as_json: bool) -> ExitCode:
    """Look at Python, Git, the state folder, the platforms, the inventory and the secrets file."""
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
    if secrets is None:
        yield Finding("secrets", None, "no secrets file named", "--secrets FILE or TRUSTCTL_SECRETS")
    else:
        yield _secrets(workspace, secrets)


def _secrets(workspace: Workspace, path: Path) -> Finding:
    """Whether the store has every secret that the inventory names; names only."""
    try:
        held = FileSecrets(path).names()
        needed = _needed(workspace.trust) if workspace.inventory.is_dir() else frozenset[str]()
    except TrustctlError as error:
        return Finding(
            "secrets", False, f"{error.problem} ({error.where})" if error.where else error.problem, error.remedy
        )
    missing = sorted(needed.difference(held))
    text = f"{count(len(held), 'name')} in {path}; the inventory needs {len(needed)}"
    if not missing:
        return Finding("secrets", True, text)
    return Finding(
        "secrets", False, f"{text}, missing: {', '.join(missing)}", "add them, or runs that need them are refused"
    )


def _needed(trust: Trust) -> frozenset[str]:
    """The secrets that the inventory refers to, and those that we sign in with."""
    logins = (device.login for device in trust.devices())
    names = {name for login in logins for name in (login.password, login.enable) if name}
    return names_in(trust) | names


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
