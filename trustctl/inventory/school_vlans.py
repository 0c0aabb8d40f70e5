"""The VLANs of one school: roles with their blocks, and the legacy VLANs that are carried until renumbered."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from trustctl.inventory.blocks import Block, allocate, inside
from trustctl.inventory.file_baseline import VlanFile
from trustctl.inventory.file_school import LegacyFile, SchoolFile
from trustctl.inventory.layers import Settings, Source
from trustctl.inventory.problem import Problem
from trustctl.inventory.yaml_document import Document
from trustctl.model.addressing import AddressPlan, Vlan
from trustctl.model.origin import Layer, Origin
from trustctl.model.school import LegacyRange


@dataclass(frozen=True, slots=True)
class SchoolVlans:
    """VLANs by role, legacy ones under `legacy-<id>`; `sources` says where each of them stands."""

    vlans: dict[str, Vlan]
    legacy: tuple[LegacyRange, ...]
    legacy_files: dict[int, LegacyFile]
    sources: dict[str, Source]
    blocks: tuple[Block, ...]

    def carried(self, role: str | None) -> Vlan | None:
        """The VLAN of a role, None if the school does without it."""
        return self.vlans.get(role) if role else None

    def holding(self, address: IPv4Address) -> Vlan | None:
        """The VLAN whose block an address is in."""
        return next((vlan for vlan in self.vlans.values() if vlan.prefix and address in vlan.prefix), None)


def resolve_vlans(
    plan: AddressPlan, octets: dict[str, int], document: Document, school: SchoolFile, settings: Settings
) -> tuple[SchoolVlans, list[Problem]]:
    """The school's VLANs in order of id, and what is wrong with them. `octets`: the roles' numbers in the baseline."""
    problems: list[Problem] = []
    vlans: dict[str, Vlan] = {}
    sources: dict[str, Source] = {}
    blocks: list[Block] = []
    extra = school.extra.vlans
    for role, vlan in [*settings.values.vlans.items(), *extra.items()]:
        source = (
            Source(Layer.SCHOOL, document, ("extra", "vlans", role)) if role in extra else _source(settings, role, vlan)
        )
        if role in vlans:
            problems.append(
                document.problem(
                    ("extra", "vlans", role), "name_twice", f"the baseline has a VLAN role '{role}'", "Rename it."
                )
            )
            continue
        if not vlan.carried:
            continue
        prefix = _prefix(plan, school.site, octets.get(role, vlan.id), vlan, source, problems)
        gateway = _gateway(plan, prefix, source, problems) if prefix and vlan.gateway else None
        twice = any(vlan.id == other.id for other in vlans.values())  # told once, not for its addresses again
        gateway = None if twice else gateway
        vlans[role] = Vlan(role, vlan.id, vlan.name, prefix, gateway, vlan.dhcp and gateway is not None)
        sources[role] = source
        if prefix and not twice:
            blocks.append(Block(prefix, f"{school.slug}: {role}, VLAN {vlan.id}", source.document, source.at))
    ranges = _legacy(document, school, vlans, sources, blocks, problems)
    problems += _twice(school.slug, vlans, sources)
    ordered = dict(sorted(vlans.items(), key=lambda item: item[1].id))
    legacy_files = {legacy.vlan: legacy for legacy in reversed(school.legacy)}
    return SchoolVlans(ordered, ranges, legacy_files, sources, tuple(blocks)), problems


def _source(settings: Settings, role: str, vlan: VlanFile) -> Source:
    """The most telling source of a VLAN: what replaced its block, size or number, or its entry in the baseline."""
    for field in ("block", "size", "id", "name"):
        replaced = settings.sources.get(f"vlans.{role}.{field}")
        if replaced is not None:
            return replaced
    base = settings.sources["vlans"]
    return Source(base.layer, base.document, (*base.at, role, "size" if vlan.size else "id"))


def _prefix(
    plan: AddressPlan, site: int, octet: int, vlan: VlanFile, source: Source, problems: list[Problem]
) -> IPv4Network | None:
    if vlan.block is not None:
        return vlan.block
    if vlan.size is None:
        return None
    try:
        return allocate(plan, site, octet, vlan.size)
    except ValueError as error:
        problems.append(
            source.document.problem(
                source.at, "block_alignment", str(error), "Choose another `size`, or set `block` to an aligned network."
            )
        )
        return None


def _gateway(plan: AddressPlan, prefix: IPv4Network, source: Source, problems: list[Problem]) -> IPv4Address | None:
    gateway = prefix.network_address + plan.gateway_host
    if inside(gateway, prefix):
        return gateway
    problem = f"the gateway position {plan.gateway_host} of the address plan is outside a /{prefix.prefixlen}"
    problems.append(source.document.problem(source.at, "address_outside", problem, "Use a larger block."))
    return None


def _legacy(
    document: Document,
    school: SchoolFile,
    vlans: dict[str, Vlan],
    sources: dict[str, Source],
    blocks: list[Block],
    problems: list[Problem],
) -> tuple[LegacyRange, ...]:
    ranges: list[LegacyRange] = []
    for index, legacy in enumerate(school.legacy):
        at = ("legacy", index)
        if legacy.gateway and not inside(legacy.gateway, legacy.prefix):
            problem = f"the gateway {legacy.gateway} is no host address of {legacy.prefix}"
            problems.append(document.problem((*at, "gateway"), "address_outside", problem, "Correct one of them."))
        if legacy.routed_by == "core" and legacy.gateway is None:
            problems.append(
                document.problem(at, "gateway_missing", "the core routes this VLAN, so it needs its gateway address")
            )
        role = f"legacy-{legacy.vlan}"
        purpose = f"{legacy.name} {legacy.purpose}"
        origin = Origin(Layer.SCHOOL, document.place(at))
        ranges.append(LegacyRange(legacy.prefix, legacy.purpose, legacy.vlan, legacy.until, origin))
        owner = f"{school.slug}: legacy {purpose}, VLAN {legacy.vlan}"
        blocks.append(Block(legacy.prefix, owner, document, (*at, "prefix")))
        if role not in vlans:
            vlans[role] = Vlan(
                role, legacy.vlan, legacy.name, legacy.prefix, legacy.gateway, dhcp=bool(legacy.dhcp_relay), legacy=True
            )
            sources[role] = Source(Layer.SCHOOL, document, (*at, "vlan"))
    return tuple(ranges)


def _twice(slug: str, vlans: dict[str, Vlan], sources: dict[str, Source]) -> list[Problem]:
    """VLAN ids and names that two roles of a school share."""
    problems: list[Problem] = []
    ids: dict[int, str] = {}
    names: dict[str, str] = {}
    for role, vlan in vlans.items():
        source = sources[role]
        at = source.at if not vlan.legacy or source.at[-1] == "vlan" else (*source.at, "vlan")
        for code, what, first in (
            ("vlan_twice", f"VLAN {vlan.id}", ids.setdefault(vlan.id, role)),
            ("name_twice", f"the VLAN name '{vlan.name}'", names.setdefault(vlan.name.casefold(), role)),
        ):
            if first == role:
                continue
            where = sources[first].document.place(sources[first].at)
            whose = f" at {slug}" if Layer.SCHOOL in {source.layer, sources[first].layer} else ""
            problem = f"{what} is both '{first}' ({where}) and '{role}'{whose}"
            remedy = f"Give one of them another {'id' if code == 'vlan_twice' else 'name'}, for example by an override."
            entry = at[-1] == "size" and source.layer is not Layer.SCHOOL
            told = (*at[:-1], "id" if code == "vlan_twice" else "name") if entry else at
            problems.append(source.document.problem(told, code, problem, remedy))
    return problems
