"""The files of one host: a writable layer over the shared base, and what makes it itself."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import Path

from trustctl.lab.hosts import rootless
from trustctl.lab.hosts.ground import Ground
from trustctl.lab.hosts.network import UPLINK
from trustctl.lab.hosts.spec import HostSpec

KEY_FILE = Path("etc/ssh/ssh_host_ed25519_key.pub")

_WRITE = 'mkdir -p "$(dirname "$1")" && cat > "$1" && chmod "$2" "$1"'

_ACCOUNT = """\
set -eu
useradd --create-home --shell /bin/bash --groups sudo "$1"
cat > /run/account && chpasswd < /run/account && rm /run/account
"""

_NODES = """\
set -eu
for node in full null random tty urandom zero; do
    [ -e "$1/$node" ] || : > "$1/$node"
    mount --bind "/dev/$node" "$1/$node"
done
"""
"""Device nodes of the machine, which a base that was made without root has not."""

_KEYS = """\
set -eu
if [ -d "$2" ]; then
    cp -p "$2"/ssh_host_* "$1/etc/ssh/"
else
    chroot "$1" ssh-keygen -q -A
    mkdir -p "$2.$$" && cp -p "$1"/etc/ssh/ssh_host_* "$2.$$/" && mv -T "$2.$$" "$2"
fi
"""

_INTERFACES = """\
auto lo
iface lo inet loopback

auto {uplink}
iface {uplink} inet static
    address {address}
    gateway {gateway}
"""

_NO_CLOCK = """\
# The clock is the machine's own: chronyd runs, and only looks.
[Unit]
ConditionCapability=

[Service]
ExecStart=
ExecStart=!/usr/sbin/chronyd $DAEMON_OPTS -x
"""


class Tree:
    """One host's files in a folder of the lab: `root` is what the host sees."""

    def __init__(self, ground: Ground, folder: Path) -> None:
        self._ground = ground
        self._folder = folder
        self.root = folder / "root"

    def mount(self, layers: Sequence[Path], size: int) -> None:
        """Put an empty writable layer of `size` MiB over read-only ones, the topmost first. Raises HostLabError."""
        self._ground.run("mkdir", "-p", str(self.root))
        disk = self._folder / "disk"
        self._ground.run("mkdir", "-p", str(disk))
        self._ground.run("mount", "-t", "tmpfs", "-o", f"size={size}m,mode=755", "lab", str(disk))
        self._ground.run("mkdir", str(disk / "upper"), str(disk / "work"))
        lower = ":".join(str(layer) for layer in layers)
        # in a user namespace the layers' own marks can only be attributes of the user's (overlayfs, "User xattr")
        marks = ",userxattr" if rootless.inside() else ""
        options = f"lowerdir={lower},upperdir={disk / 'upper'},workdir={disk / 'work'}{marks}"
        self._ground.run("mount", "-t", "overlay", "-o", options, "lab", str(self.root))

        if rootless.inside():
            self._ground.run("sh", "-c", _NODES, "sh", str(self.root / "dev"))

    def resize(self, megabytes: float) -> None:
        """Give the host's disk another size, which may be what it uses already. Raises HostLabError."""
        size = f"size={int(megabytes * 1024)}k"
        self._ground.run("mount", "-o", f"remount,{size}", str(self._folder / "disk"))

    def used(self) -> float:
        """How many MiB the host has written to its disk. Raises HostLabError."""
        told = self._ground.run("df", "-k", "--output=used", str(self._folder / "disk"))
        return int(told.split()[-1]) / 1024

    def unmount(self) -> None:
        """Take the layers away, and with them all that the host wrote. Raises HostLabError."""
        self._ground.run("umount", str(self.root))
        self._ground.run("umount", str(self._folder / "disk"))

    def settle(self, spec: HostSpec, sources: str, key: Path, keys: Path) -> str:
        """Make the host itself: name, network, account, apt sources, SSH keys; its machine id. Raises HostLabError.

        `key` is the repository's, `keys` a folder where the host's own SSH keys are kept from lab to lab.
        """
        machine_id = uuid.uuid4().hex
        search = f"search {spec.domain}\n" if spec.domain else ""
        dns = search + "".join(f"nameserver {address}\n" for address in spec.dns)
        own = f"127.0.0.1\tlocalhost\n{spec.address}\t{' '.join(spec.names)}\n"
        place = {"uplink": UPLINK, "address": spec.interface, "gateway": spec.gateway}
        self._write("etc/hostname", f"{spec.name}\n")
        self._write("etc/hosts", own)
        self._write("etc/resolv.conf", dns)
        self._write("etc/machine-id", f"{machine_id}\n", mode="0444")
        self._write("etc/network/interfaces", _INTERFACES.format_map(place))
        self._write("etc/apt/sources.list.d/lab.sources", sources)
        self._write("etc/systemd/system/chrony.service.d/lab.conf", _NO_CLOCK)
        self._ground.run("cp", str(key), str(self.root / "usr/share/keyrings" / key.name))
        self._ground.run("sh", "-c", _KEYS, "sh", str(self.root), str(keys))
        accounts = f"{spec.user}:{spec.password}\n"
        if spec.sudo_password:
            accounts += f"root:{spec.sudo_password}\n"
            self._write(f"etc/sudoers.d/{spec.user}-asks", f"Defaults:{spec.user} rootpw\n", mode="0440")
        self._ground.run("chroot", str(self.root), "sh", "-c", _ACCOUNT, "sh", spec.user, given=accounts)
        if spec.nopasswd:
            self._write(f"etc/sudoers.d/{spec.user}", f"{spec.user} ALL=(ALL:ALL) NOPASSWD: ALL\n", mode="0440")
        if spec.authorized_key:
            self._authorise(spec)
        return machine_id

    def host_key(self) -> str:
        """The host's public key as a `known_hosts` file has it: `ssh-ed25519 AAAA...`. Raises HostLabError."""
        return " ".join(self._ground.run("cat", str(self.root / KEY_FILE)).split()[:2])

    def _authorise(self, spec: HostSpec) -> None:
        home = f"home/{spec.user}/.ssh"
        self._write(f"{home}/authorized_keys", f"{spec.authorized_key.strip()}\n", mode="0600")
        close = 'chmod 700 "$1" && chown -R "$2:$2" "$1"'
        self._ground.run("chroot", str(self.root), "sh", "-c", close, "sh", f"/{home}", spec.user)

    def _write(self, path: str, text: str, *, mode: str = "0644") -> None:
        """Write a file as root of the host."""
        self._ground.run("sh", "-c", _WRITE, "sh", str(self.root / path), mode, given=text)
