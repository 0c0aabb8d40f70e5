"""Files of virtual hard disks: they are made, grown, and never go away.

Pages: New-VHD, Resize-VHD, Add-VMHardDiskDrive (windows-powershell-docs, hyper-v); "Plan for Hyper-V scalability"
(windows-server/virtualization/hyper-v) for the largest sizes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from trustctl.lab.windows.machine import part
from trustctl.lab.windows.model import words
from trustctl.lab.windows.model.refusal import RefusedError
from trustctl.lab.windows.spec import WindowsSpec

LARGEST = {".vhdx": 64 * 1024**4, ".vhd": 2040 * 1024**3}
SMALLEST = 3 * 1024**2
_EMPTY = 4 * 1024**2
"""What the file of a dynamic disk takes at first."""


@dataclass(slots=True)
class Disk:
    """A disk's file; `size` is what a machine sees, in bytes."""

    path: str
    size: int
    kind: str


@part
@dataclass
class Disks:
    """The files by their path in lower case, and the free bytes of the host's volumes by letter."""

    files: dict[str, Disk] = field(default_factory=dict[str, Disk])
    free: dict[str, int] = field(default_factory=dict[str, int])

    @classmethod
    def of(cls, spec: WindowsSpec) -> Disks:
        """`state: {Disks: {files: [{path, size, kind}]}}` are files that are there from the start."""
        seeds = [Disk(**one) for one in spec.state.get("Disks", {}).get("files", [])]
        free = {one.letter.rstrip(":").upper(): one.free for one in spec.volumes}
        return cls({one.path.casefold(): one for one in seeds}, free)

    def started(self) -> None:
        """They outlive restarts."""

    def file(self, path: str) -> Disk | None:
        """A file, whatever the case of its path."""
        return self.files.get(path.casefold())

    def create(self, path: str, size: int, kind: str) -> Disk:
        """New-VHD: refuses a file that is there, an unknown format or drive, a size out of range, and a full volume."""
        if self.file(path):
            raise RefusedError(words.FILE_EXISTS.format(path=path))
        drive = path[:1].upper()
        if drive not in self.free or path[1:3] != ":\\":
            raise RefusedError(words.PATH_MISSING.format(path=path))
        _check_size(path, size)
        takes = size if kind == "Fixed" else _EMPTY
        if takes > self.free[drive]:
            raise RefusedError(words.DISK_FULL)
        self.free[drive] -= takes
        made = Disk(path, size, kind)
        self.files[path.casefold()] = made
        return made

    def grow(self, disk: Disk, size: int) -> None:
        """Resize-VHD. The model's disks are full of their guest's partitions, so that none can shrink."""
        if size < disk.size:
            raise RefusedError(words.DISK_SHRINK.format(path=disk.path, size=size))
        _check_size(disk.path, size)
        takes = size - disk.size if disk.kind == "Fixed" else 0
        drive = disk.path[:1].upper()
        if takes > self.free.get(drive, 0):
            raise RefusedError(words.DISK_FULL)
        if takes:
            self.free[drive] -= takes
        disk.size = size


def _check_size(path: str, size: int) -> None:
    most = next((most for ending, most in LARGEST.items() if path.casefold().endswith(ending)), None)
    if most is None:
        raise RefusedError(f"The file name extension of '{path}' is not that of a virtual hard disk.")
    if not SMALLEST <= size <= most:
        raise RefusedError(words.NUMBER_RANGE.format(name="SizeBytes", value=size, least=SMALLEST, most=most))
