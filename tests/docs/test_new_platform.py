"""docs/new-platform.md, done as a person would: its files in a fresh repository, its commands at the command line."""

from __future__ import annotations

import io
import re
import shlex
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path

import documents
import pytest

from trustctl.cli.main import outcome

PAGE = documents.ROOT / "docs" / "new-platform.md"
NAME = "mikrotik_routeros"
SAYS = {
    "platform list": (rf"{NAME} +1 +yes +yes +yes +none +no +1",),
    "platform check": ("holds ", "1 file, 0 failed"),
    "platform test": ("holds +vlan_renumbered", "1 case, 0 failed"),
    "validate": (r"^valid .*: 6 schools",),
    "render pine": ("set name=pin-sw-a1-01", "add bridge=br1 tagged=ether1 untagged=ether2,ether3 vlan-ids=30"),
    "plan pine": (
        "- add bridge=br1 tagged=ether1 untagged=ether2 vlan-ids=20",
        r"\+ add bridge=br1 interface=ether2 pvid=30",
        "observe +C +~3",
    ),
}
"""Command -> what it must say."""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A fresh repository of a trust, with the page's files."""
    folder = tmp_path / "trust"
    assert _typed(f"init {folder}", tmp_path)[0] == 0
    for name, text in documents.named_files(PAGE).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def _typed(command: str, folder: Path) -> tuple[int, str]:
    """Exit code and everything that was said."""
    said = io.StringIO()
    with chdir(folder), redirect_stdout(said), redirect_stderr(said):
        code = outcome(shlex.split(command))
    return code, said.getvalue()


def test_a_new_platform_works_as_the_page_says(repository: Path) -> None:
    """Every command of the page succeeds and says what it should; trustctl itself knows nothing of the make."""
    commands = documents.commands(PAGE)
    typed = [command for command in commands if any(command.startswith(start) for start in SAYS)]
    assert {start for start in SAYS for command in typed if command.startswith(start)} == set(SAYS)
    assert not (documents.ROOT / "templates" / NAME).exists()
    for command in typed:
        code, said = _typed(command, repository)
        assert code == 0, f"trustctl {command}\n{said}"
        for start, wanted in SAYS.items():
            if command.startswith(start):
                assert [pattern for pattern in wanted if not re.search(pattern, said)] == [], said


@pytest.mark.parametrize(
    ("file", "old", "new", "command"),
    [
        ("cases/vlan_renumbered/change.txt", "pvid=30", "pvid=31", "platform test"),
        ("rulebook/00-all.yml", "      clear_first: true\n", "", "platform test"),
        ("rulebook/00-all.yml", "set name={name:name}", "set title={name:name}", "platform test"),
        ("platform.yml", "save: null\n", "", "platform check"),
        ("switch.j2", "vlan-ids=", "vlans=", "plan pine"),
    ],
)
def test_a_mistake_in_a_file_is_found(repository: Path, file: str, old: str, new: str, command: str) -> None:
    """A file that is not as the page has it makes the command that reads it fail, or its device be refused."""
    path = repository / "templates" / NAME / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    whole = next(typed for typed in documents.commands(PAGE) if typed.startswith(command))
    code, said = _typed(whole, repository)
    assert code != 0 or "refused" in said, said
