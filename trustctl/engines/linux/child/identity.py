"""What a host says it is, in one command."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from trustctl.engines.linux.border import StringCommand
from trustctl.engines.linux.child.sessions import Session
from trustctl.engines.linux.facts.shell import quoted
from trustctl.errors import DeviceError

_SCRIPT = """
echo "machine_id=$(cat /etc/machine-id 2>/dev/null)"
echo "hostname=$(cat /proc/sys/kernel/hostname)"
echo "kernel=$(uname -r)"
echo "uptime=$(cut -d' ' -f1 /proc/uptime)"
echo "boot_id=$(cat /proc/sys/kernel/random/boot_id)"
echo "virtualization=$(systemd-detect-virt 2>/dev/null)"
echo "systemd=$([ -d /run/systemd/system ] && echo yes || echo no)"
echo "at=$(command -v at >/dev/null && pidof atd >/dev/null && echo yes || echo no)"
echo "python=$(command -v python3)"
. /etc/os-release
echo "os_id=$ID"
echo "os_like=$ID_LIKE"
echo "os_version=$VERSION_ID"
echo "pretty=$PRETTY_NAME"
"""


_REACHES = """
if command -v ping >/dev/null; then ping -n -c 2 -i 0.3 -W 2 {0} >/dev/null 2>&1 && echo yes || echo no
else timeout 2 bash -c 'echo >/dev/udp/{0}/9' 2>/dev/null; sleep 1
  ip neigh show {0} | grep -q lladdr && echo yes || echo no
fi
"""
"""Without ping a neighbour that answers ARP is reached."""


def reaches(session: Session, address: str) -> bool:
    """Whether the host itself reaches an address. Raises DeviceError if it does not say."""
    words = quoted([str(ip_address(address))])
    _, out, err = session.transport.run(StringCommand(_REACHES.strip().format(words)))
    said = out.decode("utf-8", "replace").strip()
    if said not in {"yes", "no"}:
        what = err.decode("utf-8", "replace").strip()[-200:]
        raise DeviceError(f"the host does not say whether it reaches {address}: {what}", where=session.spec.name)
    return said == "yes"


def identity(session: Session) -> dict[str, Any]:
    """Return the host's own words; `sudo_seconds` is ours. Raises DeviceError if it is no Linux host."""
    code, out, err = session.transport.run(StringCommand(_SCRIPT.strip()))
    text = out.decode("utf-8", "replace")
    said = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    if code != 0 or not said.get("machine_id"):
        what = err.decode("utf-8", "replace").strip()[-300:] or "it has no /etc/machine-id"
        raise DeviceError(
            f"the host does not say what it is: {what}",
            where=session.spec.name,
            remedy="It must be a Linux host with /etc/machine-id (systemd-machine-id-setup) and /etc/os-release.",
        )
    return {**said, "sudo_seconds": round(session.transport.sudo_seconds, 3)}
