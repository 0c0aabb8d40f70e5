"""The Windows hosts of a school of the lab, as an engineer starts them, and environments without a usable Ansible."""

from __future__ import annotations

import json
import re
import sqlite3
import sysconfig
import time
from collections.abc import Generator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, cast

from engineer import ROOT, Done, Engineer

from trustctl.lab import state

HYPERVISOR, SERVER, CONTROLLER = "OAK-HV-01", "OAK-FS-01", "KV-DC-01.oak"
LONG = 600.0
"""Seconds after which a command that runs Ansible several times counts as hung."""
_POLL = 0.1
"""Seconds between two looks at the journal."""


@contextmanager
def lab(engineer: Engineer) -> Generator[Engineer]:
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


def applied(engineer: Engineer, file: str, *at_console: str, more: tuple[object, ...] = ()) -> Done:
    """A plan file carried out on the lab, nobody asked, with somebody at these hosts' consoles."""
    there = ("--console-present", ",".join(at_console)) if at_console else ()
    return engineer.run("apply", file, "--lab", "--yes", *there, *more, patience=LONG)


def applied_under(engineer: Engineer, file: str, device: str, faults: Mapping[str, str], *at_console: str) -> Done:
    """The same, with faults, by who suffers them, from the moment on that a host's roles are carried out."""
    before = _records(engineer, device)
    with ThreadPoolExecutor(max_workers=1) as pool:
        coming = pool.submit(applied, engineer, file, *at_console)
        deadline = time.monotonic() + LONG
        while _records(engineer, device) == before:
            assert not coming.done(), str(coming.result())
            assert time.monotonic() < deadline, "nothing was sent"
            time.sleep(_POLL)
        for who, fault in faults.items():
            broken(engineer, who, fault)
        return coming.result()


def _records(engineer: Engineer, device: str) -> int:
    """How many records of changes that were sent to a device the journal has."""
    path = engineer.state / "journal.db"
    if not path.exists():
        return 0
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as journal:
        sent = journal.execute("SELECT count(*) FROM records WHERE device = ? AND phase = 'line'", (device,))
        return int(sent.fetchone()[0])


def runs(engineer: Engineer) -> list[str]:
    """The ids of all runs, the newest first."""
    return re.findall(r"\b20\d{6}-\d{6}-[0-9a-f]{4}\b", engineer.run("history").out)


def rolled_back(engineer: Engineer, run: str, *at_console: str) -> Done:
    """A run taken back on the lab, nobody asked, with somebody at these hosts' consoles."""
    there = ("--console-present", ",".join(at_console)) if at_console else ()
    return engineer.run("rollback", run, "--lab", "--yes", *there, patience=LONG)


def edited(engineer: Engineer, device: str, line: str) -> None:
    """Something changed by hand at a host: MODULE NAME OPTION=JSON."""
    (printed,) = state.send_edit(engineer.state / "lab", device, [line])
    assert printed.endswith(": changed"), printed


def holds(engineer: Engineer, *devices: str) -> dict[str, Any]:
    """All that these hosts of the lab are and have, part by part, but for how often they have started."""
    found = {one: dict(state.snapshot(engineer.state / "lab", one.partition(".")[0])) for one in devices}
    return {f"{name} {part}": held for name, parts in found.items() for part, held in parts.items() if part != "boots"}


def moved(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The leaves in which two snapshots differ, as paths."""
    return sorted(_moved("", before, after))


def _moved(path: str, one: object, other: object) -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        ours, others = cast("dict[str, object]", one), cast("dict[str, object]", other)
        for key in {*ours, *others}:
            yield from _moved(f"{path}/{key}", ours.get(key), others.get(key))
    elif one != other:
        yield path


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
