"""A switch's ports: profiles and ranges of the file against the ports of its model, VLAN roles as numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace

from trustctl.inventory import ranges
from trustctl.inventory.catalogue import PortSpace
from trustctl.inventory.file_baseline import PortProfileFile
from trustctl.inventory.file_school import PortsFile
from trustctl.inventory.problem import Problem
from trustctl.inventory.school_vlans import SchoolVlans
from trustctl.inventory.wording import did_you_mean
from trustctl.inventory.yaml_document import Document
from trustctl.model.switch import Port, PortProfile

Carrying = tuple[int | None, int | None, tuple[int, ...], int | None]
"""Access, voice, trunk and native VLAN ids."""
Old = tuple[int | None, int | None, tuple[int, ...]]
"""Old VLANs that stay: access or native, voice, and those that a trunk carries besides."""
Reference = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """A port of the plan and the entry of the file that places it."""

    port: Port
    at: Reference


class PortPlanner:
    """Port profiles of one school as ports. Equal ports of different switches are the same value: they are cached."""

    def __init__(self, vlans: SchoolVlans, profiles: dict[str, PortProfileFile], roles: set[str]) -> None:
        self._vlans = vlans
        self._roles = roles
        self._files = profiles
        self.profiles = {name: profile_of(name, file) for name, file in profiles.items()}
        self._carrying: dict[tuple[str, Old], Carrying | str] = {}
        self._cache: dict[tuple[str, str, str, Old], Port] = {}

    def port(self, name: str, entry: PortsFile) -> Port:
        """One port of an entry. Raises ValueError if the school lacks the profile's VLAN."""
        old = old_of(entry)
        key = (name, entry.profile, entry.description or "", old)
        port = self._cache.get(key)
        if port is None:
            access, voice, trunk, native = self.carrying(entry.profile, old)
            text = entry.description or self._files[entry.profile].description or ""
            port = Port(name, self.profiles[entry.profile], text, access, voice, trunk, native)
            self._cache[key] = port
        return port

    def carrying(self, profile: str, old: Old) -> Carrying:
        """The VLAN ids of a profile at this school. Raises ValueError if the school does not carry its VLAN."""
        key = (profile, old)
        if key not in self._carrying:
            self._carrying[key] = self._numbers(self.profiles[profile], old)
        found = self._carrying[key]
        if isinstance(found, str):
            raise ValueError(found)  # noqa: TRY004 - the text is the cached problem
        return found

    def _numbers(self, profile: PortProfile, old: Old) -> Carrying | str:
        legacy, legacy_voice, carried = old
        for vlan in (legacy, legacy_voice, *carried):
            if vlan is not None and vlan not in self._vlans.legacy_files:
                known = ", ".join(str(number) for number in sorted(self._vlans.legacy_files)) or "none"
                return f"VLAN {vlan} is not one of the school's legacy VLANs ({known})"
        voice = self._vlans.carried(profile.voice_role)
        voice_id = legacy_voice or (voice.id if voice else None)
        if profile.mode == "trunk":
            return None, voice_id, self._trunk(profile, old), legacy or self._id(profile.native_role)
        access = legacy or self._id(profile.access_role)
        if profile.access_role in self._roles and access is None:
            return f"profile '{profile.name}' needs VLAN role '{profile.access_role}', which the school does not carry"
        return access, voice_id, (), None

    def _id(self, role: str | None) -> int | None:
        vlan = self._vlans.carried(role)
        return vlan.id if vlan else None

    def _trunk(self, profile: PortProfile, old: Old) -> tuple[int, ...]:
        """The VLANs of a trunk: those of its profile (all that have a use if it names none), and its old ones."""
        dead = profile.native_role
        vlans = [vlan for vlan in self._vlans.vlans.values() if vlan.prefix is not None or vlan.role != dead]
        if not profile.trunk_roles:
            return tuple(vlan.id for vlan in vlans)
        legacy, _, carried = old
        wanted = {*profile.trunk_roles, profile.native_role if legacy is None else None}
        return tuple(vlan.id for vlan in vlans if vlan.role in wanted or vlan.id == legacy or vlan.id in carried)


def old_of(entry: PortsFile) -> Old:
    """The old VLANs that an entry keeps."""
    return entry.legacy_vlan, entry.legacy_voice_vlan, tuple(entry.legacy_carried)


def profile_of(name: str, file: PortProfileFile) -> PortProfile:
    """The profile as the other rooms know it."""
    return PortProfile(
        name,
        file.mode,
        access_role=file.access,
        voice_role=file.voice,
        trunk_roles=tuple(file.trunk),
        native_role=file.native,
        dot1x=file.dot1x,
        edge=file.edge,
        root_guard=file.root_guard,
        loop_guard=file.loop_guard,
        storm_control=file.storm_control,
        dhcp_trust=file.dhcp_trust,
        poe=file.poe,
        uplink=file.uplink,
        shutdown=file.shutdown,
    )


def find_ports(
    document: Document, at: Reference, text: str, space: PortSpace, model: str
) -> tuple[list[str], list[Problem]]:
    """Full interface names of a port list. A port that the model lacks is a problem that names those it has."""
    try:
        wanted = ranges.expand(text)
    except ValueError as error:
        return [], [document.problem(at, "bad_ports", str(error), "Write ranges such as 1/0/1-24,1/0/30.")]
    names = [space.by_reference[port] for port in wanted if port in space.by_reference]
    unknown = [port for port in wanted if port not in space.by_reference]
    if not unknown:
        return names, []
    problem = f"{model} has no port {ranges.compress(unknown)}"
    remedy = f"It has {space.summary()}."
    if space.empty_slots:
        slots = ", ".join(space.empty_slots)
        remedy += f" Nothing is in slot {slots}: name what is there under `modules:`."
    return names, [document.problem(at, "port_unknown", problem, remedy)]


def plan_ports(
    document: Document,
    at: Reference,
    entries: list[PortsFile],
    rest: str | None,
    space: PortSpace,
    planner: PortPlanner,
) -> tuple[dict[str, Placed], list[Problem]]:
    """The ports of one switch by full name, and what is wrong with its entries."""
    placed: dict[str, Placed] = {}
    problems: list[Problem] = []
    model = str(document.value_at((*at, "model")))
    for index, entry in enumerate(entries):
        here = (*at, "ports", index)
        names, found = find_ports(document, (*here, "ports"), entry.ports, space, model)
        problems += found
        if entry.profile not in planner.profiles:
            remedy = did_you_mean(entry.profile, planner.profiles)
            problem = f"there is no port profile '{entry.profile}'"
            problems.append(document.problem((*here, "profile"), "profile_unknown", problem, remedy))
            continue
        try:
            ports = [planner.port(name, entry) for name in names]
        except ValueError as error:
            key = "legacy_vlan" if "legacy" in str(error) else "profile"
            problems.append(document.problem((*here, key), "vlan_unknown", str(error), "Choose another one."))
            continue
        taken = [port.name for port in ports if port.name in placed]
        if taken:
            first = document.place((*placed[taken[0]].at, "ports"))
            problem = f"{ranges.compress(taken)} already has a profile (line {first.line})"
            problems.append(document.problem((*here, "ports"), "port_twice", problem, "Name each port once."))
        placed.update({port.name: Placed(port, here) for port in ports if port.name not in placed})
    if rest is not None and rest not in planner.profiles:
        remedy = did_you_mean(rest, planner.profiles)
        problems.append(
            document.problem((*at, "rest"), "profile_unknown", f"there is no port profile '{rest}'", remedy)
        )
    return placed, problems


def add_rest(
    placed: dict[str, Placed], at: Reference, rest: str | None, space: PortSpace, planner: PortPlanner
) -> dict[str, Placed]:
    """The ports in the model's order, every front port that nothing names with the profile `rest`."""
    if rest is not None and rest in planner.profiles:
        entry = PortsFile(ports="rest", profile=rest)
        for name in space.front:
            if name not in placed:
                placed[name] = Placed(planner.port(name, entry), (*at, "rest"))
    return {name: placed[name] for name in space.names if name in placed}


def with_link(port: Port, description: str, peer: tuple[str, str], group: int | None) -> Port:
    """A link's end: its own text if the file gives none, and what is at the other end."""
    return replace(port, description=description, peer=peer, channel_group=group)
