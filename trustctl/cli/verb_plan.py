"""`trustctl plan`: the dry run."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import cast

import click
from click.core import ParameterSource

from trustctl.cli.devices import Reach, reached_devices, which_devices
from trustctl.cli.help_page import VerbCommand
from trustctl.cli.options import json_option, only_option
from trustctl.cli.planning import Made, make
from trustctl.cli.rotating import Asked
from trustctl.cli.rotating import rotate as next_step_of
from trustctl.cli.screen import note, screen
from trustctl.cli.select import Which
from trustctl.cli.workspace import Workspace
from trustctl.errors import ExitCode, UsageError
from trustctl.model.plan import Plan
from trustctl.plan.files import read, save
from trustctl.report.json import plan_json
from trustctl.report.view import TextOptions, View


@click.command(cls=VerbCommand)
@which_devices
@click.option(
    "--against",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar="DIR",
    help="Compare with captured configurations (DEVICE.cfg) instead of the devices.",
)
@click.option("--captured", is_flag=True, help="Compare with the captured files that the inventory names.")
@only_option
@click.option(
    "--rotate",
    metavar="SECRET",
    help="The next step of rotating this secret (a name, or radius or login), and nothing else.",
)
@click.option(
    "--accepts",
    multiple=True,
    metavar="SERVER",
    help="With --rotate: this RADIUS server, which trustctl does not manage, takes the new key; may be repeated.",
)
@click.option(
    "--gap", is_flag=True, help="With --rotate: nobody may sign in for a step where there is only one server."
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write the plan file.")
@click.option(
    "--sign",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="KEYFILE",
    help="Sign the plan file with an SSH key; the signature lies beside it, in FILE.sig.",
)
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "markdown", "html"]), default="text", show_default=True
)
@click.option("--view", type=click.Choice([view.value for view in View]), default="semantic", show_default=True)
@click.option("--undo", is_flag=True, help="Show the lines that would undo the changes.")
@click.option("--origins", is_flag=True, help="Show the template and inventory line behind each change.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 if there are changes.")
@reached_devices
@json_option
def command(
    which: Which,
    against: Path | None,
    captured: bool,
    only: tuple[str, ...],
    rotate: str | None,
    accepts: tuple[str, ...],
    gap: bool,
    out: Path | None,
    sign: Path | None,
    form: str,
    view: str,
    undo: bool,
    origins: bool,
    detailed_exitcode: bool,
    reach: Reach,
    as_json: bool,
) -> ExitCode:
    """What would change on the devices of SCHOOLs, why, and how it would be undone. Nothing is written to a device."""
    if sign is not None and out is None:
        raise UsageError("there is no plan file to sign", remedy="name it: --out FILE")
    workspace, way = reach.workspace, reach.dial()
    if rotate is not None:
        if against or captured or only:
            raise UsageError("--rotate looks at the devices themselves, and at nothing else of them", remedy=_ALONE)
        made = next_step_of(workspace, which, way, Asked(rotate, accepts, gap))
    elif accepts or gap:
        raise UsageError("--accepts and --gap are said of a rotation", remedy="give --rotate SECRET too")
    else:
        made = make(workspace, which.of(workspace.trust), way, against=against, captured=captured, only=only)
    if out is not None:
        save(made.plan, out)
        if sign is not None:
            workspace.signers.sign(read(out), out, sign)
    following = reach.again("apply", str(out)) if out else _kept(which.schools)
    options = TextOptions(view=View(view), undo=undo, origins=origins, next_command=_following(made, following))
    screen().show(shown(made.plan, "json" if as_json else form, workspace, options))
    if out is not None and form != "text":
        note(f"plan file: {out}")
    return exit_code(made, detailed=detailed_exitcode)


_ALONE = "leave out --against, --captured and --only"
_ONLY_SHOWN = frozenset({"form", "view", "undo", "origins", "detailed_exitcode", "as_json"})
"""Options about the printing, which do not change the plan."""


def _kept(schools: tuple[str, ...]) -> str:
    """The same command again, as it was typed, with a file to keep the plan in."""
    context = click.get_current_context()
    words = ["trustctl", "plan", *schools]
    for option in context.command.params:
        name = option.name or ""
        typed = context.get_parameter_source(name) is ParameterSource.COMMANDLINE
        if not isinstance(option, click.Option) or not typed or name in _ONLY_SHOWN:
            continue
        value: object = context.params[name]
        values = cast("tuple[object, ...]", value) if option.multiple else (value,)
        words += [option.opts[0]] if option.is_flag else [word for one in values for word in (option.opts[0], str(one))]
    return shlex.join([*words, "--out", f"{schools[0] if len(schools) == 1 else 'trust'}.plan.json"])


def _following(made: Made, command_line: str) -> str:
    if any(device.applies for device in made.plan.devices):
        return command_line
    return "move the school's stage from observe to ensure when the plan reads well" if made.plan.changed else ""


def shown(plan: Plan, form: str, workspace: Workspace, options: TextOptions) -> str:
    """The plan in the wanted form."""
    if form == "json":
        return plan_json(plan)
    if form == "markdown":
        from trustctl.report.markdown import plan_markdown  # noqa: PLC0415 - each form is imported when it is printed

        return plan_markdown(plan, workspace.titles, next_command=options.next_command)
    if form == "html":
        from trustctl.report.html import plan_html  # noqa: PLC0415 - as above

        return plan_html(plan, workspace.titles, next_command=options.next_command)
    from trustctl.report.text import plan_text  # noqa: PLC0415 - as above

    view = screen()
    wanted = TextOptions(
        view=options.view,
        undo=options.undo,
        origins=options.origins,
        width=view.width,
        colour=view.colour,
        next_command=options.next_command,
    )
    return plan_text(plan, wanted, workspace.titles)


def exit_code(made: Made, *, detailed: bool) -> ExitCode:
    """Could-not-tell comes first: a device that was not planned is never reported as fine."""
    if made.trouble is not ExitCode.DONE:
        return made.trouble
    return ExitCode.CHANGES_PENDING if detailed and made.plan.changed else ExitCode.DONE
