"""What `doctor` finds about Ansible: whether Windows hosts can be driven from here, and those of the lab started."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib import metadata

from trustctl.cli.doctor_secrets import Finding
from trustctl.engines.windows.process import REMEDY, check_ansible
from trustctl.errors import DeviceError


def windows_findings(*, needed: bool, version_of: Callable[[str], str] = metadata.version) -> Iterator[Finding]:
    """Look at ansible-core and pypsrp (the engine) and psrpcore (the lab's hosts).

    `needed`: the inventory has Windows hosts, so what is missing is bad and not only worth a note.
    `version_of` tells the version of an installed package.
    """
    missing = False if needed else None
    try:
        version = check_ansible(version_of)
    except DeviceError as error:
        yield Finding("ansible", missing, error.problem, error.remedy)
        return
    yield Finding("ansible", True, f"ansible-core {version}, pypsrp {version_of('pypsrp')}, for Windows hosts")
    try:
        version_of("psrpcore")
    except metadata.PackageNotFoundError:
        yield Finding("lab", None, f"psrpcore is not in {sys.prefix}: the lab has no Windows hosts", REMEDY)
