"""Declared cables: both ends exist, each port has one cable, and each end knows what it leads to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from trustctl.inventory.catalogue import PortSpace
from trustctl.inventory.file_school import LinkFile, PortsFile, SwitchesFile
from trustctl.inventory.port_plan import Placed, PortPlanner, Reference, find_ports, with_link
from trustctl.inventory.problem import Problem
from trustctl.inventory.wording import did_you_mean
from trustctl.inventory.yaml_document import Document
from trustctl.model.origin import Layer, Origin
from trustctl.model.switch import Bundle, Link

UPLINK = "uplink"
"""Profile of the end that is further from the core."""
DOWNLINK = "downlink"
"""Profile of the end that is nearer to the core."""


@dataclass(frozen=True, slots=True)
class End:
    """One end of a cable or bundle."""

    device: str
    ports: tuple[str, ...]
    at: Reference


@dataclass(frozen=True, slots=True)
class Cable:
    """A link whose two ends are real."""

    document: Document
    file: LinkFile
    a: End
    b: End
    at: Reference

    def ends(self) -> tuple[tuple[End, End, int | None], tuple[End, End, int | None]]:
        """(this end, other end, number of this end's port-channel) for both ends."""
        return (self.a, self.b, self.file.bundle), (self.b, self.a, self.file.bundle_b or self.file.bundle)


def read_cables(
    document: Document, file: SwitchesFile, known: Sequence[str], spaces: Mapping[str, PortSpace]
) -> tuple[list[Cable], list[Problem]]:
    """The links whose ends are real; every other one is a problem. `known`: the names of the school's devices."""
    cables: list[Cable] = []
    problems: list[Problem] = []
    used: dict[tuple[str, str], int] = {}
    for index, link in enumerate(file.links):
        at: Reference = ("links", index)
        ends: list[End] = []
        for name, text in (("a", link.a), ("b", link.b)):
            end = _end(document, known, spaces, (*at, name), text, problems)
            ends += [end] if end else []
        if len(ends) < 2:  # noqa: PLR2004 - a link has two ends
            continue
        found = _crooked(document, at, link, ends, used)
        problems += found
        if not found:
            cables.append(Cable(document, link, ends[0], ends[1], at))
    return cables, problems


def _end(
    document: Document,
    known: Sequence[str],
    spaces: Mapping[str, PortSpace],
    at: Reference,
    text: str,
    problems: list[Problem],
) -> End | None:
    device, _, ports = text.partition(" ")
    if device not in known:
        problem = f"there is no device '{device[:40]}' in this school"
        problems.append(document.problem(at, "link_device", problem, did_you_mean(device, known)))
        return None
    if device not in spaces:
        return None
    names, found = find_ports(document, at, ports, spaces[device], spaces[device].title)
    problems += found
    return None if found else End(device, tuple(names), at)


def _crooked(
    document: Document, at: Reference, link: LinkFile, ends: list[End], used: dict[tuple[str, str], int]
) -> list[Problem]:
    a, b = ends
    if a.device == b.device:
        return [document.problem((*at, "b"), "link_loop", f"both ends are on {a.device}", "Correct one end.")]
    if len(a.ports) != len(b.ports):
        problem = f"{len(a.ports)} ports on {a.device}, {len(b.ports)} on {b.device}"
        return [document.problem((*at, "b"), "link_ends", problem, "Name as many ports on both ends.")]
    if len(a.ports) > 1 and link.bundle is None:
        problem = f"{len(a.ports)} cables between the same switches without a bundle make a loop"
        return [document.problem(at, "link_bundle", problem, "Add `bundle:` with the port-channel's number.")]
    problems: list[Problem] = []
    for end in ends:
        for port in end.ports:
            first = used.setdefault((end.device, port), at[1] if isinstance(at[1], int) else 0)
            if first != at[1]:
                where = document.place(("links", first))
                problem = f"{end.device} {port} already is the end of the link on line {where.line}"
                problems.append(document.problem(end.at, "link_disagrees", problem, "A port has one cable."))
    return problems


def distances(cables: Iterable[Cable], cores: Iterable[str]) -> dict[str, int]:
    """Links between each switch and the nearest core; a switch that no link reaches is missing."""
    neighbours: dict[str, set[str]] = {}
    for cable in cables:
        neighbours.setdefault(cable.a.device, set()).add(cable.b.device)
        neighbours.setdefault(cable.b.device, set()).add(cable.a.device)
    reached = dict.fromkeys(cores, 0)
    front = list(reached)
    while front:
        front = sorted({other for device in front for other in neighbours.get(device, ()) if other not in reached})
        depth = max(reached.values(), default=0) + 1
        reached.update(dict.fromkeys(front, depth))
    return reached


class CablePlacer:
    """Lays the links of a school into the ports of its switches; collects bundles and problems."""

    def __init__(
        self,
        document: Document,
        placed: dict[str, dict[str, Placed]],
        spaces: Mapping[str, PortSpace],
        planner: PortPlanner,
    ) -> None:
        self._document, self._placed, self._spaces, self._planner = document, placed, spaces, planner
        self.bundles: dict[str, dict[int, list[str]]] = {}
        """Switch -> number of a port-channel -> its member ports."""
        self.problems: list[Problem] = []

    def place(self, cables: list[Cable], cores: list[str]) -> None:
        """Give both ends of each cable the trunk profile of their side."""
        depth = distances(cables, cores)
        far = len(depth) + 1
        for cable in cables:
            for end, other, group in cable.ends():
                nearer = depth.get(end.device, far) < depth.get(other.device, far)
                entry = self._entry(cable, DOWNLINK if nearer else UPLINK)
                if self._bundled(cable, end, group) and entry is not None:
                    self._ports(end, other, group, entry)

    def _bundled(self, cable: Cable, end: End, group: int | None) -> bool:
        members = self.bundles.setdefault(end.device, {})
        if group is None:
            return True
        if group in members:
            problem = f"{end.device} already has a port-channel {group}"
            remedy = "Give this link another number."
            self.problems.append(self._document.problem((*cable.at, "bundle"), "bundle_twice", problem, remedy))
            return False
        members[group] = list(end.ports)
        return True

    def _entry(self, cable: Cable, profile: str) -> PortsFile | None:
        """What the end's ports do; None if the profile is missing (told once, at the baseline) or does not fit."""
        if profile not in self._planner.profiles:
            return None
        old = cable.file.legacy_vlan
        try:
            self._planner.carrying(profile, (old, None, ()))
        except ValueError as error:
            at = (*cable.at, "legacy_vlan")
            self.problems.append(self._document.problem(at, "vlan_unknown", str(error), "Choose another one."))
            return None
        return PortsFile(ports="link", profile=profile, legacy_vlan=old)

    def _ports(self, end: End, other: End, group: int | None, entry: PortsFile) -> None:
        placed = self._placed[end.device]
        for mine, theirs in zip(end.ports, other.ports, strict=True):
            before = placed.get(mine)
            if before is not None:
                first = self._document.place((*before.at, "ports"))
                problem = f"{end.device} {mine} has a profile on line {first.line}, and is the end of a link"
                remedy = "Take it out of the port list."
                self.problems.append(self._document.problem(end.at, "port_twice", problem, remedy))
                continue
            text = f"to {other.device} {self._spaces[other.device].short[theirs]}"
            port = with_link(self._planner.port(mine, entry), text, (other.device, theirs), group)
            placed[mine] = Placed(port, end.at)


def bundle_of(name: str, number: int, members: list[str], placed: dict[str, Placed]) -> Bundle:
    """The port-channel of its member ports: what they carry, and where it leads."""
    first = placed[members[0]].port
    other = first.peer[0] if first.peer else ""
    port = replace(first, name=name, description=f"to {other}", channel_group=None, peer=None)
    return Bundle(number, name, port, tuple(members))


def links_of(document: Document, cables: Iterable[Cable]) -> tuple[Link, ...]:
    """The cables one by one, as the other rooms know them."""
    return tuple(
        Link((cable.a.device, mine), (cable.b.device, theirs), Origin(Layer.DEVICE, document.place(cable.at)))
        for cable in cables
        for mine, theirs in zip(cable.a.ports, cable.b.ports, strict=True)
    )
