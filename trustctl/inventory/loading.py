"""`load`: the whole inventory as one resolved Trust, or every problem at once."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import trustctl
from trustctl.inventory.catalogue import Catalogue
from trustctl.inventory.file_check import check
from trustctl.inventory.file_store import store_of
from trustctl.inventory.file_trust import TrustFile
from trustctl.inventory.ownership import NamesOf
from trustctl.inventory.problem import InventoryInvalid
from trustctl.inventory.reading import read_files
from trustctl.inventory.resolve import resolve
from trustctl.inventory.yaml_document import read_document
from trustctl.model.school import Trust
from trustctl.model.store import StoreSettings


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


def load_store(root: Path) -> StoreSettings:
    """Read which secret store the trust has, from `trust.yml` alone, whatever is wrong with other files.

    The default where there is no such file. Raises InventoryInvalid with every problem of it.
    """
    path = root / "trust.yml"
    if not path.is_file():
        return StoreSettings()
    document, problems = read_document(path.read_bytes(), path.as_posix())
    file: TrustFile | None = None
    if document is not None:
        file, found = check(document, TrustFile)
        problems += found
    if document is None or file is None:
        raise InventoryInvalid(problems)
    return store_of(file.secrets, document)


def shipped_templates() -> Path:
    """The platforms' folder that comes with trustctl: beside the package in a checkout, inside it in a wheel."""
    package = Path(trustctl.__file__).parent
    shipped = package / "_shipped" / "templates"
    return shipped if shipped.is_dir() else package.parent / "templates"
