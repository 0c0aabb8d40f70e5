"""The baseline, and what a school adds to it, against the VLAN roles: every role that is named exists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

from trustctl.inventory.file_baseline import BaselineFile, PortProfileFile, SsidFile
from trustctl.inventory.file_check import allowed_keys
from trustctl.inventory.file_school import SchoolFile
from trustctl.inventory.file_trust import TrustFile
from trustctl.inventory.layers import Settings, SettingsFile, Source
from trustctl.inventory.link_plan import DOWNLINK, UPLINK
from trustctl.inventory.problem import Problem
from trustctl.inventory.services import ssid_numbers
from trustctl.inventory.wording import did_you_mean
from trustctl.inventory.yaml_document import Document
from trustctl.model.origin import Layer


def check_baseline(
    trust: Document, file: TrustFile, sections: Mapping[str, tuple[Document, BaselineFile]]
) -> list[Problem]:
    """What is wrong inside the baseline and between it and the levels."""
    roles = sections["vlans"][1].vlans or {}
    document, baseline = sections["port_profiles"]
    profiles = baseline.port_profiles or {}
    problems: list[Problem] = []
    for name, profile in profiles.items():
        problems += check_profile(document, ("port_profiles", name), profile, roles)
    for name in (UPLINK, DOWNLINK):
        if name not in profiles or profiles[name].mode != "trunk":
            problem = f"links need a trunk profile named '{name}'"
            problems.append(document.problem(("port_profiles",), "profile_missing", problem, "Add it.", key=True))
    document, baseline = sections["ssids"]
    for name, ssid in (baseline.ssids or {}).items():
        problems += _ssid(document, ("ssids", name), ssid, roles)
    problems += _numbers(document, ("ssids",), ssid_numbers(baseline.ssids or {}), baseline.ssids or {})
    return [*problems, *_levels(trust, file, sections)]


def check_profile(
    document: Document, at: tuple[str | int, ...], profile: PortProfileFile, roles: Mapping[str, object]
) -> list[Problem]:
    """The roles of one port profile, and whether they fit its mode."""
    problems: list[Problem] = []
    named = [("access", profile.access), ("voice", profile.voice), ("native", profile.native)]
    for key, role in named:
        if role is not None and role not in roles:
            remedy = did_you_mean(role, roles)
            problems.append(document.problem((*at, key), "role_unknown", f"there is no VLAN role '{role}'", remedy))
    for index, role in enumerate(profile.trunk):
        if role not in roles:
            remedy = did_you_mean(role, roles)
            where = (*at, "trunk", index)
            problems.append(document.problem(where, "role_unknown", f"there is no VLAN role '{role}'", remedy))
    if profile.mode != "trunk" and (profile.trunk or profile.native):
        key = "trunk" if profile.trunk else "native"
        problem = f"`{key}` belongs to a trunk, this profile's mode is '{profile.mode}'"
        problems.append(document.problem((*at, key), "bad_value", problem, "Remove it, or make the mode 'trunk'."))
    if profile.mode == "access" and profile.access is None:
        problem = "an access profile needs its VLAN role"
        problems.append(document.problem(at, "missing_key", problem, "Add `access:`.", key=True))
    return problems


def check_extra(
    document: Document, school: SchoolFile, settings: Settings, roles: Mapping[str, object]
) -> list[Problem]:
    """What a school has on top of the baseline: no name of the baseline's, and only VLAN roles that exist."""
    problems: list[Problem] = []
    extra = school.extra
    taken: list[tuple[str, str, Mapping[str, object]]] = [
        ("port_profiles", "port profile", settings.values.port_profiles),
        ("ssids", "wireless network", settings.values.ssids),
    ]
    for section, what, known in taken:
        for name in getattr(extra, section):
            if name in known:
                problem = f"the baseline has a {what} '{name}'"
                at = ("extra", section, name)
                problems.append(document.problem(at, "name_twice", problem, "Rename it.", key=True))
    for name, profile in extra.port_profiles.items():
        problems += check_profile(document, ("extra", "port_profiles", name), profile, roles)
    for name, ssid in extra.ssids.items():
        problems += _ssid(document, ("extra", "ssids", name), ssid, roles)
    numbers = ssid_numbers(settings.values.ssids, extra.ssids)
    problems += _numbers(document, ("extra", "ssids"), numbers, extra.ssids)
    return [*problems, *_one_name_each(document, school, settings, roles)]


def _one_name_each(
    document: Document, school: SchoolFile, settings: Settings, roles: Mapping[str, object]
) -> Iterator[Problem]:
    """No two networks that a school carries have one SSID: a device would keep one of them, or mix them."""
    holders: dict[str, str] = {}
    extra = school.extra.ssids
    for key, ssid in {**settings.values.ssids, **extra}.items():
        holder = holders.setdefault(ssid.name, key) if ssid.vlan in roles else key
        if holder != key:
            own = Source(Layer.SCHOOL, document, ("extra", "ssids", key, "name"))
            source = own if key in extra else settings.source(["ssids", key, "name"])
            problem = f"the SSID '{ssid.name}' is that of the wireless network '{holder}' already"
            yield source.document.problem(source.at, "ssid_twice", problem, "Give it a name of its own.")


def _numbers(
    document: Document, at: tuple[str, ...], numbers: Mapping[str, int], own: Mapping[str, SsidFile]
) -> list[Problem]:
    """No two networks have one number; told at those of `own`, which this document writes."""
    problems: list[Problem] = []
    holders: dict[int, str] = {}
    for key, number in numbers.items():
        holder = holders.setdefault(number, key)
        if holder != key and key in own:
            problem = f"the wireless networks '{holder}' and '{key}' have one number, {number}"
            remedy = "Give one a free `number`."
            problems.append(document.problem((*at, key), "number_twice", problem, remedy, key=True))
    return problems


def _ssid(document: Document, at: tuple[str, ...], ssid: SsidFile, roles: Mapping[str, object]) -> list[Problem]:
    problems: list[Problem] = []
    if ssid.vlan not in roles:
        remedy = did_you_mean(ssid.vlan, roles)
        problem = f"there is no VLAN role '{ssid.vlan}'"
        problems.append(document.problem((*at, "vlan"), "role_unknown", problem, remedy))
    if (ssid.psk is None) == (ssid.security == "psk"):
        problem = f"security '{ssid.security}' {'needs a' if ssid.security == 'psk' else 'has no'} `psk`"
        remedy = "Name the secret, or change the security."
        problems.append(document.problem((*at, "security"), "bad_value", problem, remedy))
    return problems


def _levels(trust: Document, file: TrustFile, sections: Mapping[str, tuple[Document, BaselineFile]]) -> list[Problem]:
    """Level paths that cover nothing: a typing error would silently leave a value locked."""
    problems: list[Problem] = []
    raw: dict[str, object] = {name: document.value[name] for name, (document, _) in sections.items()}
    raw["services"] = trust.value["services"]
    for path in file.levels:
        inside: list[dict[str, object]] = [raw]
        steps = path.split(".")
        for count, step in enumerate(steps):
            known = {key for each in inside for key in each}
            known.update(allowed_keys(SettingsFile, steps[:count]))
            if step != "*" and step not in known:
                problem = (
                    f"the level covers nothing: there is no '{step}' in {'.'.join(steps[:count]) or 'the baseline'}"
                )
                remedy = did_you_mean(step, sorted(known))
                problems.append(trust.problem(("levels", path), "unknown_path", problem, remedy, key=True))
                break
            inside = [
                cast("dict[str, object]", value)
                for each in inside
                for key, value in each.items()
                if step in {"*", key} and isinstance(value, dict)
            ]
    return problems
