"""What is lawful and all the same told: an administrator who could sign in to servers and do nothing there."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

from trustctl.inventory import load, remarks

EXAMPLE = Path(__file__).parents[2] / "inventory"
TODAY = date(2026, 11, 22)


def test_an_administrator_without_a_password_is_told_once(tmp_path: Path) -> None:
    """At its place in the baseline, though two schools have servers; with a password nothing is told."""
    assert remarks(load(EXAMPLE, today=TODAY)) == ()
    folder = tmp_path / "inventory"
    shutil.copytree(EXAMPLE, folder)
    baseline = folder / "baseline/linux.yml"
    text = baseline.read_text(encoding="utf-8")
    line = "      password: secret://local/kv-oncall\n"
    assert line in text
    baseline.write_text(text.replace(line, ""), encoding="utf-8")
    (told,) = remarks(load(folder, today=TODAY))
    assert "kv-oncall" in told.text
    assert "sudo passwd kv-oncall" in told.remedy
    assert told.place is not None
    assert told.place.file.endswith("baseline/linux.yml")
    assert "kv-oncall:" in text.splitlines()[told.place.line - 1] or "kv-oncall" in text.splitlines()[told.place.line]


def test_without_servers_nobody_needs_sudo(tmp_path: Path) -> None:
    """A trust of switches alone is told nothing."""
    folder = tmp_path / "inventory"
    shutil.copytree(EXAMPLE, folder)
    for path in folder.glob("schools/*/servers.yml"):
        path.unlink()
    baseline = folder / "baseline/linux.yml"
    text = baseline.read_text(encoding="utf-8").replace("      password: secret://local/kv-oncall\n", "")
    baseline.write_text(text, encoding="utf-8")
    assert remarks(load(folder, today=TODAY)) == ()
