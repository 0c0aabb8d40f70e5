"""Every server of one school: its name, its address and where it is plugged in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from ipaddress import IPv4Address

from trustctl.inventory import ranges
from trustctl.inventory.blocks import Addresses, inside
from trustctl.inventory.file_school import SchoolFile
from trustctl.inventory.file_servers import LinuxServerFile, ServersFile
from trustctl.inventory.file_servers import OneServer as ServerFile
from trustctl.inventory.naming import Naming
from trustctl.inventory.problem import Problem
from trustctl.inventory.school_vlans import SchoolVlans
from trustctl.inventory.wording import did_you_mean
from trustctl.inventory.yaml_document import Document
from trustctl.model.origin import Layer, Origin
from trustctl.model.school import Server
from trustctl.model.switch import Switch
from trustctl.model.windows import NETBIOS

Plugs = tuple[Collection[str] | None, Mapping[str, Switch]]
"""The switches that a school names (None: not known), and those of them that can be used."""


def resolve_servers(
    naming: Naming,
    addresses: Addresses,
    folder: tuple[Document, ServersFile],
    school: SchoolFile,
    vlans: SchoolVlans,
    switches: Plugs,
) -> tuple[tuple[Server, ...], list[Problem]]:
    """Every server of a school; one without a usable address is left out of the result.

    A switch that is named and not usable has its own problem, and is not told again for each server.
    """
    document, file = folder
    problems: list[Problem] = []
    servers: list[Server] = []
    for name, server in file.servers.items():
        at = ("servers", name)
        _name(naming, document, name, server, school.code, problems)
        ports = _plugged(document, name, server, switches, problems)
        address = _address(document, name, server, vlans, problems)
        if address is None:
            continue
        addresses.take(address, name, document, (*at, "address" if server.address else "position"))
        origin = Origin(Layer.DEVICE, document.place(at, key=True))
        roles = tuple(server.roles)
        servers.append(Server(name, server.kind, school.slug, address, roles, server.vlan, ports, origin))
    return tuple(servers), problems


def _name(
    naming: Naming, document: Document, name: str, server: ServerFile, code: str, problems: list[Problem]
) -> None:
    remedy = naming.against_server(name, code)
    if not isinstance(server, LinuxServerFile) and len(name) > NETBIOS:
        remedy = f"A Windows name has at most {NETBIOS} characters."
    if remedy:
        problem = f"'{name}' is not a server's name here"
        problems.append(document.problem(("servers", name), "naming", problem, remedy, key=True))


def _plugged(
    document: Document, name: str, server: ServerFile, switches: Plugs, problems: list[Problem]
) -> tuple[tuple[str, str], ...]:
    named, usable = switches
    found: list[tuple[str, str]] = []
    for index, plug in enumerate(server.plugged):
        at = ("servers", name, "plugged", index)
        switch = usable.get(plug.switch)
        if switch is None and (named is None or plug.switch in named):
            continue
        if switch is None:
            problem = f"there is no switch '{plug.switch}' in this school"
            remedy = did_you_mean(plug.switch, named or ())
            problems.append(document.problem((*at, "switch"), "link_device", problem, remedy))
            continue
        try:
            wanted = ranges.expand(plug.ports)
        except ValueError as error:
            remedy = "Write ranges such as 1/0/1-2."
            problems.append(document.problem((*at, "ports"), "bad_ports", str(error), remedy))
            continue
        for port in wanted:
            full = next((mine.name for mine in switch.ports if mine.name.lstrip(_LETTERS) == port), None)
            full = full or next((mine.name for mine in switch.ports if mine.name == port), None)
            if full is None:
                problem = f"{plug.switch} gives no profile to port {port}"
                remedy = "Give the port a profile in switches.yml."
                problems.append(document.problem((*at, "ports"), "port_unknown", problem, remedy))
            else:
                found.append((plug.switch, full))
    return tuple(found)


_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def _address(
    document: Document, name: str, server: ServerFile, vlans: SchoolVlans, problems: list[Problem]
) -> IPv4Address | None:
    at = ("servers", name)
    vlan = vlans.carried(server.vlan)
    if vlan is None or vlan.prefix is None:
        problem = f"the school carries no VLAN '{server.vlan}' with addresses"
        remedy = did_you_mean(server.vlan, vlans.vlans)
        problems.append(document.problem((*at, "vlan"), "vlan_unknown", problem, remedy))
        return None
    if (server.address is None) == (server.position is None):
        problem = "give either an address or a position"
        remedy = "`position: 11` is host 11 of the VLAN's block."
        problems.append(document.problem(at, "address_missing", problem, remedy, key=True))
        return None
    address = server.address or vlan.prefix.network_address + (server.position or 0)
    if inside(address, vlan.prefix):
        return address
    where = (*at, "address" if server.address else "position")
    problem = f"{address} is no host address of {vlan.prefix} ({server.vlan})"
    problems.append(document.problem(where, "address_outside", problem, "Choose one inside the block."))
    return None
