"""`trustctl adopt`: trust on first sight, once, with a person looking."""

from __future__ import annotations

import click

from trustctl.cli.devices import Reach, reached_devices, which_devices
from trustctl.cli.help_page import VerbCommand
from trustctl.cli.options import json_option, yes_option
from trustctl.cli.planning import trouble_of
from trustctl.cli.screen import Progress, note
from trustctl.cli.select import Which
from trustctl.cli.workspace import Workspace, error_json
from trustctl.engines.network import Adoption, Pin, adopt, save_pins
from trustctl.errors import ExitCode, TrustctlError
from trustctl.report.json import plain, to_json
from trustctl.report.safe import safe_text


@click.command(cls=VerbCommand)
@which_devices
@click.option("--fingerprint", metavar="SHA256:...", help="The fingerprint you know from the console (one device).")
@yes_option
@reached_devices
@json_option
def command(which: Which, fingerprint: str | None, yes: bool, reach: Reach, as_json: bool) -> ExitCode:
    """Show each device's host key fingerprint and serial number once, and pin them in the inventory (pins.yml).

    From then on a device that shows another key or serial number is refused.
    """
    workspace, way = reach.workspace, reach.dial()
    chosen = which.of(workspace.trust)
    found: dict[str, Adoption] = {}
    failed: dict[str, TrustctlError] = {}
    with Progress("looking", len(chosen)) as progress:
        for _, switch in chosen:
            try:
                target = way.target(workspace, switch)
                found[switch.name] = adopt(target, workspace.connector, approve_key=fingerprint)
            except TrustctlError as error:
                failed[switch.name] = error
            progress.step(switch.name)
    pins = {name: one.pin(workspace.today) for name, one in found.items() if _approved(workspace, name, one, yes=yes)}
    save_pins(workspace.pins_file, {**workspace.pins, **pins})
    for name, reason in failed.items():
        note(f"{name}: {reason.problem}. {reason.remedy}")
    if as_json:
        errors = {name: error_json(reason) for name, reason in failed.items()}
        click.echo(to_json({"pinned": plain(pins), "failed": errors}))
    else:
        click.echo(f"{len(pins)} pinned in {workspace.relative(workspace.pins_file)}; commit it")
    return trouble_of(failed, len(chosen))


def _approved(workspace: Workspace, name: str, seen: Adoption, *, yes: bool) -> bool:
    """Show one device and ask. A pin that is the same needs no question; one that differs is said so loudly."""
    old: Pin | None = workspace.pins.get(name)
    if old is not None and (old.host_key, old.serial) == (seen.host_key, seen.identity.serial):
        return True
    model = f"{seen.identity.model}, serial {seen.identity.serial}, {seen.identity.version}"
    click.echo(safe_text(f"{name}: {model}"), err=True)
    click.echo(safe_text(f"  {seen.fingerprint}"), err=True)
    for warning in seen.warnings:
        click.echo(safe_text(f"  warning: {warning}"), err=True)
    if old is not None:
        click.echo(f"  THIS REPLACES A PIN of {old.adopted}: {old.fingerprint}, serial {old.serial}", err=True)
    return yes or click.confirm("  pin it?", err=True)
