"""Access list entries in one spelling, so that lists with numbers, names or wildcards for the same thing are equal."""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address, IPv4Network

_PORTS = {
    "20": "ftp-data", "21": "ftp", "23": "telnet", "25": "smtp", "37": "time", "43": "whois",
    "49": "tacacs", "53": "domain", "70": "gopher", "79": "finger", "80": "www", "109": "pop2", "110": "pop3",
    "111": "sunrpc", "113": "ident", "119": "nntp", "179": "bgp", "194": "irc", "512": "exec", "513": "login",
    "515": "lpd", "540": "uucp", "543": "klogin", "544": "kshell",
}  # fmt: skip
"""TCP: the name that IOS prints for a port number (IOS IP Application Services reference)."""
_UDP_PORTS = {
    "7": "echo", "9": "discard", "37": "time", "42": "nameserver", "49": "tacacs", "53": "domain", "67": "bootps",
    "68": "bootpc", "69": "tftp", "111": "sunrpc", "123": "ntp", "137": "netbios-ns", "138": "netbios-dgm",
    "139": "netbios-ss", "161": "snmp", "162": "snmptrap", "177": "xdmcp", "500": "isakmp", "512": "biff",
    "513": "who", "514": "syslog", "517": "talk", "520": "rip", "4500": "non500-isakmp",
}  # fmt: skip
_PROTOCOLS = {
    "1": "icmp", "2": "igmp", "6": "tcp", "17": "udp", "47": "gre", "50": "esp", "51": "ahp", "88": "eigrp",
    "89": "ospf", "103": "pim",
}  # fmt: skip
_ANY = "255.255.255.255"
_ADDRESS = re.compile(r"[0-9]+(?:\.[0-9]+){3}")
_NETWORK = re.compile(r"[0-9]+(?:\.[0-9]+){3}/(?:[0-9]+|[0-9]+(?:\.[0-9]+){3})")
_EMPTY = "0.0.0.0"  # noqa: S104 - a wildcard mask, nothing is bound
_OPERATORS = frozenset({"eq", "neq", "lt", "gt", "range"})


def _masked(address: str, wildcard: str) -> str:
    """The address with the bits that the wildcard leaves open set to zero, as IOS prints it."""
    try:
        return str(IPv4Address(int(IPv4Address(address)) & ~int(IPv4Address(wildcard)) & 0xFFFFFFFF))
    except AddressValueError as error:
        raise ValueError(f"{address} {wildcard} is not an address and a wildcard") from error


def _source(words: list[str]) -> list[str]:
    """Take one address off the front of `words`, in the spelling of extended lists: any, host A, A W."""
    first = words.pop(0)
    if not _ADDRESS.fullmatch(first):
        if first == "host" and words:
            return ["host", words.pop(0)]
        return [first, words.pop(0)] if first in {"object-group", "addrgroup"} and words else [first]
    wildcard = words.pop(0) if words and _ADDRESS.fullmatch(words[0]) else _EMPTY
    if wildcard == _ANY:
        return ["any"]
    if wildcard == _EMPTY:
        return ["host", first]
    return [_masked(first, wildcard), wildcard]


def normalise_standard(text: str) -> str:
    """An entry of a standard list, without its number.

    Before: "permit host 10.1.1.1", "permit 10.2.3.4 0.0.255.255"
    After: "permit 10.1.1.1", "permit 10.2.0.0 0.0.255.255"
    """
    words = text.replace(", wildcard bits", "").split(" ")
    words = [word for word in words if word]
    if words[0] not in {"permit", "deny"} or len(words) == 1:
        return text if words[0] == "remark" else " ".join(words)
    rest = words[1:]
    source = _source(rest)
    return " ".join([words[0], *(source[1:] if source[0] == "host" else source), *rest])


def normalise_extended(text: str) -> str:
    """An entry of an extended list, without its number.

    Before: "permit tcp 10.1.1.1 0.0.0.0 any eq 80"    After: "permit tcp host 10.1.1.1 any eq www"
    """
    words = [word for word in text.split(" ") if word]
    if words[0] not in {"permit", "deny"} or len(words) < 4:  # noqa: PLR2004 - action, protocol, source, destination
        return text if words[0] == "remark" else " ".join(words)
    protocol = _PROTOCOLS.get(words[1], words[1])
    if protocol in {"object-group", "evaluate"}:
        return " ".join(words)
    names = _UDP_PORTS if protocol == "udp" else _PORTS if protocol == "tcp" else {}
    rest = words[2:]
    printed = [words[0], protocol, *_source(rest), *_ports(rest, names)]
    if rest:
        printed += [*_source(rest), *_ports(rest, names)]
    return " ".join([*printed, *rest])


def _ports(words: list[str], names: dict[str, str]) -> list[str]:
    """Take a port condition off the front of `words`."""
    if not words or words[0] not in _OPERATORS:
        return []
    taken = [words.pop(0)]
    while words and (words[0].isdigit() or words[0] in names.values()):
        port = words.pop(0)
        taken.append(names.get(port, port))
    return taken


def normalise_masks(text: str) -> str:
    """An entry of a list that names networks with a length or with a mask, and prints the mask.

    Before: "permit tcp 10.2.3.4/16 any eq ssh"    After: "permit tcp 10.2.0.0/255.255.0.0 any eq ssh"
    """
    if text.startswith("comment "):
        return text
    return " ".join(_with_mask(word) if _NETWORK.fullmatch(word) else word for word in text.split(" "))


def _with_mask(word: str) -> str:
    return str(IPv4Network(word, strict=False).with_netmask)
