"""The dynamic inventory of Ansible: every Windows host with the values that trustctl's own runs hand over.

`playbooks/inventory.py` prints it, so that `ansible-playbook playbooks/hyperv.yml --limit oak --check --diff` gets what
trustctl would give. Every value is unsafe (never a template); a secret is one of `trust_secrets`, whose value
whoever runs Ansible gives as an extra variable (docs/windows.md).
"""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from trustctl.cli.planning import rendered
from trustctl.cli.workspace import Workspace
from trustctl.engines.windows.inventory import Connection, host_entry, secret_names, secret_values
from trustctl.errors import TrustctlError, UsageError

INVENTORY = "TRUSTCTL_INVENTORY"
"""The environment variable that names the inventory's folder, as for trustctl itself."""
STORE = "TRUSTCTL_SECRETS"
"""That which names a secrets file, as for trustctl itself."""
_MAKE_ONE = "Make one: mkfifo -m 600 PIPE."


def listing(workspace: Workspace) -> dict[str, Any]:
    """Groups and hosts as a script inventory prints them for `--list`. Raises TrustctlError, the first there is."""
    found = [(school, host) for school in workspace.trust.schools.values() for host in school.windows.values()]
    for result in rendered(workspace, tuple(found)).values():
        if isinstance(result, TrustctlError):
            raise result
    groups: dict[str, list[str]] = {}
    hosts: dict[str, dict[str, Any]] = {}
    for _, host in found:
        wanted = workspace.windows[host.name]
        reached = Connection(
            str(host.address),
            host.account,
            host.login.password,
            host.connection.port,
            wanted.auth,
            wanted.ca,
            wanted.delegate,
        )
        hosts[host.name] = host_entry(host.name, reached, wanted.variables)
        for group in wanted.groups:
            groups.setdefault(group, []).append(host.name)
    return {**{name: {"hosts": names} for name, names in sorted(groups.items())}, "_meta": {"hostvars": hosts}}


def named_secrets(workspace: Workspace) -> tuple[str, ...]:
    """Names of the secrets that the hosts of `listing` need, sorted. Raises TrustctlError."""
    listing(workspace)
    names = {host.login.password for school in workspace.trust.schools.values() for host in school.windows.values()}
    for wanted in workspace.windows.values():
        names.update(secret_names(wanted.variables))
    return tuple(sorted(names))


def hand_over(workspace: Workspace, pipe: Path) -> None:
    """Write the values of the secrets to a named pipe, which keeps nothing on disk; waits until Ansible opens it.

    Raises UsageError unless it is a pipe that nobody else may read, and what the secret store raises.
    """
    try:
        found = pipe.lstat()
    except OSError as error:
        raise UsageError(f"there is no pipe: {error.strerror}", where=str(pipe), remedy=_MAKE_ONE) from error
    if not stat.S_ISFIFO(found.st_mode) or found.st_mode & 0o077 or found.st_uid != os.getuid():
        raise UsageError("this is no named pipe that is yours alone", where=str(pipe), remedy=_MAKE_ONE)
    values = {name: workspace.secrets.get(name) for name in named_secrets(workspace)}
    with pipe.open("w", encoding="utf-8") as file:
        json.dump(secret_values(values), file)


def main(repository: Path, arguments: Sequence[str]) -> int:
    """Answer Ansible: `--list`, or `--host NAME` (which has nothing more to say); `--secrets PIPE` hands values over.

    Returns the exit code.
    """
    folder = Path(os.environ[INVENTORY]) if os.environ.get(INVENTORY) else repository / "inventory"
    try:
        match list(arguments):
            case ["--list"]:
                sys.stdout.write(json.dumps(listing(Workspace(folder)), indent=2) + "\n")
            case ["--host", _]:
                sys.stdout.write("{}\n")
            case ["--secrets", pipe]:
                file = os.environ.get(STORE)
                hand_over(Workspace(folder, Path(file) if file else None), Path(pipe))
            case _:
                raise UsageError("it is asked by Ansible", remedy="Give --list, --host NAME, or --secrets PIPE.")
    except TrustctlError as error:
        where = f" ({error.where})" if error.where else ""
        sys.stderr.write(f"{error.problem}{where}. {error.remedy}".strip() + "\n")
        return int(error.exit_code)
    return 0
