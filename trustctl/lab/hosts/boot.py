"""The two ways in which a host is started: as a whole system as root, or as an SSH server alone without root.

Without root the lab itself runs inside a user namespace (`rootless`), where systemd cannot be started: the host's first
process is its SSH server, and the lab sets its address.
"""

from __future__ import annotations

import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from trustctl.lab.hosts.cgroup import Cage
from trustctl.lab.hosts.network import UPLINK
from trustctl.lab.hosts.spec import HostSpec

_CAPABILITIES = "CAP_NET_ADMIN"
"""Beside nspawn's own: firewall and network of the host's own namespace. Never CAP_SYS_TIME: there is one clock."""

_ENVIRONMENT = {
    # its own network's settings (/proc/sys/net) are the host's to change
    "SYSTEMD_NSPAWN_API_VFS_WRITABLE": "network",
    # control groups version 2, as on a real server, also where the machine has both; systemd from 256 on knows no other
    "UNIFIED_CGROUP_HIERARCHY": "1",
}
"""What systemd-nspawn is told by its environment (systemd's ENVIRONMENT document)."""

_BARE = """\
set -eu
root="$1" name="$2" address="$3" gateway="$4" uplink="$5"
mount --make-rprivate /
hostname "$name"
ip link set lo up
ip link set "$uplink" up
ip addr replace "$address" brd + dev "$uplink"
ip route replace default via "$gateway"
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount --rbind /dev "$root/dev"
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts "$root/dev/pts"
mount --bind "$root/dev/pts/ptmx" "$root/dev/ptmx"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mkdir "$root/run/sshd"
exec chroot "$root" /usr/sbin/sshd -D -e
"""


class Boot(Protocol):
    """How a host is started."""

    @property
    def environment(self) -> Mapping[str, str]:
        """What the command is told by its environment."""
        ...

    @property
    def namespaces(self) -> tuple[str, ...]:
        """The namespaces of its own, beside the network's, as nsenter(1) names them."""
        ...

    @property
    def power_off(self) -> int:
        """The signal at which the first process shuts the host down in order."""
        ...

    def argv(self, spec: HostSpec, root: Path, namespace: str, cage: Cage) -> list[str]:
        """The command that starts it and lives as long as it does; the host's first process is its only child."""
        ...


@dataclass(frozen=True, slots=True)
class Whole:
    """systemd-nspawn, with systemd as the first process."""

    environment: Mapping[str, str] = field(default_factory=_ENVIRONMENT.copy)
    namespaces: tuple[str, ...] = ("--mount", "--uts", "--ipc", "--pid", "--cgroup")
    power_off: int = signal.SIGRTMIN + 4
    """systemd(1): start poweroff.target."""

    def argv(self, spec: HostSpec, root: Path, namespace: str, cage: Cage) -> list[str]:
        """See `Boot`."""
        return [
            *cage.entering(),
            "systemd-nspawn",
            "--quiet",
            f"--directory={root}",
            # the machine's own register of containers is one for all labs
            f"--machine={namespace}",
            f"--hostname={spec.name}",
            "--register=no",
            *cage.options(),
            f"--network-namespace-path=/run/netns/{namespace}",
            "--resolv-conf=off",
            "--timezone=off",
            f"--capability={_CAPABILITIES}",
            "--boot",
            "--console=pipe",
        ]


@dataclass(frozen=True, slots=True)
class Bare:
    """A chroot in namespaces, with the SSH server as the first process."""

    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    namespaces: tuple[str, ...] = ("--mount", "--uts", "--ipc", "--pid")
    power_off: int = signal.SIGTERM

    def argv(self, spec: HostSpec, root: Path, namespace: str, cage: Cage) -> list[str]:
        """See `Boot`."""
        private = ["unshare", "--mount", "--uts", "--ipc", "--pid", "--fork", "--kill-child"]
        words = [str(root), spec.name, str(spec.interface), spec.gateway, UPLINK]
        return ["ip", "netns", "exec", namespace, *private, "sh", "-c", _BARE, "sh", *words]
