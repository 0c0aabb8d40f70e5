"""The table of platforms and features: its rows from data, the page docs/support.md from the rows.

`python tests/table/table.py` writes docs/support.md anew.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from trustctl.cli.systems import systems
from trustctl.inventory.windows_system_file import windows_kinds
from trustctl.model.plan import Intended, IntendedLine
from trustctl.report.systems import markdown
from trustctl.report.windows_systems import markdown as windows_markdown

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
TEMPLATES = ROOT / "templates"
PAGE = ROOT / "docs" / "support.md"
KINDS = {"switches": "switch.j2", "controllers": "controller.j2"}
"""Part of the table -> the template that a platform has if it renders such devices."""
_HEAD = """\
# What each platform can say

Each cell marked *yes* is a test: the lines are rendered from an inventory, applied over SSH to a device of the lab that
does not have them, read back and compared with nothing left to do, and taken back to what the device had. *Kept*: the
device had them before as well, and keeps them throughout. *No* leads to what the make cannot say, with the reason and
what an audit should show instead. A platform without either fails the tests.
"""

_SERVERS = """\
## Linux servers

By the system that `os` of `servers.yml` names; a description of the parts is in [linux.md](linux.md). *Parts*: parts
of the baseline and roles that are rendered for it. *Apply*: a timer on the server itself takes back what belongs to
the way in (tier A), where it has systemd or `at`; without either only we could (tier C). *Lab*: `trustctl lab up` can
start it. *Tested*: the tests on real hosts apply every part and role to it and take them back. The others are
*rendered only*: names of packages, units and files are theirs by their documents, and nobody has seen them work; every
plan says so. Of the Red Hat family, packages alone were seen to be read, installed, brought to a version and removed,
by the real dnf and rpm on a Debian host that calls itself rocky-9 (tests/linux/test_dnf.py).
"""
_WINDOWS = """\
## Windows servers and Hyper-V hosts

By the system that `os` of `servers.yml` names ([windows.md](windows.md)). *Apply*: Windows takes nothing back by
itself, so what belongs to the way in goes out only while somebody is at the console; trustctl sets back what can be
set back. *Lab*: a host that answers from our own model of Windows. *Proven on Windows*: how many modules the contract
pack saw work on a real server of this build, as they are today (`templates/windows/proven.yml`); until somebody has
run it, no PowerShell of trustctl's was ever seen to work.
"""


@dataclass(frozen=True, slots=True)
class Feature:
    """One row."""

    name: str
    says: Mapping[str, tuple[str, ...]]
    """Platform -> the rendered lines that say it, as patterns."""
    held: frozenset[str]
    """Platforms whose device has it from the start."""
    listed: Mapping[str, str]
    """Platform -> its name in that platform's unsupported.yml."""


def features() -> dict[str, list[Feature]]:
    """The rows of each part of the table, `switches` and `controllers`; what is common stands in both."""
    raw = yaml.safe_load((HERE / "features.yml").read_text(encoding="utf-8"))
    return {kind: [_feature(entry) for entry in (*raw[kind], *raw["common"])] for kind in KINDS}


def _feature(entry: Mapping[str, Any]) -> Feature:
    says = {name: tuple(lines) for name, lines in entry.get("says", {}).items()}
    return Feature(entry["feature"], says, frozenset(entry.get("held", ())), entry.get("listed", {}))


def platforms(kind: str) -> list[str]:
    """Every platform that renders such a device, whether the table knows it or not."""
    return sorted(file.parent.name for file in TEMPLATES.glob(f"*/{KINDS[kind]}"))


def cells() -> Iterator[tuple[Feature, str]]:
    """Every cell: a row and a platform that renders such devices."""
    for kind, rows in features().items():
        for feature in rows:
            for platform in platforms(kind):
                yield feature, platform


def unsupported(platform: str) -> dict[str, dict[str, Any]]:
    """What the platform cannot say, by name."""
    file = TEMPLATES / platform / "unsupported.yml"
    entries = yaml.safe_load(file.read_text(encoding="utf-8"))["unsupported"] if file.is_file() else []
    return {entry["feature"]: entry for entry in entries}


def part(intended: Intended, pattern: str) -> set[int]:
    """Places of the rendered lines that fit a pattern, without the sections that they stand in."""
    path: list[tuple[int, str]] = []
    found: set[int] = set()
    for number, line in enumerate(intended.lines):
        text = line.text.strip()
        indent = len(line.text) - len(line.text.lstrip())
        path = [(depth, head) for depth, head in path if depth < indent]
        path.append((indent, text))
        if len(path) == pattern.count(" > ") + 1 and fnmatchcase(" > ".join(head for _, head in path), pattern):
            found.add(number)
    return found


def only(intended: Intended, wanted: set[int]) -> Intended:
    """The same intent with these lines only, and the sections that they stand in."""
    kept: list[IntendedLine] = []
    heads: list[tuple[int, int]] = []
    chosen: set[int] = set()
    for number, line in enumerate(intended.lines):
        indent = len(line.text) - len(line.text.lstrip())
        heads = [(depth, head) for depth, head in heads if depth < indent]
        heads.append((indent, number))
        if number in wanted:
            chosen.update(head for _, head in heads)
        elif line.text.strip() == "exit" and heads[0][1] in chosen:
            chosen.add(number)
    kept = [line for number, line in enumerate(intended.lines) if number in chosen]
    return Intended(intended.device, intended.platform, tuple(kept))


def page() -> str:
    """The text of docs/support.md."""
    parts = [_HEAD]
    for kind, rows in features().items():
        names = platforms(kind)
        parts.append(f"## {kind.capitalize()}\n")
        lines = [f"| Feature | {' | '.join(f'`{name}`' for name in names)} |", "|---" * (len(names) + 1) + "|"]
        lines += [f"| {row.name} | {' | '.join(_cell(row, name) for name in names)} |" for row in rows]
        parts.append("\n".join(lines) + "\n")
    parts.append(f"{_SERVERS}\n{markdown(systems([TEMPLATES]))}")
    parts.append(f"{_WINDOWS}\n{windows_markdown(windows_kinds([TEMPLATES]).systems.values())}")
    parts.append("## What a make cannot say\n")
    for name in sorted({name for kind in KINDS for name in platforms(kind)}):
        if entries := unsupported(name):
            parts.append(f"### {name}\n")
            lines = ["| Feature | Reason | What an audit shows | Reached in another way |", "|---|---|---|---|"]
            lines += [_row(entry) for entry in entries.values()]
            parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _cell(row: Feature, platform: str) -> str:
    if platform in row.says:
        return "kept" if platform in row.held else "yes"
    return f"[no](#{platform})" if platform in row.listed else "?"


def _row(entry: Mapping[str, Any]) -> str:
    texts = [entry["feature"], entry["reason"], entry["audit"], "yes" if entry["covered"] else "no"]
    return "| " + " | ".join(" ".join(text.split()).replace("|", "\\|").replace("<", "\\<") for text in texts) + " |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(page())
