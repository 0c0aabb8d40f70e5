"""What came with trustctl: the example inventory."""

from __future__ import annotations

import shutil
from pathlib import Path

import trustctl
from trustctl.errors import StorageError, UsageError

_NOT_COPIED = shutil.ignore_patterns(".trustctl", "__pycache__", "pins.yml")


def example_inventory() -> Path:
    """The example trust: in the wheel, or beside the package in a source checkout. Raises UsageError."""
    package = Path(trustctl.__file__).parent
    for folder in (package / "_shipped" / "inventory", package.parent / "inventory"):
        if (folder / "trust.yml").is_file():
            return folder
    raise UsageError("the example inventory did not come with this trustctl", remedy="install trustctl from its wheel")


def copy_example(target: Path, *, schools: tuple[str, ...] | None = None) -> None:
    """Copy the example inventory to `target`, which must not exist; with `schools`, only those. Raises StorageError."""
    source = example_inventory()

    def unwanted(folder: str, names: list[str]) -> set[str]:
        skipped = set(_NOT_COPIED(folder, names))
        if schools is not None and Path(folder) == source / "schools":
            skipped |= set(names) - set(schools)
        return skipped

    try:
        shutil.copytree(source, target, ignore=unwanted)
    except shutil.Error as error:
        _, first, reason = error.args[0][0]
        raise StorageError(f"the inventory cannot be copied: {reason}", where=str(first)) from error
    except OSError as error:
        raise StorageError(f"the inventory cannot be copied: {error.strerror}", where=str(target)) from error
