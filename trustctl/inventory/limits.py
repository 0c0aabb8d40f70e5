"""What is intended against what a device can take: numbers, lengths and counts that its platform's `limits` name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from trustctl.inventory.catalogue import PortSpace
from trustctl.inventory.file_models import LimitsFile
from trustctl.inventory.file_school import SwitchesFile
from trustctl.inventory.layers import Settings, Source
from trustctl.inventory.link_plan import Cable
from trustctl.inventory.port_plan import Reference
from trustctl.inventory.problem import Problem
from trustctl.inventory.school_vlans import SchoolVlans
from trustctl.inventory.yaml_document import Document
from trustctl.model.addressing import Vlan
from trustctl.model.origin import Layer


@dataclass(frozen=True, slots=True)
class Intent:
    """What one school wants of its switches, and where it says so."""

    document: Document
    """`switches.yml`."""
    school: Document
    file: SwitchesFile
    vlans: SchoolVlans
    settings: Settings


def over_limits(intent: Intent, spaces: Mapping[str, PortSpace], cables: list[Cable]) -> list[Problem]:
    """Every value that a switch of the school cannot take, at its place; a VLAN's name once for each limit."""
    problems: list[Problem] = []
    named: set[tuple[str, int]] = set()
    for name, space in spaces.items():
        limits = space.limits
        problems += _switch(intent, name, limits)
        if limits.vlan_name is None:
            continue
        for role, vlan in intent.vlans.vlans.items():
            if len(vlan.name) > limits.vlan_name and (role, limits.vlan_name) not in named:
                named.add((role, limits.vlan_name))
                source = _named_at(intent, role, vlan)
                problem = _long("the VLAN name", vlan.name, limits.vlan_name, name, intent)
                problems.append(source.document.problem(source.at, "over_limit", problem, "Shorten it."))
    return [*problems, *_bundles(intent, spaces, cables)]


def _switch(intent: Intent, name: str, limits: LimitsFile) -> Iterator[Problem]:
    at: Reference = ("switches", name)
    file = intent.file.switches[name]
    count = len(intent.vlans.vlans)
    if limits.vlans is not None and count > limits.vlans:
        problem = f"the school has {count} VLANs, {file.model} takes {limits.vlans}"
        remedy = "Let the school do without some (`vlans.ROLE.carried: false`), or use another model."
        yield intent.document.problem((*at, "model"), "over_limit", problem, remedy)
    texts: list[tuple[str, str | None, tuple[str | int, ...], int | None]] = [
        ("the host name", file.hostname or name, (*at, "hostname") if file.hostname else at, limits.hostname),
        ("the location", file.location, (*at, "location"), limits.location),
        *(
            ("the port description", entry.description, (*at, "ports", index, "description"), limits.description)
            for index, entry in enumerate(file.ports)
        ),
    ]
    for what, text, where, most in texts:
        if text is not None and most is not None and len(text) > most:
            problem = _long(what, text, most, name, intent)
            yield intent.document.problem(where, "over_limit", problem, "Shorten it.", key=where == at)


def _long(what: str, text: str, most: int, name: str, intent: Intent) -> str:
    """What is too long, and for which device."""
    return f"{what} '{text}' has {len(text)} characters, {intent.file.switches[name].model} ({name}) takes {most}"


def _named_at(intent: Intent, role: str, vlan: Vlan) -> Source:
    """Where a VLAN's name stands."""
    source = intent.vlans.sources[role]
    if vlan.legacy:
        return Source(source.layer, source.document, (*source.at[:-1], "name"))
    if source.at[:2] == ("extra", "vlans"):
        return Source(Layer.SCHOOL, intent.school, (*source.at[:3], "name"))
    return intent.settings.source(["vlans", role, "name"])


def _bundles(intent: Intent, spaces: Mapping[str, PortSpace], cables: list[Cable]) -> Iterator[Problem]:
    for cable in cables:
        for end, _, number in cable.ends():
            limits = spaces[end.device].limits
            model = intent.file.switches[end.device].model
            key = "bundle_b" if end is cable.b and cable.file.bundle_b is not None else "bundle"
            if number is None:
                continue
            if limits.bundles is not None and number > limits.bundles:
                problem = f"{model} ({end.device}) numbers its bundles from 1 to {limits.bundles}"
                remedy = "Choose a smaller number; `bundle_b` is the number at the other end."
                yield intent.document.problem((*cable.at, key), "over_limit", problem, remedy)
            if limits.bundle_members is not None and len(end.ports) > limits.bundle_members:
                problem = f"a bundle of {model} ({end.device}) has at most {limits.bundle_members} members"
                yield intent.document.problem(end.at, "over_limit", problem, "Take cables out of the bundle.")
