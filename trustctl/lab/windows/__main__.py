"""Windows hosts to try things on: `python -m trustctl.lab.windows SPEC.json --roles roles --endpoints OUT.json`.

SPEC.json is `{"hosts": [...]}` with the fields of `spec.WindowsSpec`. OUT.json is written when all hosts answer: `pid`,
`ca`, and for each host `host`, `port`, `user`, `password`, `host_key`; OUT.inventory.json beside it is an inventory for
Ansible. It ends with SIGTERM or Ctrl-C.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from dataclasses import asdict
from pathlib import Path

from trustctl.errors import TrustctlError
from trustctl.lab.windows.lab import WindowsContact, WindowsLab
from trustctl.lab.windows.spec import read_specs


def _variables(contact: WindowsContact, ca: Path) -> dict[str, object]:
    """What Ansible needs to reach a host."""
    return {
        "ansible_host": contact.host,
        "ansible_port": contact.port,
        "ansible_user": contact.user,
        "ansible_password": contact.password,
        "ansible_connection": "psrp",
        "ansible_psrp_auth": "basic",
        "ansible_psrp_protocol": "https",
        "ansible_psrp_ca_cert": str(ca),
        "ansible_psrp_ignore_proxy": True,
    }


def _write(path: Path, values: object) -> None:
    """Write a private file, whole or not at all."""
    draft = path.with_suffix(".draft")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(values, indent=1), encoding="utf-8")
    draft.replace(path)


def _main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m trustctl.lab.windows", description="Simulated Windows hosts.")
    parser.add_argument("spec", type=Path)
    parser.add_argument("--roles", type=Path, default=Path("roles"))
    parser.add_argument("--endpoints", type=Path, required=True)
    given = parser.parse_args(words)
    over = threading.Event()

    def end(number: int, frame: object) -> None:
        over.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    libraries = sorted(path.absolute() for path in given.roles.glob("*/library"))
    try:
        lab = WindowsLab(read_specs(given.spec), libraries)
    except TrustctlError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    with lab:
        hosts = {name: _variables(contact, lab.ca) for name, contact in lab.contacts.items()}
        _write(given.endpoints.with_suffix(".inventory.json"), {"all": {"hosts": hosts}})
        contacts = {name: asdict(contact) for name, contact in lab.contacts.items()}
        _write(given.endpoints, {"pid": os.getpid(), "ca": str(lab.ca), "hosts": contacts})
        over.wait()
        for bug in lab.bugs:
            sys.stderr.write(f"{bug}\n")
    return 3 if lab.bugs else 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
