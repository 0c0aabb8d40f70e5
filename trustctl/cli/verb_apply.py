"""`trustctl apply`: exactly the plan that was reviewed."""

from __future__ import annotations

from pathlib import Path

import click

from trustctl.apply.fleet import Halt
from trustctl.apply.run import apply_plan, check_applicable, may_write
from trustctl.cli.applying import attendance, check_versions, confirm_console, contexts, finishing_on_interrupt, fleet
from trustctl.cli.devices import Reach, reached_devices
from trustctl.cli.help_page import VerbCommand
from trustctl.cli.options import console_option, json_option, plan_argument, yes_option
from trustctl.cli.reviewed import reviewed
from trustctl.cli.screen import note, screen, tell
from trustctl.errors import ExitCode
from trustctl.model.plan import Action, Plan
from trustctl.model.run import Run
from trustctl.report.json import run_document, to_json
from trustctl.report.review import review
from trustctl.report.run import run_text
from trustctl.report.words import count, headline


@click.command(cls=VerbCommand)
@plan_argument
@click.option("--expect-digest", metavar="sha256:...", help="Apply only if this is the plan's digest (for a pipeline).")
@click.option("--parallel", type=click.IntRange(1, 50), default=4, show_default=True, help="Devices at once.")
@console_option
@yes_option
@reached_devices
@json_option
def command(
    plan_file: Path,
    expect_digest: str | None,
    parallel: int,
    yes: bool,
    at_console: tuple[str, ...],
    reach: Reach,
    as_json: bool,
) -> ExitCode:
    """Carry out PLAN, a file that `trustctl plan --out` wrote, under each device's own rollback timer.

    A device without such a timer is not sent what could cut us off, unless you write out its name: see
    --console-present. Refused if a device or the inventory moved since. Devices at stage observe are never written to.
    """
    workspace = reach.workspace
    plan = reviewed(workspace, plan_file)
    devices = check_applicable(plan, workspace.clock.now(), expected_digest=expect_digest)
    if not devices:
        reason, code = _nothing(plan)
        tell(to_json({"outcomes": [], "exit_code": int(code)}) if as_json else f"nothing to apply: {reason}")
        return code
    needing = [device.name for device in devices if device.needs_console]
    console = attendance(at_console, needing)
    ready = [device.name for device in devices if may_write(device, console)]
    note(headline(review(plan)))
    if not yes and ready:
        confirm_console(console)
        click.confirm(f"apply to {count(len(ready), 'device')}?", abort=True, err=True)
    way = reach.dial()
    halt = Halt()
    check_versions(workspace, plan)
    about = contexts(workspace, ready, way, plan.rotation)
    with finishing_on_interrupt(halt):
        tools = fleet(workspace, way, halt, parallel=parallel)
        run = apply_plan(plan, about.contexts, tools, workspace.secrets.get, console=console, lacking=about.refused)
    if as_json:
        tell(to_json(run_document(run)))
    else:
        _show(run, plan, reach)
    return run.exit_code


def _show(run: Run, plan: Plan, reach: Reach) -> None:
    """Say how each device ended, and what to type next."""
    view = screen()
    schools = sorted({device.school for device in plan.devices if device.applies})
    again = ("--rotate", plan.rotation.secret) if plan.rotation else ()
    following = reach.again("plan", *schools, *again) if run.exit_code is ExitCode.DONE else "trustctl history"
    view.show(run_text(run, width=view.width, colour=view.colour, next_command=following))


def _nothing(plan: Plan) -> tuple[str, ExitCode]:
    """Say why no device is written to. What could not be planned is not said to be as it shall be."""
    unknown = [one.name for one in plan.devices if one.action in {Action.REFUSED, Action.UNREACHABLE}]
    held = len(plan.changed)
    reasons = [f"{count(held, 'device')} at stage observe"] if held else []
    reasons += [f"could not be planned: {', '.join(unknown)}"] if unknown else []
    return "; ".join(reasons) or "no device differs", ExitCode.FAILED_UNCHANGED if unknown else ExitCode.DONE
