"""Declared cables: both ends exist, each port has one cable, and each end knows what it leads to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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

    file: LinkFile
    a: End
    b: End
    at: Reference

    def ends(self) -> tuple[tuple[End, End, int | None], tuple[End, End, int | None]]:
        """(this end, other end, number of this end's port-channel) for both ends."""
        return (self.a, self.b, self.file.bundle), (self.b, self.a, self.file.bundle_b or self.file.bundle)


def read_cables(
    document: Document, file: SwitchesFile, spaces: Mapping[str, PortSpace]
) -> tuple[list[Cable], list[Problem]]:
    """The links whose ends are real; every other one is a problem."""
    cables: list[Cable] = []
    problems: list[Problem] = []
    used: dict[tuple[str, str], int] = {}
    for index, link in enumerate(file.links):
        at: Reference = ("links", index)
        ends: list[End] = []
        for name, text in (("a", link.a), ("b", link.b)):
            end = _end(document, file, spaces, (*at, name), text, problems)
            ends += [end] if end else []
        if len(ends) < 2:  # noqa: PLR2004 - a link has two ends
            continue
        found = _crooked(document, at, link, ends, used)
        problems += found
        if not found:
            cables.append(Cable(link, ends[0], ends[1], at))
    return cables, problems


def _end(
    document: Document,
    file: SwitchesFile,
    spaces: Mapping[str, PortSpace],
    at: Reference,
    text: str,
    problems: list[Problem],
) -> End | None:
    device, _, ports = text.partition(" ")
    if device not in file.switches:
        problem = f"there is no switch '{device[:40]}' in this school"
        problems.append(document.problem(at, "link_device", problem, did_you_mean(device, file.switches)))
        return None
    if device not in spaces:
        return None
    names, found = find_ports(document, at, ports, spaces[device], file.switches[device].model)
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


def place_cables(
    document: Document,
    cables: list[Cable],
    cores: list[str],
    placed: dict[str, dict[str, Placed]],
    spaces: Mapping[str, PortSpace],
    planner: PortPlanner,
) -> tuple[dict[str, dict[int, list[str]]], list[Problem]]:
    """Put the links' ports into `placed`. Returns the members of each switch's bundles, and problems."""
    problems: list[Problem] = []
    bundles: dict[str, dict[int, list[str]]] = {}
    depth = distances(cables, cores)
    far = len(depth) + 1
    for cable in cables:
        for end, other, group in cable.ends():
            nearer = depth.get(end.device, far) < depth.get(other.device, far)
            profile = DOWNLINK if nearer else UPLINK
            members = bundles.setdefault(end.device, {})
            if group is not None and group in members:
                problem = f"{end.device} already has a port-channel {group}"
                remedy = "Give this link another number."
                problems.append(document.problem((*cable.at, "bundle"), "bundle_twice", problem, remedy))
                continue
            if group is not None:
                members[group] = list(end.ports)
            if profile not in planner.profiles:
                continue  # told once, at the baseline
            try:
                planner.carrying(profile, (cable.file.legacy_vlan, None, ()))
            except ValueError as error:
                at = (*cable.at, "legacy_vlan")
                problems.append(document.problem(at, "vlan_unknown", str(error), "Choose another one."))
                continue
            entry = PortsFile(ports="link", profile=profile, legacy_vlan=cable.file.legacy_vlan)
            for mine, theirs in zip(end.ports, other.ports, strict=True):
                before = placed[end.device].get(mine)
                if before is not None:
                    first = document.place((*before.at, "ports"))
                    problem = f"{end.device} {mine} has a profile on line {first.line}, and is the end of a link"
                    problems.append(document.problem(end.at, "port_twice", problem, "Take it out of the port list."))
                    continue
                text = f"to {other.device} {spaces[other.device].short[theirs]}"
                port = with_link(planner.port(mine, entry), text, (other.device, theirs), group)
                placed[end.device][mine] = Placed(port, end.at)
    return bundles, problems


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
