"""What the lab is told about the Windows hosts of the inventory: each as it is delivered, before anything was done.

The trust's servers in the data centre stand for all schools: `KV-DC-01.oak` is the lab's host `KV-DC-01`.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import replace
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from trustctl.cli.select import school_of
from trustctl.cli.workspace import Workspace
from trustctl.errors import UsageError
from trustctl.lab.windows.server import ready
from trustctl.lab.windows.spec import AccountSpec, AdapterSpec, DirectorySpec, DomainGroupSpec, VolumeSpec, WindowsSpec
from trustctl.model.windows import Controller, DirectoryHost, Domain, HypervHost, WindowsHost
from trustctl.platforms.roots import playbook_roots

_CONTROLLER = (
    "AD-Domain-Services", "RSAT-AD-PowerShell", "DNS", "RSAT-DNS-Server", "DHCP", "RSAT-DHCP",
)  # fmt: skip
_CAPTION = "Microsoft Windows Server {} Standard"
_REVISION = 2849
"""Of the build, new enough for Windows LAPS."""
_SCHOOLS = "OU=Schools"


def windows_specs(workspace: Workspace, schools: tuple[str, ...]) -> tuple[WindowsSpec, ...]:
    """The Windows hosts of these schools (none named: all), with the controllers of their domains.

    Raises SecretError if the password of a login, or of who joins a domain, is not there.
    """
    hosts = tuple(_hosts(workspace, schools))
    found = {host.name: _member(workspace, host) for host in hosts if not isinstance(host, DirectoryHost)}
    facets = {host.hostname: host for host in hosts if isinstance(host, DirectoryHost)}
    operators = tuple(dict.fromkeys((one.login.username, one.login.password) for one in facets.values()))
    for host in (*facets.values(), *hosts):
        domain = host.domain
        if domain is None:
            continue
        for one in domain.controllers:
            if one.name not in found:
                found[one.name] = _controller(workspace, facets.get(one.name, host), domain, one, operators)
    for name, facet in facets.items():
        found.setdefault(name, replace(_member(workspace, facet), name=name, features=_CONTROLLER))
    return tuple(found.values())


def startable(specs: tuple[WindowsSpec, ...]) -> tuple[tuple[WindowsSpec, ...], dict[str, str]]:
    """Those that this installation can start: all, or none for want of an extra; why the others cannot, by name."""
    try:
        ready()
    except UsageError as error:
        return (), {spec.name: f"{error.problem}: {error.remedy}" for spec in specs}
    return specs, {}


def lab_name(host: WindowsHost) -> str:
    """What the lab calls a host of the inventory."""
    return host.hostname if isinstance(host, DirectoryHost) else host.name


def lab_names(workspace: Workspace, schools: tuple[str, ...]) -> Mapping[str, str]:
    """What the lab calls each of these schools' Windows hosts."""
    return {host.name: lab_name(host) for host in _hosts(workspace, schools)}


def known_as(name: str, there: Container[str]) -> str:
    """What the lab calls a device, out of the names that it has: `KV-DC-01.oak` is its `KV-DC-01`."""
    server = name.partition(".")[0]
    return server if name not in there and server in there else name


def libraries(workspace: Workspace) -> tuple[Path, ...]:
    """The folders of the roles' own modules, the trust's before those that came with trustctl."""
    return tuple(
        path.absolute()
        for root in playbook_roots(workspace.repository)
        for path in sorted(root.glob("roles/*/library"))
    )


def _hosts(workspace: Workspace, schools: tuple[str, ...]) -> Iterable[WindowsHost]:
    for slug in schools or tuple(workspace.trust.schools):
        yield from school_of(workspace.trust, slug).windows.values()


def _member(workspace: Workspace, host: WindowsHost) -> WindowsSpec:
    """A host as it comes: in a workgroup, with its address, and nothing installed."""
    names = host.adapters if isinstance(host, HypervHost) else ("Ethernet",)
    dns = tuple(str(one) for network in host.networks for one in network.dns)
    gateway = next((str(one.gateway) for one in host.networks if one.gateway), str(_first(host)))
    first = _adapter(names[0] if names else "Ethernet", host.management.address.ip, 1)
    first = replace(
        first,
        addresses=(str(host.management.address),),
        gateway=gateway,
        dns=tuple(dict.fromkeys(dns)),
        management=True,
    )
    others = (_adapter(name, host.management.address.ip, at) for at, name in enumerate(names[1:], start=2))
    state: dict[str, Any] = {}
    if isinstance(host, HypervHost):
        way_in = [one for switch in host.switches.values() for one in switch.management.values() if one.host_address]
        state["Network"] = {"management_vlan": way_in[0].vlan if way_in else 0}
    spec = WindowsSpec(
        name=host.name,
        user=host.login.username,
        password=workspace.secrets.get(host.login.password),
        address=str(host.management.address.ip),
        edition="desktop" if host.edition == "desktop" else "core",
        caption=_CAPTION.format(host.system.name.rpartition("-")[2]),
        build=f"{host.system.build.rpartition('.')[2] or '20348'}.{_REVISION}",
        adapters=(first, *others),
        volumes=tuple(VolumeSpec(letter) for letter in host.volumes),
        state=state,
    )
    return replace(
        spec,
        memory_bytes=host.memory or spec.memory_bytes,
        processors=host.processors or spec.processors,
    )


def _first(host: WindowsHost) -> IPv4Address:
    return next(iter(host.management.address.network.hosts()))


def _adapter(name: str, address: IPv4Address, at: int) -> AdapterSpec:
    """A network card; its hardware address is made of the host's own and its number."""
    octets = address.packed
    return AdapterSpec(name, mac=f"B49691{octets[1]:02X}{octets[3]:02X}{at:02X}")


def _controller(
    workspace: Workspace, host: WindowsHost, domain: Domain, one: Controller, operators: Iterable[tuple[str, str]]
) -> WindowsSpec:
    """A controller of a domain, in which there is what stands before the first school: the unit of all schools.

    `operators` are the accounts of the domain, with the names of their passwords, that trustctl signs in as.
    """
    base = _member(workspace, host)
    octets = one.address.packed
    network = f"{one.address}/24"
    gateway = str(IPv4Address(bytes([*octets[:3], 1])))
    dns = tuple(str(each.address) for each in domain.controllers)
    card = replace(
        _adapter("Ethernet", one.address, 1), addresses=(network,), gateway=gateway, dns=dns, management=True
    )
    partner = [each.name for each in domain.controllers if each.name != one.name]
    directory = DirectorySpec(
        domain=domain.name,
        netbios=domain.netbios,
        accounts=(
            AccountSpec("Administrator", base.password, admin=True),
            AccountSpec(domain.user, workspace.secrets.get(domain.password.name), joins=(_SCHOOLS,)),
            *(AccountSpec(name, workspace.secrets.get(secret), admin=True) for name, secret in operators),
        ),
        units=(_SCHOOLS,),
        groups=(DomainGroupSpec("Server Administrators"),),
    )
    failovers = {f"{one.name}-{each}": {"partner": each} for each in partner}
    failovers |= {f"{each}-{one.name}": {"partner": each} for each in partner}
    return WindowsSpec(
        name=one.name,
        user=base.user,
        password=base.password,
        address=str(one.address),
        caption=base.caption,
        build=base.build,
        adapters=(card,),
        features=_CONTROLLER,
        domain=domain.name,
        directory=directory,
        state={"Forest": {"laps_schema": True}, "DhcpServer": {"failovers": failovers}},
    )
