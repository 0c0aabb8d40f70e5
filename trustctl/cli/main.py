"""The entry point: a lazy group of verbs, and one place where everything that goes wrong becomes an exit code."""

from __future__ import annotations

import difflib
import gc
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from trustctl import __version__
from trustctl.cli.events import EVENTS
from trustctl.cli.guard import fault_lines, masked_streams, private_process
from trustctl.cli.verbs import BY_NAME, VERBS
from trustctl.errors import ExitCode, TrustctlError
from trustctl.report.safe import safe_text

_INTERRUPTED = 130
"""What a shell reports for a process ended by Ctrl-C."""

_GARBAGE = 500_000
"""New objects between two searches for cycles. A command lives for seconds and keeps most of what it makes: at
Python's own 700 the searches take a tenth of its time and find next to nothing."""

_OPEN = frozenset({"demo", "init", "lab", "rehearse"})
"""Verbs that make files for others: for the lab's own systems, or a repository. What is private there says so."""

_EXIT_CODES = {
    ExitCode.DONE: "done, or nothing to do",
    ExitCode.ERROR: "error: usage, invalid inventory, a fault of trustctl",
    ExitCode.CHANGES_PENDING: "changes pending (only with --detailed-exitcode)",
    ExitCode.FAILED_UNCHANGED: "failed, nothing changed",
    ExitCode.ROLLED_BACK: "rolled back and verified",
    ExitCode.PARTIAL: "partial: devices ended differently",
    ExitCode.UNKNOWN: "unknown: look at the devices before anything else",
    ExitCode.LOCKED: "locked by another run",
    ExitCode.STALE: "stale plan",
    ExitCode.TRUST: "host key, authentication or secrets",
    ExitCode.STORAGE: "storage",
}


class Verbs(click.Group):
    """A group that imports a verb's module when the verb is used, and never for the list of verbs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every verb, in the order of the help page."""
        return [verb.name for verb in VERBS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one verb; None if there is none of that name."""
        verb = BY_NAME.get(cmd_name)
        if verb is None:
            return None
        command: object = importlib.import_module(verb.module).command
        if not isinstance(command, click.Command):
            raise TypeError(f"{verb.module}.command is no command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the verb; UsageError with the nearest names for a slip of the finger."""
        if args and args[0] not in BY_NAME and not args[0].startswith("-"):
            near = difflib.get_close_matches(args[0], BY_NAME, n=1)
            hint = f"Did you mean '{near[0]}'?" if near else "`trustctl --help` lists them."
            raise click.UsageError(f"there is no verb '{safe_text(args[0])}'. {hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The verbs by group, then the exit codes."""
        formatter.write_text("trustctl: the same back end in every school, changed without cutting anyone off.")
        formatter.write_paragraph()
        formatter.write_usage("trustctl", "[--log FILE] VERB [OPTIONS] [ARGS]")
        width = max(len(verb.name) for verb in VERBS)
        for group in dict.fromkeys(verb.group for verb in VERBS):
            with formatter.section(group):
                formatter.write_dl([(verb.name.ljust(width), verb.help) for verb in VERBS if verb.group == group])
        with formatter.section("Exit codes"):
            formatter.write_dl([(f"{code.value:>{width}}", text) for code, text in _EXIT_CODES.items()])
        with formatter.section("Everywhere"):
            formatter.write_dl([("--log FILE", "Append events to FILE, one JSON object a line (or TRUSTCTL_LOG).")])
        formatter.write_paragraph()
        formatter.write_text("`trustctl VERB --help` explains a verb. New here: trustctl demo")


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="trustctl %(version)s")
@click.option(
    "--log",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="TRUSTCTL_LOG",
    metavar="FILE",
    help="Append events to FILE, one JSON object a line.",
)
def trustctl(log: Path | None) -> None:
    """Plan, review and safely apply the same back end in every school."""
    if log is not None:
        EVENTS.open(log)


def run(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave the process with its exit code."""
    private_process(open_files=not _OPEN.isdisjoint(sys.argv[1:] if arguments is None else arguments))
    gc.set_threshold(_GARBAGE)
    code = outcome(arguments)
    EVENTS.add("ended", exit_code=code)
    EVENTS.close()
    gc.freeze()  # else the interpreter looks through all objects several times on its way out
    sys.exit(code)


def outcome(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; whatever goes wrong is said on stderr. No secret gets out."""
    with masked_streams():
        return _outcome(arguments)


def _outcome(arguments: Sequence[str] | None) -> int:
    try:
        code: object = trustctl.main(args=arguments, prog_name="trustctl", standalone_mode=False)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except TrustctlError as error:
        _trouble(error)
        return int(error.exit_code)
    except (click.Abort, click.ClickException) as error:
        return _usage(error)
    except OSError as error:
        return _stream(error)
    except Exception as error:  # noqa: BLE001 - the last net: no traceback with values reaches a screen or a log
        _fault(error)
        return int(ExitCode.ERROR)
    return code if isinstance(code, int) else int(ExitCode.DONE)


def _usage(error: click.Abort | click.ClickException) -> int:
    """Say what is wrong with the command line. click's own exit code for it is 2, which here means changes."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
        return int(ExitCode.ERROR)
    if isinstance(error, click.ClickException):
        context = error.ctx if isinstance(error, click.UsageError) else None
        early = isinstance(error, click.NoSuchOption) and context is not None and context.parent is None
        hint = "options stand behind the verb: trustctl VERB [OPTIONS]. " if early else ""
        _say(error.format_message(), "", f"{hint}{context.command_path if context else 'trustctl'} --help")
        return int(ExitCode.ERROR)
    if isinstance(error.__context__, EOFError):
        _say("nobody is there to answer a question", "", "run it in a terminal, or give --yes where a verb has it")
        return int(ExitCode.ERROR)
    _say("interrupted", "", "")
    return _INTERRUPTED


def _stream(error: OSError) -> int:
    """Say which file or stream the machine refuses. A file that is not there is a fault: it is looked for before."""
    if isinstance(error, FileNotFoundError):
        _fault(error)
        return int(ExitCode.ERROR)
    if error.filename is not None:
        _say(f"the machine refuses: {error.strerror}", str(error.filename), "mend its permissions, or free space")
        return int(ExitCode.STORAGE)
    remedy = "free space where the output goes; what a run did is in `trustctl history`"
    _say(f"the output cannot be written: {error.strerror}", "standard output", remedy)
    return int(ExitCode.STORAGE)


def _trouble(error: TrustctlError) -> None:
    """Print one problem; an inventory's problems come all at once, each with its source line and a caret."""
    findings: object = getattr(error, "findings", ())
    if findings:
        problems = importlib.import_module("trustctl.cli.problems")
        problems.print_findings(error)
        return
    _say(error.problem, error.where, error.remedy)


def _say(problem: str, where: str, remedy: str) -> None:
    lines = problem.replace("\r\n", "\n").split("\n")
    click.echo(f"error: {safe_text(lines[0])}", err=True)
    for line in lines[1:]:
        click.echo(f"  | {safe_text(line)}", err=True)
    if where:
        click.echo(f"  where:  {safe_text(where)}", err=True)
    if remedy:
        click.echo(f"  remedy: {safe_text(remedy)}", err=True)


def _fault(error: Exception) -> None:
    """Say where trustctl itself broke: places only, no values, because a value may be a secret."""
    kind, *places = fault_lines(type(error), error.__traceback__)
    click.echo(f"error: trustctl has a fault of its own ({kind})", err=True)
    for place in places:
        click.echo(f"  {place}", err=True)
    click.echo(f"  remedy: report these lines, what you typed and `trustctl --version` ({__version__});", err=True)
    click.echo("          CONTRIBUTING.md says where. If an apply was running: trustctl history", err=True)


if __name__ == "__main__":
    run()
