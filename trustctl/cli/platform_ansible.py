"""`trustctl platform ansible`: what plain Ansible needs to run the roles for Windows hosts."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import click

from trustctl.cli.ansible_inventory import INVENTORY
from trustctl.cli.help_page import VerbCommand
from trustctl.cli.options import inventory_option
from trustctl.errors import ExitCode, UsageError
from trustctl.platforms.roots import playbook_roots

PLAYBOOKS = "TRUSTCTL_PLAYBOOKS"
"""The variable that the lines give the folder of playbooks in."""


@click.command("ansible", cls=VerbCommand)
@inventory_option
def ansible(inventory: Path) -> ExitCode:
    """Lines for a shell that let plain ansible-playbook run trustctl's roles: eval "$(trustctl platform ansible)".

    Then: ansible-playbook "$TRUSTCTL_PLAYBOOKS/hyperv.yml" --limit SCHOOL --check --diff
    """
    for name, value in surroundings(inventory).items():
        before = ':"$PATH"' if name == "PATH" else ""
        click.echo(f"export {name}={shlex.quote(value)}{before}")
    return ExitCode.DONE


def surroundings(inventory: Path) -> dict[str, str]:
    """The environment variables and their values; `PATH` is what stands before the caller's own.

    The trust's own `roles` stand before the shipped ones. Raises UsageError where there is no inventory.
    """
    if not (inventory / "trust.yml").is_file():
        raise UsageError(
            "there is no inventory", where=str(inventory), remedy="go to the trust's repository, or --inventory DIR"
        )
    roots = playbook_roots(inventory.resolve().parent)
    shipped = roots[-1] / "playbooks"
    return {
        "PATH": str(Path(sys.executable).parent),
        "ANSIBLE_ROLES_PATH": ":".join(str(root / "roles") for root in roots if (root / "roles").is_dir()),
        "ANSIBLE_INVENTORY": str(shipped / "inventory.py"),
        INVENTORY: str(inventory.resolve()),
        PLAYBOOKS: str(shipped),
    }
