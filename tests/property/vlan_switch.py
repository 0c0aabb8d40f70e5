"""A switch that stores ports in its VLANs, made from the vendor's VLAN operating rules alone.

Source: ArubaOS-Switch Advanced Traffic Management Guide, "Static virtual LANs", and Management and Configuration Guide,
"Port trunking": a port is untagged in one VLAN at most; it is a member of at least one; one that leaves its last VLAN,
or a trunk group, is untagged in VLAN 1; members of a trunk group have no VLANs of their own. It shares no code with the
change engine.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

HOME = 1


def ports_of(text: str) -> list[str]:
    """`1-3,A1-A2,trk1` as 1, 2, 3, A1, A2, Trk1."""
    found: list[str] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        letters, start = re.fullmatch(r"([A-Za-z]*)([0-9]+)", first).groups()  # type: ignore[union-attr] - it must match
        other, stop = re.fullmatch(r"([A-Za-z]*)([0-9]+)", last or first).groups()  # type: ignore[union-attr] - it must match
        assert other == letters, f"{part} is no range"
        found.extend(f"{letters.capitalize()}{number}" for number in range(int(start), int(stop) + 1))
    return found


@dataclass
class Vlan:
    """The ports of one VLAN."""

    untagged: set[str] = field(default_factory=set[str])
    tagged: set[str] = field(default_factory=set[str])


@dataclass
class VlanSwitch:
    """The VLANs and trunk groups of one switch, changed line by line; a line that it refuses is an AssertionError."""

    ports: tuple[str, ...]
    vlans: dict[int, Vlan] = field(default_factory=dict[int, Vlan])
    groups: dict[str, tuple[str, set[str]]] = field(default_factory=dict[str, tuple[str, set[str]]])
    """Name -> (type, members)."""
    _inside: int | None = None

    def __post_init__(self) -> None:
        if not self.vlans:
            self.vlans[HOME] = Vlan(untagged=set(self.ports))

    @property
    def members(self) -> set[str]:
        """The ports that belong to a trunk group."""
        return {port for _, ports in self.groups.values() for port in ports}

    def state(self) -> object:
        """All that can be compared."""
        vlans = {vlan: (frozenset(each.untagged), frozenset(each.tagged)) for vlan, each in self.vlans.items()}
        return vlans, {name: (kind, frozenset(ports)) for name, (kind, ports) in self.groups.items() if ports}

    def type(self, line: str) -> None:
        """Carry out one line."""
        words = line.split()
        negated = words[0] == "no"
        words = words[1:] if negated else words
        match words:
            case ["exit"]:
                self._inside = None
            case ["vlan", number] if self._inside is None:
                self._vlan(int(number), negated=negated)
            case ["trunk", ports] if negated:
                self._untrunk(ports_of(ports))
            case ["trunk", ports, group, kind] if not negated:
                self._trunk(ports_of(ports), group.capitalize(), kind)
            case ["untagged" | "tagged" as how, ports] if self._inside is not None:
                self._member(how, ports_of(ports), negated=negated)
            case ["name", *_] if self._inside is not None:
                pass
            case _:
                raise AssertionError(f"Invalid input: {line}")
        for port in {*self.ports, *self.groups} - self.members:
            assert self._memberships(port), f"after `{line}` {port} is in no VLAN"

    def _memberships(self, port: str) -> list[int]:
        return [number for number, vlan in self.vlans.items() if port in vlan.untagged | vlan.tagged]

    def _vlan(self, number: int, *, negated: bool) -> None:
        if not negated:
            self.vlans.setdefault(number, Vlan())
            self._inside = number
            return
        assert number != HOME, "the default VLAN cannot be deleted"
        gone = self.vlans.pop(number)
        for port in gone.untagged | gone.tagged:
            self._home_if_alone(port)

    def _home_if_alone(self, port: str) -> None:
        if not self._memberships(port):
            self.vlans[HOME].untagged.add(port)

    def _member(self, how: str, ports: list[str], *, negated: bool) -> None:
        vlan = self.vlans[self._inside or HOME]
        for port in ports:
            assert port in {*self.ports, *self.groups}, f"{port} does not exist"
            assert port not in self.members, f"{port} is in a trunk group"
            if negated:
                held = vlan.untagged if how == "untagged" else vlan.tagged
                assert port in held, f"{port} is not {how} there"
                assert self._inside != HOME or len(self._memberships(port)) > 1, f"{port} needs a VLAN"
                held.remove(port)
                self._home_if_alone(port)
            elif how == "untagged":
                for other in self.vlans.values():
                    other.untagged.discard(port)
                vlan.tagged.discard(port)
                vlan.untagged.add(port)
            else:
                vlan.untagged.discard(port)
                vlan.tagged.add(port)

    def _trunk(self, ports: list[str], group: str, kind: str) -> None:
        for port in ports:
            assert port in self.ports, f"{port} cannot be trunked"
            if port not in self.groups.get(group, ("", set()))[1]:
                self._forget(port)
        new = group not in self.groups
        _, held = self.groups.get(group, (kind, set()))
        self.groups[group] = (kind, held | set(ports))
        if new:
            self.vlans[HOME].untagged.add(group)

    def _untrunk(self, ports: list[str]) -> None:
        for port in ports:
            assert port in self.members, f"{port} is in no trunk group"
            self._forget(port)
            self.vlans[HOME].untagged.add(port)

    def _forget(self, port: str) -> None:
        for vlan in self.vlans.values():
            vlan.untagged.discard(port)
            vlan.tagged.discard(port)
        for name, (_, ports) in list(self.groups.items()):
            ports.discard(port)
            if not ports:
                del self.groups[name]
                for vlan in self.vlans.values():
                    vlan.untagged.discard(name)
                    vlan.tagged.discard(name)

    def configuration(self, *, printed: bool) -> str:
        """What the device prints, or (not `printed`) the same as an intent."""
        lines = ["; J9773A Configuration Editor; Created on release #YA.16.08.0002"] if printed else []
        lines += [
            f"trunk {','.join(sorted(ports))} {name.lower()} {kind}" for name, (kind, ports) in self.groups.items()
        ]
        alone = {*self.ports, *self.groups} - self.members
        for number, vlan in sorted(self.vlans.items()):
            lines += [f"vlan {number}", f'   name "V{number}"']
            nowhere = alone - {port for each in self.vlans.values() for port in each.untagged}
            out = alone - vlan.untagged if printed else nowhere
            if number == HOME and out:
                lines.append(f"   no untagged {','.join(sorted(out))}")
            for how, ports in (("untagged", vlan.untagged), ("tagged", vlan.tagged)):
                lines += [f"   {how} {','.join(sorted(ports))}"] if ports else []
            lines += ["   no ip address", "   exit"] if printed else []
        return "".join(f"{line}\n" for line in lines)
