"""`trustctl schema`: JSON Schemas for editors."""

from __future__ import annotations

from pathlib import Path

import click

from trustctl.cli.help_page import VerbCommand
from trustctl.cli.options import json_option
from trustctl.errors import ExitCode, StorageError, UsageError
from trustctl.inventory import schemas
from trustctl.report.json import to_json


@click.command(cls=VerbCommand)
@click.argument("name", required=False)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write one NAME.json per kind of file, as the files' first lines expect them (inventory/.schemas).",
)
@json_option
def command(name: str | None, out: Path | None, as_json: bool) -> ExitCode:
    """The JSON Schemas of the inventory's files; with NAME, one of them."""
    known = schemas()
    if name is not None and name not in known:
        raise UsageError(f"there is no schema '{name}'", remedy=f"there are: {', '.join(sorted(known))}")
    chosen = {key: value for key, value in known.items() if name in {None, key}}
    if out is not None:
        for key, value in chosen.items():
            _write(out / f"{key}.json", to_json(value))
    if as_json or (out is None and name is not None):
        click.echo(to_json(chosen if name is None else chosen[name]))
    elif out is not None:
        click.echo(f"{len(chosen)} schemas in {out}/")
    else:
        click.echo("\n".join(sorted(chosen)))
    return ExitCode.DONE


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise StorageError(f"the schema cannot be written: {error.strerror}", where=str(path)) from error
