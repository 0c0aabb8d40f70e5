"""The switches of one school, resolved: management, ports, SVIs, spanning-tree priority."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface

from trustctl.inventory.blocks import Addresses, inside
from trustctl.inventory.boxes import space_of
from trustctl.inventory.catalogue import Catalogue, PortSpace
from trustctl.inventory.file_school import LegacyFile, SchoolFile, SwitchesFile, SwitchFile
from trustctl.inventory.file_trust import LoginFile
from trustctl.inventory.layers import Settings
from trustctl.inventory.limits import Intent, over_limits
from trustctl.inventory.link_plan import CablePlacer, bundle_of, links_of, read_cables
from trustctl.inventory.naming import Naming
from trustctl.inventory.ownership import NamesOf, ownership_of
from trustctl.inventory.port_plan import Placed, PortPlanner, Reference, add_rest, plan_ports
from trustctl.inventory.problem import Problem
from trustctl.inventory.school_vlans import SchoolVlans
from trustctl.inventory.yaml_document import Document
from trustctl.model.addressing import AddressPlan, Vlan
from trustctl.model.levels import Ownership, Stage
from trustctl.model.origin import Layer, Origin
from trustctl.model.switch import Link, Login, Svi, Switch

MANAGEMENT = "management"
"""The VLAN role whose block holds the switches' own addresses."""
ROOT_PRIORITIES = (4096, 8192)
"""Spanning-tree priority of the first core and of the others."""
PRIORITY = 32768
"""The default of IEEE 802.1D, for access switches."""


@dataclass(frozen=True, slots=True)
class SchoolSwitches:
    """The switches and links of a school, and the places of their ports for `explain`."""

    switches: dict[str, Switch]
    links: tuple[Link, ...]
    placed: Mapping[str, Mapping[str, Placed]]


@dataclass(frozen=True, slots=True)
class SwitchContext:
    """What a school's switches are resolved against."""

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


def resolve_switches(
    context: SwitchContext,
    document: Document,
    school: SchoolFile,
    file: SwitchesFile,
    vlans: SchoolVlans,
    planner: PortPlanner,
) -> tuple[SchoolSwitches, list[Problem]]:
    """Every switch of a school. A switch with a problem is left out of the result."""
    problems: list[Problem] = []
    spaces: dict[str, PortSpace] = {}
    for name, switch in file.switches.items():
        space, found = space_of(context.catalogue, document, ("switches", name), switch)
        problems += found
        if space is not None:
            spaces[name] = space
    placed: dict[str, dict[str, Placed]] = {}
    for name, space in spaces.items():
        entry = file.switches[name]
        placed[name], found = plan_ports(document, ("switches", name), entry.ports, entry.rest, space, planner)
        problems += found
    cores = [name for name, switch in file.switches.items() if switch.role == "core"]
    cables, found = read_cables(document, file, spaces)
    intent = Intent(document, context.school, file, vlans, context.settings)
    problems += [*found, *over_limits(intent, spaces, cables)]
    placer = CablePlacer(document, placed, spaces, planner)
    placer.place(cables, cores)
    problems += placer.problems
    for name, space in spaces.items():
        rest = file.switches[name].rest
        placed[name] = add_rest(placed[name], ("switches", name), rest, space, planner)
    builder = _Builder(context, document, school, file, vlans, cores)
    switches: dict[str, Switch] = {}
    for name, space in spaces.items():
        resolved = builder.switch(name, space, placed[name], placer.bundles.get(name, {}))
        if resolved is not None:
            switches[name] = resolved
    return SchoolSwitches(switches, links_of(document, cables), placed), [*problems, *builder.problems]


class _Builder:
    """Makes the switches of one school, collecting problems."""

    def __init__(
        self,
        context: SwitchContext,
        document: Document,
        school: SchoolFile,
        file: SwitchesFile,
        vlans: SchoolVlans,
        cores: list[str],
    ) -> None:
        self._context, self._document, self._school = context, document, school
        self._file, self._vlans, self._cores = file, vlans, cores
        self.problems: list[Problem] = []

    def switch(
        self, name: str, space: PortSpace, placed: dict[str, Placed], bundles: dict[int, list[str]]
    ) -> Switch | None:
        file = self._file.switches[name]
        at: Reference = ("switches", name)
        self._name(name, at)
        address = self._address(name, file, at)
        vlan = self._vlans.holding(address) if address else None
        if address is None or vlan is None or vlan.prefix is None:
            self._no_vlan(address, at)
            return None
        if not inside(address, vlan.prefix):
            problem = f"{address} is the network's own or the broadcast address of {vlan.prefix}"
            self._problem((*at, "address"), "address_outside", problem, "Choose a host address.")
        self._context.addresses.take(address, name, self._document, (*at, "address"))
        routing = self._cores[:1] == [name]
        core = file.role == "core"
        login = file.login or self._school.login or self._context.login
        bundle_name = self._context.catalogue.bundle_name
        return Switch(
            name=name,
            hostname=file.hostname or name,
            school=self._school.slug,
            platform=file.platform,
            model=file.model,
            role=file.role,
            stage=Stage(file.stage or self._school.stage),
            address=address,
            management=self._management(vlan, address),
            gateway=None if routing else self._gateway(vlan, at),
            routes=self._routes(file, routing=routing, at=at),
            login=Login(login.username, login.password, login.enable),
            ports=tuple(place.port for place in placed.values()),
            bundles=tuple(
                bundle_of(bundle_name(file.platform, number), number, members, placed)
                for number, members in sorted(bundles.items())
                if all(member in placed for member in members)
            ),
            svis=self._svis(vlan) if routing else (),
            root_priority=ROOT_PRIORITIES[0 if routing else 1] if core else PRIORITY,
            serial=file.serial,
            location=file.location or "",
            ssh_legacy=tuple(file.ssh_legacy),
            ownership=self._ownership(file, space, at),
            captured=f"{self._context.root}/{file.captured}" if file.captured else None,
            origin=Origin(Layer.DEVICE, self._document.place(at, key=True)),
            stack=file.members[1:],
            poe_ports=space.poe,
        )

    def _ownership(self, file: SwitchFile, space: PortSpace, at: Reference) -> tuple[tuple[str, Ownership], ...]:
        found, problems = ownership_of(self._document, at, file, space, self._context.names_of)
        self.problems += problems
        return found

    def _problem(self, at: Reference, code: str, problem: str, remedy: str) -> None:
        device = len(at) == 2  # noqa: PLR2004 - ("switches", name): point at the name
        self.problems.append(self._document.problem(at, code, problem, remedy, key=device))

    def _name(self, name: str, at: Reference) -> None:
        remedy = self._context.naming.against_switch(name, self._school.code)
        if remedy:
            found = self._document.problem(at, "naming", f"'{name}' is not a switch's name here", remedy, key=True)
            self.problems.append(found)

    def _no_vlan(self, address: IPv4Address | None, at: Reference) -> None:
        if address is not None:
            problem = f"{address} is in none of the school's VLANs"
            remedy = "Add the subnet under `legacy:` in school.yml, or take a `position` in the management VLAN."
            self._problem((*at, "address"), "address_outside", problem, remedy)

    def _address(self, name: str, file: SwitchFile, at: Reference) -> IPv4Address | None:
        """Where the switch is: as written, at its position of the plan, or the gateway for the routing core."""
        if file.address is not None and file.position is not None:
            self._problem((*at, "position"), "address_both", "both an address and a position", "Remove one of them.")
            return None
        return file.address or self._planned_address(name, file, at)

    def _planned_address(self, name: str, file: SwitchFile, at: Reference) -> IPv4Address | None:
        management = self._vlans.carried(MANAGEMENT)
        if management is None or management.prefix is None:
            self._problem(at, "vlan_unknown", "the school carries no management VLAN", "Give the switch an `address`.")
            return None
        if file.position is not None:
            address = management.prefix.network_address + self._context.plan.switch_host + file.position - 1
            if inside(address, management.prefix):
                return address
            problem = f"position {file.position} is outside {management.prefix}"
            self._problem((*at, "position"), "address_outside", problem, "Use a smaller position or a larger block.")
            return None
        if self._cores[:1] == [name] and management.gateway is not None:
            return management.gateway
        problem = "neither an address nor a position"
        if self._cores[:1] == [name]:
            problem += ", and the management VLAN has no gateway address for the core"
        self._problem(at, "address_missing", problem, "Add `position: 1` or `address:`.")
        return None

    def _legacy(self, vlan: Vlan) -> LegacyFile | None:
        return self._vlans.legacy_files.get(vlan.id) if vlan.legacy else None

    def _text(self, vlan: Vlan) -> str:
        """Description of an SVI.  Before: role staff.  After: `Staff, wired`."""
        legacy = self._legacy(vlan)
        return legacy.purpose if legacy else self._context.titles.get(vlan.role, vlan.name)

    def _management(self, vlan: Vlan, address: IPv4Address) -> Svi:
        length = vlan.prefix.prefixlen if vlan.prefix else 32
        return Svi(vlan.id, vlan.role, self._text(vlan), IPv4Interface(f"{address}/{length}"), management=True)

    def _gateway(self, vlan: Vlan, at: Reference) -> IPv4Address | None:
        if vlan.gateway is None:
            problem = f"VLAN {vlan.id} ({vlan.name}), which holds its address, has no gateway"
            self._problem((*at, "address"), "gateway_missing", problem, "Add `gateway:` to the VLAN in school.yml.")
        return vlan.gateway

    def _secondary(self, first: LegacyFile | None) -> tuple[IPv4Interface, ...]:
        """Gateways of the further ranges of an old VLAN."""
        return tuple(
            IPv4Interface(f"{legacy.gateway}/{legacy.prefix.prefixlen}")
            for legacy in self._school.legacy
            if first is not None and legacy is not first and legacy.vlan == first.vlan
            if legacy.gateway is not None and legacy.routed_by == "core"
        )

    def _routes(self, file: SwitchFile, *, routing: bool, at: Reference) -> tuple[tuple[str, IPv4Address], ...]:
        for index, route in enumerate(file.routes):
            here = (*at, "routes", index)
            if not routing:
                remedy = "Routes belong to the first core switch."
                self._problem(here, "route_misplaced", "this switch does not route", remedy)
            elif self._vlans.holding(route.via) is None:
                problem = f"the next hop {route.via} is in none of the school's VLANs"
                self._problem((*here, "via"), "address_outside", problem, "Correct the next hop.")
        return tuple((str(route.to), route.via) for route in file.routes)

    def _svis(self, management: Vlan) -> tuple[Svi, ...]:
        """The routed VLANs of the core: every role with a gateway, and the old ones that the core routes."""
        svis: list[Svi] = []
        for vlan in self._vlans.vlans.values():
            legacy = self._legacy(vlan)
            if vlan is management or vlan.prefix is None or vlan.gateway is None:
                continue
            if vlan.legacy and (legacy is None or legacy.routed_by != "core"):
                continue
            relays = tuple(legacy.dhcp_relay) if legacy else self._context.relays if vlan.dhcp else ()
            interface = IPv4Interface(f"{vlan.gateway}/{vlan.prefix.prefixlen}")
            svis.append(Svi(vlan.id, vlan.role, self._text(vlan), interface, self._secondary(legacy), relays))
        return tuple(svis)
