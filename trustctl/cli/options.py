"""Options that several verbs share, each defined once."""

from __future__ import annotations

from pathlib import Path

import click

inventory_option = click.option(
    "--inventory",
    type=click.Path(path_type=Path, file_okay=False),
    default="inventory",
    envvar="TRUSTCTL_INVENTORY",
    show_default=True,
    show_envvar=True,
    metavar="DIR",
    help="The trust's inventory.",
)

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")

secrets_option = click.option(
    "--secrets",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="TRUSTCTL_SECRETS",
    show_envvar=True,
    metavar="FILE",
    help="The secrets file (YAML, mode 0600).",
)

lab_option = click.option("--lab", is_flag=True, help="Dial the lab that `trustctl lab up` started.")

endpoints_option = click.option(
    "--endpoints",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="FILE",
    help='Dial elsewhere: JSON, {"devices": {"NAME": {"host": ..., "port": ...}}}.',
)

all_option = click.option("--all", "everything", is_flag=True, help="Every school of the trust.")

limit_option = click.option(
    "--limit",
    multiple=True,
    metavar="PATTERN",
    help="Only these devices: name globs, school:SLUG, role:ROLE, with commas or repeated; ! leaves out.",
)

schools_argument = click.argument("schools", nargs=-1, metavar="[SCHOOL]...")

only_option = click.option(
    "--only", multiple=True, metavar="TOPIC", help="Only these topics, such as Archive or NTP; may be repeated."
)

plan_argument = click.argument("plan_file", type=click.Path(path_type=Path, dir_okay=False), metavar="PLAN")

console_option = click.option(
    "--console-present",
    "at_console",
    multiple=True,
    metavar="DEVICE[,DEVICE]",
    help="Somebody is at the console of these devices: change what could cut us off where nothing takes it back.",
)

yes_option = click.option("--yes", is_flag=True, help="Do not ask.")
