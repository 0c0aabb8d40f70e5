"""A lab of Linux hosts: up, down, a look inside, and trouble on demand."""

from __future__ import annotations

import ipaddress
import secrets
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from trustctl.lab.faults import Fault, FaultKind
from trustctl.lab.hosts import door as door_program
from trustctl.lab.hosts import leftovers, rootless
from trustctl.lab.hosts.barriers import Barriers
from trustctl.lab.hosts.boot import Bare, Boot, Whole
from trustctl.lab.hosts.cache import Cache
from trustctl.lab.hosts.cgroup import Cage
from trustctl.lab.hosts.door import Door
from trustctl.lab.hosts.forward import LOOPBACK, Forwarder
from trustctl.lab.hosts.ground import Ground, HostLabError
from trustctl.lab.hosts.host import Host, Place
from trustctl.lab.hosts.layers import Layers
from trustctl.lab.hosts.network import Network
from trustctl.lab.hosts.recipe import recipe
from trustctl.lab.hosts.repository import KEY, sources_file
from trustctl.lab.hosts.services import REPOSITORY, RESOLVER, Services
from trustctl.lab.hosts.spec import HostContact, HostSpec, check
from trustctl.lab.hosts.tree import Tree
from trustctl.lab.hosts.trouble import Trouble

RUN = Path("/run/trustctl-lab")
"""Where running labs have their folders; one place, so that the next lab finds what a dead one left."""

STATION = "10.250.10.10"
"""The address of the management station, from which hosts are dialled, unless the caller has another."""

_AT_ONCE = 4
"""Hosts made at the same time: more only take turns at the machine's cores."""


@dataclass(frozen=True, slots=True)
class _Equipment:
    """What a running lab works with."""

    door: Door
    services: Services
    forwarder: Forwarder
    trouble: Trouble


class HostLab:
    """Running Linux hosts; use it as a context manager, or call `up` and `down`.

    `cache` is the folder of what hosts are made of. `station` is the source address of every SSH session. `names` are
    DNS names and addresses that the lab answers at `RESOLVER` and at each of `dns`, beside the hosts' own names.
    `ports` fixes the TCP port of a host on loopback.
    """

    def __init__(
        self,
        specs: Sequence[HostSpec],
        cache: Path,
        *,
        station: str = STATION,
        names: Mapping[str, str] | None = None,
        dns: Sequence[str] = (),
        ports: Mapping[str, int] | None = None,
    ) -> None:
        check(specs)
        self._specs = tuple(
            replace(spec, dns=spec.dns or (spec.address if spec.directory else RESOLVER,)) for spec in specs
        )
        self._cache = Cache(cache)
        self._names = dict(names or {})
        self._dns = (RESOLVER, *dns)
        self._ports = dict(ports or {})
        self._ground = Ground()
        self._how: Boot = Bare() if rootless.inside() else Whole()
        self._key = secrets.token_hex(3)
        self._network = Network(self._ground, self._key, station, (REPOSITORY, *self._dns))
        self._hosts: dict[str, Host] = {}
        self._contacts: dict[str, HostContact] = {}
        self._equipment: _Equipment | None = None
        self._undo = ExitStack()

    def __enter__(self) -> Self:
        self.up()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.down()

    def up(self) -> Mapping[str, HostContact]:
        """Boot every host and wait until all answer; where each does, by name.

        Clears away what a lab that died left behind. Raises HostLabError, and then leaves nothing running.
        """
        leftovers.sweep(RUN, self._ground)
        made = {spec.os: self._cache.repository(recipe(spec.os)) for spec in self._specs}
        try:
            self._lay_ground(made)
            self._each(self._make)
            self._each(self._boot)
        except BaseException:
            self.down()
            raise
        return dict(self._contacts)

    def down(self) -> None:
        """Cut every host's power and leave no trace. Raises HostLabError for what cannot be removed."""
        self._undo.close()
        self._equipment = None
        self._hosts.clear()
        self._contacts.clear()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all hosts that it was given."""
        return tuple(spec.name for spec in self._specs)

    @property
    def contacts(self) -> Mapping[str, HostContact]:
        """Where each running host answers."""
        return dict(self._contacts)

    def host(self, name: str) -> Host:
        """A host by its name. Raises HostLabError."""
        if name not in self._hosts:
            raise HostLabError(f"the lab has no host {name!r}", remedy=f"it has: {', '.join(sorted(self._hosts))}")
        return self._hosts[name]

    def run(
        self, name: str, argv: Sequence[str], given: str = "", seconds: float = 60.0
    ) -> subprocess.CompletedProcess[str]:
        """Carry out a command on a host as its root, past its SSH server. Raises HostLabError if it is off."""
        return self.host(name).run(argv, given, seconds)

    def at_station(self, *argv: str, given: str = "", seconds: float = 60.0) -> str:
        """Carry out a command of this machine from the management station's place in the lab. Raises HostLabError."""
        return self._network.inside(self._network.router, *argv, given=given, seconds=seconds)

    def client(self, name: str, subnet: str, gateway: str, address: str = "") -> Callable[..., str]:
        """Put another machine into a subnet (`10.11.30.0/24`): a function that carries out commands there.

        Without an address it has none until a program of its own, such as a DHCP client, sets one. The function takes
        what `at_station` takes. Raises HostLabError.
        """
        made = self._network.client(name, ipaddress.IPv4Network(subnet), gateway, address)
        return partial(self._network.inside, made)

    def answer_at(self, address: str) -> None:
        """Let the management station have another address, of a server that a test plays. Raises HostLabError."""
        self._network.answer_at(address)

    def relay_dhcp(self, gateway: str, server: str) -> None:
        """Let the router pass on what DHCP clients ask in a gateway's subnet, as a core switch does."""
        self._has.services.relay(gateway, server)

    def socket(self, kind: str = "tcp", *, source: str = "", port: int = 0) -> socket.socket:
        """A socket of the management station, `tcp` or `udp`. Raises OSError."""
        return self._has.door.open(kind, source=source, port=port)

    def break_(self, name: str, fault: Fault) -> None:
        """Let a host suffer a fault (`faults.OF_HOSTS`). Raises UsageError, HostLabError."""
        self.host(name)
        self._has.trouble.begin(name, fault)

    def heal(self, name: str, kind: FaultKind | None = None) -> None:
        """Take one kind of fault away from a host, or all. Raises HostLabError."""
        self.host(name)
        self._has.trouble.end(name, kind)

    def status(self, name: str) -> dict[str, object]:
        """`platform`, `serial` (the machine id), `reachable`, `why`, `up`, `faults` and `memory` (bytes) of a host."""
        host = self.host(name)
        faults = [str(fault) for fault in self._has.trouble.of(name)]
        reachable = host.on and host.greets()
        why = "" if reachable else ("no power" if not host.on else "its SSH server does not answer")
        return {
            "platform": "linux",
            "serial": host.machine_id,
            "reachable": reachable,
            "why": why,
            "up": host.on,
            "faults": faults,
            "memory": host.memory(),
        }

    @property
    def _has(self) -> _Equipment:
        if self._equipment is None:
            raise HostLabError("the lab is not up")
        return self._equipment

    # --- from nothing to a host -------------------------------------------------------------------------------------

    def _lay_ground(self, repositories: Mapping[str, Path]) -> None:
        """Folder, network, services and the way in; each system's archive has a folder of its own."""
        folder = RUN / self._key
        leftovers.claim(folder)
        # whatever happens from here on, this one call removes all of it
        self._undo.callback(leftovers.clear, folder, self._ground)
        self._network.up()
        door = self._open_door(folder)
        services = Services(self._network, door, folder)
        self._undo.callback(services.stop)
        archives = folder / "archives"
        archives.mkdir()
        for os, repository in repositories.items():
            (archives / os).symlink_to(repository)
        services.serve("repository", archives, 80)
        services.answer(
            self._dns, {**{name: spec.address for spec in self._specs for name in spec.names}, **self._names}
        )
        forwarder = Forwarder(door, self._network.station)
        self._undo.callback(forwarder.close)
        barriers = Barriers(self._network, services, folder, archives)
        trouble = Trouble(self._hosts, self._network, barriers, forwarder)
        self._equipment = _Equipment(door, services, forwarder, trouble)

    def _open_door(self, folder: Path) -> Door:
        """Start the program that makes sockets in the router namespace."""
        ours, theirs = socket.socketpair()
        with theirs:
            program = [sys.executable, "-I", "-S", str(Path(door_program.__file__)), str(theirs.fileno())]
            process = self._ground.spawn(
                "ip", "netns", "exec", self._network.router, *program,
                log=folder / "door.log", handed=(theirs.fileno(),),
            )  # fmt: skip
        door = Door(ours)
        self._undo.callback(process.wait)
        self._undo.callback(door.close)
        return door

    def _each(self, act: Callable[[HostSpec], None]) -> None:
        """Do something for all hosts, some at a time. The first error is raised once all are through."""
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="lab-host") as pool:
            for done in [pool.submit(act, spec) for spec in self._specs]:
                done.result()

    def _make(self, spec: HostSpec) -> None:
        """Lay out a host's files and its cable."""
        made = recipe(spec.os)
        folder = RUN / self._key / spec.name
        tree = Tree(self._ground, folder)
        tree.mount(Layers(self._cache).under(made, spec), spec.size)
        key = self._cache.repository(made) / KEY
        place = Place(self._ground, self._network.plug(spec), self._has.door, self._how, made.settings)
        host = Host(spec, place, tree, Cage(self._key, spec.name), folder / "console.log")
        sources = sources_file(made, f"http://{REPOSITORY}/{spec.os}")
        host.machine_id = tree.settle(spec, sources, key, self._cache.keys(spec.name))
        self._undo.callback(host.cut)
        self._hosts[spec.name] = host

    def _boot(self, spec: HostSpec) -> None:
        """Boot a host and open its port on loopback."""
        host = self._hosts[spec.name]
        host.start()
        port = self._has.forwarder.open(spec.name, spec.address, self._ports.get(spec.name, 0))
        self._contacts[spec.name] = HostContact(LOOPBACK, port, host.tree.host_key(), host.machine_id)
