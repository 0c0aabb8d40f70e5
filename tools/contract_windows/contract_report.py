"""What the contract pack saw, as Markdown for an issue and as records for `templates/windows/proven.yml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml
from contract_steps import Case, Said

from trustctl.windows.resource import TYPES
from trustctl.windows.text import changed

PASSED, READ, NOT_RUN, FAILED = "passed", "read", "not run", "failed"
WINDOWS, LAB = "windows", "lab"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one module was seen to do."""

    module: str
    digest: str
    result: str
    """`passed`: everything that it can do. `read`: it was only looked with. `not run`. `failed`."""
    steps: tuple[Said, ...]
    faults: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Its steps for the table."""
        told = [f"{said.step.what}{' FAILED' if said.fault else ''}" for said in self.steps]
        return (
            ", ".join(f"{one} ({told.count(one)})" if told.count(one) > 1 else one for one in dict.fromkeys(told))
            or "-"
        )


@dataclass(frozen=True, slots=True)
class Machine:
    """Where it ran."""

    caption: str
    build: str
    powershell: str
    host: str
    day: str


def digest(script: Path) -> str:
    """The SHA-256 of a script, by which a record is known to be of it."""
    return sha256(script.read_bytes()).hexdigest()


def verdict(case: Case, script: Path, steps: Sequence[Said], had: Mapping[str, Any] | None) -> Verdict:
    """Judge one module. `had`: what there was of what was tried."""
    if case.throwaway and had is not None:
        left = f"{case.tries['name']} is there already, from an earlier run: take it away by hand and run again"
        return Verdict(case.module, digest(script), FAILED, tuple(steps), (left,))
    faults = [f"{f'{said.step.what} {_name(said)}'.rstrip()}: {said.fault}" for said in steps if said.fault]
    tried = any(said.step.what == "set" for said in steps)
    again = next((said for said in steps if said.step.what == "read again"), None)
    if tried and not case.forest and again is not None and again.read and not _same(case.module, had, again.have):
        faults.append(f"afterwards it is not as it was: {'; '.join(_differing(case.module, had, again.have))}")
    result = PASSED if tried or TYPES[case.module].reads_only else READ
    if not steps:
        result = NOT_RUN
    return Verdict(case.module, digest(script), FAILED if faults else result, tuple(steps), tuple(faults))


def _same(module: str, was: Mapping[str, Any] | None, now: Mapping[str, Any] | None) -> bool:
    kind = TYPES[module]
    return was is now or (was is not None and now is not None and kind.read(was) == kind.read(now))


def _differing(module: str, was: Mapping[str, Any] | None, now: Mapping[str, Any] | None) -> Sequence[str]:
    gone, come = changed(module, was, now)
    return (*(f"was {line}" for line in gone or ("absent",)), *(f"is {line}" for line in come or ("absent",)))


def _name(said: Said) -> str:
    kind = TYPES.get(said.step.module)
    return str(said.step.args.get(kind.key if kind else "name", ""))


def markdown(machine: Machine, verdicts: Sequence[Verdict]) -> str:
    """Return the report."""
    count = {result: sum(one.result == result for one in verdicts) for result in (PASSED, READ, NOT_RUN, FAILED)}
    lab = (
        "\n**Run on trustctl's lab, not on Windows. It proves nothing about PowerShell.**\n"
        if machine.host == LAB
        else ""
    )
    head = [
        f"# Contract pack: {machine.caption}",
        lab,
        f"- build {machine.build}, PowerShell {machine.powershell}, {machine.day}",
        f"- {count[PASSED]} modules passed, {count[READ]} only read, {count[NOT_RUN]} not run, {count[FAILED]} failed",
        "",
        "| module | result | steps | SHA-256 of the script |",
        "|---|---|---|---|",
    ]
    rows = [f"| {one.module} | {one.result} | {one.words} | `{one.digest[:16]}` |" for one in verdicts]
    faults = [f"- `{one.module}` {_plain(fault)}" for one in verdicts for fault in one.faults]
    return "\n".join([*head, *rows, *(["", "## What went wrong", "", *faults] if faults else []), ""])


def _plain(text: str) -> str:
    """A host's words as one line that Markdown does not take for its own."""
    bare = " ".join(text.split())[:600]
    return "".join(f"\\{each}" if each in "`*_[]<>|#\\" else each for each in bare)


def records(machine: Machine, verdicts: Sequence[Verdict]) -> list[dict[str, str]]:
    """Return what is put on record: of every module that ran, with the whole digest of its script."""
    return [
        {
            "module": one.module,
            "sha256": one.digest,
            "build": machine.build,
            "powershell": machine.powershell,
            "result": one.result,
            "day": machine.day,
            "host": machine.host,
        }
        for one in verdicts
        if one.result != NOT_RUN
    ]


def write_records(path: Path, new: Sequence[Mapping[str, str]]) -> None:
    """Add records to a file; one of the same module, build and kind of host takes the former's place."""
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    head = "".join(line for line in text.splitlines(keepends=True) if line.startswith("#"))
    old = (yaml.safe_load(text) or {}).get("records", [])
    mine = {(one["module"], one["build"], one["host"]) for one in new}
    kept = [one for one in old if (one["module"], one["build"], one.get("host", WINDOWS)) not in mine]
    everything = sorted([*kept, *map(dict, new)], key=lambda one: (one["build"], one["module"]))
    path.write_text(head + yaml.safe_dump({"records": everything}, sort_keys=False), encoding="utf-8")
