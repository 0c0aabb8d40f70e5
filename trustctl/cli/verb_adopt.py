"""`trustctl adopt`: trust on first sight, once, with a person looking."""

from __future__ import annotations

from collections.abc import Mapping

import click

from trustctl.cli.devices import Reach, reached_devices, which_devices
from trustctl.cli.help_page import VerbCommand
from trustctl.cli.options import json_option, yes_option
from trustctl.cli.planning import rendered, trouble_of
from trustctl.cli.screen import Progress, note
from trustctl.cli.select import Which
from trustctl.cli.workspace import Workspace, error_json
from trustctl.engines.network import Adoption, Expected, Pin, adopt, save_pins
from trustctl.engines.protocol import Target
from trustctl.errors import ExitCode, HostKeyError, TrustctlError
from trustctl.model.school import School
from trustctl.model.windows import WindowsHost
from trustctl.platforms import identities
from trustctl.report.json import plain, to_json
from trustctl.report.safe import safe_text


@click.command(cls=VerbCommand)
@which_devices
@click.option("--fingerprint", metavar="SHA256:...", help="The fingerprint you know from the console (one device).")
@click.option("--rekey", is_flag=True, help="Replace the pin of a device that shows another key or serial number.")
@yes_option
@reached_devices
@json_option
def command(which: Which, fingerprint: str | None, rekey: bool, yes: bool, reach: Reach, as_json: bool) -> ExitCode:
    """Show each device's host key fingerprint and serial number once, and pin them in the inventory (pins.yml).

    From then on a device that shows another key or serial number is refused, here too without --rekey. A device of
    another platform or model than the inventory says is not pinned.
    """
    workspace, way = reach.workspace, reach.dial()
    chosen = which.of(workspace.trust)
    known = identities(workspace.template_roots)
    found: dict[str, Adoption] = {}
    failed: dict[str, TrustctlError] = {}
    with Progress("looking", len(chosen)) as progress:
        for school, switch in chosen:
            try:
                target = way.target(workspace, switch)
                if isinstance(switch, WindowsHost):
                    seen = _windows(workspace, school, switch, target, fingerprint)
                else:
                    expected = Expected(known, switch.model)
                    seen = adopt(target, workspace.connector, approve_key=fingerprint, expected=expected)
                _check_pin(workspace.pins.get(switch.name), seen, school.slug, rekey=rekey)
                found[switch.name] = seen
            except TrustctlError as error:
                failed[switch.name] = error
            progress.step(switch.name)
    pins = {name: one.pin(workspace.today) for name, one in found.items() if _approved(workspace, name, one, yes=yes)}
    if pins:
        save_pins(workspace.pins_file, {**workspace.pins, **pins})
    for names, sentence in _alike(failed):
        note(f"{', '.join(names)}: {sentence}")
    if as_json:
        errors = {name: error_json(reason) for name, reason in failed.items()}
        click.echo(to_json({"pinned": plain(pins), "failed": errors}))
    else:
        commit = "; commit it" if pins else ""
        click.echo(f"{len(pins)} pinned in {workspace.relative(workspace.pins_file)}{commit}")
    return trouble_of(failed, len(chosen))


def _windows(workspace: Workspace, school: School, host: WindowsHost, target: Target, known: str | None) -> Adoption:
    """Look at a Windows host. Raises DeviceError, RenderError."""
    from trustctl.engines.windows.adopt import adopt_windows  # noqa: PLC0415 - no switch waits for its imports

    meant = rendered(workspace, ((school, host),))[host.name]
    if isinstance(meant, TrustctlError):
        raise meant
    return adopt_windows(target, workspace.connector.windows, host.model, known)


def _alike(failed: Mapping[str, TrustctlError]) -> list[tuple[list[str], str]]:
    """What went wrong, each sentence once with the devices that it is about."""
    told: dict[str, list[str]] = {}
    for name, reason in failed.items():
        place = f" ({reason.where})" if reason.where not in {"", name} else ""
        told.setdefault(f"{reason.problem}{place}. {reason.remedy}", []).append(name)
    return [(names, sentence) for sentence, names in told.items()]


def _check_pin(old: Pin | None, seen: Adoption, school: str, *, rekey: bool) -> None:
    """Refuse a device that is not the pinned one, whoever says yes to everything. Raises HostKeyError."""
    if old is None or rekey or (old.host_key, old.serial) == (seen.host_key, seen.identity.serial):
        return
    raise HostKeyError(
        f"it is pinned as {old.fingerprint}, serial {old.serial}, and shows {seen.fingerprint}, serial "
        f"{seen.identity.serial}",
        where=seen.device,
        remedy=f"Find out why on another path, then: trustctl adopt {school} --limit {seen.device} --rekey",
    )


def _approved(workspace: Workspace, name: str, seen: Adoption, *, yes: bool) -> bool:
    """Show one device and ask. A pin that is the same needs no question; one that differs is said so loudly."""
    old: Pin | None = workspace.pins.get(name)
    if old is not None and (old.host_key, old.serial) == (seen.host_key, seen.identity.serial):
        return True
    click.echo(safe_text(f"{name}: {seen.identity.model}, serial {seen.identity.serial}"), err=True)
    click.echo(safe_text(f"  {seen.identity.version}"), err=True)
    click.echo(safe_text(f"  {seen.fingerprint}"), err=True)
    for warning in seen.warnings:
        click.echo(safe_text(f"  warning: {warning}"), err=True)
    if old is not None:
        click.echo(f"  THIS REPLACES A PIN of {old.adopted}: {old.fingerprint}, serial {old.serial}", err=True)
    return yes or click.confirm("  pin it?", err=True)
