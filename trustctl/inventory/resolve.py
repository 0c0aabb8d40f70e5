"""Typed files to a resolved trust: trust, baseline, phase, school, device, in that order."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from trustctl.inventory.baseline_checks import check_baseline, check_extra
from trustctl.inventory.blocks import Addresses, Block, overlaps
from trustctl.inventory.catalogue import Catalogue
from trustctl.inventory.device_plan import DeviceContext
from trustctl.inventory.file_baseline import BaselineFile
from trustctl.inventory.file_school import SchoolFile
from trustctl.inventory.file_trust import TrustFile
from trustctl.inventory.layers import (
    Piece,
    Settings,
    base_settings,
    judge,
    lay_over,
    overrides_of,
    phase_pieces,
    school_pieces,
    waivers_of,
)
from trustctl.inventory.linux_plan import LinuxHosts, backup_problems, linux_of, surroundings
from trustctl.inventory.naming import Naming
from trustctl.inventory.origins import SchoolOrigins
from trustctl.inventory.ownership import NamesOf
from trustctl.inventory.port_plan import PortPlanner
from trustctl.inventory.problem import Problem
from trustctl.inventory.reading import Files, SchoolFolder, missing_of
from trustctl.inventory.school_vlans import SchoolVlans, resolve_vlans
from trustctl.inventory.servers import resolve_servers
from trustctl.inventory.services import services_of, ssids_of
from trustctl.inventory.switch_plan import DeviceFiles, SchoolDevices, resolve_devices
from trustctl.inventory.windows_apart import pools_apart
from trustctl.inventory.windows_directory import directory_problems, facets
from trustctl.inventory.windows_ground import Ground
from trustctl.inventory.windows_plan import WindowsHosts
from trustctl.inventory.windows_settings import settings_of
from trustctl.inventory.wording import did_you_mean
from trustctl.inventory.yaml_document import Document
from trustctl.model.addressing import AddressPlan, VlanRole
from trustctl.model.levels import Level, Stage
from trustctl.model.linux import Linux, LinuxHost
from trustctl.model.school import School, Server, Trust
from trustctl.model.windows import WindowsHost


@dataclass(slots=True)
class _Resolver:
    """One run over all schools; collects problems, blocks and addresses of the whole trust."""

    trust: Document
    file: TrustFile
    plan: AddressPlan
    levels: dict[str, Level]
    naming: Naming
    catalogue: Catalogue
    phases: dict[str, Settings]
    octets: dict[str, int]
    today: date
    names_of: NamesOf | None
    addresses: Addresses = field(default_factory=Addresses)
    problems: list[Problem] = field(default_factory=list[Problem])
    blocks: list[Block] = field(default_factory=list[Block])

    def school(self, folder: SchoolFolder) -> School | None:
        """One school; None if its own file is not usable or its phase is not known."""
        if folder.school is None:
            return None
        document, school = folder.school
        base = self._phase(document, school)
        if base is None:
            return None
        settings, pieces = self._settings(document, school, base)
        vlans = self._vlans(document, school, settings)
        devices = self._devices(folder, document, school, settings, vlans)
        linux = linux_of(settings.values.linux)
        servers, hosts = self._servers(folder, school, linux, vlans, devices)
        windows = self._windows(folder, school, settings, vlans, (servers, devices, hosts))
        places = (folder.servers[0] if folder.servers else None, hosts, windows)
        return School(
            slug=school.slug,
            name=school.name,
            code=school.code,
            phase=school.phase,
            site=school.site,
            stage=Stage(school.stage),
            vlans=vlans.vlans,
            legacy=vlans.legacy,
            services=services_of(self.file.domain, school.name, settings.values),
            ssids=ssids_of(settings.values, school, vlans),
            switches=devices.switches,
            controllers=devices.controllers,
            links=devices.links,
            servers=servers,
            hosts=hosts,
            linux=linux,
            windows=windows,
            windows_settings=settings_of(settings.values.windows, school.code),
            waivers=waivers_of(document, school),
            overrides=overrides_of(base, pieces, school),
            origins=SchoolOrigins(self.trust, document, settings, vlans, devices, places),
        )

    def _phase(self, document: Document, school: SchoolFile) -> Settings | None:
        """The settings of the school's phase; None if there is no such phase."""
        base = self.phases.get(school.phase)
        if base is None:
            problem = f"there is no phase '{school.phase}'"
            remedy = did_you_mean(school.phase, self.phases)
            self.problems.append(document.problem(("phase",), "phase_unknown", problem, remedy))
        return base

    def _settings(self, document: Document, school: SchoolFile, base: Settings) -> tuple[Settings, list[Piece]]:
        """The settings of a school, and what it replaces of its phase's: only what it may replace."""
        allowed, found = judge(document, school, self.levels, self.today)
        self.problems += found
        pieces = [piece for index, piece in enumerate(school_pieces(document, school)) if index in allowed]
        settings, found = lay_over(base, pieces)
        self.problems += found
        self.problems += backup_problems(settings)
        return settings, pieces

    def _vlans(self, document: Document, school: SchoolFile, settings: Settings) -> SchoolVlans:
        """The VLANs of a school, whose blocks and gateways nobody else may have."""
        vlans, found = resolve_vlans(self.plan, self.octets, document, school, settings)
        self.problems += found
        self.blocks += vlans.blocks
        self.problems += check_extra(document, school, settings, vlans.vlans)
        self._gateways(school, vlans)
        return vlans

    def _servers(
        self, folder: SchoolFolder, school: SchoolFile, linux: Linux, vlans: SchoolVlans, devices: SchoolDevices
    ) -> tuple[tuple[Server, ...], dict[str, LinuxHost]]:
        """The servers of a school, and of them the Linux ones as devices that we drive."""
        if folder.servers is None:
            return (), {}
        plugs = (folder.named, devices.switches)
        servers, found = resolve_servers(self.naming, self.addresses, folder.servers, school, vlans, plugs)
        self.problems += found
        document, file = folder.servers
        around = surroundings(vlans, devices.switches.values(), devices.controllers.values(), self.catalogue.systems)
        maker = LinuxHosts(document, school, vlans, school.login or self.file.login, around)
        hosts = maker.all(servers, file.servers, linux, self.file.domain)
        self.problems += maker.problems
        return servers, hosts

    def _windows(
        self,
        folder: SchoolFolder,
        school: SchoolFile,
        settings: Settings,
        vlans: SchoolVlans,
        around: tuple[tuple[Server, ...], SchoolDevices, dict[str, LinuxHost]],
    ) -> dict[str, WindowsHost]:
        """The Windows hosts of a school, and the trust's servers as far as they serve it."""
        if folder.servers is None:
            return {}
        document, file = folder.servers
        servers, devices, linux = around
        login = school.login or self.file.login
        ground = Ground(school, settings, vlans, login, self.naming, self.catalogue.windows)
        maker = WindowsHosts(document, ground)
        hosts = maker.all(servers, file.servers)
        self.problems += maker.problems
        others = (*devices.switches.values(), *devices.controllers.values(), *linux.values())
        served = facets(ground, self.plan, others, hosts)
        self.problems += directory_problems(ground) if hosts else ()
        return {**hosts, **served}

    def _gateways(self, school: SchoolFile, vlans: SchoolVlans) -> None:
        for role, vlan in vlans.vlans.items():
            legacy = vlans.legacy_files.get(vlan.id) if vlan.legacy else None
            source = vlans.sources[role]
            if vlan.gateway is not None and role != "management" and (legacy is None or legacy.routed_by != "core"):
                owner = f"the gateway of {role} at {school.slug}"
                self.addresses.take(vlan.gateway, owner, source.document, source.at)

    def _devices(
        self, folder: SchoolFolder, document: Document, school: SchoolFile, settings: Settings, vlans: SchoolVlans
    ) -> SchoolDevices:
        extra = school.extra.port_profiles
        titles = {role: vlan.title for role, vlan in {**settings.values.vlans, **school.extra.vlans}.items()}
        context = DeviceContext(
            self.plan,
            self.naming,
            self.file.login,
            tuple(settings.values.services.dhcp_relay),
            titles,
            document,
            settings,
            self.catalogue,
            self.addresses,
            f"schools/{folder.slug}",
            self.names_of,
        )
        planner = PortPlanner(vlans, {**settings.values.port_profiles, **extra}, set(titles))
        files = DeviceFiles(folder.switches, folder.wireless)
        resolved, found = resolve_devices(context, school, files, vlans, planner)
        self.problems += found
        return resolved


def resolve(
    files: Files, catalogue: Catalogue, today: date, names_of: NamesOf | None = None
) -> tuple[Trust | None, list[Problem]]:
    """The trust of usable files, and every problem between files. None if the trust or the baseline is not usable."""
    if files.trust is None or missing_of(files):
        return None, []
    document, file = files.trust
    plan, problems = _plan(document, file)
    problems += check_baseline(document, file, files.sections)
    try:
        naming = Naming(file.naming)
    except ValueError as error:
        return None, [*problems, document.problem(("naming",), "naming", str(error), "Correct the pattern.")]
    base = base_settings(document, files.sections)
    phases, found = _phases(base, *files.sections["phases"])
    problems += found
    octets = {role: vlan.id for role, vlan in base.values.vlans.items()}
    levels = {path: Level(level) for path, level in file.levels.items()}
    resolver = _Resolver(document, file, plan, levels, naming, catalogue, phases, octets, today, names_of)
    schools = {folder.slug: school for folder in files.schools if (school := resolver.school(folder)) is not None}
    trust_blocks = [
        Block(network, f"the trust's {name}", document, ("address_plan", "trust_ranges", name))
        for name, network in file.address_plan.trust_ranges.items()
    ]
    problems += [*resolver.problems, *catalogue.problems, *_schools_apart(files, plan)]
    problems += pools_apart(files.schools, schools)
    if not any(problem.code == "site_twice" for problem in problems):
        problems += [*resolver.addresses.problems, *overlaps([*resolver.blocks, *trust_blocks])]
    return (
        Trust(
            name=file.name,
            slug=file.slug,
            domain=file.domain,
            plan=plan,
            roles=_roles(files.sections["vlans"][1]),
            levels=levels,
            schools=schools,
            digest=files.digest,
            files=tuple(files.names),
            signers=file.plan.signers or "",
        ),
        problems,
    )


def _phases(base: Settings, document: Document, baseline: BaselineFile) -> tuple[dict[str, Settings], list[Problem]]:
    """The baseline's settings as each phase has them."""
    phases: dict[str, Settings] = {}
    problems: list[Problem] = []
    for name, phase in (baseline.phases or {}).items():
        phases[name], found = lay_over(base, phase_pieces(document, name, phase))
        problems += found
    return phases, problems


def _plan(document: Document, file: TrustFile) -> tuple[AddressPlan, list[Problem]]:
    plan = file.address_plan
    problems: list[Problem] = []
    if plan.supernet.prefixlen != 8:  # noqa: PLR2004 - site and VLAN are whole octets
        at = ("address_plan", "supernet")
        problem = f"{plan.supernet} is no /8: site and VLAN are the second and third octet"
        problems.append(document.problem(at, "bad_value", problem, "Write 10.0.0.0/8."))
    return (
        AddressPlan(plan.supernet, plan.sites.first, plan.sites.last, plan.gateway_position, plan.switch_position),
        problems,
    )


def _roles(baseline: BaselineFile) -> dict[str, VlanRole]:
    return {
        name: VlanRole(name, vlan.id, vlan.title, vlan.size, vlan.gateway, vlan.dhcp, vlan.user_visible)
        for name, vlan in (baseline.vlans or {}).items()
    }


def _schools_apart(files: Files, plan: AddressPlan) -> list[Problem]:
    """Sites, codes and device names that two schools share, and sites outside the plan."""
    problems: list[Problem] = []
    seen: dict[tuple[str, str], tuple[str, Document, tuple[str | int, ...]]] = {}

    def once(what: str, value: str, document: Document, at: tuple[str | int, ...], *, key: bool = False) -> None:
        first = seen.setdefault((what, value), (document.file, document, at))
        if (first[1].file, first[2]) != (document.file, at):
            where = first[1].place(first[2], key=key)
            problem = f"the {what} {value} is already taken ({where})"
            code = "name_twice" if what == "device name" else f"{what}_twice"
            problems.append(document.problem(at, code, problem, "Choose another one.", key=key))

    for folder in files.schools:
        if folder.school is not None:
            document, school = folder.school
            once("site", str(school.site), document, ("site",))
            once("code", school.code, document, ("code",))
            if not plan.site_min <= school.site <= plan.site_max:
                problem = f"site {school.site} is outside {plan.site_min} to {plan.site_max}"
                problems.append(document.problem(("site",), "site_range", problem, "See address_plan in trust.yml."))
        for document, key, names in folder.devices():
            for name in names:
                once("device name", name.lower(), document, (key, name), key=True)
    return problems
