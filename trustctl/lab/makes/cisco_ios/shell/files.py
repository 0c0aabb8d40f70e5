"""The file systems of a switch: flash, NVRAM and the two configurations as files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from trustctl.lab.files import FileError

_PREFIX = re.compile(r"^([a-z][a-z0-9-]*):/*(.*)$", re.IGNORECASE)
_FLASH_NAMES = frozenset({"flash", "bootflash", "flash0", "flash1", "flash-1", "disk0"})


NOT_FOUND = "No such file or directory"
NO_SPACE = "No space left on device"


@dataclass(frozen=True, slots=True)
class File:
    """A file in flash: its bytes and when it was written."""

    data: bytes
    written: datetime
    size: int
    """The size shown and counted; larger than the data for images whose bytes nobody needs."""


def split_path(path: str) -> tuple[str, str]:
    """The file system and the name in it.  Before: `flash:/a.txt`, `a.txt`.  After: `("flash", "a.txt")` for both."""
    found = _PREFIX.match(path)
    if found is None:
        return "flash", path.lstrip("/")
    system = found[1].lower()
    return ("flash" if system in _FLASH_NAMES else system), found[2]


class Flash:
    """The flash of one switch. `capacity` is in bytes; `full` says whether a fault leaves no room."""

    def __init__(self, capacity: int, now: Callable[[], datetime], full: Callable[[], bool]) -> None:
        self.capacity = capacity
        self._now = now
        self._full = full
        self._files: dict[str, File] = {}

    def install(self, name: str, data: bytes, *, size: int | None = None) -> None:
        """Put a file there that came with the switch: no check for room."""
        self._files[name] = File(data, self._now(), len(data) if size is None else size)

    def write(self, name: str, data: bytes) -> None:
        """Write a file. Raises FileError if there is no room or no name."""
        if not name:
            raise FileError("flash:", "Invalid argument")
        if self._full() or self.free() + self._size(name) < len(data):
            raise FileError(f"flash:{name}", NO_SPACE)
        self._files[name] = File(data, self._now(), len(data))

    def read(self, name: str) -> bytes:
        """The bytes of a file. Raises FileError if there is none."""
        if name not in self._files:
            raise FileError(f"flash:/{name}", NOT_FOUND)
        return self._files[name].data

    def delete(self, name: str) -> None:
        """Delete a file. Raises FileError if there is none."""
        if name not in self._files:
            raise FileError(f"flash:/{name}", NOT_FOUND)
        del self._files[name]

    def exists(self, name: str) -> bool:
        """Whether a file of that name is there."""
        return name in self._files

    def free(self) -> int:
        """Bytes that are free; none if a fault says so."""
        return 0 if self._full() else self.capacity - sum(file.size for file in self._files.values())

    def listing(self) -> Iterator[tuple[str, File]]:
        """Names and files in the order they were written."""
        yield from self._files.items()

    def _size(self, name: str) -> int:
        return self._files[name].size if name in self._files else 0


def directory(flash: Flash, name: str, zone: str) -> str:
    """What `dir flash:` prints, or `dir flash:NAME`. Raises FileError if NAME is given and not there."""
    shown = [(at, each, file) for at, (each, file) in enumerate(flash.listing(), start=2) if not name or each == name]
    if name and not shown:
        raise FileError(f"flash:/{name}", NOT_FOUND)
    lines = [f"Directory of flash:/{name}", ""]
    for at, each, file in shown:
        day = f"{file.written:%b} {file.written.day:>2} {file.written:%Y %H:%M:%S} {zone}"
        lines.append(f"{at:>5}  -rw-  {file.size:>11}  {day}  {each}")
    lines += ["", f"{flash.capacity} bytes total ({flash.free()} bytes free)", ""]
    return "\n".join(lines)
