"""What is intended against what a device can take: numbers, lengths and counts that its platform's `limits` name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from trustctl.inventory.device_plan import Draft
from trustctl.inventory.file_models import LimitsFile
from trustctl.inventory.file_school import SchoolFile
from trustctl.inventory.file_wireless import ControllerFile
from trustctl.inventory.layers import Settings, Source
from trustctl.inventory.link_plan import Cable
from trustctl.inventory.port_plan import Reference
from trustctl.inventory.problem import Problem
from trustctl.inventory.school_vlans import SchoolVlans
from trustctl.inventory.services import ssids_of
from trustctl.inventory.yaml_document import Document
from trustctl.model.addressing import Vlan
from trustctl.model.origin import Layer


@dataclass(frozen=True, slots=True)
class Intent:
    """What one school wants of all its devices, and where it says so."""

    document: Document
    """`school.yml`."""
    school: SchoolFile
    vlans: SchoolVlans
    settings: Settings


def over_limits(intent: Intent, drafts: Mapping[str, Draft], cables: list[Cable]) -> list[Problem]:
    """Every value that a device of the school cannot take, at its place; a VLAN's or SSID's name once for a limit."""
    problems: list[Problem] = []
    told: set[tuple[str, int]] = set()
    for draft in drafts.values():
        problems += _device(intent, draft)
        for name, text, most, source in _names(intent, draft.space.limits):
            if len(text.encode()) > most and (name, most) not in told:
                told.add((name, most))
                problem = _long(name, text, most, draft)
                problems.append(source.document.problem(source.at, "over_limit", problem, "Shorten it."))
    return [*problems, *_bundles(drafts, cables)]


def _names(intent: Intent, limits: LimitsFile) -> Iterator[tuple[str, str, int, Source]]:
    """(what it is, the name, its limit, where it stands) of everything that is named for all devices."""
    for role, vlan in intent.vlans.vlans.items() if limits.vlan_name is not None else ():
        yield "the VLAN name", vlan.name, limits.vlan_name or 0, _named_at(intent, role, vlan)
    extra = intent.school.extra.ssids
    for key, ssid in {**intent.settings.values.ssids, **extra}.items() if limits.ssid is not None else ():
        own = Source(Layer.SCHOOL, intent.document, ("extra", "ssids", key, "name"))
        yield (
            "the SSID",
            ssid.name,
            limits.ssid or 0,
            own if key in extra else intent.settings.source(["ssids", key, "name"]),
        )


def _device(intent: Intent, draft: Draft) -> Iterator[Problem]:
    file, at, limits = draft.file, draft.at, draft.space.limits
    count = len(intent.vlans.vlans)
    if limits.vlans is not None and count > limits.vlans and draft.role != "controller":
        problem = f"the school has {count} VLANs, {file.model} takes {limits.vlans}"
        remedy = "Let the school do without some (`vlans.ROLE.carried: false`), or use another model."
        yield draft.document.problem((*at, "model"), "over_limit", problem, remedy)
    if isinstance(file, ControllerFile) and limits.ssids is not None:
        networks = len(
            ssids_of(intent.settings.values, intent.school, intent.vlans) if file.ssids is None else file.ssids
        )
        if networks > limits.ssids:
            problem = f"{networks} wireless networks, {file.model} takes {limits.ssids}"
            yield draft.document.problem((*at, "ssids"), "over_limit", problem, "Name fewer.", key=file.ssids is None)
    texts: list[tuple[str, str | None, Reference, int | None]] = [
        ("the host name", file.hostname or draft.name, (*at, "hostname") if file.hostname else at, limits.hostname),
        ("the location", file.location, (*at, "location"), limits.location),
        *(
            ("the port description", entry.description, (*at, "ports", index, "description"), limits.description)
            for index, entry in enumerate(file.ports)
        ),
    ]
    for what, text, where, most in texts:
        if text is not None and most is not None and len(text) > most:
            yield draft.document.problem(
                where, "over_limit", _long(what, text, most, draft), "Shorten it.", key=where == at
            )


def _long(what: str, text: str, most: int, draft: Draft) -> str:
    """What is too long, and for which device."""
    return f"{what} '{text}' has {len(text.encode())} characters, {draft.file.model} ({draft.name}) takes {most}"


def _named_at(intent: Intent, role: str, vlan: Vlan) -> Source:
    """Where a VLAN's name stands."""
    source = intent.vlans.sources[role]
    if vlan.legacy:
        return Source(source.layer, source.document, (*source.at[:-1], "name"))
    if source.at[:2] == ("extra", "vlans"):
        return Source(Layer.SCHOOL, intent.document, (*source.at[:3], "name"))
    return intent.settings.source(["vlans", role, "name"])


def _bundles(drafts: Mapping[str, Draft], cables: list[Cable]) -> Iterator[Problem]:
    for cable in cables:
        for end, _, number in cable.ends():
            draft = drafts[end.device]
            limits, model = draft.space.limits, draft.file.model
            key = "bundle_b" if end is cable.b and cable.file.bundle_b is not None else "bundle"
            if number is None:
                continue
            if limits.bundles is not None and number > limits.bundles:
                problem = f"{model} ({end.device}) numbers its bundles from 1 to {limits.bundles}"
                remedy = "Choose a smaller number; `bundle_b` is the number at the other end."
                yield cable.document.problem((*cable.at, key), "over_limit", problem, remedy)
            if limits.bundle_members is not None and len(end.ports) > limits.bundle_members:
                problem = f"a bundle of {model} ({end.device}) has at most {limits.bundle_members} members"
                yield cable.document.problem(end.at, "over_limit", problem, "Take cables out of the bundle.")
