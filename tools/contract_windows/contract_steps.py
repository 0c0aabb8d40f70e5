"""What the contract pack asks of a server, in three runs of Ansible: look, try, take back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from trustctl.windows import types
from trustctl.windows.action import EXACTLY, RESOURCE
from trustctl.windows.resource import TYPES, difference

CASES = Path(__file__).with_name("cases.yml")
POWERSHELL = "ansible.windows.win_powershell"
HOST = "contract"
"""What Ansible calls the server."""
_SUBJECTS = types.__all__
"""Importing them makes the types known."""


@dataclass(frozen=True, slots=True)
class Step:
    """One task. `of` is the module that it is about, `what` what it shows of it."""

    of: str
    what: str
    module: str
    args: Mapping[str, Any]
    check: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """What came of a step. None of it: it was never reached."""

    step: Step
    event: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def read(self) -> bool:
        """Whether the module told what there is, even if the task went no further."""
        return RESOURCE in self.event

    @property
    def have(self) -> Mapping[str, Any] | None:
        """What there was."""
        found: Mapping[str, Any] = self.event.get(RESOURCE) or {}
        return found.get("have")

    @property
    def failed(self) -> str:
        """Why it did not go well; empty if it did."""
        if not self.event:
            return "it was not reached"
        return "" if self.event["event"] == "ok" else str(self.event.get("msg") or self.event["event"])

    @property
    def fault(self) -> str:
        """What is not as the contract has it; empty if it is."""
        if self.step.what in {"read", "read again"}:
            return "" if self.read else self.failed
        if self.failed:
            return self.failed
        if self.step.what in {"check", "set", "change"} and not self.event.get("changed"):
            return "nothing would be changed, or was"
        if self.step.what in {"set again", "change again"} and self.event.get("changed"):
            return "the second time it changes something again"
        return ""


@dataclass(frozen=True, slots=True)
class Case:
    """What is done with one module (`cases.yml`)."""

    module: str
    reads: tuple[str, ...] = ()
    asks: tuple[Mapping[str, Any], ...] = ()
    tries: Mapping[str, Any] = field(default_factory=dict[str, Any])
    change: Mapping[str, Any] = field(default_factory=dict[str, Any])
    needs: str = ""
    unless: str = ""
    goes_with: str = ""
    forest: bool = False
    prepare: tuple[Mapping[str, Any], ...] = ()
    cleanup: tuple[Mapping[str, Any], ...] = ()

    @property
    def by_powershell(self) -> bool:
        """Whether it is cleaned up by PowerShell itself, which the lab does not run."""
        return any(POWERSHELL in task for task in self.cleanup)

    @property
    def throwaway(self) -> bool:
        """Whether what is tried is made for it, so that nothing of its name may be there before."""
        return bool(self.tries) and (bool(self.cleanup) or TYPES[self.module].removable)

    def named(self, name: str, args: Mapping[str, Any]) -> dict[str, Any]:
        """Arguments for the resource of this name."""
        key = TYPES[self.module].key
        return ({key: name} if key else {}) | dict(args)


def cases() -> tuple[Case, ...]:
    """Return the cases in the order in which they are tried. Raises TypeError for a word that there is not."""
    found = yaml.safe_load(CASES.read_text(encoding="utf-8"))["modules"]
    lists = ("reads", "asks", "prepare", "cleanup")
    return tuple(
        Case(module, **{key: tuple(value) if key in lists else value for key, value in said.items()})
        for module, said in found.items()
    )


def looking(all_cases: Sequence[Case], dn: str = "") -> Iterator[Step]:
    """What is there: in check mode, so that nothing is set. What is to be tried is looked at as well."""
    for case in all_cases:
        for args in case.asks:
            yield Step(case.module, "ask", case.module, args, check=True)
        for name in (*case.reads, *([case.tries["name"]] if case.tries else [])):
            yield Step(case.module, "read", case.module, case.named(_filled(name, dn), {}), check=True)


def trying(case: Case, have: Mapping[str, Any] | None, dn: str) -> Iterator[Step]:
    """Check, set, set again; then the change, and again. `have`: what is there of what is tried."""
    name, way = _filled(case.tries["name"], dn), chosen(case, have)
    for task in case.prepare:
        yield from _others(case, "prepare", task, dn)
    yield Step(case.module, "check", case.module, case.named(name, way), check=True)
    yield Step(case.module, "set", case.module, case.named(name, way))
    yield Step(case.module, "set again", case.module, case.named(name, way))
    if case.change:
        yield Step(case.module, "change", case.module, case.named(name, case.change))
        yield Step(case.module, "change again", case.module, case.named(name, case.change))


def restoring(case: Case, have: Mapping[str, Any] | None, dn: str) -> Iterator[Step]:
    """Take away what was not there, put back what was, and look again."""
    if case.forest:
        return
    name = _filled(case.tries["name"], dn)
    touched = {*chosen(case, have), *case.change}
    if have is not None:
        former = {key: value for key, value in have.items() if key in touched}
        yield Step(case.module, "restore", case.module, case.named(name, former))
    elif TYPES[case.module].removable:
        yield Step(case.module, "restore", case.module, case.named(name, {"state": "absent"}))
    for task in case.cleanup:
        yield from _others(case, "clean up", task, dn)


def looking_again(case: Case, dn: str) -> Step:
    """What is there afterwards."""
    return Step(case.module, "read again", case.module, case.named(_filled(case.tries["name"], dn), {}), check=True)


def chosen(case: Case, have: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Return the first way that is not so already."""
    kind = TYPES[case.module]
    ways: Sequence[Mapping[str, Any]] = case.tries["ways"]
    return next((way for way in ways if difference(kind, kind.wanted(way), have) is not None), ways[0])


def _others(case: Case, what: str, task: Mapping[str, Any], dn: str) -> Iterator[Step]:
    for module, args in task.items():
        yield Step(case.module, what, module, {key: _filled(value, dn) for key, value in args.items()})


def _filled(value: Any, dn: str) -> Any:
    return value.replace("{dn}", dn) if isinstance(value, str) else value


def play(steps: Sequence[Step], *, exactly: bool) -> str:
    """Return a playbook: a task for each step, whose arguments come from the host's variable `contract_args`."""
    tasks = [
        {
            "name": f"Contract | {number}",
            step.module: {key: f"{{{{ contract_args[{number}]['{key}'] }}}}" for key in step.args},
            "check_mode": step.check,
            "ignore_errors": True,
        }
        for number, step in enumerate(steps)
    ]
    head = {"name": "Contract", "hosts": HOST, "gather_facts": False, "vars": {EXACTLY: exactly}, "tasks": tasks}
    return json.dumps([head])
