"""Where packets go: which ports carry which VLAN, and whether the management station reaches a switch."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from trustctl.lab.makes.cisco_ios.model.access import permits
from trustctl.lab.makes.cisco_ios.model.commands.addresses import interface_addresses
from trustctl.lab.makes.cisco_ios.model.commands.database import exists
from trustctl.lab.makes.cisco_ios.model.interfaces import full_name, split_name
from trustctl.lab.makes.cisco_ios.model.login import ssh_line
from trustctl.lab.makes.cisco_ios.model.spec import Reachability
from trustctl.lab.makes.cisco_ios.model.switching import (
    carries,
    interface_towards,
    is_up,
    next_hop,
    owner_of,
    untagged_vlan,
    vrf_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from trustctl.lab.makes.cisco_ios.model.device import IosSwitch


@dataclass(frozen=True, slots=True)
class Link:
    """A cable between two switches, by switch name and port (any spelling)."""

    a: str
    port_a: str
    b: str
    port_b: str


@dataclass(frozen=True, slots=True)
class Assumptions:
    """How the world around a switch was set up when the switch first booted; the world does not follow its changes."""

    address: str | None
    """The address that the station dials. None if the switch had none that is known: then only logins are judged."""
    gateways: frozenset[str]
    on_subnet: bool
    """No route led to the station: so it is in the management subnet."""
    routes_hidden: bool
    """The switch routes although no `ip routing` line says so."""
    untagged: dict[str, int | None] = field(default_factory=dict[str, "int | None"])
    """For each port of attachment: the VLAN that travelled untagged, which is what the far side expects."""


def assumptions(switch: IosSwitch) -> Assumptions:
    """Note how the world is set up around a switch that has just booted for the first time."""
    spec = switch.spec
    default = switch.root.value("ip default-gateway")
    hidden = not default and not switch.root.has("ip routing") and any(True for _ in switch.root.starting("ip route "))
    address = spec.management_address or _first_address(
        switch, next_hop(switch, spec.station, vrf="", routes_hidden=hidden)
    )
    owner = owner_of(switch, address) if address else None
    vrf = vrf_of(switch, owner) if owner else ""
    hop = next_hop(switch, spec.station, vrf=vrf, routes_hidden=hidden)
    attachment = full_name(spec.attachment) if spec.attachment else None
    untagged = {attachment: untagged_vlan(switch, attachment)} if attachment else {}
    gateways = spec.gateways or (frozenset({hop}) if hop else frozenset[str]())
    return Assumptions(address, gateways, hop is None, hidden, untagged)


def _first_address(switch: IosSwitch, hop: str | None) -> str | None:
    found = [
        address
        for node in switch.root.starting("interface ")
        if not node.has("shutdown")
        for address in interface_addresses(node)
    ]
    if hop:
        found.sort(key=lambda address: IPv4Address(hop) not in address.network if hop[:1].isdigit() else False)
    return str(found[0].ip) if found else None


# -- reaching a switch -------------------------------------------------------------------------------------------------


def reachable(switch: IosSwitch) -> Reachability:
    """Whether the station can open a new session to a switch now, and why not."""
    fabric = switch.fabric or Fabric([switch], watch=False)
    return fabric.reachable(switch.spec.name)


def _filtered(switch: IosSwitch, interface: str, address: str) -> str:
    """Why packets from the station do not get past the interface; empty if they do."""
    node = switch.root.get(f"interface {interface}")
    for group in node.starting("ip access-group ") if node is not None else ():
        words = group.text.split()
        if words[3] == "in" and not permits(switch.root, words[2], switch.spec.station, address):
            return f"access list {words[2]} on {interface} keeps the station out"
    return ""


def _turned_away(switch: IosSwitch, address: str) -> str:
    """Why a packet that arrives does not become a session; empty if it does."""
    line = ssh_line(switch)
    if line is None:
        return "no vty line takes SSH (transport input)"
    for setting in line.starting("access-class "):
        words = setting.text.split()
        if words[2] == "in" and not permits(switch.root, words[1], switch.spec.station, address):
            return f"access list {words[1]} on the vty lines keeps the station out"
    return ""


class Fabric:
    """Switches, the cables between them, and the ways out to the station (each switch's `spec.attachment`)."""

    def __init__(self, switches: Sequence[IosSwitch], links: Sequence[Link] = (), *, watch: bool = True) -> None:
        self.switches = {switch.spec.name: switch for switch in switches}
        self.on_lost: list[Callable[[IosSwitch, Reachability], None]] = []
        self._neighbours: dict[str, dict[str, list[tuple[str, str]]]] = {}
        for link in links:
            self._add(link.a, link.port_a, link.b, link.port_b)
            self._add(link.b, link.port_b, link.a, link.port_a)
        self._known: dict[str, Reachability] = {}
        if watch:
            for switch in switches:
                switch.fabric = self
                switch.on_change.append(self._changed)

    def _add(self, a: str, port_a: str, b: str, port_b: str) -> None:
        near, far = full_name(port_a) or port_a, full_name(port_b) or port_b
        self._neighbours.setdefault(a, {}).setdefault(near, []).append((b, far))

    def _changed(self, switch: IosSwitch) -> None:
        """Look again at the switches whose way to the station leads through the one that changed."""
        name = switch.spec.name
        through = [
            other for other, known in self._known.items() if other != name and (not known.ok or name in known.path)
        ]
        for other in [name, *through]:
            before = self._known.pop(other, None)
            now = self.reachable(other)
            if before is not None and before.ok and not now.ok:
                for listener in tuple(self.on_lost):
                    listener(self.switches[other], now)

    def reachable(self, name: str) -> Reachability:
        """Whether the station can open a new session to a switch, and the switches on the way."""
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = self._judge(self.switches[name])
        return known

    def _judge(self, switch: IosSwitch) -> Reachability:
        address = switch.assumed.address
        if address is None:
            why = _turned_away(switch, "0.0.0.0")  # noqa: S104 - no address is known, and none is listened on
            return Reachability(ok=not why, why=why, login=not why, path=(switch.spec.name,))
        interface = owner_of(switch, address)
        if interface is None:
            return Reachability(ok=False, why=f"no interface has the address {address} any more")
        if not is_up(switch, interface):
            return Reachability(ok=False, why=f"{interface} is down: {_why_down(switch, interface)}")
        path, why = self._route(switch, interface, frozenset())
        if why:
            return Reachability(ok=False, why=why)
        why = _filtered(switch, interface, address)
        if why:
            return Reachability(ok=False, why=why, path=path)
        why = _turned_away(switch, address)
        return Reachability(ok=not why, why=why, login=not why, path=path)

    def _route(self, switch: IosSwitch, interface: str, seen: frozenset[str]) -> tuple[tuple[str, ...], str]:
        """The way from an interface to the station: the switches on it, and why there is none."""
        name = switch.spec.name
        hop, leaving, why = None, interface, ""
        if not switch.assumed.on_subnet:
            hop, leaving, why = self._towards_gateway(switch, vrf_of(switch, interface))
        kind, number = split_name(leaving)
        if why:
            return (), why
        if kind != "Vlan":
            return (name,), ""
        router = self._host_of(hop) if hop else None
        if router is not None and router[0] != name and name not in seen:
            return self._by_router(switch, int(number), router, seen)
        return self._to_station(name, int(number))

    def _towards_gateway(self, switch: IosSwitch, vrf: str) -> tuple[str | None, str, str]:
        """The gateway towards the station, the interface that leads to it, and why there is none."""
        assumed = switch.assumed
        hop = next_hop(switch, switch.spec.station, vrf=vrf, routes_hidden=assumed.routes_hidden)
        if hop is None:
            return None, "", "no route leads back to the station (default gateway)"
        if not hop[:1].isdigit():
            return hop, hop, "" if is_up(switch, hop) else f"{hop} towards the station is down"
        leaving = interface_towards(switch, hop, vrf)
        if leaving is None:
            return hop, "", f"the gateway {hop} is not in a connected network"
        if hop not in {*assumed.gateways, switch.spec.station} and self._host_of(hop) is None:
            return hop, leaving, f"nothing answers at the gateway {hop}"
        return hop, leaving, "" if is_up(switch, leaving) else f"{leaving} towards the gateway {hop} is down"

    def _by_router(
        self, switch: IosSwitch, vlan: int, router: tuple[str, str], seen: frozenset[str]
    ) -> tuple[tuple[str, ...], str]:
        """The way by another switch that is this one's gateway."""
        name = switch.spec.name
        target, interface = router
        number = split_name(interface)[1]
        path = self._search(name, vlan, lambda at, inside: at == target and str(inside) == number)
        if path is None or not is_up(self.switches[target], interface):
            return (), f"VLAN {vlan} does not reach the gateway on {target}"
        onward, why = self._route(self.switches[target], interface, seen | {name})
        return (*path, *onward[1:]), why

    def _host_of(self, address: str) -> tuple[str, str] | None:
        if not address[:1].isdigit():
            return None
        for name, switch in self.switches.items():
            interface = owner_of(switch, address)
            if interface is not None:
                return name, interface
        return None

    def _to_station(self, name: str, vlan: int) -> tuple[tuple[str, ...], str]:
        path = self._search(name, vlan, self._leaves_here)
        if path is None:
            return (), f"VLAN {vlan} does not reach the station: no trunk or port on the way carries it"
        return path, ""

    def _leaves_here(self, name: str, vlan: int) -> bool:
        """Whether a VLAN gets out to the station on this switch, tagged or not as the far side expects it."""
        switch = self.switches[name]
        if switch.spec.attachment is None:
            return not self._neighbours.get(name)
        port = full_name(switch.spec.attachment) or switch.spec.attachment
        if not is_up(switch, port):
            return False
        expected = switch.assumed.untagged.get(port)
        how = carries(switch, port, vlan)
        return how == "untagged" if expected == vlan else how == "tagged"

    def _search(self, start: str, vlan: int, arrived: Callable[[str, int], bool]) -> tuple[str, ...] | None:
        """The switches on the shortest way of a VLAN's frames from `start` to where they have arrived."""
        queue: deque[tuple[str, int, tuple[str, ...]]] = deque([(start, vlan, (start,))])
        seen = {(start, vlan)}
        while queue:
            name, inside, path = queue.popleft()
            if not exists(self.switches[name], inside):
                continue
            if arrived(name, inside):
                return path
            for after, there in self._steps(name, inside):
                if (after, there) not in seen:
                    seen.add((after, there))
                    queue.append((after, there, (*path, after)))
        return None

    def _steps(self, name: str, vlan: int) -> Iterator[tuple[str, int]]:
        """The switches next door that a VLAN's frames get to, and the VLAN they are in there."""
        switch = self.switches[name]
        for port, ends in self._neighbours.get(name, {}).items():
            how = carries(switch, port, vlan)
            if not how or not is_up(switch, port):
                continue
            for other_name, other_port in ends:
                other = self.switches[other_name]
                if not is_up(other, other_port):
                    continue
                if how == "untagged":
                    inside = untagged_vlan(other, other_port)
                    if inside is not None and carries(other, other_port, inside):
                        yield other_name, inside
                elif carries(other, other_port, vlan) == "tagged":
                    yield other_name, vlan


def _why_down(switch: IosSwitch, interface: str) -> str:
    node = switch.root.get(f"interface {interface}")
    if node is not None and node.has("shutdown"):
        return "it is shut down"
    kind, number = split_name(interface)
    if kind != "Vlan":
        return "it has no link"
    if not exists(switch, int(number)):
        return f"VLAN {number} does not exist or is not active"
    return f"no port that is up carries VLAN {number}"
