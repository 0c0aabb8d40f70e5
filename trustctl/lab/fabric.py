"""Where packets go: cables between devices of any make, and whether the management station reaches a device."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence

from trustctl.lab.forwarding import Carriage, Forwarder, Interface, Reachability
from trustctl.lab.spec import Link

_NOWHERE = "0.0.0.0"  # noqa: S104 - stands for an address that is not known; nothing listens on it


def _always(_: str) -> bool:
    return True


class Fabric:
    """Devices, the cables between them, and the ways out to the station (each device's `spec.attachment`).

    Frames cross a cable if both ends have link and carry them: tagged frames keep their VLAN, untagged frames belong
    to whatever VLAN the far port takes untagged frames into, be it another one. `powered` says whether a device is on.
    """

    def __init__(
        self,
        devices: Sequence[Forwarder],
        links: Sequence[Link] = (),
        *,
        powered: Callable[[str], bool] = _always,
    ) -> None:
        self.devices = {device.spec.name: device for device in devices}
        self.on_lost: list[Callable[[Forwarder, Reachability], None]] = []
        self._powered = powered
        self._ends: dict[str, dict[str, list[tuple[str, str]]]] = {}
        for link in links:
            near = (link.a, self.devices[link.a].port_name(link.port_a))
            far = (link.b, self.devices[link.b].port_name(link.port_b))
            self._add(near, far)
            self._add(far, near)
        self._known: dict[str, Reachability] = {}
        for device in devices:
            device.join(self)

    def _add(self, near: tuple[str, str], far: tuple[str, str]) -> None:
        self._ends.setdefault(near[0], {}).setdefault(near[1], []).append(far)

    def changed(self, name: str) -> None:
        """Look again at the devices whose way to the station leads through the one that changed."""
        through = [
            other for other, known in self._known.items() if other != name and (not known.ok or name in known.path)
        ]
        for other in [name, *through]:
            before = self._known.pop(other, None)
            now = self.reachable(other)
            if before is not None and before.ok and not now.ok:
                for listener in tuple(self.on_lost):
                    listener(self.devices[other], now)

    def lit(self, name: str, port: str) -> bool:
        """Whether the far end of a port's cable sends light: it is enabled there and has power; true without cable."""
        ends = self._ends.get(name, {}).get(port)
        return not ends or any(self._powered(far) and self.devices[far].enabled(end) for far, end in ends)

    # --- the management station -------------------------------------------------------------------------------------

    def reachable(self, name: str) -> Reachability:
        """Whether the station can open a new session to a device, and the devices on the way."""
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = self._judge(self.devices[name])
        return known

    def _judge(self, device: Forwarder) -> Reachability:
        address, station = device.assumed.address, device.spec.station
        if address is None:
            why = device.turned_away(station, _NOWHERE)
            return Reachability(ok=not why, why=why, login=not why, path=(device.spec.name,))
        interface = device.interface_of(address)
        if interface is None:
            return Reachability(ok=False, why=f"no interface has the address {address} any more")
        why = device.why_down(interface)
        if why:
            return Reachability(ok=False, why=f"{interface.name} is down: {why}")
        path, why = self._route(device, interface, frozenset())
        if why:
            return Reachability(ok=False, why=why)
        why = device.filtered(interface, station, address)
        if why:
            return Reachability(ok=False, why=why, path=path)
        why = device.turned_away(station, address)
        return Reachability(ok=not why, why=why, login=not why, path=path)

    def _route(self, device: Forwarder, interface: Interface, seen: frozenset[str]) -> tuple[tuple[str, ...], str]:
        """The way from an interface to the station: the devices on it, and why there is none."""
        name = device.spec.name
        hop: str | Interface | None = None
        leaving, why = interface, ""
        if not device.assumed.on_subnet:
            hop, leaving, why = self._towards_gateway(device, interface)
        if why:
            return (), why
        if leaving.vlan is None:
            return (name,), ""
        router = self._host_of(hop) if isinstance(hop, str) else None
        if router is not None and router[0] != name and name not in seen:
            return self._by_router(device, leaving.vlan, router, seen)
        path = self._search(name, leaving.vlan, self._leaves_here)
        if path is None:
            return (), f"VLAN {leaving.vlan} does not reach the station: no trunk or port on the way carries it"
        return path, ""

    def _towards_gateway(
        self, device: Forwarder, interface: Interface
    ) -> tuple[str | Interface | None, Interface, str]:
        """The gateway towards the station, the interface that leads to it, and why there is none."""
        station, table = device.spec.station, interface.table
        hop = device.next_hop(station, table)
        if hop is None:
            return None, interface, "no route leads back to the station (default gateway)"
        if isinstance(hop, Interface):
            return hop, hop, f"{hop.name} towards the station is down" if device.why_down(hop) else ""
        leaving = device.interface_towards(hop, table)
        if leaving is None:
            return hop, interface, f"the gateway {hop} is not in a connected network"
        if hop not in {*device.assumed.gateways, station} and self._host_of(hop) is None:
            return hop, leaving, f"nothing answers at the gateway {hop}"
        return hop, leaving, f"{leaving.name} towards the gateway {hop} is down" if device.why_down(leaving) else ""

    def _by_router(
        self, device: Forwarder, vlan: int, router: tuple[str, Interface], seen: frozenset[str]
    ) -> tuple[tuple[str, ...], str]:
        """The way by another device that is this one's gateway."""
        name, (target, interface) = device.spec.name, router
        path = self._search(name, vlan, lambda at, inside: at == target and inside == interface.vlan)
        if path is None or self.devices[target].why_down(interface):
            return (), f"VLAN {vlan} does not reach the gateway on {target}"
        onward, why = self._route(self.devices[target], interface, seen | {name})
        return (*path, *onward[1:]), why

    def _host_of(self, address: str) -> tuple[str, Interface] | None:
        for name, device in self.devices.items():
            interface = device.interface_of(address)
            if interface is not None:
                return name, interface
        return None

    def _leaves_here(self, name: str, vlan: int) -> bool:
        """Whether a VLAN gets out to the station on this device, tagged or not as the far side expects it."""
        device = self.devices[name]
        if device.spec.attachment is None:
            return not self._ends.get(name)
        port = device.port_name(device.spec.attachment)
        if not device.port_up(port):
            return False
        untagged = device.assumed.untagged.get(port) == vlan
        return device.carries(port, vlan) is (Carriage.UNTAGGED if untagged else Carriage.TAGGED)

    # --- frames -----------------------------------------------------------------------------------------------------

    def _search(self, start: str, vlan: int, arrived: Callable[[str, int], bool]) -> tuple[str, ...] | None:
        """The devices on the shortest way of a VLAN's frames from `start` to where they have arrived."""
        queue: deque[tuple[str, int, tuple[str, ...]]] = deque([(start, vlan, (start,))])
        seen = {(start, vlan)}
        while queue:
            name, inside, path = queue.popleft()
            if not self.devices[name].forwards(inside):
                continue
            if arrived(name, inside):
                return path
            for after, there in self._steps(name, inside):
                if (after, there) not in seen:
                    seen.add((after, there))
                    queue.append((after, there, (*path, after)))
        return None

    def _steps(self, name: str, vlan: int) -> Iterator[tuple[str, int]]:
        """The devices next door that a VLAN's frames get to, and the VLAN they are in there."""
        device = self.devices[name]
        for port, ends in self._ends.get(name, {}).items():
            how = device.carries(port, vlan)
            if how is Carriage.NOT or not device.port_up(port):
                continue
            for far, end in ends:
                other = self.devices[far]
                if not self._powered(far) or not other.port_up(end):
                    continue
                inside = other.untagged_vlan(end) if how is Carriage.UNTAGGED else vlan
                if inside is not None and other.carries(end, inside) is how:
                    yield far, inside

    # --- ping -------------------------------------------------------------------------------------------------------

    def answers(self, name: str, address: str, seen: frozenset[str] = frozenset()) -> bool:
        """Whether an address answers a ping of this device."""
        device = self.devices[name]
        own = device.interface_of(address)
        if own is not None:
            return not device.why_down(own)
        if address == device.spec.station:
            return self.reachable(name).packets_pass
        hop = device.next_hop(address, "")
        if hop is None or isinstance(hop, Interface):
            return hop is not None and not device.why_down(hop)
        leaving = device.interface_towards(hop, "")
        if leaving is None or device.why_down(leaving):
            return False
        host = self._host_of(hop)
        if host is not None:
            near = self._meets(name, leaving, host)
            return near and (hop == address or (host[0] not in seen and self.answers(host[0], address, seen | {name})))
        return hop in device.assumed.gateways and self.reachable(name).packets_pass

    def _meets(self, name: str, leaving: Interface, host: tuple[str, Interface]) -> bool:
        """Whether frames that leave by an interface get to another device's interface."""
        target, interface = host
        if self.devices[target].why_down(interface):
            return False
        if leaving.vlan is None:
            return True
        way = self._search(name, leaving.vlan, lambda at, inside: at == target and inside == interface.vlan)
        return way is not None
