"""Values in the notation of network devices: VLAN sets, interface names, addresses, times. Parse and print are inverse.

Every `normalise_*` takes the text that a device or a person wrote and gives the one spelling that the device itself
prints; ValueError means that the text is no such value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Address, NetmaskValueError
from typing import Self

from trustctl.model.notation import runs

Members = frozenset[int] | frozenset[str]
"""The members of a set value: numbers (VLANs) or words."""
_MAC_DIGITS = 12


def parse_words(text: str) -> frozenset[str]:
    """Read words whose order means nothing.

    Before: "telnet ssh"    After: {"ssh", "telnet"}
    """
    return frozenset(text.split())


def print_words(members: Iterable[str]) -> str:
    """The inverse of `parse_words`, in alphabetical order."""
    return " ".join(sorted(members))


class InOrder(frozenset[str]):
    """Words whose order means something: DNS servers are asked one after the other. Others in this order differ."""

    order: tuple[str, ...]

    def __new__(cls, words: Iterable[str]) -> Self:
        """The words, each once."""
        order = tuple(dict.fromkeys(words))
        made = super().__new__(cls, order)
        made.order = order
        return made

    def __eq__(self, other: object) -> bool:
        """Whether both hold the same words in the same order."""
        return self.order == other.order if isinstance(other, InOrder) else frozenset(self) == other

    def __ne__(self, other: object) -> bool:
        """The opposite; the base class has its own."""
        return not self == other

    def __hash__(self) -> int:
        """Equal sets have equal hashes."""
        return hash(frozenset(self.order))


def parse_in_order(text: str) -> InOrder:
    """Read words whose order counts."""
    return InOrder(text.split())


def print_in_order(members: Iterable[str]) -> str:
    """The inverse of `parse_in_order`; without an order the alphabetical one."""
    return " ".join(members.order if isinstance(members, InOrder) else sorted(members))


def normalise_ipv4(text: str) -> str:
    """The address itself; ValueError if it is none (leading zeros, too few parts)."""
    try:
        return str(IPv4Address(text))
    except AddressValueError as error:
        raise ValueError(f"{text!r} is not an IPv4 address") from error


def normalise_prefix(text: str) -> str:
    """An IPv4 address with its mask as address and length; ValueError for a mask with holes.

    Before: "10.1.1.1 255.255.255.0", "10.1.1.1/24"    After: "10.1.1.1/24"
    """
    address, _, mask = text.replace(" ", "/").partition("/")
    try:
        length = IPv4Network(f"0.0.0.0/{mask}").prefixlen
    except (NetmaskValueError, ValueError) as error:
        raise ValueError(f"{mask!r} is not a network mask") from error
    return f"{normalise_ipv4(address)}/{length}"


def with_mask(text: str) -> str:
    """The inverse of `normalise_prefix` for devices that print masks.

    Before: "10.1.1.1/24"    After: "10.1.1.1 255.255.255.0"
    """
    address, _, length = text.partition("/")
    return f"{address} {IPv4Network(f'0.0.0.0/{length}').netmask}"


def normalise_ipv6(text: str) -> str:
    """An IPv6 address or prefix in the device's spelling.

    Before: "2001:db8:0::1/64"    After: "2001:DB8::1/64"
    """
    address, slash, length = text.partition("/")
    try:
        printed = str(IPv6Address(address)).upper()
    except AddressValueError as error:
        raise ValueError(f"{text!r} is not an IPv6 address") from error
    return printed + slash + length


def normalise_mac(text: str) -> str:
    """A MAC address in dotted form.

    Before: "00:1B:44:11:3A:B7"    After: "001b.4411.3ab7"
    """
    digits = re.sub(r"[.:-]", "", text).lower()
    if len(digits) != _MAC_DIGITS or not re.fullmatch(r"[0-9a-f]+", digits):
        raise ValueError(f"{text!r} is not a MAC address")
    return f"{digits[:4]}.{digits[4:8]}.{digits[8:]}"


def with_colons(text: str) -> str:
    """The inverse of `normalise_mac` for devices that print colons.

    Before: "001b.4411.3ab7"    After: "00:1b:44:11:3a:b7"
    """
    digits = text.replace(".", "")
    return ":".join(digits[at : at + 2] for at in range(0, _MAC_DIGITS, 2))


def normalise_int(text: str) -> str:
    """A whole number without leading zeros."""
    if not (text.isascii() and text.isdigit()):
        raise ValueError(f"{text!r} is not a whole number")
    return str(int(text))


def normalise_decimal(text: str) -> str:
    """A decimal number without trailing zeros.

    Before: "1.00"    After: "1"
    """
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", text):
        raise ValueError(f"{text!r} is not a number")
    whole, _, fraction = text.partition(".")
    fraction = fraction.rstrip("0")
    return f"{int(whole)}.{fraction}" if fraction else str(int(whole))


def fill(
    members: Members,
    print_line: Callable[[Members], str],
    limit: int,
) -> list[tuple[Members, str]]:
    """Split a set so that each part's line is at most `limit` characters long; parts keep the order of the members.

    Returns each part with its line. A part of one run or word is never split further, whatever its length.
    """
    groups: list[Members]
    numbers = [member for member in members if isinstance(member, int)]
    if numbers:
        groups = [frozenset(range(first, last + 1)) for first, last in runs(numbers)]
    else:
        words = members.order if isinstance(members, InOrder) else sorted(str(member) for member in members)
        groups = [InOrder([word]) if isinstance(members, InOrder) else frozenset([word]) for word in words]
    filled: list[tuple[Members, str]] = []
    for group in groups:
        if filled:
            joined = union(filled[-1][0], group)
            line = print_line(joined)
            if len(line) <= limit:
                filled[-1] = (joined, line)
                continue
        filled.append((group, print_line(group)))
    return filled or [(members, print_line(members))]


def union(left: Members, right: Members) -> Members:
    """The members of both sets, which are of one kind; in order, those of the second behind those of the first."""
    if isinstance(left, InOrder):
        return InOrder((*left.order, *(right.order if isinstance(right, InOrder) else sorted(map(str, right)))))
    numbers = frozenset(member for member in (*left, *right) if isinstance(member, int))
    return numbers or frozenset(str(member) for member in (*left, *right))


def without(left: Members, right: Members) -> Members:
    """The members of `left` that are not in `right`."""
    if isinstance(left, InOrder):
        return InOrder(word for word in left.order if word not in right)
    numbers = frozenset(member for member in left if isinstance(member, int) and member not in right)
    return numbers or frozenset(str(member) for member in left if not isinstance(member, int) and member not in right)


_LONGEST_SPAN = 1000
_SEVERITIES = ("emergencies", "alerts", "critical", "errors", "warnings", "notifications", "informational", "debugging")


def expand_span(text: str) -> list[str]:
    """Every number from the first to the last.

    Before: "0 4"    After: ["0", "1", "2", "3", "4"]
    """
    first, _, last = text.partition(" ")
    start, end = int(first), int(last)
    if not start <= end <= start + _LONGEST_SPAN:
        raise ValueError(f"{text!r} is not a span of numbers")
    return [str(number) for number in range(start, end + 1)]


def print_span(members: Iterable[int]) -> str:
    """The inverse of `expand_span`; ValueError if the numbers are not neighbours.

    Before: {5, 6, 7}    After: "5 7"
    """
    found = runs(members)
    if len(found) != 1:
        raise ValueError("a span has no gaps")
    return f"{found[0][0]} {found[0][1]}"


def normalise_severity(text: str) -> str:
    """A syslog severity by name.

    Before: "6"    After: "informational"
    """
    if text.isdigit():
        return _SEVERITIES[int(text)]
    if text not in _SEVERITIES:
        raise ValueError(f"{text!r} is not a severity")
    return text
