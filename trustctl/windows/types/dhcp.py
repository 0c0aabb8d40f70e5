"""Scopes of a Windows DHCP server: a mistake in one takes a VLAN off the network when its leases end."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from itertools import pairwise
from typing import cast

from trustctl.windows.powershell import command
from trustctl.windows.properties import Kind, Property
from trustctl.windows.resource import Difference, Facts, ResourceType, register
from trustctl.windows.values import Values, reached_all

OWN = {3: "routers", 6: "dns_servers", 15: "domain_name", 42: "ntp_servers", 51: "lease_seconds"}
"""Options that have a property of their own (RFC 2132 names their numbers)."""


NUMBERS = frozenset({"Byte", "Word", "DWord", "DWordDWord"})
"""Types of options that are numbers ("DhcpServerv4OptionValue class")."""
_DNS_UPDATES = 81


@dataclass(frozen=True, slots=True)
class _Range:
    first: IPv4Address
    last: IPv4Address

    @classmethod
    def of(cls, values: Values) -> _Range:
        """The range that `start` and `end` say. Raises ValueError for what is no address."""
        return cls(ipaddress.IPv4Address(str(values["start"])), ipaddress.IPv4Address(str(values["end"])))

    def __contains__(self, address: IPv4Address) -> bool:
        return self.first <= address <= self.last

    def __str__(self) -> str:
        return f"{self.first}-{self.last}"


def _refused(want: Values | None, have: Values | None, facts: Facts) -> Iterator[str]:
    if want is None:
        return
    missing = [] if have is not None else [one for one in ("mask", "name", "start", "end") if one not in want]
    if missing:
        yield f"a new scope needs {', '.join(missing)} as well"
        return
    whole = reached_all(PROPERTIES, want, have)
    try:
        network = ipaddress.IPv4Network(f"{facts.get('scope_id')}/{whole['mask']}")
        pool = _Range.of(whole)
        excluded = [_Range.of(one) for one in _records(whole, "exclusions")]
        routers = [ipaddress.IPv4Address(one) for one in cast("Sequence[str]", whole.get("routers") or ())]
    except ValueError as error:
        yield f"{error}. Write addresses as 10.11.30.10, and the scope as its network with the mask"
        return
    yield from _pool(network, pool, excluded)
    yield from _gateways(network, pool, excluded, routers)
    yield from _others(network, facts)
    yield from _options(whole, facts)
    yield from _failover(want, have, facts)
    yield from _partner(want, have, facts)
    if have is not None and {"start", "end"} & {one for one in want if want[one] != have.get(one)}:
        yield from _leased(pool, facts)


def _pool(network: IPv4Network, pool: _Range, excluded: Sequence[_Range]) -> Iterator[str]:
    if pool.first > pool.last:
        yield f"the pool {pool} ends before it begins. Swap start and end"
        return
    for end in (pool.first, pool.last):
        if end not in network or end in {network.network_address, network.broadcast_address}:
            yield f"{end} is no address for a client of {network}. Choose a pool inside it"
    ordered = sorted(excluded, key=lambda one: one.first)
    for one in ordered:
        if one.first > one.last or one.first not in pool or one.last not in pool:
            yield f"the exclusion {one} is not inside the pool {pool}. Leave it out: nothing outside is given out"
    for one, after in pairwise(ordered):
        if after.first <= one.last:
            yield f"the exclusions {one} and {after} overlap. Make one of them"
    free = int(pool.last) - int(pool.first) + 1 - sum(int(one.last) - int(one.first) + 1 for one in ordered)
    if free < 1:
        yield f"the exclusions leave no address of the pool {pool}. Make it larger"


def _gateways(
    network: IPv4Network, pool: _Range, excluded: Sequence[_Range], routers: Sequence[IPv4Address]
) -> Iterator[str]:
    for router in routers:
        if router not in network:
            yield f"the gateway {router} is not in {network}: no client could reach it"
        elif router in pool and not any(router in one for one in excluded):
            yield f"the gateway {router} is in the pool {pool}, so a client would get it. Exclude it, or move the pool"


def _others(network: IPv4Network, facts: Facts) -> Iterator[str]:
    for one in _records(facts, "scopes"):
        other = ipaddress.IPv4Network(f"{one['scope_id']}/{one['mask']}", strict=False)
        if other.overlaps(network):
            yield (
                f"the scope {other} {one.get('name', '')} of this server overlaps {network}. "
                f"Retire it first: the server would give the same addresses twice"
            )


def _options(whole: Values, facts: Facts) -> Iterator[str]:
    types = {int(cast("int", one["id"])): str(one["type"]) for one in _records(facts, "defined")}
    for one in _records(whole, "options"):
        number = int(cast("int", one["id"]))
        values = [str(each) for each in cast("Sequence[str]", one.get("values") or ())]
        if number in OWN:
            yield f"option {number} is {OWN[number]}. Give it there"
        elif number == _DNS_UPDATES:
            yield f"option {number} is the server's own, of its DNS updates (Set-DhcpServerv4DnsSetting). Leave it out"
        elif "defined" in facts and number not in types:
            yield f"the server has no definition of option {number}. Make it first: Add-DhcpServerv4OptionDefinition"
        elif types.get(number) in NUMBERS and not all(each.isdecimal() for each in values):
            yield f"option {number} is a {types[number]}, a number. Write it in decimal: {', '.join(values)} is not"
    if int(cast("int", whole.get("lease_seconds") or 0)) < 0:
        yield "a lease cannot be shorter than nothing. Give lease_seconds as a number of seconds"


def _failover(want: Values, have: Values | None, facts: Facts) -> Iterator[str]:
    now, then = str((have or {}).get("failover") or ""), str(want.get("failover") or "")
    known = cast("Sequence[str]", facts.get("failovers") or ())
    if "failover" not in want or then.casefold() == now.casefold():
        return
    if now:
        yield (
            f"the failover relationship {now} carries the scope. It is never taken out of one, as that deletes it "
            f"on the partner. Do it by hand"
        )
    elif "failovers" in facts and then.casefold() not in {one.casefold() for one in known}:
        yield f"there is no failover relationship {then}; there are {', '.join(known) or 'none'}. Make it first"


def _partner(want: Values, have: Values | None, facts: Facts) -> Iterator[str]:
    """Why the change would stay half done: each change of a scope in failover is to be replicated to the partner.

    Replicating overwrites the partner's copy, and a scope that is added must not be there yet (learn.microsoft.com,
    Invoke-DhcpServerv4FailoverReplication, Add-DhcpServerv4FailoverScope). It is done from the server with our login.
    """
    now = str((have or {}).get("failover") or "")
    name = now or str(want.get("failover") or "")
    one = next((one for one in _records(facts, "partners") if str(one["failover"]).casefold() == name.casefold()), None)
    if one is None:
        return
    partner, alone = one["partner"], cast("Sequence[str]", one.get("alone") or ())
    if one.get("problem"):
        yield (
            f"the failover partner {partner} refuses this login, as it reaches it from here: {one['problem']}. A "
            f"change must be made on both. Let the login be passed on (connection: delegate), or see why it is refused"
        )
    elif one.get("scope") and not now:
        yield (
            f"the failover partner {partner} has a scope {facts.get('scope_id')} of its own. Take it away there first: "
            f"a scope that is added to a relationship must not be on the partner yet"
        )
    elif alone:
        yield (
            f"{', '.join(str(each) for each in alone)} are reserved on the failover partner {partner} alone, and "
            f"replicating would delete that. Make the reservations here too, or replicate from {partner} first"
        )


def _leased(pool: _Range, facts: Facts) -> Iterator[str]:
    leased = cast("Values | None", facts.get("leased"))
    for address in () if leased is None else (str(leased["first"]), str(leased["last"])):
        if ipaddress.IPv4Address(address) not in pool:
            yield (
                f"{address} is leased or reserved and would be outside the pool {pool}. "
                f"Exclude those addresses first and wait until their leases have ended"
            )


def _cmdlets(name: str, found: Difference) -> Sequence[str]:
    before, after = found.before or {}, found.after or {}
    changed = {one: after[one] for one in after if after[one] != before.get(one)}
    scope = {"Name": changed.get("name"), "Description": changed.get("description")}
    if {"start", "end"} & changed.keys():
        scope |= {"StartRange": after.get("start"), "EndRange": after.get("end")}
    if "lease_seconds" in changed:
        scope["LeaseDuration"] = _duration(int(cast("int", changed["lease_seconds"])))
    lines: list[str] = []
    if found.before is None:
        lines.append(command("Add-DhcpServerv4Scope", {"SubnetMask": after.get("mask"), **scope, "State": "InActive"}))
    elif any(value is not None for value in scope.values()):
        lines.append(command("Set-DhcpServerv4Scope", {"ScopeId": name, **scope}))
    lines += _exclusions(name, before, after)
    common = {
        "DnsServer": changed.get("dns_servers"),
        "DnsDomain": changed.get("domain_name"),
        "Router": changed.get("routers"),
    }
    if any(common.values()):
        lines.append(command("Set-DhcpServerv4OptionValue", {"ScopeId": name, **common}))
    numbered = [(42, changed["ntp_servers"])] if changed.get("ntp_servers") else []
    numbered += [
        (cast("int", one["id"]), one["values"])
        for one in _records(changed, "options")
        if one not in _records(before, "options")
    ]
    for number, values in numbered:
        lines.append(command("Set-DhcpServerv4OptionValue", {"ScopeId": name, "OptionId": number, "Value": values}))
    if "active" in changed:
        lines.append(
            command("Set-DhcpServerv4Scope", {"ScopeId": name, "State": "Active" if after["active"] else "InActive"})
        )
    if changed.get("failover"):
        lines.append(command("Add-DhcpServerv4FailoverScope", {"Name": after["failover"], "ScopeId": name}))
    if after.get("failover"):
        lines.append(command("Invoke-DhcpServerv4FailoverReplication", {"ScopeId": name}))
    return lines


def _exclusions(name: str, before: Values, after: Values) -> Iterator[str]:
    there = [(one["start"], one["end"]) for one in _records(before, "exclusions")]
    wanted = [(one["start"], one["end"]) for one in _records(after, "exclusions")]
    for verb, ranges, other in (("Remove", there, wanted), ("Add", wanted, there)):
        for start, end in ranges:
            if "exclusions" in after and (start, end) not in other:
                yield command(
                    f"{verb}-DhcpServerv4ExclusionRange", {"ScopeId": name, "StartRange": start, "EndRange": end}
                )


def _duration(seconds: int) -> str:
    minutes, left = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    return f"{days}.{hours:02}:{minutes:02}:{left:02}"


def _records(values: Values, name: str) -> Sequence[Values]:
    return tuple(cast("Iterable[Values]", values.get(name) or ()))


PROPERTIES = (
    Property("mask", fixed=True),
    Property("name"),
    Property("description"),
    Property("start"),
    Property("end"),
    Property("lease_seconds", Kind.NUMBER),
    Property("exclusions", Kind.RECORDS, of=(Property("start"), Property("end", required=True)), key="start"),
    Property("routers", Kind.LIST),
    Property("dns_servers", Kind.LIST),
    Property("domain_name", Kind.NAME),
    Property("ntp_servers", Kind.LIST),
    Property(
        "options",
        Kind.RECORDS,
        of=(Property("id", Kind.NUMBER), Property("values", Kind.LIST, required=True)),
        key="id",
    ),
    Property("failover", Kind.NAME),
    Property("active", Kind.FLAG),
)
SCOPE = ResourceType(
    "trust_dhcp_scope",
    "DHCP scope",
    PROPERTIES,
    _cmdlets,
    key="scope_id",
    refuse=lambda want, have, facts: tuple(_refused(want, have, facts)),
)

register(SCOPE)
