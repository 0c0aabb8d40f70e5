"""Clearing away a lab whose process died before it could: processes, mounts, namespaces, folders."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import time
from pathlib import Path

from trustctl.lab.hosts import cgroup
from trustctl.lab.hosts.ground import Ground, HostLabError, finish
from trustctl.lab.hosts.network import PREFIX

OWNER = "owner"
"""The file in a lab's folder that names its process: the id, and when it started in ticks since the machine's boot."""

_NAMESPACES = Path("/run/netns")
_END_SECONDS = 5.0


def claim(folder: Path) -> None:
    """Make a lab's folder, with this process as its owner from the first moment. Raises OSError."""
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = folder.with_name(f".{folder.name}")
    fresh.mkdir(mode=0o700)
    (fresh / OWNER).write_text(f"{os.getpid()} {_started(os.getpid())}\n", encoding="utf-8")
    fresh.rename(folder)


def owned(folder: Path) -> bool:
    """Whether the process that owns a lab's folder still lives."""
    try:
        pid, started = (folder / OWNER).read_text(encoding="utf-8").split()
    except (OSError, ValueError):
        return False
    return _started(int(pid)) == started


def sweep(parent: Path, ground: Ground) -> tuple[str, ...]:
    """Clear away every lab below a folder that nobody owns any more; their keys. Raises HostLabError."""
    gone: list[str] = []
    if not parent.is_dir():
        return ()
    with (parent / ".lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two labs that start at once do not clear away the same one
        for folder in sorted(parent.iterdir()):
            if folder.is_dir() and not folder.name.startswith(".") and not owned(folder):
                clear(folder, ground)
                gone.append(folder.name)
    return tuple(gone)


def clear(folder: Path, ground: Ground) -> None:
    """Remove all that a lab made, whatever state it is in; `folder` is named after the lab's key."""
    key = folder.name
    names = [name for name in _namespaces() if name == f"{PREFIX}{key}" or name.startswith(f"{PREFIX}{key}-")]
    _end({*cgroup.members(key), *(pid for name in names for pid in _inhabitants(name))})
    for mount in reversed(_mounts(folder)):
        ground.run("umount", str(mount))
    for name in names:
        ground.run("ip", "netns", "del", name)
    cgroup.sweep(key)
    shutil.rmtree(folder)


def _started(pid: int) -> str:
    """When a process started, in ticks since boot (proc_pid_stat(5), field 22); empty if there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]


def _namespaces() -> list[str]:
    return sorted(path.name for path in _NAMESPACES.iterdir()) if _NAMESPACES.is_dir() else []


def _inhabitants(namespace: str) -> list[int]:
    return [int(word) for word in finish(["ip", "netns", "pids", namespace]).split()]


def _mounts(folder: Path) -> list[Path]:
    """What is mounted below a folder, in the order in which it was mounted (proc_pid_mountinfo(5))."""
    found: list[Path] = []
    for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines():
        place = Path(line.split()[4].encode().decode("unicode_escape"))
        if place.is_relative_to(folder):
            found.append(place)
    return found


def _end(pids: set[int]) -> None:
    """Kill processes and wait until they are gone. Raises HostLabError if one stays."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + _END_SECONDS
    while left := [pid for pid in pids if _lives(pid)]:
        if time.monotonic() > deadline:
            raise HostLabError(f"process {left[0]} of an old lab does not end")
        time.sleep(0.02)


def _lives(pid: int) -> bool:
    """Whether a process is there and is more than an entry that nobody has read yet."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"
