"""`trustctl init`: a repository to start from."""

from __future__ import annotations

from pathlib import Path

import click

from trustctl import __version__
from trustctl.cli.help_page import VerbCommand
from trustctl.cli.options import json_option
from trustctl.cli.screen import screen
from trustctl.cli.shipped import copy_example, example_inventory
from trustctl.errors import ExitCode, StorageError, UsageError
from trustctl.inventory import schemas
from trustctl.report.json import to_json
from trustctl.report.page import Page

_SCAFFOLD = Path(__file__).parent / "scaffold"

_FILES = {
    "README.md": "README.md",
    "gitignore": ".gitignore",
    "github.yml": ".github/workflows/trustctl.yml",
    "gitlab-ci.yml": ".gitlab-ci.yml",
}
"""File of the scaffold -> where it goes."""


@click.command(cls=VerbCommand)
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@click.option("--school", "schools", multiple=True, metavar="SLUG", help="Keep only these schools of the example.")
@json_option
def command(directory: Path, schools: tuple[str, ...], as_json: bool) -> ExitCode:
    """Start a trust's repository in DIRECTORY: an example inventory that works, README, .gitignore, pipeline files.

    Change the example into your trust, one file at a time; `trustctl validate` says what does not fit.
    """
    taken = [name for name in ("inventory", *_FILES.values()) if (directory / name).exists()]
    if taken:
        raise UsageError(
            f"{taken[0]} is there already",
            where=str(directory),
            remedy="name a folder without one; nothing was written",
        )
    known = sorted(path.name for path in (example_inventory() / "schools").iterdir() if path.is_dir())
    if set(schools) - set(known):
        raise UsageError(f"the example has no school '{schools[0]}'", remedy=f"it has: {', '.join(known)}")
    copy_example(directory / "inventory", schools=schools or None)
    written = [_write(directory / target, (_SCAFFOLD / source).read_text("utf-8")) for source, target in _FILES.items()]
    for name, schema in schemas().items():
        _write(directory / "inventory" / ".schemas" / f"{name}.json", to_json(schema))
    if as_json:
        click.echo(to_json({"directory": str(directory), "files": written, "schools": list(schools or known)}))
        return ExitCode.DONE
    view = screen()
    page = Page(width=view.width, colour=view.colour)
    page.row(
        (f"{directory}: ", "bold"), (f"inventory with {', '.join(schools or known)}; {len(written)} more files", "")
    )
    page.blank()
    page.prose("Then type:", indent=2)
    first = (schools or known)[0]
    for line in (
        f"cd {directory} && git init",
        "trustctl secret init",
        "trustctl validate",
        f"trustctl show {first}",
        f"trustctl plan {first} --captured",
        "trustctl demo",
    ):
        page.row((line, "cyan"), indent=4)
    page.blank()
    page.prose("Pipelines for GitHub and GitLab are there too; README.md says what they need once.", indent=2)
    view.show(page.text())
    return ExitCode.DONE


def _write(path: Path, text: str) -> str:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("@VERSION@", __version__), encoding="utf-8")
    except OSError as error:
        raise StorageError(f"the file cannot be written: {error.strerror}", where=str(path)) from error
    return str(path)
