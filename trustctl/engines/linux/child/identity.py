"""What a host says it is, and how it lets us become root: one script, the first thing that is run in a session."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from trustctl.engines.linux.child.spec import HostSpec
from trustctl.engines.linux.facts.shell import HAS_RPM
from trustctl.errors import DeviceError

HELLO = f"""\
LC_ALL=C; export LC_ALL
echo "uid=$(id -u)"
began=$(date +%s%N)
refused=$([ "$(id -u)" = 0 ] || sudo -n -H true 2>&1); echo "sudo=$?"
echo "sudo_ns=$(($(date +%s%N) - began))"
echo "refused=$(printf %s "$refused" | tr '\\n' ' ')"
echo "machine_id=$(cat /etc/machine-id 2>/dev/null)"
echo "hostname=$(cat /proc/sys/kernel/hostname)"
echo "kernel=$(uname -r)"
echo "uptime=$(cut -d' ' -f1 /proc/uptime)"
echo "boot_id=$(cat /proc/sys/kernel/random/boot_id)"
echo "virtualization=$(systemd-detect-virt 2>/dev/null)"
echo "systemd=$([ -d /run/systemd/system ] && echo yes || echo no)"
echo "at=$(command -v at >/dev/null && pidof atd >/dev/null && echo yes || echo no)"
echo "python=$(command -v python3)"
echo "apt=$({{ {HAS_RPM}; }} || command -v apt-get)"
. /etc/os-release
echo "os_id=$ID"
echo "os_like=$ID_LIKE"
echo "os_version=$VERSION_ID"
echo "pretty=$PRETTY_NAME"
"""

_NOTHING = dict.fromkeys(re.findall(r'echo "(\w+)=', HELLO), "")


def read(spec: HostSpec, out: bytes, err: bytes) -> Mapping[str, str]:
    """Return the host's words, empty ones for what it does not say. Raises DeviceError if it is no Linux host."""
    lines = out.decode("utf-8", "replace").splitlines()
    said = _NOTHING | dict(line.split("=", 1) for line in lines if "=" in line)
    if not said["machine_id"] or not said["os_id"]:
        what = err.decode("utf-8", "replace").strip()[-300:] or "it has no /etc/machine-id or no /etc/os-release"
        raise DeviceError(
            f"the host does not say what it is: {what}",
            where=spec.name,
            remedy="It must be a Linux host with /etc/machine-id (systemd-machine-id-setup) and /etc/os-release.",
        )
    return said


def identity(said: Mapping[str, str], sudo_seconds: float) -> dict[str, Any]:
    """What the parent is told; `sudo_seconds` is how long becoming root took."""
    ours = {"uid", "sudo", "sudo_ns", "refused"}
    return {**{word: value for word, value in said.items() if word not in ours}, "sudo_seconds": round(sudo_seconds, 3)}
