"""`load`: the whole inventory as one resolved Trust, or every problem at once."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import trustctl
from trustctl.inventory.catalogue import Catalogue
from trustctl.inventory.ownership import NamesOf
from trustctl.inventory.problem import InventoryInvalid
from trustctl.inventory.reading import read_files
from trustctl.inventory.resolve import resolve
from trustctl.model.school import Trust


def load(root: Path, *, today: date, templates: Sequence[Path] = (), names_of: NamesOf | None = None) -> Trust:
    """Read, check and resolve the inventory at `root`.

    `templates`: folders of platforms (for the ports of each model), the trust's own first; those that trustctl ships
    always come last. `names_of`: what the parts of a platform's configuration are called, asked where a switch has
    `ownership`; without it such a name is a problem. Raises InventoryInvalid with every problem of every file,
    InventoryError if there is no folder.
    """
    collecting = gc.isenabled()
    gc.disable()  # nothing here makes cycles, and the collector would walk every new value again and again
    try:
        files = read_files(root)
        trust, problems = resolve(files, Catalogue([*templates, shipped_templates()]), today, names_of)
    finally:
        if collecting:
            gc.enable()
    problems = [*files.problems, *problems]
    if problems or trust is None:
        raise InventoryInvalid(problems)
    return trust


def shipped_templates() -> Path:
    """The platforms' folder that comes with trustctl: beside the package in a checkout, inside it in a wheel."""
    package = Path(trustctl.__file__).parent
    shipped = package / "_shipped" / "templates"
    return shipped if shipped.is_dir() else package.parent / "templates"
