"""`trustctl apply`: exactly the plan that was reviewed."""

from __future__ import annotations

from pathlib import Path

import click

from trustctl.apply.fleet import Halt
from trustctl.apply.run import apply_plan, check_applicable
from trustctl.cli.applying import contexts, finishing_on_interrupt, fleet
from trustctl.cli.devices import Reach, reached_devices
from trustctl.cli.help_page import VerbCommand
from trustctl.cli.options import json_option, plan_argument, yes_option
from trustctl.cli.screen import note, screen, tell
from trustctl.errors import ExitCode
from trustctl.plan.files import load
from trustctl.report.json import run_document, to_json
from trustctl.report.review import review
from trustctl.report.run import run_text
from trustctl.report.words import count, headline


@click.command(cls=VerbCommand)
@plan_argument
@click.option("--expect-digest", metavar="sha256:...", help="Apply only if this is the plan's digest (for a pipeline).")
@click.option("--parallel", type=click.IntRange(1, 50), default=4, show_default=True, help="Devices at once.")
@yes_option
@reached_devices
@json_option
def command(
    plan_file: Path,
    expect_digest: str | None,
    parallel: int,
    yes: bool,
    reach: Reach,
    as_json: bool,
) -> ExitCode:
    """Carry out PLAN, a file that `trustctl plan --out` wrote, under each device's own rollback timer.

    Refused if a device or the inventory moved since. Devices at stage observe are never written to.
    """
    workspace = reach.workspace
    plan = load(plan_file)
    devices = check_applicable(plan, workspace.clock.now(), expected_digest=expect_digest)
    if not devices:
        held = len(plan.changed)
        reason = f"{count(held, 'device')} at stage observe" if held else "no device differs"
        tell(to_json({"outcomes": [], "exit_code": 0}) if as_json else f"nothing to apply: {reason}")
        return ExitCode.DONE
    note(headline(review(plan)))
    if not yes:
        click.confirm(f"apply to {count(len(devices), 'device')}?", abort=True, err=True)
    way = reach.dial()
    halt = Halt()
    about = contexts(workspace, [device.name for device in devices], way)
    with finishing_on_interrupt(halt):
        run = apply_plan(plan, about, fleet(workspace, way, halt, parallel=parallel), workspace.secrets.get)
    view = screen()
    if as_json:
        tell(to_json(run_document(run)))
    else:
        schools = sorted({device.school for device in devices})
        following = reach.again("plan", *schools) if run.exit_code is ExitCode.DONE else "trustctl history"
        view.show(run_text(run, width=view.width, colour=view.colour, next_command=following))
    return run.exit_code
