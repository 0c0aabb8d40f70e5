"""What the lab itself offers its hosts: the apt repository over HTTP, and names over DNS."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from trustctl.lab.hosts.door import Door
from trustctl.lab.hosts.ground import HostLabError
from trustctl.lab.hosts.network import Network

REPOSITORY = "192.0.2.80"
"""Where the repository answers on port 80 (an address of documentation, RFC 5737: no trust has it)."""
RESOLVER = "192.0.2.53"
"""Where names are answered."""

_FIXED = ("--keep-in-foreground", "--conf-file=/dev/null", "--pid-file", "--user=root", "--bind-interfaces")
_START_SECONDS = 20.0
_END_SECONDS = 5.0
_DNS_PORT = 53


class Services:
    """The servers of one lab, in its router namespace; `folder` takes what they print."""

    def __init__(self, network: Network, door: Door, folder: Path) -> None:
        self._network = network
        self._door = door
        self._folder = folder
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._relays: list[str] = []

    def answer(self, addresses: Sequence[str], names: Mapping[str, str]) -> None:
        """Answer these names at these addresses, forwards and backwards. Raises HostLabError."""
        listen = [f"--listen-address={address}" for address in addresses]
        records = [f"--host-record={name},{address}" for name, address in sorted(names.items())]
        # --local=/#/: what is not known here does not exist, and nobody else is asked (dnsmasq(8))
        command = ["dnsmasq", *_FIXED, "--no-resolv", "--no-hosts", "--local=/#/", *listen, *records]
        self._start("dns", command, (addresses[0], _DNS_PORT))

    def serve(self, name: str, folder: Path, port: int) -> None:
        """Serve a folder over HTTP at the repository's address. Raises HostLabError."""
        where = ["--bind", REPOSITORY, "--directory", str(folder)]
        self._start(name, [sys.executable, "-m", "http.server", str(port), *where], (REPOSITORY, port))

    def relay(self, gateway: str, server: str) -> None:
        """Pass on what DHCP clients ask in the subnet of a gateway's address to a server (RFC 1542, section 4)."""
        self._relays.append(f"--dhcp-relay={gateway},{server}")
        if "relay" in self._running:
            _end(self._running.pop("relay"))
        self._start("relay", ["dnsmasq", *_FIXED, "--port=0", *self._relays], None)

    def stop(self) -> None:
        """End all of them."""
        for process in self._running.values():
            _end(process)
        self._running.clear()

    def _start(self, name: str, command: list[str], place: tuple[str, int] | None) -> None:
        """Start a server and wait until it takes connections at a place, if it has one."""
        log = self._folder / f"{name}.log"
        ground, router = self._network.ground, self._network.router
        process = ground.spawn("ip", "netns", "exec", router, *command, log=log)
        self._running[name] = process
        deadline = time.monotonic() + _START_SECONDS
        while place is not None and not self._takes(place):
            if process.poll() is not None or time.monotonic() > deadline:
                raise HostLabError(f"the lab's {name} does not start: {log.read_text(errors='replace')[-200:]}")
            time.sleep(0.02)

    def _takes(self, place: tuple[str, int]) -> bool:
        try:
            with self._door.open("tcp") as line:
                line.settimeout(1.0)
                line.connect(place)
        except OSError:
            return False
        return True


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
