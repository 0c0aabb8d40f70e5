"""The Windows hosts of a school of the lab, as an engineer starts them, and environments without a usable Ansible."""

from __future__ import annotations

import json
import sysconfig
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from engineer import ROOT, Done, Engineer

HYPERVISOR, SERVER, CONTROLLER = "OAK-HV-01", "OAK-FS-01", "KV-DC-01.oak"
LONG = 600.0
"""Seconds after which a command that runs Ansible several times counts as hung."""


@contextmanager
def lab(engineer: Engineer) -> Iterator[Engineer]:
    """The lab of oak as it is delivered, for so long; it ends with the block, and by itself after half an hour."""
    done = engineer.run("lab", "up", "oak", "--minute", 5, "--for", 1800)
    assert done.code == 0, str(done)
    try:
        yield engineer
    finally:
        engineer.run("lab", "down")


def broken(engineer: Engineer, device: str, fault: str) -> None:
    """Put a fault in force on a host, or `heal`."""
    done = engineer.run("lab", "break", device, fault)
    assert done.code == 0, str(done)


def planned(engineer: Engineer, *devices: str, more: tuple[object, ...] = ()) -> Done:
    """A plan of these hosts, as the text that an engineer reads."""
    return engineer.run("plan", "oak", "--lab", "--limit", ",".join(devices), *more, patience=LONG)


def report(engineer: Engineer, file: str) -> Mapping[str, Any]:
    """A plan file's devices by name."""
    plan = json.loads((engineer.repository / file).read_text(encoding="utf-8"))
    return {one["name"]: one for one in cast("list[dict[str, Any]]", plan["devices"])}


def without_ansible(folder: Path) -> tuple[list[str], dict[str, str]]:
    """Python's options and PYTHONPATH for everything that is installed here but Ansible and pypsrp."""
    folder.mkdir()
    for one in Path(sysconfig.get_path("purelib")).iterdir():
        if not one.name.lower().startswith(("ansible", "pypsrp")):
            (folder / one.name).symlink_to(one)
    return ["-S"], {"PYTHONPATH": f"{ROOT}:{folder}"}


def old_ansible(folder: Path, version: str) -> dict[str, str]:
    """PYTHONPATH under which the environment's ansible-core is of this version."""
    info = folder / f"ansible_core-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: ansible-core\nVersion: {version}\n", encoding="utf-8")
    return {"PYTHONPATH": f"{folder}:{ROOT}"}
