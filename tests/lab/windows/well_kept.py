"""Runs a case of `cases/*.yml`: a module of Ansible's collections, called as Ansible would call it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from trustctl.lab.windows.lab import WindowsLab
from trustctl.lab.windows.payload import Task
from trustctl.lab.windows.spec import specs_of

CASES = Path(__file__).parent / "cases"


@dataclass
class Case:
    """What a module is asked for, and what it answers in check mode, for real, and a second time."""

    module: str
    hosts: list[dict[str, Any]]
    name: str
    args: dict[str, Any]
    first: list[dict[str, Any]] = field(default_factory=list)
    changed: bool = False
    again: bool = False
    """Whether a second run changes something too."""
    moves: bool = True
    """Whether the host's state is another afterwards, if something changes."""
    fails: str = ""
    fails_only_for_real: bool = False
    restart: bool = False
    """Restart between the first run and the second."""
    result: dict[str, Any] = field(default_factory=dict)
    diff: Any = None
    check_diff: Any = None
    """The diff in check mode, where it is another."""


def cases() -> list[Case]:
    """All cases of all files."""
    found: list[Case] = []
    for path in sorted(CASES.glob("*.yml")):
        file = yaml.safe_load(path.read_text())
        hosts = file.get("hosts", [{"name": "OAK-01"}])
        found += [Case(module=file["module"], hosts=hosts, **one) for one in file["cases"]]
    return found


class Bench:
    """One case's own lab. No server listens."""

    def __init__(self, case: Case, folder: Path) -> None:
        self.case = case
        self.lab = WindowsLab(specs_of(case.hosts), folder=folder)
        self.host = case.hosts[-1]["name"]
        for one in case.first:
            assert not self.run(one).get("failed"), one

    @property
    def state(self) -> tuple[bytes, Any]:
        """All of the host, and of the directories, for `moved`."""
        return self.lab.machine(self.host).frozen(), self.lab.world.snapshot()

    def moved(self, before: tuple[bytes, Any]) -> bool:
        """Whether anything is other than it was."""
        return self.lab.machine(self.host).moved_since(before[0]) or self.lab.world.snapshot() != before[1]

    def run(self, args: dict[str, Any], *, check: bool = False, diff: bool = True) -> dict[str, Any]:
        """Call the module."""
        runner = self.lab.runner(self.host)
        module = runner.library.module(str(args.get("module", self.case.module)))
        given = {key: value for key, value in args.items() if key != "module"}
        given |= {"_ansible_check_mode": check, "_ansible_diff": diff, "_ansible_module_name": module.name}
        return runner.module(Task(module, given, check))


def part_of(expected: Any, found: Any) -> bool:
    """Whether everything expected is found, in dictionaries of any depth."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return all(key in found and part_of(value, found[key]) for key, value in expected.items())
    return bool(expected == found)
