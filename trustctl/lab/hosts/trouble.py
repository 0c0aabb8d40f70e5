"""Trouble on demand: what a host of the lab can be made to suffer, and how it ends."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from trustctl.errors import UsageError
from trustctl.lab.faults import OF_HOSTS, Fault, FaultKind
from trustctl.lab.hosts.barriers import Barriers
from trustctl.lab.hosts.forward import Forwarder
from trustctl.lab.hosts.ground import HostLabError
from trustctl.lab.hosts.host import Host
from trustctl.lab.hosts.network import Network

_LOCKS = """\
import fcntl, os, time
held = [open(path, "w") for path in ("/var/lib/dpkg/lock-frontend", "/var/lib/dpkg/lock", "/var/lib/apt/lists/lock")]
for one in held:
    fcntl.lockf(one, fcntl.LOCK_EX)
os.open("/run/lab-apt-locked", os.O_CREAT)
time.sleep(1000000)
"""

# What is done on the host, and what ends it. `$1` is the account that signs in, `$2` the program that holds the locks.
_HOST_KEY = (
    "mkdir /etc/ssh/lab-keys && mv /etc/ssh/ssh_host_* /etc/ssh/lab-keys/ && ssh-keygen -q -A && systemctl restart ssh",
    "mv -f /etc/ssh/lab-keys/* /etc/ssh/ && rmdir /etc/ssh/lab-keys && systemctl restart ssh",
)
_APT_LOCKED = (
    'systemd-run --quiet --unit=lab-apt-lock python3 -c "$2" && until [ -e /run/lab-apt-locked ]; do sleep 0.1; done',
    "systemctl stop lab-apt-lock && rm -f /run/lab-apt-locked",
)
_NO_PYTHON = (
    "mkdir /usr/lib/lab-python && mv /usr/bin/python3* /usr/lib/lab-python/",
    "mv /usr/lib/lab-python/* /usr/bin/ && rmdir /usr/lib/lab-python",
)
_SUDO_PASSWORD = (
    'echo "Defaults rootpw" > /etc/sudoers.d/zz-lab && chmod 440 /etc/sudoers.d/zz-lab && usermod --lock root',
    "rm /etc/sudoers.d/zz-lab && usermod --unlock root",
)
_ON_HOST: Mapping[FaultKind, tuple[str, str]] = {
    FaultKind.REFUSE: ("systemctl stop ssh", "systemctl start ssh"),
    FaultKind.WRONG_PASSWORD: ('usermod --lock "$1"', 'usermod --unlock "$1"'),
    FaultKind.HOST_KEY: _HOST_KEY,
    FaultKind.APT_LOCKED: _APT_LOCKED,
    FaultKind.NO_PYTHON: _NO_PYTHON,
    FaultKind.SUDO_PASSWORD: _SUDO_PASSWORD,
}


class Trouble:
    """What the hosts of a lab suffer from now, at most one of each kind for a host."""

    def __init__(self, hosts: Mapping[str, Host], network: Network, barriers: Barriers, forwarder: Forwarder) -> None:
        self._hosts = hosts
        self._network = network
        self._barriers = barriers
        self._forwarder = forwarder
        self._suffered: dict[str, dict[FaultKind, Fault]] = {}
        self._lock = threading.RLock()

    def of(self, name: str) -> tuple[Fault, ...]:
        """What a host suffers from."""
        return tuple(self._suffered.get(name, {}).values())

    def begin(self, name: str, fault: Fault) -> None:
        """Let a host suffer something; a fault of the same kind ends first.

        Raises UsageError for a fault that means nothing on a Linux host, HostLabError if the host is off.
        """
        if fault.kind not in OF_HOSTS:
            raise UsageError(f"{fault.kind} means nothing on a Linux host of the lab", where=name)
        with self._lock:
            self.end(name, fault.kind)
            self._begin(self._hosts[name], fault)
            self._suffered.setdefault(name, {})[fault.kind] = fault

    def end(self, name: str, kind: FaultKind | None = None) -> None:
        """Take one kind of fault away from a host, or all: power first, so that the host can take part."""
        with self._lock:
            active = self._suffered.get(name, {})
            for each in sorted(active, key=lambda one: one is not FaultKind.OFF):
                if kind in {None, each}:
                    self._end(self._hosts[name], each)
                    del active[each]

    def _begin(self, host: Host, fault: Fault) -> None:
        address = host.spec.address
        if fault.kind in _ON_HOST:
            self._do(host, _ON_HOST[fault.kind][0])
        elif fault.kind is FaultKind.OFF:
            self._forwarder.shut(host.spec.name)
            host.stop()
        elif fault.kind is FaultKind.DEAD:
            self._network.cable(host.spec.name, there=False)
        elif fault.kind is FaultKind.DISK_FULL:
            host.tree.resize(host.tree.used())
        elif fault.kind is FaultKind.MIRROR:
            self._barriers.mirror(address, fault.text or "gone")
        elif fault.kind is FaultKind.DNS_DEAD:
            self._barriers.names(address)

    def _end(self, host: Host, kind: FaultKind) -> None:
        address = host.spec.address
        if kind in _ON_HOST:
            self._do(host, _ON_HOST[kind][1])
        elif kind is FaultKind.OFF:
            host.start()
            self._forwarder.reopen(host.spec.name)
        elif kind is FaultKind.DEAD:
            self._network.cable(host.spec.name, there=True)
        elif kind is FaultKind.DISK_FULL:
            host.tree.resize(host.spec.size)
        elif kind is FaultKind.MIRROR:
            self._barriers.lift(address, "mirror")
        elif kind is FaultKind.DNS_DEAD:
            self._barriers.lift(address, "names")

    def _do(self, host: Host, script: str) -> None:
        done = host.run(["sh", "-c", script, "sh", host.spec.user, _LOCKS])
        if done.returncode:
            raise HostLabError(f"the host did not take the fault: {done.stderr.strip()}", where=host.spec.name)
