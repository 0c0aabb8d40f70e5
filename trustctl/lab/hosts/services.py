"""What the lab itself offers its hosts: the apt repository over HTTP, and names over DNS."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from trustctl.lab.hosts.ground import HostLabError
from trustctl.lab.hosts.network import Network

REPOSITORY = "192.0.2.80"
"""Where the repository answers on port 80 (an address of documentation, RFC 5737: no trust has it)."""
RESOLVER = "192.0.2.53"
"""Where names are answered."""

_END_SECONDS = 5.0


class Services:
    """The servers of one lab, in its router namespace. `addresses` are where DNS answers, `names` what it knows."""

    def __init__(
        self, network: Network, folder: Path, repository: Path, addresses: tuple[str, ...], names: Mapping[str, str]
    ) -> None:
        self._network = network
        self._folder = folder
        self._repository = repository
        self._addresses = addresses
        self._names = dict(names)
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        """Start both. Raises HostLabError."""
        self._start(
            "repository",
            [sys.executable, "-m", "http.server", "80", "--bind", REPOSITORY, "--directory", str(self._repository)],
        )
        listen = [f"--listen-address={address}" for address in self._addresses]
        records = [f"--host-record={name},{address}" for name, address in sorted(self._names.items())]
        # --local=/#/: what is not known here does not exist, and nobody else is asked (dnsmasq(8))
        fixed = ["--keep-in-foreground", "--conf-file=/dev/null", "--pid-file", "--user=root", "--bind-interfaces"]
        self._start("dns", ["dnsmasq", *fixed, "--no-resolv", "--no-hosts", "--local=/#/", *listen, *records])

    def stop(self) -> None:
        """End both."""
        for process in self._running.values():
            process.terminate()
        for process in self._running.values():
            try:
                process.wait(_END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._running.clear()

    def check(self) -> None:
        """Raises HostLabError if one of them ended by itself."""
        for name, process in self._running.items():
            if process.poll() is not None:
                raise HostLabError(f"the lab's {name} ended by itself", where=str(self._folder / f"{name}.log"))

    def _start(self, name: str, command: list[str]) -> None:
        log = self._folder / f"{name}.log"
        ground, router = self._network.ground, self._network.router
        self._running[name] = ground.spawn("ip", "netns", "exec", router, *command, log=log)
