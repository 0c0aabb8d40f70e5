"""The trust's domain controllers, DHCP and DNS servers as one school sees them: what they have for the school."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Interface, IPv4Network

from trustctl.inventory.file_windows import TrustServerFile
from trustctl.inventory.problem import Problem
from trustctl.inventory.windows_ground import Ground
from trustctl.inventory.windows_settings import domain_of
from trustctl.model.addressing import AddressPlan
from trustctl.model.levels import Stage
from trustctl.model.linux import LinuxHost
from trustctl.model.switch import Device, Login, Svi
from trustctl.model.windows import (
    PLATFORM,
    DirectoryHost,
    Record,
    Reverse,
    WindowsHost,
    WindowsSystem,
)

_SITE_BITS = 16
"""Address plans give each school a /16: the second octet is the site."""


def facets(
    ground: Ground, plan: AddressPlan, devices: Iterable[Device], windows: Mapping[str, WindowsHost]
) -> dict[str, DirectoryHost]:
    """The trust's servers as far as they do something for a school that has Windows hosts; none for any other.

    A school with a Linux DHCP server of its own has no scopes on the trust's.
    """
    if not windows:
        return {}
    others = tuple(devices)
    own_dhcp = any(isinstance(one, LinuxHost) and "dhcp" in one.roles for one in others)
    apart = (one for one in windows.values() if one.domain is None)
    zone, records = _names(ground, plan, (*others, *apart))
    found: dict[str, DirectoryHost] = {}
    for name, file in ground.windows.servers.items():
        duties = tuple(duty for duty in file.duties if not (duty == "dhcp" and own_dhcp))
        if duties:
            key = f"{name}.{ground.school.slug}"
            found[key] = _facet(ground, key, name, file, duties, (zone, records))
    return found


def _facet(
    ground: Ground,
    key: str,
    name: str,
    file: TrustServerFile,
    duties: tuple[str, ...],
    names: tuple[Reverse, tuple[Record, ...]],
) -> DirectoryHost:
    school = ground.school
    settings = ground.settings
    login = file.login or ground.windows.login or ground.login
    dns = "dns" in duties
    return DirectoryHost(
        name=key,
        hostname=name,
        school=school.slug,
        platform=PLATFORM,
        model=file.os,
        role="directory",
        stage=Stage(school.stage),
        address=file.address,
        management=Svi(0, "", "The trust's servers", IPv4Interface(file.address), management=True),
        gateway=None,
        login=Login(login.username, login.password),
        ports=(),
        bundles=(),
        origin=settings.origin(["windows", "servers", name]),
        system=ground.kinds.systems.get(file.os, WindowsSystem(file.os)),
        edition=file.edition,
        domain=domain_of(ground.windows, "", school.code),
        connection=ground.connection(file.connection),
        duties=duties,
        zones=(names[0],) if dns else (),
        records=names[1] if dns else (),
    )


def _names(ground: Ground, plan: AddressPlan, devices: Iterable[Device]) -> tuple[Reverse, tuple[Record, ...]]:
    """The reverse zone of a school's addresses, and the names of its devices that do not write their own."""
    octets = plan.supernet.network_address.packed
    network = IPv4Network((bytes((octets[0], ground.school.site, 0, 0)), _SITE_BITS))
    zone = Reverse(f"{ground.school.site}.{octets[0]}.in-addr.arpa", network)
    records: dict[str, Record] = {}
    for device in devices:
        last = device.address.packed
        inside = device.address in network
        pointer = f"{last[3]}.{last[2]}" if inside else ""
        name = device.hostname.lower()
        records.setdefault(name, Record(name, device.address, zone.name if inside else "", pointer))
    return zone, tuple(records.values())


OF_CONTROLLERS = frozenset({"directory", "dns"})
"""Duties that only a domain controller can have: elsewhere a login over WinRM cannot be used towards the directory
(microsoft.ad 1.10.0, notes of `microsoft.ad.object`), and no server holds zones of the directory
(learn.microsoft.com, "Active Directory-Integrated DNS Zones")."""


def directory_problems(ground: Ground) -> Iterable[Problem]:
    """What is wrong with the trust's domain and its servers, at the place that says so."""
    windows, settings = ground.windows, ground.settings
    known = windows.servers
    if windows.domain is not None:
        place = settings.source(("windows", "domain"))
        if not windows.domain.controllers:
            problem = "hosts join the domain, and no domain controller is named"
            remedy = "Name one under `controllers`, and give its address under windows.servers."
            yield place.document.problem(place.at, "controller_missing", problem, remedy, key=True)
        for index, name in enumerate(windows.domain.controllers):
            if name not in known:
                problem = f"the domain controller '{name}' is not among windows.servers"
                remedy = "Give its address and its system there."
                at = (*place.at, "controllers", index)
                yield place.document.problem(at, "controller_missing", problem, remedy)
    elif any("directory" in one.duties for one in known.values()):
        place = settings.source(("windows", "servers"))
        problem = "a server has the duty `directory`, and the trust has no domain"
        yield place.document.problem(place.at, "controller_missing", problem, "Add windows.domain.", key=True)
    holders: dict[str, str] = {}
    for name, one in known.items():
        place = settings.source(("windows", "servers", name))
        for index, duty in enumerate(one.duties):
            first = holders.setdefault(duty, name)
            if first != name:
                problem = f"the duty '{duty}' is already {first}'s"
                remedy = "One server is told; the servers replicate it among themselves."
                yield place.document.problem((*place.at, "duties", index), "duty_twice", problem, remedy)
            if duty in OF_CONTROLLERS and windows.domain is not None and name not in windows.domain.controllers:
                problem = f"the duty '{duty}' is a domain controller's, and windows.domain.controllers has no {name}"
                remedy = "Give the duty to one of them, or name the server there if it is one."
                yield place.document.problem((*place.at, "duties", index), "duty_elsewhere", problem, remedy)
