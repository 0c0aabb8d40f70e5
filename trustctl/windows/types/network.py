"""A network adapter's address and name servers, and the profiles of Windows Firewall: the way to a server."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from trustctl.windows.powershell import command
from trustctl.windows.properties import Kind, Property
from trustctl.windows.resource import Difference, Facts, ResourceType, register
from trustctl.windows.values import Value, Values

BEHIND_A_SWITCH = re.compile(r"vEthernet \(.+\)", re.IGNORECASE)
"""The name of an adapter that comes with a virtual switch (learn.microsoft.com, "Create a virtual switch")."""


def _texts(values: Values, name: str) -> tuple[str, ...]:
    return tuple(str(each) for each in cast("Sequence[Value]", values.get(name) or ()))


def _network_cmdlets(name: str, found: Difference) -> Sequence[str]:
    before, after = found.before or {}, found.after or {}
    changed = found.names or tuple(after)
    lines: list[str] = []
    if "dhcp" in changed and after.get("dhcp") is not None:
        word = "Enabled" if after["dhcp"] else "Disabled"
        lines.append(command("Set-NetIPInterface", {"InterfaceAlias": name, "AddressFamily": "IPv4", "Dhcp": word}))
    if "addresses" in changed:
        lines += _address_cmdlets(name, _texts(before, "addresses"), _texts(after, "addresses"))
    if "gateway" in changed:
        route: Mapping[str, Value] = {"InterfaceAlias": name, "DestinationPrefix": "0.0.0.0/0"}
        for cmdlet, hop in (("New-NetRoute", after.get("gateway")), ("Remove-NetRoute", before.get("gateway"))):
            lines += [command(cmdlet, {**route, "NextHop": hop})] if hop else []
    if "dns" in changed:
        lines.append(
            command("Set-DnsClientServerAddress", {"InterfaceAlias": name, "ServerAddresses": _texts(after, "dns")})
            if after.get("dns")
            else command("Set-DnsClientServerAddress", {"InterfaceAlias": name}, ["ResetServerAddresses"])
        )
    client = {
        parameter: after.get(option)
        for option, parameter in (
            ("dns_suffix", "ConnectionSpecificSuffix"),
            ("dns_register", "RegisterThisConnectionsAddress"),
        )
        if option in changed
    }
    return (*lines, *((command("Set-DnsClient", {"InterfaceAlias": name, **client}),) if client else ()))


def _address_cmdlets(name: str, before: Iterable[str], after: Iterable[str]) -> list[str]:
    def one(cmdlet: str, address: str) -> str:
        host, _, prefix = address.partition("/")
        return command(
            cmdlet,
            {"InterfaceAlias": name, "IPAddress": host, "PrefixLength": int(prefix) if prefix.isdecimal() else None},
        )

    old, new = tuple(before), tuple(after)
    return [
        *(one("New-NetIPAddress", each) for each in new if each not in old),
        *(one("Remove-NetIPAddress", each) for each in old if each not in new),
    ]


def _network_refuse(want: Values | None, have: Values | None, facts: Facts) -> Sequence[str]:
    if want is None:
        return ()
    why = list(address_faults(want))
    if have is None and not BEHIND_A_SWITCH.fullmatch(str(facts.get("name") or "")):
        there = ", ".join(_texts(facts, "adapters")) or "none"
        why.append(f"there is no network adapter of that name; there are: {there}. Take one of these names")
    if not why:
        reached = {**(have or {}), **want}
        why += unreachable(reached)
    if not why:
        why += _way_in(want, have or {}, facts)
    return why


def _way_in(want: Values, have: Values, facts: Facts) -> Iterable[str]:
    """Why the address of this very connection must stay: unless the server moves to where we look for it next time."""
    if "addresses" not in want:
        return
    had, kept = ({each.partition("/")[0] for each in _texts(one, "addresses")} for one in (have, want))
    lost = [each for each in _texts(facts, "way_in") if each in had and each not in kept]
    if lost and str(facts.get("reached_at") or "") not in kept:
        yield (
            f"the server is reached by {lost[0]} now, and would lose it. Leave that among its addresses, or give it "
            "the address that the inventory has for the server"
        )


def address_faults(want: Values) -> Iterable[str]:
    """Why what is wanted of an adapter cannot be, by itself; one sentence each."""
    for name, parse in (("addresses", _interface), ("dns", ipaddress.ip_address)):
        for each in _texts(want, name):
            try:
                parse(each)
            except ValueError:
                form = "10.11.20.11/24" if name == "addresses" else "10.250.20.11"
                yield f"{each!r} in {name} is not an address such as {form}. Correct it"
    if want.get("dhcp") and (want.get("addresses") or want.get("gateway")):
        yield "addresses and a gateway are not for an adapter that asks DHCP. Leave out the one or the other"


def _interface(text: str) -> ipaddress.IPv4Interface:
    if "/" not in text:
        raise ValueError(text)
    return ipaddress.IPv4Interface(text)


def unreachable(values: Values) -> Iterable[str]:
    """Why an adapter with these values would not reach its gateway, or anybody at all."""
    gateway, addresses = str(values.get("gateway") or ""), _texts(values, "addresses")
    if values.get("dhcp"):
        return
    if not addresses:
        yield "it would have no address at all. Give it one in addresses, or let it ask DHCP"
    elif gateway:
        try:
            hop = ipaddress.IPv4Address(gateway)
        except ValueError:
            yield f"the gateway {gateway!r} is not an IPv4 address. Correct it"
            return
        if not any(hop in _interface(each).network for each in addresses):
            yield f"the gateway {gateway} is in the network of none of {', '.join(addresses)}. Correct one of them"
        if any(hop == _interface(each).ip for each in addresses):
            yield f"the gateway {gateway} would be the server's own address. Correct one of them"


NETWORK = ResourceType(
    module="trust_network",
    title="network adapter",
    properties=(
        Property("dhcp", Kind.FLAG),
        Property("addresses", Kind.NAMES, exact=True),
        Property("gateway"),
        Property("dns", Kind.LIST),
        Property("dns_suffix", Kind.NAME),
        Property("dns_register", Kind.FLAG),
    ),
    cmdlets=_network_cmdlets,
    refuse=_network_refuse,
)

PROFILES = ("Domain", "Private", "Public")
ACTIONS = ("allow", "block")
_PROFILE_PARAMETERS = {
    "enabled": "Enabled",
    "inbound": "DefaultInboundAction",
    "outbound": "DefaultOutboundAction",
    "notify": "NotifyOnListen",
    "log_file": "LogFileName",
    "log_kilobytes": "LogMaxSizeKilobytes",
    "log_allowed": "LogAllowed",
    "log_blocked": "LogBlocked",
}
LARGEST_LOG = 32767
"""Kilobytes (learn.microsoft.com, Set-NetFirewallProfile, LogMaxSizeKilobytes)."""


def _profile_cmdlets(name: str, found: Difference) -> Sequence[str]:
    after = found.after or {}
    said: dict[str, Value] = {
        parameter: _as_windows_says(after[option])
        for option, parameter in _PROFILE_PARAMETERS.items()
        if option in (found.names or after) and option in after
    }
    return (command("Set-NetFirewallProfile", {"Name": name, **said}),)


def _as_windows_says(value: Value) -> Value:
    """`GpoBoolean` and `Action` are words: True, Block."""
    return str(value).capitalize() if isinstance(value, bool) or value in ACTIONS else value


def _profile_refuse(want: Values | None, have: Values | None, facts: Facts) -> Sequence[str]:
    size = (want or {}).get("log_kilobytes")
    if isinstance(size, int) and not 1 <= size <= LARGEST_LOG:
        return (f"log_kilobytes is {size}; Windows takes 1 to {LARGEST_LOG}. Correct it",)
    differ = {name for name, value in (want or {}).items() if value != (have or {}).get(name)}
    if ruled := sorted(differ & set(_texts(facts, "policy"))):
        remedy = "What is set on the server is not in force beside it. Set it there, or leave it out"
        return (f"a group policy sets {', '.join(ruled)} of this profile. {remedy}",)
    after = {**(have or {}), **(want or {})}
    if not _closed(after) or _closed(have or {}):
        return ()
    rules = _texts(facts, "open_ports")
    ways = [int(str(each)) for each in cast("Sequence[Value]", facts.get("way_in") or ())]
    shut = [port for port in ways if not any(covers(rule, port) for rule in rules)]
    if ways and not shut:
        return ()
    ports = " and ".join(str(port) for port in shut) or "it"
    why = f"no rule of this profile lets WinRM in on {ports}, so nobody could reach the server once the profile is on"
    return (f"{why}. Bring in a rule for it first (windows_baseline_firewall_rules), as a change of its own",)


def _closed(values: Values) -> bool:
    """Whether what no rule speaks of is kept out. A profile that does not say what happens to it blocks."""
    return bool(values.get("enabled")) and values.get("inbound") != "allow"


def covers(rule: str, port: int) -> bool:
    """Whether a rule's ports, as Windows writes them, have this port in them.

    Before: "5000-5990", 5986.   After: True. A word other than `Any` (`RPC`, `IPHTTPSIn`) is no port.
    """
    if rule.casefold() == "any":
        return True
    first, _, last = rule.partition("-")
    if not first.isdecimal() or (last and not last.isdecimal()):
        return False
    return int(first) <= port <= int(last or first)


FIREWALL_PROFILE = ResourceType(
    module="trust_firewall_profile",
    title="firewall profile",
    properties=(
        Property("enabled", Kind.FLAG),
        Property("inbound", choices=ACTIONS),
        Property("outbound", choices=ACTIONS),
        Property("notify", Kind.FLAG),
        Property("log_file", Kind.PATH),
        Property("log_kilobytes", Kind.NUMBER),
        Property("log_allowed", Kind.FLAG),
        Property("log_blocked", Kind.FLAG),
    ),
    cmdlets=_profile_cmdlets,
    refuse=_profile_refuse,
)

register(NETWORK, FIREWALL_PROFILE)
