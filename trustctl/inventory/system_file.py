"""Read `templates/linux/systems.yml`: how far each system of Linux servers is supported."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from trustctl.errors import RulebookError
from trustctl.inventory.entry import Entry
from trustctl.inventory.yaml_document import read_document
from trustctl.model.linux import ALWAYS, ROLES, System

FILE = "linux/systems.yml"


def systems(roots: Sequence[Path]) -> dict[str, System]:
    """Every system by its name, from the first template root that has the file; none if no root has it.

    Raises RulebookError with `file:line:column` for an unknown key, part or role.
    """
    path = next((root / FILE for root in roots if (root / FILE).is_file()), None)
    return {} if path is None else dict(_load(path))


@lru_cache(maxsize=8)
def _load(path: Path) -> tuple[tuple[str, System], ...]:
    document, problems = read_document(path.read_bytes(), str(path))
    if problems or document is None:
        raise RulebookError(problems[0].problem, where=problems[0].where, remedy=problems[0].remedy)
    top = Entry(document, (), document.value)
    top.only(("systems",))
    return tuple((name, _system(name, entry)) for _, entry in top.entries("systems") for name in entry.texts("names"))


def _system(name: str, entry: Entry) -> System:
    entry.only(("names", "tested", "lacks", "omits"))
    lacks = entry.below("lacks")
    lacks.only((*ALWAYS, *ROLES))
    return System(
        name,
        tested=entry.flag("tested"),
        lacks=tuple((part, lacks.text(part)) for part in lacks.values),
        omits=entry.texts("omits"),
    )
