"""Nothing in `trustctl/` names a platform or writes its commands, outside the lab's makes: a platform is a folder."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "trustctl"
PLATFORMS = sorted(path.parent.name for path in (ROOT / "templates").glob("*/platform.yml"))
"""Those of network devices. Linux servers have an engine of their own, whose code may say Linux."""
MAKES = re.compile(
    "|".join(
        [*PLATFORMS, r"cisco|aruba|catalyst|procurve|hewlett|juniper|mikrotik|ruckus|\bios\b|ios[-_]xe|aos[-_](?:s|cx)"]
    ),
    re.IGNORECASE,
)
COMMANDS = re.compile(
    r"\s*(?:no )?(?:username \S|enable secret\b|switchport|snmp-server|aaa new|line vty|hostname \S|show run|copy run"
    r"|write mem|password manager|description\||interface (?:vlan|gig|port-channel))"
)
ROOMS = (
    "apply",
    "checks",
    "config",
    "engines",
    "inventory",
    "journal",
    "model",
    "plan",
    "platforms",
    "render",
    "report",
)


def modules() -> list[Path]:
    """The modules of the product; the lab's makes are witnesses of one make each."""
    return [path for path in sorted(PACKAGE.rglob("*.py")) if PACKAGE / "lab" / "makes" not in path.parents]


def words_of(path: Path) -> Iterator[tuple[int, str]]:
    """Names and texts of a module with their lines; docstrings, which give examples, are left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value
        elif isinstance(node, ast.Name):
            yield node.lineno, node.id
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.Attribute):
            yield node.lineno, node.attr


@pytest.mark.parametrize("text", ["cisco_ios", "from_aruba", "AOS_S"])
def test_a_make_is_found(text: str) -> None:
    """The expression would find one."""
    assert MAKES.search(text)


def test_no_module_names_a_make() -> None:
    """A new platform changes nothing here."""
    named = [
        f"{path.relative_to(ROOT)}:{number}: {text!r}"
        for path in modules()
        for number, text in words_of(path)
        if MAKES.search(text)
    ]
    assert named == []


def test_no_room_writes_a_command() -> None:
    """Commands are data of a platform: in its templates, rulebook and platform.yml."""
    written = [
        f"{path.relative_to(ROOT)}:{number}: {text!r}"
        for path in modules()
        if path.relative_to(PACKAGE).parts[0] in ROOMS
        for number, text in words_of(path)
        if COMMANDS.match(text)
    ]
    assert written == []
