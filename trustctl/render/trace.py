"""Watching which inventory values each output line uses.

Templates never see the model's objects: they see `Node`, `Table` and `Row` views that know their path in the inventory.
Reading a plain value through a view notes its path in the `Recorder`; the line that is being written, or the block
that a condition opens, is credited with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from typing import Final, cast

from trustctl.model.addressing import Vlan
from trustctl.model.controller import AccessPoint, ApGroup
from trustctl.model.membership import VlanPorts, vlan_ports
from trustctl.model.school import School
from trustctl.model.service import Radio, Ssid
from trustctl.model.switch import Bundle, Device, Port, PortProfile, Svi

MARK: Final = "\x01"
"""Stands in the rendered text where a template line begins; no value may contain it."""

Paths = tuple[str, ...]
Record = tuple[str, int, Paths, list[str]]
"""Template, line, the paths in scope, the paths read since."""


@dataclass(slots=True)
class Stamp:
    """One run of a loop over alike ports: the records that each shape wrote, and the shape of each port in order."""

    shape_of: list[int]
    written: list[tuple[int, int]]


class Recorder:
    """What is known of each mark in the output: template line, paths in scope, paths read since.

    `records[n]` belongs to the n-th `MARK` of the output.
    """

    __slots__ = ("_outer", "pending", "records", "scope", "stamping", "stamps")

    def __init__(self) -> None:
        self.start()

    def start(self) -> None:
        """A new device begins."""
        self.records: list[Record] = []
        self.pending: list[str] = []
        self.scope: Paths = ()
        self._outer: list[Paths] = []
        self.stamping = False
        self.stamps: list[Stamp] = []

    def mark(self, template: str, line: int) -> str:
        """A template line begins: what is read from here on is credited to it."""
        self.pending = []
        self.records.append((template, line, self.scope, self.pending))
        return MARK

    def clear(self) -> None:
        """A condition or loop begins: what was read before has nothing to do with it."""
        self.pending = []

    def enter(self) -> None:
        """The body of a condition or loop begins: what the condition read holds for every line of the body."""
        self._outer.append(self.scope)
        if self.pending:
            self.scope = (*self.scope, *self.pending)
            self.pending = []

    def leave(self) -> None:
        """The body ends."""
        self.scope = self._outer.pop()


class Node:
    """A view of one dataclass value and its path. `memo` keeps what was looked up: attribute -> (view, paths)."""

    __slots__ = ("memo", "path", "value")

    def __init__(self, value: object, path: str) -> None:
        self.value = value
        self.path = path
        self.memo: dict[str, tuple[object, Paths]] = {}


class Row:
    """A view of a tuple. Iterating it notes the path of each plain item."""

    __slots__ = ("items", "path", "recorder")

    def __init__(self, items: tuple[tuple[object, Paths], ...], path: str, recorder: Recorder) -> None:
        self.items = items
        self.path = path
        self.recorder = recorder

    def __iter__(self) -> Iterator[object]:
        for view, paths in self.items:
            self.recorder.pending += paths
            yield view

    def __len__(self) -> int:
        return len(self.items)

    def __contains__(self, wanted: object) -> bool:
        self.recorder.pending.append(self.path)
        return any(view == wanted for view, _ in self.items)

    def __getitem__(self, index: int) -> object:
        view, paths = self.items[index]
        self.recorder.pending += paths
        return view


class PortRow(Row):
    """A view of a switch's ports. `powered[n]`: whether port n's socket can give power."""

    __slots__ = ("ports", "powered")

    def __init__(
        self,
        items: tuple[tuple[Node, Paths], ...],
        path: str,
        recorder: Recorder,
        ports: tuple[Port, ...],
        powered: tuple[bool, ...],
    ) -> None:
        super().__init__(items, path, recorder)
        self.ports = ports
        self.powered = powered


class Table(Row):
    """A view of a mapping: `table[key]` finds one value, iterating gives the values in their order."""

    __slots__ = ("keys",)

    def __init__(
        self, keys: tuple[str, ...], items: tuple[tuple[object, Paths], ...], path: str, rec: Recorder
    ) -> None:
        super().__init__(items, path, rec)
        self.keys = keys

    def find(self, key: str) -> object | None:
        """The value of a key, or None."""
        return self[self.keys.index(key)] if key in self.keys else None


class Views:
    """Makes the views of one school; views of shared values (profiles, services) are made once.

    `power` names the ports of the current device that can give power (`port.powered`).
    """

    def __init__(self, recorder: Recorder, school: School | None = None) -> None:
        self.recorder = recorder
        self.power: frozenset[str] = frozenset()
        self._school = school
        self._shared: dict[str, Node] = {}

    def look_up(self, node: Node, attribute: str) -> tuple[object, Paths]:
        """View and paths of an attribute. Raises AttributeError if the model has no such value."""
        value = node.value
        if isinstance(value, Device) and attribute in {"ports", "interfaces", "vlans"}:
            made = self._vlans(value, node.path) if attribute == "vlans" else self._ports(value, node.path, attribute)
            node.memo[attribute] = (made, ())
            return made, ()
        known = hasattr(type(value), attribute) and not attribute.startswith("_")
        plain: object = getattr(value, attribute) if known else None
        if not known or callable(plain):
            raise AttributeError(attribute)
        path = f"{node.path}.{attribute}" if node.path and not isinstance(plain, Radio) else attribute
        found = self._view(plain, path)
        if attribute == "vlan" and isinstance(value, Ssid):
            found = (found[0], (*found[1], f"vlans.{value.vlan_role}.id"))
        if attribute in _ALSO and isinstance(value, Port | Svi):
            found = (found[0], (*found[1], *self._also(value, attribute)))
        node.memo[attribute] = found
        return found

    def table(self, values: Mapping[str, object], path: str) -> object:
        """A view of a mapping that is not read through a value of the model."""
        return self._view(values, path)[0]

    def named_at(self, ports: Iterable[Node]) -> Paths:
        """Where ports are named: one path for all that one entry of the inventory names."""
        found: dict[object, str] = {}
        for port in ports:
            origin = self._school.origins.get(port.path) if self._school else None
            found.setdefault(origin or port.path, port.path)
        return tuple(found.values())

    def _view(self, value: object, path: str) -> tuple[object, Paths]:
        if isinstance(value, PortProfile):
            return self._profile(value), (path,)
        if isinstance(value, Port):
            return self._port(value, path), ()
        if isinstance(value, tuple):
            members = cast("tuple[object, ...]", value)
            return Row(tuple(self._item(item, path, n) for n, item in enumerate(members)), path, self.recorder), ()
        if isinstance(value, Mapping):
            table = cast("Mapping[object, object]", value)
            keys = tuple(str(key) for key in table)
            items = tuple(self._view(item, f"{path}.{key}") for key, item in table.items())
            return Table(keys, items, path, self.recorder), ()
        if is_dataclass(value) and type(value).__str__ is object.__str__:
            return Node(value, path), ()
        return value, (path,)

    def _item(self, item: object, path: str, position: int) -> tuple[object, Paths]:
        if isinstance(item, Bundle):
            return Node(item, f"{path}.{item.name}"), ()
        if isinstance(item, Svi):
            return Node(item, f"{path}.{item.role}"), ()
        if isinstance(item, Ssid):
            return Node(item, f"ssids.{item.name}"), ()
        if isinstance(item, ApGroup | AccessPoint):
            return Node(item, f"{path}.{item.name}"), ()
        return self._view(item, f"{path}[{position}]")

    def _ports(self, device: Device, path: str, attribute: str) -> Row:
        """The view of `ports`, or of `interfaces`: bundles and the ports that are in none."""
        ports = device.ports if attribute == "ports" else device.interfaces
        items = tuple((self._port(port, f"{path}.ports.{port.name}"), ()) for port in ports)
        if attribute == "interfaces":
            return Row(items, f"{path}.ports", self.recorder)
        powered = tuple(port.name in self.power for port in ports)
        return PortRow(items, f"{path}.ports", self.recorder, ports, powered)

    def _vlans(self, device: Device, path: str) -> Row:
        """The school's VLANs as the switch has them: each with its ports as `untagged` and `tagged`."""
        found = vlan_ports(device, self._school.vlans) if self._school else ()
        return Row(tuple((self._vlan(vlan, path), ()) for vlan in found), f"{path}.vlans", self.recorder)

    def _vlan(self, found: VlanPorts, path: str) -> Node:
        vlan = found.vlan
        node = Node(vlan, f"vlans.{vlan.role}")
        for attribute, ports in (("untagged", found.untagged), ("tagged", found.tagged)):
            items = tuple((self._port(port, f"{path}.ports.{port.name}"), _why(port, vlan, path)) for port in ports)
            node.memo[attribute] = (Row(items, f"{path}.ports", self.recorder), ())
        svi = found.svi
        where = f"{path}.management" if svi and svi.management else f"{path}.svis.{vlan.role}"
        node.memo["svi"] = (Node(svi, where) if svi else None, ())
        node.memo["voice"] = (found.voice, ())
        return node

    def _port(self, port: Port, path: str) -> Node:
        node = Node(port, path)
        node.memo["powered"] = (port.name in self.power, ())
        return node

    def _profile(self, profile: PortProfile) -> Node:
        path = f"profiles.{profile.name}"
        node = self._shared.get(path)
        if node is None or node.value is not profile:
            node = self._shared[path] = Node(profile, path)
        return node

    def _also(self, value: Port | Svi, attribute: str) -> Paths:
        """Where a number that was worked out for a port or SVI comes from: the VLAN of the role."""
        role = _ALSO[attribute]
        name = value.role if isinstance(value, Svi) else getattr(value.profile, role)
        vlan: Vlan | None = self._school.vlans.get(name) if self._school and isinstance(name, str) else None
        if vlan is None:
            return (f"profiles.{value.profile.name}.{role}",) if isinstance(value, Port) else ()
        if isinstance(value, Svi):
            return (f"vlans.{name}.{'id' if attribute == 'vlan' else 'prefix'}",)
        if getattr(value, attribute) != vlan.id:
            return ()
        return (f"profiles.{value.profile.name}.{role}", f"vlans.{name}.id")


def _why(port: Port, vlan: Vlan, path: str) -> Paths:
    """Which setting makes a port a member of a VLAN: its profile's role, or the old VLAN that its entry keeps."""
    if vlan.legacy:
        return (f"{path}.ports.{port.name}.access_vlan",)
    roles = {"access_role": port.access_vlan, "voice_role": port.voice_vlan, "native_role": port.native_vlan}
    role = next((role for role, number in roles.items() if number == vlan.id), "trunk_roles")
    return (f"profiles.{port.profile.name}.{role}",)


_ALSO: Final[dict[str, str]] = {
    "access_vlan": "access_role",
    "voice_vlan": "voice_role",
    "native_vlan": "native_role",
    "trunk_vlans": "trunk_roles",
    "vlan": "role",
    "address": "role",
}
"""Worked-out fields of a port or SVI -> the field that names the VLAN role behind them."""
