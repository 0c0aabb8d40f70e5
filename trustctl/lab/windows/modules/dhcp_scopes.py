"""trust_dhcp_scope."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

from trustctl.lab.windows.machine import Machine
from trustctl.lab.windows.model.dhcp import DEFINED, DhcpServer, Failover, Scope, type_of
from trustctl.lab.windows.model.features import alive
from trustctl.lab.windows.module import Args, NotModelledError, RefusedError, Result, handler

_OWN = {"routers": 3, "dns_servers": 6, "domain_name": 15, "ntp_servers": 42}
_LEASE = 51


@handler("trust_dhcp_scope")
def trust_dhcp_scope(host: Machine, args: Args, check: bool) -> Result:
    """A scope of the DHCP server, where its cmdlets are installed."""
    number, server = args.text("scope_id"), host.part(DhcpServer)
    reads = args.text("operation") == "read"
    if not alive(host, "RSAT-DHCP"):
        if reads:
            return {"changed": False, "value": None, "facts": {"scope_id": number}}
        raise RefusedError(
            "the cmdlets of the DHCP server are not on this server: the features DHCP and RSAT-DHCP are missing"
        )
    if not alive(host, "DHCP"):
        raise RefusedError(f"Failed to get version of the DHCP server {host.name}.")
    if reads:
        found = server.scopes.get(number)
        value = None if found is None else _value(found, server.carrier(number))
        return {"changed": False, "value": value, "facts": _facts(host, server, number)}
    _set(host, server, number, args)
    return {"changed": True}


def _set(host: Machine, server: DhcpServer, number: str, args: Args) -> None:
    if number not in server.scopes:
        made = server.add(*(args.text(name) for name in ("mask", "name", "start", "end", "description")))
        if made != number:
            raise RefusedError(f"Failed to get IPv4 scope {number}. The scope does not exist.")
    elif args["start"] is not None or args["end"] is not None:
        there = server.scopes[number]
        server.set_range(number, args.text("start") or there.start, args.text("end") or there.end)
    mine = server.scopes[number]
    for option, name in (("name", "name"), ("description", "description"), ("lease_seconds", "lease")):
        if args[option] is not None:
            setattr(mine, name, args[option])
    exclusions = args.listed("exclusions")
    if exclusions is not None:
        server.set_exclusions(number, [(str(one["start"]), str(one["end"])) for one in exclusions])
    _options(server, number, args)
    if args["active"] is not None:
        mine.active = bool(args.flag("active"))
    carrier = server.carrier(number)
    if args["failover"] and not carrier:
        _join(host, server, number, args.text("failover"))
        carrier = server.carrier(number)
    if carrier:
        _replicate(host, server.failovers[carrier], number, mine)


def _options(server: DhcpServer, number: str, args: Args) -> None:
    """What is given empty, and an option that the given list leaves out, loses its value."""
    mine = server.scopes[number]
    wanted: dict[int, list[str]] = {}
    for option, at in _OWN.items():
        value = args[option]
        if value is None:
            continue
        mine.options.pop(at, None)
        if value:
            wanted[at] = [str(value)] if isinstance(value, str) else [str(one) for one in value]
    others = args.listed("options")
    if others is not None:
        mine.options = {at: values for at, values in mine.options.items() if at in (*_OWN.values(), _LEASE)}
        wanted |= {int(one["id"]): [str(each) for each in one["values"]] for one in others}
    for at, values in wanted.items():
        server.set_option(number, at, values)


def _partner(host: Machine, failover: Failover) -> DhcpServer:
    """The partner's DHCP server, as the cmdlets reach it from here. Raises RefusedError if they do not."""
    partner = host.world.machine(failover.partner.partition(".")[0])
    if partner is None:
        raise NotModelledError(f"the failover partner {failover.partner}: no host of the lab")
    if partner.cut_off or partner.down or not alive(partner, "DHCP"):
        raise RefusedError(f"Failed to get version of the DHCP server {failover.partner}.")
    return partner.part(DhcpServer)


def _join(host: Machine, server: DhcpServer, number: str, name: str) -> None:
    """Add-DhcpServerv4FailoverScope: the scope must not be on the partner yet. Raises RefusedError."""
    failover = server.relationship(name)
    if number in _partner(host, failover).scopes:
        raise RefusedError(f"Failed to add scope {number}: it exists on the failover partner {failover.partner}.")
    failover.scopes.append(number)


def _replicate(host: Machine, failover: Failover, number: str, scope: Scope) -> None:
    """Invoke-DhcpServerv4FailoverReplication: the partner has the scope as it is here, its reservations too."""
    there = _partner(host, failover).scopes
    leases = there[number].leases if number in there else scope.leases
    there[number] = replace(deepcopy(scope), leases=list(leases))


def _value(scope: Scope, carrier: str) -> dict[str, Any]:
    others = {at: values for at, values in scope.options.items() if at not in (*_OWN.values(), _LEASE)}
    return {
        "mask": scope.mask,
        "name": scope.name,
        "description": scope.description,
        "start": scope.start,
        "end": scope.end,
        "lease_seconds": scope.lease,
        "exclusions": [{"start": start, "end": end} for start, end in scope.exclusions],
        "routers": list(scope.options.get(3, [])),
        "dns_servers": list(scope.options.get(6, [])),
        "domain_name": next(iter(scope.options.get(15, [])), ""),
        "ntp_servers": list(scope.options.get(42, [])),
        "options": [{"id": at, "values": list(others[at])} for at in sorted(others)],
        "failover": carrier,
        "active": scope.active,
    }


def _told_by_partner(host: Machine, server: DhcpServer, name: str, number: str) -> dict[str, Any]:
    """What Get-DhcpServerv4Scope and Get-DhcpServerv4Reservation -ComputerName say of the partner's copy."""
    failover = server.failovers[name]
    said: dict[str, Any] = {"failover": name, "partner": failover.partner, "problem": "", "scope": False, "alone": []}
    try:
        there = _partner(host, failover).scopes.get(number)
    except RefusedError as error:
        return {**said, "problem": str(error)}
    if there is None:
        return said
    mine = server.scopes[number].reserved if number in server.scopes else {}
    alone = [one for one in there.reserved if there.reserved[one] != mine.get(one)]
    return {**said, "scope": True, "alone": sorted(alone, key=IPv4Address)}


def _facts(host: Machine, server: DhcpServer, number: str) -> dict[str, Any]:
    others = [
        {"scope_id": key, "mask": one.mask, "name": one.name} for key, one in server.scopes.items() if key != number
    ]
    facts: dict[str, Any] = {
        "scope_id": number,
        "scopes": others,
        "failovers": sorted(server.failovers),
        "partners": [_told_by_partner(host, server, name, number) for name in sorted(server.failovers)],
        "defined": [{"id": one, "type": type_of(one)} for one in sorted(DEFINED)],
    }
    found = server.scopes.get(number)
    if found is not None and found.leases:
        leased = sorted(found.leases, key=IPv4Address)
        facts["leased"] = {"first": leased[0], "last": leased[-1]}
    return facts
