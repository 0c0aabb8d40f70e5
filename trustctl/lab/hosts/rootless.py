"""A lab without root: its process runs in a user namespace where it may do what root may, to things of its own.

All that it makes ends with it: the kernel kills what runs in its process namespace, and removes mounts and networks.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from trustctl.lab.hosts.ground import attempt, is_root

_UID_MAP = Path("/proc/self/uid_map")
_EVERYBODY = 4_294_967_295
"""How many user ids the machine's own namespace maps (user_namespaces(7))."""

_INSIDE = 'mount -t tmpfs -o mode=755 tmpfs /run && exec "$@"'
_ENTRANCE = (
    "unshare",
    "--user",
    "--map-root-user",
    "--map-auto",
    "--mount",
    "--pid",
    "--fork",
    "--kill-child",
    "--mount-proc",
    "sh",
    "-c",
    _INSIDE,
    "sh",
)


def inside() -> bool:
    """Whether this process is root of a user namespace, and not of the machine."""
    try:
        mapped = int(_UID_MAP.read_text(encoding="utf-8").split()[2])
    except (OSError, IndexError, ValueError):
        return False
    return mapped != _EVERYBODY


def entering(command: Sequence[str]) -> list[str]:
    """A command as it is started in a user namespace of its own."""
    return [*_ENTRANCE, *command]


def hindrance() -> str:
    """Why this person cannot have a user namespace on this machine; empty if they can, or need none."""
    if is_root():
        return ""
    tried = attempt(entering(["true"]), seconds=10)
    if tried.returncode == 0:
        return ""
    told = tried.stderr.strip().splitlines()
    return f"not root, and no user namespace (package uidmap, /etc/subuid): {told[-1] if told else tried.returncode}"
