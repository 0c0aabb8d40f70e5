"""The Linux engine conforms: the suite of all engines on a real host."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from engine_hosts import description, engine, target
from linux_hosts import StartHosts, server

from trustctl.engines.linux import LinuxEngine
from trustctl.lab.hosts.lab import HostLab

sys.path.append(str(Path(__file__).parents[1] / "conformance"))

from suite import Conformance, Ground

NAME = "oak-srv-01"
FILE = "/etc/ssh/sshd_config.d/10-trust.conf"
CHECKED = f"file {FILE} owner=root group=root mode=0644 check='sshd -t -f {{}}'"
LINE = "MaxAuthTries 4"
WANT = description(f"topic SSH role=access armed=yes\n{CHECKED}\n    {LINE}\n")
REVERT = "systemctl start trustctl-revert.service 2>&1; rm -rf /var/lib/trustctl/revert"


@dataclass(frozen=True)
class HostWitness:
    """Looks at the host as its root, past its SSH server."""

    lab: HostLab

    def changed(self) -> bool:
        """Whether the file has the line."""
        return LINE in self.lab.run(NAME, ["sh", "-c", f"cat {FILE} 2>&1"]).stdout

    def logins(self) -> int:
        """Sign-ins, refused ones included, as the host's journal has them."""
        said = self.lab.run(NAME, ["journalctl", "--sync", "--no-pager", "-t", "sshd", "-o", "cat"]).stdout
        said = said or self.lab.run(NAME, ["journalctl", "--no-pager", "-t", "sshd", "-o", "cat"]).stdout
        return sum(line.startswith(("Accepted ", "Failed ")) for line in said.splitlines())

    def tidy(self) -> None:
        """Let the host put back what waits, and remove the file."""
        self.lab.run(NAME, ["sh", "-c", f"{REVERT}; rm -f {FILE}"])


@pytest.fixture(scope="module")
def lab(start_hosts: StartHosts) -> HostLab:
    """One host."""
    return start_hosts(server(1))


@pytest.fixture(scope="module")
def linux() -> Iterator[LinuxEngine]:
    """An engine whose hosts' minutes have 3 seconds."""
    made = engine(WANT.values(), minute=3)
    yield made
    made.close()


class TestLinuxEngine(Conformance):
    """The suite on a Debian host."""

    @pytest.fixture
    def ground(self, lab: HostLab, linux: LinuxEngine) -> Ground:
        """A file of the SSH server comes; one that the server does not understand is refused."""
        return Ground(
            connector=linux,
            target=target(lab, NAME),
            witness=HostWitness(lab),
            units=tuple(one.lines for one in WANT.values()),
            shown=LINE,
            refused=(*(one.lines for one in WANT.values()), (CHECKED, "    Nonsense yes")),
            says="Nonsense",
            secret=(CHECKED, "    Banner <secret:radius/key>"),
            reaches="10.11.20.1",
            nowhere="10.11.20.99",
        )
