"""Files of dialogues with a model: what must hold, the facts, the boot configuration and what is typed."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Dialogue:
    """One dialogue of a file."""

    name: str
    facts: dict[str, str] = field(default_factory=dict)
    boot: list[str] = field(default_factory=list)
    session: list[str] = field(default_factory=list)


def dialogues(folder: Path) -> list[Dialogue]:
    """Every dialogue of a folder's files; lines that start with `#` are remarks."""
    found: list[Dialogue] = []
    for path in sorted(folder.glob("*.txt")):
        part = "facts"
        for line in path.read_text(encoding="utf-8").split("\n"):
            if line.startswith("=="):
                found.append(Dialogue(f"{path.stem}: {line[2:].strip()}"))
                part = "facts"
            elif not line.strip() or line.startswith("#") or not found:
                continue
            elif line.startswith(("(", "> ")) or part == "session":
                part = "session"
                found[-1].session.append(line.rstrip())
            elif line == "boot":
                part = "boot"
            elif part == "boot":
                found[-1].boot.append(line.removeprefix("  "))
            else:
                name, _, value = line.partition(" ")
                found[-1].facts[name] = value
    return found
