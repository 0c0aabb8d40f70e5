"""`trustctl lab`: the simulated estate."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import rich_click as click

from trustctl.cli.dialling import LAB_FILE, ContactFile, contacts
from trustctl.cli.lab_host import ask, boots
from trustctl.cli.options import inventory_option, json_option, schools_argument, secrets_option
from trustctl.cli.screen import Progress, screen
from trustctl.cli.workspace import Workspace
from trustctl.errors import ExitCode, UsageError
from trustctl.lab.faults import FaultKind
from trustctl.report.page import Page

_START_SECONDS = 120.0
_LOG = "lab.log"


@click.group()
def command() -> None:
    """The simulated estate on loopback: real SSH, real device behaviour, faults on demand.

    `trustctl lab up` boots a switch for every device that has a captured configuration. Then every verb that dials
    takes --lab.
    """


@command.command()
@schools_argument
@inventory_option
@secrets_option
@click.option(
    "--minute", default=60.0, show_default=True, metavar="SECONDS", help="How long a minute of a timer lasts."
)
@json_option
def up(schools: tuple[str, ...], inventory: Path, secrets: Path | None, minute: float, as_json: bool) -> ExitCode:
    """Start the lab in the background."""
    workspace = Workspace(inventory, secrets)
    path = workspace.state / LAB_FILE
    if _running(path):
        raise UsageError("the lab is up already", where=str(path), remedy="trustctl lab status, or trustctl lab down")
    total = len(boots(workspace, schools))
    workspace.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    words = [str(inventory.absolute()), str(secrets.absolute()) if secrets else "-", str(minute), *schools]
    with (workspace.state / _LOG).open("wb") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "trustctl.cli.lab_host", *words],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    _wait(child, path, workspace.state / _LOG, total)
    return _print_status(path, as_json=as_json)


def _wait(child: subprocess.Popen[bytes], path: Path, log: Path, total: int) -> None:
    deadline = time.monotonic() + _START_SECONDS
    with Progress("starting switches", total):
        while not path.exists():
            if child.poll() is not None:
                said = log.read_text(encoding="utf-8", errors="replace").strip()
                raise UsageError(f"the lab did not start\n{said}", where=str(log))
            if time.monotonic() > deadline:
                child.terminate()
                raise UsageError("the lab did not start in time", where=str(log))
            time.sleep(0.1)


def _running(path: Path) -> bool:
    if not path.exists():
        return False
    try:
        ask(_socket(contacts(path)), {"do": "status"})
    except UsageError:
        path.unlink(missing_ok=True)
        return False
    return True


def _socket(listing: ContactFile) -> Path:
    if listing.socket is None:
        raise UsageError("this is not the file of a running lab", remedy="start it: trustctl lab up")
    return Path(listing.socket)


@command.command()
@inventory_option
@json_option
def status(inventory: Path, as_json: bool) -> ExitCode:
    """Where each switch answers, and who is signed in."""
    return _print_status(Workspace(inventory).state / LAB_FILE, as_json=as_json)


def _print_status(path: Path, *, as_json: bool) -> ExitCode:
    listing = contacts(path)
    answer = ask(_socket(listing), {"do": "status"})
    states = cast("Mapping[str, Mapping[str, object]]", answer["devices"])
    if as_json:
        devices = {name: {**one.model_dump(), **states[name]} for name, one in listing.devices.items()}
        click.echo(json.dumps({"pid": listing.pid, "minute_seconds": listing.minute_seconds, "devices": devices}))
        return ExitCode.DONE
    view = screen()
    page = Page(width=view.width, colour=view.colour)
    page.heading(f"{len(listing.devices)} switches on loopback", f"a minute lasts {listing.minute_seconds:g} s")
    rows = [
        [(name, ""), (f"{one.host}:{one.port}", ""), (str(one.serial), "dim"), (str(states[name]["sessions"]), "")]
        for name, one in sorted(listing.devices.items())
    ]
    page.table(("device", "ssh", "serial", "sessions"), rows)
    page.blank()
    page.row(("next ", "bold"), ("trustctl plan --all --lab", ""))
    view.show(page.text())
    return ExitCode.DONE


@command.command("break")
@click.argument("device")
@click.argument("fault")
@inventory_option
@json_option
def break_(device: str, fault: str, inventory: Path, as_json: bool) -> ExitCode:
    """Put a FAULT in force on a DEVICE: `refuse`, `latency=0.5`, `locked=fred`; `heal` takes all away."""
    order = {"do": "heal", "device": device} if fault == "heal" else {"do": "break", "device": device, "fault": fault}
    ask(_socket(contacts(Workspace(inventory).state / LAB_FILE)), order)
    known = ", ".join(kind.value for kind in FaultKind)
    click.echo(json.dumps(order) if as_json else f"{device}: {fault} (faults: {known})")
    return ExitCode.DONE


@command.command()
@inventory_option
@json_option
def down(inventory: Path, as_json: bool) -> ExitCode:
    """Stop the lab. Its switches forget everything."""
    path = Workspace(inventory).state / LAB_FILE
    ask(_socket(contacts(path)), {"do": "stop"})
    deadline = time.monotonic() + _START_SECONDS
    while path.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    click.echo(json.dumps({"up": False}) if as_json else "the lab is down")
    return ExitCode.DONE
