"""A control group for each host, so that what one host's systemd kills or counts is its own."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

from trustctl.lab.hosts import rootless

_ROOT = Path("/sys/fs/cgroup")
_NAME = "trustctl-lab"
_HIERARCHIES = ("systemd", "unified", "memory", "pids")
"""Of a machine with control groups version 1 or both: those that systemd and we look at."""
_ENTER = 'for group; do [ "$group" = -- ] && break; echo $$ > "$group/cgroup.procs"; shift; done; shift; exec "$@"'
_EMPTY_SECONDS = 2.0


class Cage:
    """The control groups of one host, named after the lab and the host.

    Where systemd runs the machine it makes a scope for each host itself, and there is nothing to do here; nor is there
    in a user namespace, to which the groups do not belong.
    """

    def __init__(self, key: str, host: str) -> None:
        self._path = Path(_NAME, key, host)
        self._managed = rootless.inside() or Path("/run/systemd/system").is_dir()

    def entering(self) -> list[str]:
        """The words in front of a command that put it into the groups."""
        if self._managed:
            return []
        groups = self._groups()
        for group in groups:
            group.mkdir(parents=True, exist_ok=True)
        return ["sh", "-c", _ENTER, "sh", *(str(group) for group in groups), "--"]

    def options(self) -> list[str]:
        """What systemd-nspawn is told about control groups."""
        return [] if self._managed else ["--keep-unit"]

    def memory(self) -> int:
        """How many bytes the host uses, as the kernel accounts for them; 0 if it does not."""
        for path in (_ROOT / "memory" / self._path / "memory.usage_in_bytes", _ROOT / self._path / "memory.current"):
            with contextlib.suppress(OSError, ValueError):
                return int(path.read_text())
        return 0

    def open(self) -> None:
        """Remove the groups, innermost first, once their processes are gone."""
        if self._managed:
            return
        for group in self._groups():
            remove(group)

    def _groups(self) -> list[Path]:
        if (_ROOT / "cgroup.controllers").exists():
            return [_ROOT / self._path]
        return [_ROOT / name / self._path for name in _HIERARCHIES if (_ROOT / name).is_dir()]


def members(key: str) -> set[int]:
    """The processes in all groups of a lab."""
    found: set[int] = set()
    for root in (_ROOT, *(_ROOT / name for name in _HIERARCHIES)):
        for path in (root / _NAME / key).rglob("cgroup.procs"):
            with contextlib.suppress(OSError):
                found |= {int(word) for word in path.read_text().split()}
    return found


def sweep(key: str) -> None:
    """Remove all groups of a lab that is gone."""
    for root in (_ROOT, *(_ROOT / name for name in _HIERARCHIES)):
        remove(root / _NAME / key)
        with contextlib.suppress(OSError):
            (root / _NAME).rmdir()  # another lab may still be in it


def remove(group: Path) -> None:
    """Remove a group and those below it; one that is still busy after a while is left alone."""
    deadline = time.monotonic() + _EMPTY_SECONDS
    while group.is_dir() and time.monotonic() < deadline:
        for inner in sorted((path for path in group.rglob("*") if path.is_dir()), reverse=True):
            with contextlib.suppress(OSError):
                inner.rmdir()
        with contextlib.suppress(OSError):
            group.rmdir()
            return
        time.sleep(0.02)
