"""The cases of bad input: each folder lays files over the minimal trust, `expected.txt` is all that `validate` says.

Run `python tests/inventory/bad_cases.py CASE...` after a deliberate change of a message, and review the difference.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from datetime import date
from pathlib import Path

from trustctl.config.names import PartNames
from trustctl.inventory import InventoryInvalid, load
from trustctl.inventory.loading import shipped_templates
from trustctl.platforms import platform

HERE = Path(__file__).parent
CASES = HERE / "bad"
TODAY = date(2026, 11, 22)


def names_of(name: str) -> PartNames:
    """What the parts of a shipped platform's configuration are called."""
    return PartNames(platform(name, [shipped_templates()]).rulebook)


def lay_out(case: Path, root: Path) -> Path:
    """The minimal trust with the case's files over it; a file named `<name>.gone` removes `<name>`."""
    folder = root / "inventory"
    shutil.copytree(HERE / "minimal", folder)
    for path in sorted(case.rglob("*")):
        target = folder / path.relative_to(case)
        if path.name == "expected.txt" or path.is_dir():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".gone":
            target.with_suffix("").unlink()
        else:
            shutil.copy(path, target)
    return folder


def said(case: Path, root: Path) -> str:
    """What loading the case says, with file names as from the trust's repository."""
    folder = lay_out(case, root)
    try:
        load(folder, today=TODAY, names_of=names_of)
    except InventoryInvalid as error:
        return error.format().replace(f"{folder.parent.as_posix()}/", "") + "\n"
    return "nothing\n"


if __name__ == "__main__":
    for name in sys.argv[1:] or sorted(path.name for path in CASES.iterdir()):
        with tempfile.TemporaryDirectory() as folder:
            text = said(CASES / name, Path(folder))
        (CASES / name / "expected.txt").write_text(text, encoding="utf-8")
        sys.stdout.write(f"== {name}\n{text}")
