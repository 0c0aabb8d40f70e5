"""The devices of one school, resolved: switches with routes, SVIs and spanning-tree priority, and controllers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface

from trustctl.inventory.boxes import space_of
from trustctl.inventory.controller_plan import controller_of
from trustctl.inventory.device_plan import DeviceBuilder, DeviceContext, Draft, shared
from trustctl.inventory.file_school import LegacyFile, SchoolFile, SwitchesFile, SwitchFile
from trustctl.inventory.file_wireless import ControllerFile, WirelessFile
from trustctl.inventory.limits import Intent, over_limits
from trustctl.inventory.link_plan import Cable, CablePlacer, links_of, read_cables
from trustctl.inventory.port_plan import Placed, PortPlanner, add_rest, plan_ports
from trustctl.inventory.problem import Problem
from trustctl.inventory.school_vlans import SchoolVlans
from trustctl.inventory.yaml_document import Document
from trustctl.model.controller import Controller
from trustctl.model.switch import Link, Svi, Switch

ROOT_PRIORITIES = (4096, 8192)
"""Spanning-tree priority of the first core and of the others."""
PRIORITY = 32768
"""The default of IEEE 802.1D, for access switches."""


@dataclass(frozen=True, slots=True)
class DeviceFiles:
    """What a school's files say of its devices; None for a file that is not there."""

    switches: tuple[Document, SwitchesFile] | None
    wireless: tuple[Document, WirelessFile] | None

    @property
    def documents(self) -> dict[str, Document]:
        """By the first step of a path in them."""
        found: dict[str, Document] = {}
        if self.switches is not None:
            found |= {"switches": self.switches[0], "links": self.switches[0]}
        if self.wireless is not None:
            found["controllers"] = self.wireless[0]
        return found

    @property
    def cores(self) -> list[str]:
        """The core switches; the first of them routes."""
        found = self.switches[1].switches.items() if self.switches else ()
        return [name for name, switch in found if switch.role == "core"]


@dataclass(frozen=True, slots=True)
class SchoolDevices:
    """The devices and links of a school, and where their ports and they themselves stand, for `explain`."""

    switches: dict[str, Switch]
    controllers: dict[str, Controller]
    links: tuple[Link, ...]
    placed: Mapping[str, Mapping[str, Placed]]
    documents: Mapping[str, Document]
    """By the first step of a path in them: `switches`, `links`, `controllers`."""


def resolve_devices(
    context: DeviceContext, school: SchoolFile, files: DeviceFiles, vlans: SchoolVlans, planner: PortPlanner
) -> tuple[SchoolDevices, list[Problem]]:
    """Every device of a school. One with a problem is left out of the result."""
    problems: list[Problem] = []
    drafts: dict[str, Draft] = {}
    for draft in _drafts(context, files, planner, problems):
        drafts.setdefault(draft.name, draft)
    cables = _lay(context, school, files, drafts, vlans, planner, problems)
    builder = DeviceBuilder(context, school, vlans)
    switches: dict[str, Switch] = {}
    controllers: dict[str, Controller] = {}
    for name, draft in drafts.items():
        device = builder.device(draft, routing=files.cores[:1] == [name])
        if device is None:
            continue
        if isinstance(draft.file, ControllerFile):
            controllers[name] = controller_of(builder, draft, draft.file, device)
        elif isinstance(draft.file, SwitchFile):
            facts = _Routing(builder, draft, draft.file, routing=files.cores[:1] == [name])
            switches[name] = Switch(
                **shared(device),
                routes=facts.routes(),
                svis=facts.svis(device.management.vlan),
                root_priority=facts.root_priority(),
            )
    found = SchoolDevices(
        switches,
        controllers,
        links_of(files.switches[0], cables) if files.switches else (),
        {name: draft.placed for name, draft in drafts.items()},
        files.documents,
    )
    return found, [*problems, *builder.problems]


def _drafts(
    context: DeviceContext, files: DeviceFiles, planner: PortPlanner, problems: list[Problem]
) -> Iterator[Draft]:
    """The devices whose models are known, with the ports that their own entries name."""
    devices: list[tuple[Document, str, str, SwitchFile | ControllerFile]] = []
    if files.switches is not None:
        document, switches = files.switches
        devices += [(document, "switches", name, file) for name, file in switches.switches.items()]
    if files.wireless is not None:
        document, wireless = files.wireless
        devices += [(document, "controllers", name, file) for name, file in wireless.controllers.items()]
    for document, section, name, file in devices:
        at = (section, name)
        role = file.role if isinstance(file, SwitchFile) else "controller"
        space, found = space_of(context.catalogue, document, at, file)
        problems += found
        if space is not None:
            placed, found = plan_ports(document, at, file.ports, file.rest, space, planner)
            problems += found
            yield Draft(name, file, document, at, space, role, placed, {})


def _lay(
    context: DeviceContext,
    school: SchoolFile,
    files: DeviceFiles,
    drafts: dict[str, Draft],
    vlans: SchoolVlans,
    planner: PortPlanner,
    problems: list[Problem],
) -> list[Cable]:
    """Lay the links into the ports, then give the ports that are left their profile; what does not fit is a problem."""
    cables: list[Cable] = []
    if files.switches is not None:
        document, file = files.switches
        known = [*file.switches, *(files.wireless[1].controllers if files.wireless else ())]
        spaces = {name: draft.space for name, draft in drafts.items()}
        cables, found = read_cables(document, file, known, spaces)
        problems += found
        placer = CablePlacer(document, {name: draft.placed for name, draft in drafts.items()}, spaces, planner)
        placer.place(cables, files.cores)
        problems += placer.problems
        for name, bundles in placer.bundles.items():
            drafts[name].bundles = bundles
    problems += over_limits(Intent(context.school, school, vlans, context.settings), drafts, cables)
    for draft in drafts.values():
        draft.placed = add_rest(draft.placed, draft.at, draft.file.rest, draft.space, planner)
    return cables


class _Routing:
    """What a switch has that other devices have not: routes, routed VLANs, a place in the spanning tree."""

    def __init__(self, builder: DeviceBuilder, draft: Draft, file: SwitchFile, *, routing: bool) -> None:
        self._builder, self._draft, self._file, self._routing = builder, draft, file, routing

    def root_priority(self) -> int:
        """The first core is the root, the next core stands in for it."""
        return ROOT_PRIORITIES[0 if self._routing else 1] if self._file.role == "core" else PRIORITY

    def routes(self) -> tuple[tuple[str, IPv4Address], ...]:
        """The static routes; only the core that routes may have some."""
        for index, route in enumerate(self._file.routes):
            here = (*self._draft.at, "routes", index)
            if not self._routing:
                remedy = "Routes belong to the first core switch."
                self._builder.problem(self._draft, here, "route_misplaced", "this switch does not route", remedy)
            elif self._builder.vlans.holding(route.via) is None:
                problem = f"the next hop {route.via} is in none of the school's VLANs"
                self._builder.problem(self._draft, (*here, "via"), "address_outside", problem, "Correct the next hop.")
        return tuple((str(route.to), route.via) for route in self._file.routes)

    def svis(self, management: int) -> tuple[Svi, ...]:
        """The routed VLANs of the core without the management one: roles with a gateway, old ones that it routes."""
        svis: list[Svi] = []
        if not self._routing:
            return ()
        for vlan in self._builder.vlans.vlans.values():
            legacy = self._builder.legacy(vlan)
            if vlan.id == management or vlan.prefix is None or vlan.gateway is None:
                continue
            if vlan.legacy and (legacy is None or legacy.routed_by != "core"):
                continue
            relays = tuple(legacy.dhcp_relay) if legacy else self._builder.context.relays if vlan.dhcp else ()
            interface = IPv4Interface(f"{vlan.gateway}/{vlan.prefix.prefixlen}")
            svis.append(Svi(vlan.id, vlan.role, self._builder.text(vlan), interface, self._secondary(legacy), relays))
        return tuple(svis)

    def _secondary(self, first: LegacyFile | None) -> tuple[IPv4Interface, ...]:
        """Gateways of the further ranges of an old VLAN."""
        return tuple(
            IPv4Interface(f"{legacy.gateway}/{legacy.prefix.prefixlen}")
            for legacy in self._builder.school.legacy
            if first is not None and legacy is not first and legacy.vlan == first.vlan
            if legacy.gateway is not None and legacy.routed_by == "core"
        )
