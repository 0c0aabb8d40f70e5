"""`trustctl platform identify`: what a device is, whether the inventory knows it or not."""

from __future__ import annotations

import time
from dataclasses import replace

import click

from trustctl.cli.devices import Reach, reached_devices
from trustctl.cli.help_page import VerbCommand
from trustctl.cli.options import json_option
from trustctl.cli.select import device_of
from trustctl.engines.network import fingerprint_of, recognise
from trustctl.engines.protocol import Endpoint, Target
from trustctl.errors import ExitCode, UsageError
from trustctl.platforms import identities
from trustctl.report.json import to_json
from trustctl.report.safe import safe_text

_PORTS = 65535


@click.command("identify", cls=VerbCommand)
@click.argument("device", metavar="DEVICE")
@click.option("--user", metavar="NAME", help="For a host that the inventory does not know: the user name.")
@click.option("--password", metavar="SECRET", help="The name of its password in the secret store.")
@click.option("--fingerprint", metavar="SHA256:...", help="Sign in only if the host key has this fingerprint.")
@reached_devices
@json_option
def identify(
    device: str, user: str | None, password: str | None, fingerprint: str | None, reach: Reach, as_json: bool
) -> ExitCode:
    """What DEVICE is: the name of a device of the inventory, or HOST or HOST:PORT with --user and --password.

    Signs in once and asks a question or two that change nothing. Ends with 3 if nobody can tell.
    """
    workspace = reach.workspace
    target = _target(reach, device, user, password)
    host_key = workspace.connector.host_key(target.endpoint, target.legacy)
    seen = fingerprint_of(host_key)
    if fingerprint is not None and fingerprint != seen:
        raise UsageError(f"the fingerprint is {seen}, not {fingerprint}", where=device, remedy="Nothing was sent.")
    began = time.monotonic()
    found = recognise(replace(target, host_key=target.host_key or host_key), identities(workspace.template_roots))
    seconds = time.monotonic() - began
    if as_json:
        answer = {"device": device, "platform": found.platform, "model": found.model, "why": found.why}
        click.echo(to_json({**answer, "fingerprint": seen, "seconds": round(seconds, 2)}))
    else:
        model = f", model {found.model}" if found.model else ""
        click.echo(safe_text(f"{device}: {found.platform or 'unknown'}{model}  ({found.why}; {seconds:.1f} s)"))
        click.echo(f"  {seen}")
    return ExitCode.DONE if found.platform else ExitCode.FAILED_UNCHANGED


def _target(reach: Reach, device: str, user: str | None, password: str | None) -> Target:
    """The device of the inventory, or the host with the login that was given. Raises UsageError."""
    workspace = reach.workspace
    if user is None and password is None:
        _, known = device_of(workspace.trust, device)
        return reach.dial().target(workspace, known)
    if user is None or password is None:
        raise UsageError("a host needs --user and --password", remedy="--password is the name of a secret")
    host, colon, port = device.rpartition(":")
    if colon and not (port.isdigit() and 0 < int(port) <= _PORTS):
        raise UsageError(f"'{port}' is not a port", remedy="write HOST or HOST:PORT")
    endpoint = Endpoint(host, int(port)) if colon else Endpoint(device)
    return Target(device, "", endpoint, user, workspace.secrets.get(password))
