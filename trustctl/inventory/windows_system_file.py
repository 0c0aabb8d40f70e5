"""Read `templates/windows/systems.yml` and `proven.yml`: systems of Windows servers, their roles, who proved them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from trustctl.errors import RulebookError
from trustctl.inventory.entry import Entry
from trustctl.inventory.yaml_document import read_document
from trustctl.model.windows import PLATFORM, ServerRole, WindowsSystem

FILE = f"{PLATFORM}/systems.yml"
PROVEN = f"{PLATFORM}/proven.yml"
"""What the contract pack has written: one record for each module and machine that it ran on."""


@dataclass(frozen=True, slots=True)
class WindowsKinds:
    """What a Windows server may run, and what it may be given to do."""

    systems: Mapping[str, WindowsSystem]
    roles: Mapping[str, ServerRole]


def windows_kinds(roots: Sequence[Path]) -> WindowsKinds:
    """Both tables, from the first template root that has the file; empty if no root has it.

    A system is proven by a module if a record of this very script says so: one digest changed, and it counts no more.
    Raises RulebookError with `file:line:column` for an unknown key.
    """
    path = _first(roots, FILE)
    if path is None:
        return WindowsKinds({}, {})
    records = _first(roots, PROVEN)
    scripts = tuple(script for root in roots for script in _scripts(root))
    return _load(path, records, scripts)


def _first(roots: Sequence[Path], name: str) -> Path | None:
    return next((root / name for root in roots if (root / name).is_file()), None)


def _scripts(root: Path) -> Iterable[Path]:
    """The modules that stand beside a folder of templates."""
    return sorted(root.parent.glob("roles/*/library/*.ps1"))


@lru_cache(maxsize=8)
def _load(path: Path, records: Path | None, scripts: tuple[Path, ...]) -> WindowsKinds:
    top = _top(path)
    top.only(("systems", "roles"))
    digests = {script.stem: sha256(script.read_bytes()).hexdigest() for script in scripts}
    proven = tuple(_proven(records, digests)) if records is not None else ()
    systems = {
        name: _system(name, entry, proven, len(digests))
        for _, entry in top.entries("systems")
        for name in entry.texts("names")
    }
    roles = top.below("roles")
    return WindowsKinds(systems, {name: _role(name, roles.below(name)) for name in roles.values})


def _top(path: Path) -> Entry:
    document, problems = read_document(path.read_bytes(), str(path))
    if problems or document is None:
        raise RulebookError(problems[0].problem, where=problems[0].where, remedy=problems[0].remedy)
    return Entry(document, (), document.value)


def _system(name: str, entry: Entry, proven: Sequence[tuple[str, str]], modules: int) -> WindowsSystem:
    entry.only(("names", "build"))
    build = entry.text("build")
    seen = {module for module, on in proven if on == build or on.startswith(f"{build}.")}
    return WindowsSystem(name, build, len(seen), modules)


def _role(name: str, entry: Entry) -> ServerRole:
    entry.only(("features", "services", "desktop"))
    return ServerRole(name, entry.texts("features"), entry.texts("services"), entry.flag("desktop"))


def _proven(path: Path, digests: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """(module, build) of the records that say of today's script that it passed on a real Windows host."""
    top = _top(path)
    top.only(("records",))
    for _, record in top.entries("records"):
        record.only(("module", "sha256", "build", "powershell", "result", "day", "host"))
        module = record.text("module")
        passed = record.text("result") == "passed" and record.text("host", "windows") == "windows"
        if passed and digests.get(module) == record.text("sha256"):
            yield module, record.text("build")
