"""`trustctl history`: the journal, read."""

from __future__ import annotations

from pathlib import Path

import click

from trustctl.cli.help_page import VerbCommand
from trustctl.cli.options import inventory_option, json_option
from trustctl.cli.screen import screen
from trustctl.cli.workspace import Workspace
from trustctl.errors import ExitCode, UsageError
from trustctl.model.run import Run
from trustctl.report.json import run_document, to_json
from trustctl.report.run import history_text, run_text


@click.command(cls=VerbCommand)
@click.argument("run", required=False)
@inventory_option
@json_option
def command(run: str | None, inventory: Path, as_json: bool) -> ExitCode:
    """The runs so far, newest first; with RUN, how each device of that run ended."""
    runs = Workspace(inventory).journal.runs()
    view = screen()
    chosen = [find(runs, run)] if run else list(runs)
    if as_json:
        click.echo(to_json([run_document(one) for one in chosen]))
    elif run:
        view.show(run_text(chosen[0], width=view.width, colour=view.colour))
    else:
        view.show(history_text(chosen, width=view.width, colour=view.colour))
    return ExitCode.DONE


def find(runs: tuple[Run, ...], wanted: str) -> Run:
    """The run of this id, or whose id alone starts so. Raises UsageError."""
    found = [one for one in runs if one.id == wanted] or [one for one in runs if one.id.startswith(wanted)]
    if len(found) == 1:
        return found[0]
    problem = f"more than one run starts with '{wanted}'" if found else f"there is no run '{wanted}'"
    raise UsageError(problem, remedy="`trustctl history` lists the runs")
