"""What every device of a school has, resolved: its name, address, management interface, login, ports and bundles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from ipaddress import IPv4Address, IPv4Interface
from typing import Any

from trustctl.inventory.blocks import Addresses, inside
from trustctl.inventory.catalogue import Catalogue, PortSpace
from trustctl.inventory.file_school import DeviceFile, LegacyFile, SchoolFile
from trustctl.inventory.file_trust import LoginFile
from trustctl.inventory.layers import Settings
from trustctl.inventory.link_plan import bundle_of
from trustctl.inventory.naming import Naming
from trustctl.inventory.ownership import NamesOf, ownership_of
from trustctl.inventory.port_plan import Placed, Reference
from trustctl.inventory.problem import Problem
from trustctl.inventory.school_vlans import SchoolVlans
from trustctl.inventory.yaml_document import Document
from trustctl.model.addressing import AddressPlan, Vlan
from trustctl.model.levels import Ownership, Stage
from trustctl.model.origin import Layer, Origin
from trustctl.model.switch import Device, Login, Svi

MANAGEMENT = "management"
"""The VLAN role whose block holds the devices' own addresses."""


@dataclass(frozen=True, slots=True)
class DeviceContext:
    """What a school's devices are resolved against."""

    plan: AddressPlan
    naming: Naming
    login: LoginFile
    relays: tuple[IPv4Address, ...]
    titles: Mapping[str, str]
    school: Document
    """`school.yml`."""
    settings: Settings
    catalogue: Catalogue
    addresses: Addresses
    root: str
    """Path of the school's folder below the inventory, `schools/oak`."""
    names_of: NamesOf | None = None
    """What the parts of a platform's configuration are called."""


@dataclass(slots=True)
class Draft:
    """One device as its file has it, with what was found out about its ports so far."""

    name: str
    file: DeviceFile
    document: Document
    at: Reference
    """Where it stands in the document: ("switches", "oak-sw-a1-01")."""
    space: PortSpace
    role: str
    placed: dict[str, Placed]
    bundles: Mapping[int, list[str]]


def shared(device: Device) -> dict[str, Any]:
    """The values that a device of a kind shares with every device, to make that kind from."""
    return {field.name: getattr(device, field.name) for field in fields(Device)}


class DeviceBuilder:
    """Makes the devices of one school as far as all kinds are alike, collecting problems."""

    def __init__(self, context: DeviceContext, school: SchoolFile, vlans: SchoolVlans) -> None:
        self.context, self.school, self.vlans = context, school, vlans
        self.problems: list[Problem] = []

    def device(self, draft: Draft, *, routing: bool = False) -> Device | None:
        """The device; None if nobody can tell where it is. `routing`: it is the core that routes the school's VLANs."""
        file, at = draft.file, draft.at
        self._name(draft)
        address = self._address(draft, routing=routing)
        vlan = self.vlans.holding(address) if address else None
        if address is None or vlan is None or vlan.prefix is None:
            self._no_vlan(address, draft)
            return None
        if not inside(address, vlan.prefix):
            problem = f"{address} is the network's own or the broadcast address of {vlan.prefix}"
            self.problem(draft, (*at, "address"), "address_outside", problem, "Choose a host address.")
        self.context.addresses.take(address, draft.name, draft.document, (*at, "address"))
        login = file.login or self.school.login or self.context.login
        bundle_name = self.context.catalogue.bundle_name
        return Device(
            name=draft.name,
            hostname=file.hostname or draft.name,
            school=self.school.slug,
            platform=file.platform,
            model=file.model,
            role=draft.role,
            stage=Stage(file.stage or self.school.stage),
            address=address,
            management=self._management(vlan, address),
            gateway=None if routing else self._gateway(vlan, draft),
            login=Login(login.username, login.password, login.enable),
            ports=tuple(place.port for place in draft.placed.values()),
            bundles=tuple(
                bundle_of(bundle_name(file.platform, number), number, members, draft.placed)
                for number, members in sorted(draft.bundles.items())
                if all(member in draft.placed for member in members)
            ),
            serial=file.serial,
            location=file.location or "",
            ssh_legacy=tuple(file.ssh_legacy),
            ownership=self._ownership(draft),
            captured=f"{self.context.root}/{file.captured}" if file.captured else None,
            origin=Origin(Layer.DEVICE, draft.document.place(at, key=True)),
            stack=file.members[1:],
            poe_ports=draft.space.poe,
        )

    def problem(self, draft: Draft, at: Reference, code: str, problem: str, remedy: str) -> None:
        """Note a problem of a device: at its name, or at one of its keys."""
        self.problems.append(draft.document.problem(at, code, problem, remedy, key=at == draft.at))

    def legacy(self, vlan: Vlan) -> LegacyFile | None:
        """The school's entry of an old VLAN."""
        return self.vlans.legacy_files.get(vlan.id) if vlan.legacy else None

    def text(self, vlan: Vlan) -> str:
        """Description of an SVI.  Before: role staff.  After: `Staff, wired`."""
        legacy = self.legacy(vlan)
        return legacy.purpose if legacy else self.context.titles.get(vlan.role, vlan.name)

    def _ownership(self, draft: Draft) -> tuple[tuple[str, Ownership], ...]:
        found, problems = ownership_of(draft.document, draft.at, draft.file, draft.space, self.context.names_of)
        self.problems += problems
        return found

    def _name(self, draft: Draft) -> None:
        controller = draft.role == "controller"
        against = self.context.naming.against_controller if controller else self.context.naming.against_switch
        remedy = against(draft.name, self.school.code)
        if remedy:
            problem = f"'{draft.name}' is not a {'controller' if controller else 'switch'}'s name here"
            self.problem(draft, draft.at, "naming", problem, remedy)

    def _no_vlan(self, address: IPv4Address | None, draft: Draft) -> None:
        if address is not None:
            problem = f"{address} is in none of the school's VLANs"
            remedy = "Add the subnet under `legacy:` in school.yml, or take a `position` in the management VLAN."
            self.problem(draft, (*draft.at, "address"), "address_outside", problem, remedy)

    def _address(self, draft: Draft, *, routing: bool) -> IPv4Address | None:
        """Where the device is: as written, at its position of the plan, or the gateway for the routing core."""
        file = draft.file
        if file.address is not None and file.position is not None:
            problem = "both an address and a position"
            self.problem(draft, (*draft.at, "position"), "address_both", problem, "Remove one of them.")
            return None
        return file.address or self._planned_address(draft, routing=routing)

    def _planned_address(self, draft: Draft, *, routing: bool) -> IPv4Address | None:
        file, at = draft.file, draft.at
        management = self.vlans.carried(MANAGEMENT)
        if management is None or management.prefix is None:
            problem = "the school carries no management VLAN"
            self.problem(draft, at, "vlan_unknown", problem, f"Give the {_noun(draft)} an `address`.")
            return None
        if file.position is not None:
            address = management.prefix.network_address + self.context.plan.switch_host + file.position - 1
            if inside(address, management.prefix):
                return address
            problem = f"position {file.position} is outside {management.prefix}"
            remedy = "Use a smaller position or a larger block."
            self.problem(draft, (*at, "position"), "address_outside", problem, remedy)
            return None
        if routing and management.gateway is not None:
            return management.gateway
        problem = "neither an address nor a position"
        if routing:
            problem += ", and the management VLAN has no gateway address for the core"
        self.problem(draft, at, "address_missing", problem, "Add `position: 1` or `address:`.")
        return None

    def _management(self, vlan: Vlan, address: IPv4Address) -> Svi:
        length = vlan.prefix.prefixlen if vlan.prefix else 32
        return Svi(vlan.id, vlan.role, self.text(vlan), IPv4Interface(f"{address}/{length}"), management=True)

    def _gateway(self, vlan: Vlan, draft: Draft) -> IPv4Address | None:
        if vlan.gateway is None:
            problem = f"VLAN {vlan.id} ({vlan.name}), which holds its address, has no gateway"
            remedy = "Add `gateway:` to the VLAN in school.yml."
            self.problem(draft, (*draft.at, "address"), "gateway_missing", problem, remedy)
        return vlan.gateway


def _noun(draft: Draft) -> str:
    return "controller" if draft.role == "controller" else "switch"
