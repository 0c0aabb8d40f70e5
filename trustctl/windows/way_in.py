"""What firewall rules do to the port by which a server is reached, as far as the rules alone tell it.

Rules that a server has beside these are not known here: what cannot be told is left to the plan, whose topic Firewall
is a way in and asks for somebody at the console.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TypeAlias

from trustctl.windows.types.network import covers
from trustctl.windows.values import Values

_ANYWHERE = frozenset({"any", "*"})
_WINDOWS_OWN = re.compile(r"winrm|windows remote management", re.IGNORECASE)
"""Names of the rules that Windows brings for WinRM: `Windows Remote Management (HTTPS-In)`, `WINRM-HTTP-In-TCP`."""
_PLAIN_HTTP = re.compile(r"\bhttp\b", re.IGNORECASE)
_HTTP_PORT = 5985
_Address: TypeAlias = "ipaddress.IPv4Address | ipaddress.IPv6Address"
_Range: TypeAlias = tuple[_Address, _Address]


def sources_to(host: str) -> list[str]:
    """Return the address that this computer would reach `host` from, without sending anything; empty if none is known.

    Behind a loopback address may be a tunnel, so it says nothing of what the server sees.
    """
    with suppress(OSError):
        for family, kind, protocol, _, address in socket.getaddrinfo(host, 9, type=socket.SOCK_DGRAM):
            with socket.socket(family, kind, protocol) as asking:
                asking.connect(address)
                mine = ipaddress.ip_address(str(asking.getsockname()[0]).partition("%")[0])
            return [] if mine.is_loopback or mine.is_unspecified else [str(mine)]
    return []


def firewall_faults(rules: Sequence[Values], port: int, sources: Sequence[str]) -> Iterator[str]:
    """Yield why these rules would shut out whoever comes to `port` from `sources`; one sentence each."""
    open_still = any(_lets_in(rule, port, sources) for rule in rules)
    for rule in rules:
        name = rule.get("name")
        if _blocks(rule, port, sources):
            yield f"the firewall rule {name} blocks port {port}, by which the server is reached. Name other ports"
        elif not open_still and (how := _lost(rule, port, sources)):
            yield (
                f"the firewall rule {name} {how} on port {port}, by which the server is reached, and no other "
                "rule here does. Add one that does first"
            )


def _blocks(rule: Values, port: int, sources: Sequence[str]) -> bool:
    return (
        rule.get("action") == "block"
        and _in_force(rule)
        and _ours(rule)
        and _has_port(rule, port)
        and _meets(rule, sources)
    )


def _lets_in(rule: Values, port: int, sources: Sequence[str]) -> bool:
    """Whether it says by itself that it lets us in: nothing that matters is left as the server has it."""
    narrow = any(rule.get(each) for each in ("localip", "program", "service", "remoteport"))
    said = rule.get("action") == "allow" and rule.get("direction") == "in" and bool(rule.get("localport"))
    return said and _in_force(rule) and _ours(rule) and _has_port(rule, port) and not narrow and _all(rule, sources)


def _lost(rule: Values, port: int, sources: Sequence[str]) -> str:
    """What a rule that is there to let us in does no more; empty for any other rule."""
    if rule.get("action") == "block" or rule.get("direction") == "out" or not _ours(rule) or not _for_us(rule, port):
        return ""
    if rule.get("state") == "absent" or rule.get("enabled") is False:
        return "lets nobody in any more"
    return "" if _all(rule, sources) else f"does not let in {', '.join(sources)}, where we come from,"


def _for_us(rule: Values, port: int) -> bool:
    """Whether a rule is there for WinRM: it names the port, or is Windows' own. A rule for every port is for others."""
    if rule.get("localport"):
        return _has_port(rule, port) and not _any(rule.get("localport"))
    name = str(rule.get("name"))
    return bool(_WINDOWS_OWN.search(name)) and (port == _HTTP_PORT) == bool(_PLAIN_HTTP.search(name))


def _in_force(rule: Values) -> bool:
    return rule.get("state") != "absent" and rule.get("enabled") is not False and rule.get("direction") != "out"


def _ours(rule: Values) -> bool:
    return str(rule.get("protocol") or "any").casefold() in {"any", "tcp", "6"}


def _any(value: object) -> bool:
    return str(value or "any").casefold() in _ANYWHERE


def _has_port(rule: Values, port: int) -> bool:
    return any(_any(one.strip()) or covers(one.strip(), port) for one in str(rule.get("localport") or "any").split(","))


def _meets(rule: Values, sources: Sequence[str]) -> bool:
    """Whether a rule is for any of us. Of a word (LocalSubnet) nobody can say, so it is."""
    return any(one is None or any(_within(each, one) for each in sources) for one in _remote(rule))


def _all(rule: Values, sources: Sequence[str]) -> bool:
    """Whether a rule is for all of us, as far as we are known."""
    ranges = list(_remote(rule))
    return all(any(one is None or _within(each, one) for one in ranges) for each in sources)


def _remote(rule: Values) -> Iterator[_Range | None]:
    """Yield the addresses that a rule is for. None: everybody, or a word that only the server can read.

    Before: "10.250.0.0/255.255.0.0,10.11.60.1-10.11.60.9, LocalSubnet".   After: two ranges and None.
    """
    for text in str(rule.get("remoteip") or "any").split(","):
        first, _, last = text.strip().partition("-")
        try:
            low = ipaddress.ip_network(first, strict=False)
            high = ipaddress.ip_network(last or first, strict=False)
        except ValueError:
            yield None
            continue
        yield (low.network_address, high.broadcast_address) if low.prefixlen else None


def _within(address: str, reach: _Range) -> bool:
    mine, (low, high) = ipaddress.ip_address(address), reach
    return mine.version == low.version and int(low) <= int(mine) <= int(high)
