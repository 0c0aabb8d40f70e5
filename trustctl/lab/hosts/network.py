"""The lab's network: a namespace that is router and management station, and one namespace for each host.

Nothing of it is visible outside: interfaces are born inside the namespaces. The router namespace has a bridge for each
subnet with the gateways' addresses, and forwards between them.
"""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from trustctl.lab.hosts.ground import Ground
from trustctl.lab.hosts.spec import HostSpec

PREFIX = "tclab-"
"""How the names of our namespaces begin: nothing else is ever removed."""

UPLINK = "eth0"
"""The network card of a host."""


@dataclass
class Network:
    """The namespaces of one lab. `key` is the lab's own short name; `station` the address that dials hosts."""

    ground: Ground
    key: str
    station: str
    services: tuple[str, ...] = ()
    """More addresses that the router namespace itself answers at, such as those of DNS servers."""
    _bridges: dict[ipaddress.IPv4Network, str] = field(default_factory=dict[ipaddress.IPv4Network, str])
    _ends: dict[str, str] = field(default_factory=dict[str, str])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def router(self) -> str:
        """The name of the router namespace."""
        return f"{PREFIX}{self.key}"

    def namespace(self, host: str) -> str:
        """The name of a host's namespace."""
        return f"{PREFIX}{self.key}-{self._ends[host]}"

    def up(self) -> None:
        """Make the router namespace. Raises HostLabError."""
        self._add(self.router)
        lines = ["link set lo up"]
        lines += [f"addr add {address}/32 dev lo" for address in dict.fromkeys((self.station, *self.services))]
        self._batch(self.router, lines)
        # a lab's packets cross subnets, and the station's address is not on the way they come
        for key, value in (("ip_forward", "1"), ("conf.all.rp_filter", "0"), ("conf.default.rp_filter", "0")):
            self.inside(self.router, "sysctl", "-q", "-w", f"net.ipv4.{key}={value}")

    def plug(self, spec: HostSpec) -> str:
        """Make a host's namespace and its cable; the namespace's name. Raises HostLabError.

        Addresses are the host's own business: it sets them when it boots.
        """
        bridge = self.bridge(spec.interface.network, (spec.gateway,))
        with self._lock:
            self._ends.setdefault(spec.name, str(len(self._ends) + 1))
        return self._cable(spec.name, bridge)

    def client(self, name: str, subnet: ipaddress.IPv4Network, gateway: str, address: str = "") -> str:
        """Make a namespace of another machine in a subnet, such as a PC; its name. Raises HostLabError.

        Without an address it has none, and no route, until a program in it takes care of that.
        """
        bridge = self.bridge(subnet, (gateway,))
        with self._lock:
            self._ends.setdefault(name, str(len(self._ends) + 1))
        made = self._cable(name, bridge)
        lines = ["link set lo up", f"link set {UPLINK} up"]
        if address:
            lines += [f"addr add {address}/{subnet.prefixlen} brd + dev {UPLINK}", f"route add default via {gateway}"]
        self._batch(made, lines)
        return made

    def answer_at(self, address: str) -> None:
        """Let the router namespace itself have another address, such as that of a server which a test plays."""
        self._batch(self.router, [f"addr replace {address}/32 dev lo"])

    def bridge(self, subnet: ipaddress.IPv4Network, addresses: Iterable[str]) -> str:
        """The router's interface in a subnet, made when it is first needed, with these addresses on it."""
        with self._lock:
            lines: list[str] = []
            if subnet not in self._bridges:
                self._bridges[subnet] = f"br{len(self._bridges) + 1}"
                lines += [f"link add {self._bridges[subnet]} type bridge", f"link set {self._bridges[subnet]} up"]
            bridge = self._bridges[subnet]
            lines += [f"addr replace {address}/{subnet.prefixlen} brd + dev {bridge}" for address in addresses]
            self._batch(self.router, lines)
            return bridge

    def cable(self, host: str, *, there: bool) -> None:
        """Plug a host's cable in, or pull it."""
        self._batch(self.router, [f"link set h{self._ends[host]} {'up' if there else 'down'}"])

    def inside(self, namespace: str, *command: str, given: str = "", seconds: float = 60.0) -> str:
        """Carry out a command of the machine inside one of the namespaces. Raises HostLabError."""
        return self.ground.run("ip", "netns", "exec", namespace, *command, given=given, seconds=seconds)

    def down(self) -> None:
        """Remove all namespaces, and with them every interface. Processes inside must be gone."""
        for name in (*(self.namespace(host) for host in self._ends), self.router):
            self.ground.run("ip", "netns", "del", name)
        self._ends.clear()
        self._bridges.clear()

    def _cable(self, name: str, bridge: str) -> str:
        end, made = f"h{self._ends[name]}", self.namespace(name)
        self._add(made)
        self._batch(
            self.router,
            [f"link add {end} type veth peer name {UPLINK} netns {made}", f"link set {end} master {bridge} up"],
        )
        return made

    def _add(self, namespace: str) -> None:
        # ip(8) goes back to where it came from, which is not allowed if that is the machine's own network
        self.ground.run("unshare", "--net", "ip", "netns", "add", namespace)

    def _batch(self, namespace: str, lines: Sequence[str]) -> None:
        self.ground.run("ip", "-n", namespace, "-batch", "-", given="\n".join(lines) + "\n")
