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
from trustctl.inventory.yaml_document import dotted, read_document

PINS_FILE = "pins.yml"
_HEAD = """\
# Host keys and serial numbers, pinned by `trustctl adopt`. A change here is a change of trust: ask why in review.
"""
_ONE_LINE = r"^[\x21-\x7e]+( [\x21-\x7e]+)*$"


@dataclass(frozen=True, slots=True)
class Pin:
    """One device's pin. `fingerprint` is the SHA-256 form that people compare.

    `host_key` is in `known_hosts` form, or, of a Windows host's certificate, `x509 sha256:` and its digest.
    """

    serial: str
    host_key: str
    fingerprint: str
    model: str
    adopted: date


class _PinEntry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    serial: str = Field(pattern=_ONE_LINE)
    host_key: str = Field(pattern=r"^(?:(?:ssh|ecdsa)-[a-z0-9-]+ [A-Za-z0-9+/]+=*|x509 sha256:[0-9A-F]{64})$")
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
        data = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise HostKeyError(
            f"the pin file cannot be read: {error.strerror}", where=str(path), remedy=_RESTORE
        ) from error
    if not _CONTENT.search(data):
        return {}
    document, problems = read_document(data, str(path))
    if document is None or problems:
        raise HostKeyError(f"the pin file: {problems[0].problem}", where=problems[0].where, remedy=_RESTORE)
    try:
        entries = _PinFile.model_validate(document.value).root
    except ValidationError as error:
        wrong = error.errors()[0]
        raise HostKeyError(
            f"the pin file is not well formed: {dotted(wrong['loc'])}: {wrong['msg']}",
            where=str(document.place(wrong["loc"])),
            remedy=_RESTORE,
        ) from None
    return {
        name: Pin(entry.serial, entry.host_key, entry.fingerprint, entry.model, entry.adopted)
        for name, entry in entries.items()
    }


_RESTORE = "Restore it from the repository, or adopt the device again."
_CONTENT = re.compile(rb"^[^#\s]", re.MULTILINE)


def save_pins(path: Path, pins: Mapping[str, Pin]) -> None:
    """Write all pins, sorted by device, in one atomic step. Raises StorageError; the old file then stays as it was."""
    entries = {
        name: {
            "serial": pin.serial,
            "model": pin.model,
            "host_key": pin.host_key,
            "fingerprint": pin.fingerprint,
            "adopted": pin.adopted.isoformat(),
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
