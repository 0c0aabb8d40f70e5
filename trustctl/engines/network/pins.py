"""The pin file: which host key and serial number each device had when a person adopted it.

It lies in the repository (`inventory/pins.yml`), so that a changed pin is a line in a reviewed diff.
"""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, RootModel, ValidationError

from trustctl.errors import HostKeyError, StorageError

PINS_FILE = "pins.yml"
_HEAD = """\
# Host keys and serial numbers, pinned by `trustctl adopt`. A change here is a change of trust: ask why in review.
"""
_ONE_LINE = r"^[\x21-\x7e]+( [\x21-\x7e]+)*$"


@dataclass(frozen=True, slots=True)
class Pin:
    """One device's pin. `host_key` is in `known_hosts` form, `fingerprint` the SHA-256 form that people compare."""

    serial: str
    host_key: str
    fingerprint: str
    model: str
    adopted: date


class _PinEntry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    serial: str = Field(pattern=_ONE_LINE)
    host_key: str = Field(pattern=r"^(?:ssh|ecdsa)-[a-z0-9-]+ [A-Za-z0-9+/]+=*$")
    fingerprint: str = Field(pattern=r"^SHA256:[A-Za-z0-9+/]{43}$")
    model: str = ""
    adopted: date


class _PinFile(RootModel[dict[Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")], _PinEntry]]):
    """The whole file."""


def load_pins(path: Path) -> Mapping[str, Pin]:
    """Read the pins by device name; empty if there is no file yet.

    Raises HostKeyError with the place if it is not well formed: a damaged pin must never read as an unknown device.
    """
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise HostKeyError(f"the pin file cannot be read: {error}", where=str(path), remedy=_RESTORE) from error
    try:
        _refuse_duplicates(text, path)
        entries = _PinFile.model_validate(yaml.load(text, Loader=yaml.CSafeLoader) or {}).root
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise HostKeyError(
            f"the pin file is not valid YAML: {error.problem}", where=f"{path}:{line}", remedy=_RESTORE
        ) from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise HostKeyError(
            f"the pin file is not well formed: {place}: {first['msg']}", where=str(path), remedy=_RESTORE
        ) from None
    return {
        name: Pin(entry.serial, entry.host_key, entry.fingerprint, entry.model, entry.adopted)
        for name, entry in entries.items()
    }


_RESTORE = "Restore it from the repository, or adopt the device again."


def _refuse_duplicates(text: str, path: Path) -> None:
    seen: set[str] = set()
    for number, line in enumerate(text.split("\n"), 1):
        found = re.match(r"[^\s#].*?(?=\s*:)", line)
        if found and found[0] in seen:
            raise HostKeyError(f"{found[0]} stands in the pin file twice", where=f"{path}:{number}", remedy=_RESTORE)
        if found:
            seen.add(found[0])


def save_pins(path: Path, pins: Mapping[str, Pin]) -> None:
    """Write all pins, sorted by device, in one atomic step. Raises StorageError; the old file then stays as it was."""
    entries = {
        name: {
            "serial": pin.serial,
            "model": pin.model,
            "host_key": pin.host_key,
            "fingerprint": pin.fingerprint,
            "adopted": pin.adopted,
        }
        for name, pin in sorted(pins.items())
    }
    text = _HEAD + yaml.safe_dump(entries, sort_keys=False, width=1000)
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        temporary = Path(name)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fchmod(file.fileno(), 0o644)
            os.fsync(file.fileno())
        temporary.replace(path)
        directory = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
    except OSError as error:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink()
        raise StorageError(
            f"the pin file cannot be written: {error.strerror}",
            where=str(path),
            remedy="Check the disk and the rights.",
        ) from error
