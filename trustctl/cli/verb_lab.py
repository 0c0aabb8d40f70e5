"""`trustctl lab`: the simulated estate."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

import click
from rich_click import RichGroup

from trustctl.cli.dialling import LAB_CONTACTS, contacts
from trustctl.cli.help_page import VerbCommand
from trustctl.cli.lab_files import folder_of, lab_secrets, write_contacts, write_definition
from trustctl.cli.lab_hosts import USUAL, build_hosts, prune_hosts
from trustctl.cli.lab_windows import known_as
from trustctl.cli.options import inventory_option, json_option, schools_argument, secrets_option
from trustctl.cli.screen import screen
from trustctl.cli.workspace import Workspace
from trustctl.errors import ExitCode, TrustctlError
from trustctl.lab import state
from trustctl.lab.faults import FaultKind
from trustctl.report.page import Page
from trustctl.report.words import count


@click.group(cls=RichGroup)
def command() -> None:
    """The simulated estate on loopback: real SSH, real device behaviour, faults on demand.

    `trustctl lab up` boots a twin of every device that has a captured configuration, a real Linux system for every
    Linux server, where this machine can run one, and a model of every Windows host as it is delivered. Then every verb
    that dials takes --lab.
    """


@command.command(cls=VerbCommand)
@schools_argument
@inventory_option
@secrets_option
@click.option(
    "--minute", default=60.0, show_default=True, metavar="SECONDS", help="How long a minute of a timer lasts."
)
@click.option("--for", "lifetime", type=float, metavar="SECONDS", help="End by itself after so long.")
@json_option
def up(
    schools: tuple[str, ...],
    inventory: Path,
    secrets: Path | None,
    minute: float,
    lifetime: float | None,
    as_json: bool,
) -> ExitCode:
    """Start the lab in the background: all schools, or those named."""
    workspace = Workspace(inventory, secrets)
    lab_secrets(workspace)
    definition, specs = write_definition(workspace, schools, minute)
    ends = state.start_detached(folder_of(workspace), definition, started=workspace.clock.now(), lifetime=lifetime)
    try:
        write_contacts(workspace, specs, ends, minute, schools)
    except TrustctlError:
        state.stop(folder_of(workspace))
        raise
    return _show_status(workspace, as_json=as_json, schools=schools or ("--all",))


@command.command(cls=VerbCommand)
@click.argument("systems", nargs=-1, metavar="[SYSTEM]...")
def build(systems: tuple[str, ...]) -> ExitCode:
    """Make what Linux hosts boot from, once: a base system and a package archive, from this machine's own sources.

    SYSTEM is debian-12 (taken if none is named) or another that the lab knows. It takes some minutes, as root. What
    older recipes made is removed afterwards.
    """
    for where in build_hosts(systems or (USUAL,)):
        click.echo(str(where))
    for line in prune_hosts():
        click.echo(line)
    return ExitCode.DONE


@command.command(cls=VerbCommand)
@inventory_option
@json_option
def status(inventory: Path, as_json: bool) -> ExitCode:
    """Where each device answers, and what it is doing."""
    return _show_status(Workspace(inventory), as_json=as_json)


def _show_status(workspace: Workspace, *, as_json: bool, schools: Sequence[str] = ("SCHOOL",)) -> ExitCode:
    folder = folder_of(workspace)
    answer = state.status(folder)
    listing = contacts(folder / LAB_CONTACTS)
    told = cast("Mapping[str, Mapping[str, object]]", answer["devices"])
    states = {name: told[known_as(name, told)] for name in listing.devices}
    if as_json:
        devices = {name: {**one.model_dump(), **states[name]} for name, one in listing.devices.items()}
        click.echo(json.dumps({"minute_seconds": listing.minute_seconds, "devices": devices}, default=str))
        return ExitCode.DONE
    view = screen()
    page = Page(width=view.width, colour=view.colour)
    page.heading(f"{count(len(listing.devices), 'device')} on loopback", f"a minute lasts {listing.minute_seconds:g} s")
    rows = [
        [
            (name, ""),
            (f"{one.host}:{one.port}", ""),
            (str(one.serial), "dim"),
            ("yes" if states[name]["reachable"] else "no", "" if states[name]["reachable"] else "red"),
            (_remarks(states[name]), "yellow"),
        ]
        for name, one in sorted(listing.devices.items())
    ]
    page.table(("device", "reached at", "serial", "reachable", ""), rows)
    page.blank()
    page.row(("next ", "bold"), (f"trustctl plan {' '.join(schools)} --lab", ""))
    view.show(page.text())
    return ExitCode.DONE


def _remarks(switch: Mapping[str, object]) -> str:
    words = [str(switch["why"])] if switch.get("why") else []
    words += [
        f"{name}: {switch[name]}" for name in ("timer", "reload", "restart", "faults", "bugs") if switch.get(name)
    ]
    return "; ".join(words)


@command.command("break", cls=VerbCommand)
@click.argument("device")
@click.argument("fault")
@inventory_option
@json_option
def break_(device: str, fault: str, inventory: Path, as_json: bool) -> ExitCode:
    """Put a FAULT in force on a DEVICE: `refuse`, `latency=0.5`, `locked=fred`; `heal` takes all away."""
    folder = folder_of(Workspace(inventory))
    there = known_as(device, state.endpoints(folder))
    if fault == "heal":
        state.send_heal(folder, there)
    else:
        state.send_break(folder, there, fault)
    known = ", ".join(kind.value for kind in FaultKind)
    click.echo(json.dumps({"device": device, "fault": fault}) if as_json else f"{device}: {fault}\nfaults: {known}")
    return ExitCode.DONE


@command.command(cls=VerbCommand)
@inventory_option
@json_option
def down(inventory: Path, as_json: bool) -> ExitCode:
    """Stop the lab. Its devices forget everything."""
    folder = folder_of(Workspace(inventory))
    state.stop(folder)
    (folder / LAB_CONTACTS).unlink(missing_ok=True)
    click.echo(json.dumps({"up": False}) if as_json else "the lab is down")
    return ExitCode.DONE
