"""`trustctl rollback`: undo one run, under the same law that made it."""

from __future__ import annotations

import click

from trustctl.apply.fleet import Halt
from trustctl.apply.hosts import HostContext, described_then
from trustctl.apply.run import Contexts
from trustctl.apply.undo import Restore, commands_of, needs_console, restores, rollback_run, stays_of
from trustctl.cli.applying import attendance, confirm_console, contexts, finishing_on_interrupt, fleet
from trustctl.cli.devices import Reach, reached_devices
from trustctl.cli.help_page import VerbCommand
from trustctl.cli.options import console_option, json_option, yes_option
from trustctl.cli.screen import screen, tell
from trustctl.cli.select import device_of
from trustctl.cli.verb_history import find
from trustctl.errors import ExitCode, RenderError
from trustctl.model.console import Console
from trustctl.report.json import run_document, to_json
from trustctl.report.page import Page
from trustctl.report.run import run_text
from trustctl.report.words import count


@click.command(cls=VerbCommand)
@click.argument("run", metavar="RUN")
@click.option("--parallel", type=click.IntRange(1, 50), default=4, show_default=True, help="Devices at once.")
@console_option
@yes_option
@reached_devices
@json_option
def command(run: str, parallel: int, at_console: tuple[str, ...], yes: bool, reach: Reach, as_json: bool) -> ExitCode:
    """Bring the devices that RUN changed back to the configuration that they had before it.

    A device that has moved since is refused, with the lines. What is sent comes from the journal's own backups.
    """
    workspace = reach.workspace
    wanted = find(workspace.journal.runs(), run).id
    parts = restores(workspace.journal, workspace.backups, wanted)
    way = reach.dial()
    known = contexts(workspace, [part.device for part in parts], way)
    about = known.contexts
    ready = tuple(part for part in parts if part.device in about)
    for part in ready:
        context = about[part.device]
        if isinstance(context, HostContext):
            workspace.wants[part.device] = tuple(described_then(part.earlier, context, part.device).values())
    console = attendance(at_console, [part.device for part in ready if needs_console(part, about[part.device])])
    if not yes:
        sent = _show(ready, about, console)
        confirm_console(console)
        if sent:
            click.confirm(f"send these lines to {count(sent, 'device')}?", abort=True, err=True)
    schools = {device_of(workspace.trust, part.device)[0].slug for part in parts}
    halt = Halt()
    with finishing_on_interrupt(halt):
        tools = fleet(workspace, way, halt, parallel=parallel)
        done = rollback_run(wanted, parts, about, sorted(schools), tools, console=console, lacking=known.refused)
    view = screen()
    if as_json:
        tell(to_json(run_document(done)))
    else:
        view.show(run_text(done, width=view.width, colour=view.colour, next_command="trustctl history"))
    return done.exit_code


def _staying(stays: tuple[str, ...]) -> tuple[str, ...]:
    return ("What stays, and why:", *stays) if stays else ()


def _show(parts: tuple[Restore, ...], about: Contexts, console: Console) -> int:
    """What would be sent, on stderr beside the question; to how many devices."""
    sent = 0
    page = Page(width=screen().width, colour=False)
    for part in parts:
        try:
            commands = commands_of(part, about[part.device])
        except RenderError as error:
            page.heading(part.device, "will be refused")
            page.prose(f"{error.problem}: {error.where}", indent=4)
            continue
        alone = needs_console(part, about[part.device]) and not console.witness(part.device)
        page.heading(part.device, "will be refused" if alone else count(len(commands), "line"))
        if alone:
            page.prose(console.refused(part.device, "rollback").detail, indent=4)
            continue
        sent += bool(commands)
        for line in commands:
            page.native(line, indent=4)
        for line in _staying(stays_of(part, about[part.device])):
            page.prose(line.strip(), indent=4 + len(line) - len(line.lstrip()))
    click.echo(page.text(), err=True, nl=False)
    return sent
