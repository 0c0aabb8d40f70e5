"""Whether this machine can run lab hosts, and if not, why."""

from __future__ import annotations

import shutil
from pathlib import Path

from trustctl.lab.hosts import rootless
from trustctl.lab.hosts.ground import PATH, is_root

PROGRAMS = {
    "ip": "iproute2",
    "apt-ftparchive": "apt-utils",
    "dpkg-deb": "dpkg",
    "gpg": "gpg",
    "nsenter": "util-linux",
    "dnsmasq": "dnsmasq-base",
    "nft": "nftables",
    "sysctl": "procps",
}
"""What the lab calls on this machine, and the Debian package that has it."""

OF_ROOT = {"systemd-nspawn": "systemd-container", "debootstrap": "debootstrap"}
OF_OTHERS = {"newuidmap": "uidmap", "mmdebstrap": "mmdebstrap"}
"""What it calls besides, as root and without."""

_FILESYSTEMS = Path("/proc/filesystems")


def hindrances() -> tuple[str, ...]:
    """Why lab hosts cannot run here, each in a few words; empty if they can."""
    found = [why] if (why := rootless.hindrance()) else []
    if missing := lacking():
        found.append(f"not installed: {' '.join(missing)}")
    try:
        if "\toverlay\n" not in _FILESYSTEMS.read_text(encoding="utf-8"):
            found.append("the kernel has no overlay file system")
    except OSError:
        found.append("this is no Linux")
    return tuple(found)


def lacking() -> tuple[str, ...]:
    """The Debian packages that the lab needs and that are not installed."""
    needed = {**PROGRAMS, **(OF_OTHERS if rootless.inside() or not is_root() else OF_ROOT)}
    return tuple(sorted({package for program, package in needed.items() if shutil.which(program, path=PATH) is None}))
