"""How far a system of Windows servers is proven: records count while the script is the same, and of real hosts only."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest
import yaml

from trustctl.errors import RulebookError
from trustctl.inventory.windows_system_file import windows_kinds

SCRIPT = b"#!powershell\n"
RECORD = {"module": "trust_a", "sha256": sha256(SCRIPT).hexdigest(), "build": "10.0.20348.2340", "result": "passed"}


def _proven(folder: Path, **other: str) -> tuple[int, str]:
    """How many modules are proven on Windows Server 2022 by one record, and what a plan is told."""
    windows = folder / "templates" / "windows"
    library = folder / "roles" / "some_role" / "library"
    for place in (windows, library):
        place.mkdir(parents=True, exist_ok=True)
    for name in ("trust_a", "trust_b"):
        (library / f"{name}.ps1").write_bytes(SCRIPT)
    systems = {"systems": [{"names": ["windows-server-2022"], "build": "10.0.20348"}]}
    (windows / "systems.yml").write_text(yaml.safe_dump(systems), encoding="utf-8")
    records = [{**RECORD, "host": "windows", **other}]
    (windows / "proven.yml").write_text(yaml.safe_dump({"records": records}), encoding="utf-8")
    found = windows_kinds([folder / "templates"]).systems["windows-server-2022"]
    return found.proven, found.caution


@pytest.mark.parametrize(
    "other",
    [
        {"sha256": "0" * 64},
        {"host": "lab"},
        {"result": "failed"},
        {"result": "read"},
        {"build": "10.0.26100.1"},
        {"build": "10.0.203480"},
        {"module": "trust_c"},
    ],
    ids=str,
)
def test_a_record_of_something_else_proves_nothing(other: dict[str, str], tmp_path: Path) -> None:
    """Another script, the lab, a failure, a module that was only read, another build, a module that is not there."""
    proven, caution = _proven(tmp_path, **other)
    assert proven == 0
    assert "unproven on Windows: nobody has run the contract pack" in caution


def test_a_system_is_proven_module_by_module(tmp_path: Path) -> None:
    """One of two: proven in part, and the plan still says so."""
    proven, caution = _proven(tmp_path)
    assert proven == 1
    assert "1 of 2 modules" in caution


def test_an_unknown_key_of_a_record_is_told(tmp_path: Path) -> None:
    """With its line."""
    with pytest.raises(RulebookError, match="unknown key 'digest'"):
        _proven(tmp_path, digest="x")
