"""Clearing the cache of what older recipes made: no lab will boot from it again.

A base and an archive are named by the digest of their recipe. A layer is made from an archive: one that is older than
the archive that its system has now was made from another.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from trustctl.lab.hosts.cache import Cache
from trustctl.lab.hosts.recipe import known, recipe

_BLOCK = 512
"""Bytes of what stat(2) counts as a block."""


@dataclass(frozen=True, slots=True)
class Stale:
    """A part of the cache that is of no use any more."""

    name: str
    bytes: int
    """What it takes on the disk."""
    used: bool
    """A lab still runs from it, so it was left alone."""


def prune(cache: Cache, proc: Path = Path("/proc")) -> tuple[Stale, ...]:
    """Remove every stale part that no process has mounted, and tell all that are stale. Raises HostLabError, OSError.

    While it works nothing is built. `proc` is where the processes' mounts are read (proc_pid_mountinfo(5)).
    """
    found: list[Stale] = []
    with cache.alone():
        for path in _stale(cache):
            used = _mounted(path, proc)
            found.append(Stale(path.name, _size(path), used))
            if not used:
                shutil.rmtree(path)
    return tuple(found)


def _stale(cache: Cache) -> Iterator[Path]:
    current = {os: cache.names(recipe(os)) for os in known()}
    keep = {name for names in current.values() for name in names}
    for path in sorted(cache.folder.iterdir()):
        kind, _, rest = path.name.partition("-")
        if not path.is_dir() or kind not in {"base", "repository", "layer"}:
            continue
        archive = next((cache.folder / names[1] for os, names in current.items() if rest.startswith(f"{os}-")), None)
        old = kind != "layer" or archive is None or not archive.is_dir() or _made(path) < _made(archive)
        # what a builder left that was killed has a name of its own, and nobody builds now
        if path.name not in keep and (old or path.suffix == ".new"):
            yield path


def _made(path: Path) -> float:
    return path.stat().st_mtime


def _mounted(path: Path, proc: Path) -> bool:
    for table in proc.glob("[0-9]*/mountinfo"):
        try:
            text = table.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue  # it ended, or is somebody else's
        if str(path) in text:
            return True
    return False


def _size(path: Path) -> int:
    """What it takes on the disk; a file with several names counts once."""
    seen: dict[tuple[int, int], int] = {}
    for folder, folders, names in os.walk(path):
        for name in (*folders, *names):
            told = os.lstat(os.path.join(folder, name))  # noqa: PTH118 - hundreds of thousands of files
            seen[told.st_dev, told.st_ino] = told.st_blocks * _BLOCK
    return sum(seen.values())
