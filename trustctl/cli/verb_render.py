"""`trustctl render`: the intended configurations as files."""

from __future__ import annotations

from pathlib import Path

import click

from trustctl.cli.devices import which_devices
from trustctl.cli.help_page import VerbCommand
from trustctl.cli.options import inventory_option, json_option
from trustctl.cli.planning import rendered
from trustctl.cli.select import Which
from trustctl.cli.workspace import Workspace
from trustctl.errors import ExitCode, StorageError, TrustctlError
from trustctl.model.plan import Intended
from trustctl.report.json import to_json
from trustctl.report.safe import orders, safe_text
from trustctl.report.words import count


@click.command(cls=VerbCommand)
@which_devices
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write DIR/SCHOOL/DEVICE.cfg; without it the text is printed.",
)
@inventory_option
@json_option
def command(which: Which, out: Path | None, inventory: Path, as_json: bool) -> ExitCode:
    """The intended configurations of SCHOOLs. Secrets stay references."""
    workspace = Workspace(inventory)
    chosen = which.of(workspace.trust)
    results = rendered(workspace, chosen)
    texts: dict[str, Intended] = {}
    for name, result in results.items():
        if isinstance(result, TrustctlError):
            result.where = result.where or name
            raise result
        texts[name] = result
    files = {
        switch.name: _write(out / school.slug / f"{switch.name}.cfg", texts[switch.name].text)
        for school, switch in chosen
        if out is not None
    }
    if as_json:
        click.echo(to_json({name: files.get(name, intended.text) for name, intended in texts.items()}))
    elif out is not None:
        click.echo(f"{count(len(files), 'configuration')} in {out}/")
    else:
        for name, intended in texts.items():
            click.echo(f"! {name}")
            for line in intended.lines:
                click.echo(f"| {safe_text(line.text)}" if orders(line.text) else safe_text(line.text))
    return ExitCode.DONE


def _write(path: Path, text: str) -> str:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StorageError(f"the configuration cannot be written: {error.strerror}", where=str(path)) from error
    return str(path)
