"""The kinds of values in commands: what a word must look like, and how the switch writes it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from ipaddress import AddressValueError, IPv4Address, IPv4Network, NetmaskValueError
from typing import TYPE_CHECKING, Protocol

from trustctl.lab.makes.aruba_aos_s.model.ports import NoPortError, numbers, parse, parse_numbers, written

if TYPE_CHECKING:
    from trustctl.lab.makes.aruba_aos_s.model.grammar import Token
    from trustctl.lab.makes.aruba_aos_s.model.state import Vlan

_SHOWN = 29
"""How many characters of a text that is too long the switch quotes (recorded, see `grammar`)."""
_LAST_VLAN = 4094
_MAC = re.compile(r"[0-9a-f]{12}")


class World(Protocol):
    """What values refer to: the ports and VLANs of the switch."""

    @property
    def port_names(self) -> Collection[str]:
        """Every port and trunk group there is."""
        ...

    @property
    def vlans(self) -> Mapping[int, Vlan]:
        """Every VLAN there is."""
        ...


class KindError(Exception):
    """A word that is no such value; `text` is what the switch prints; `sure`: no other reading of the word fits."""

    def __init__(self, text: str, *, sure: bool = False) -> None:
        super().__init__(text)
        self.text = text
        self.sure = sure


def _invalid(token: Token) -> KindError:
    return KindError(f"Invalid input: {token.text}")


def _integer(token: Token, limit: str, world: World) -> str:
    low, _, high = limit.partition("-")
    if token.quoted or not token.text.isdigit() or not int(low) <= int(token.text) <= int(high):
        raise _invalid(token)
    return str(int(token.text))


def _text(token: Token, limit: str, world: World) -> str:
    if limit and len(token.text) > int(limit):
        shown = f"{token.text[:_SHOWN]}..." if len(token.text) > _SHOWN else token.text
        raise KindError(f"String {shown} too long. Allowed length is {limit} characters.", sure=True)
    return token.text


def _word(token: Token, limit: str, world: World) -> str:
    return token.text


def _rest(token: Token, limit: str, world: World) -> str:
    return token.rest


def _address(token: Token, limit: str, world: World) -> str:
    try:
        return str(IPv4Address(token.text))
    except AddressValueError:
        raise _invalid(token) from None


def _mask(token: Token, limit: str, world: World) -> str:
    try:
        IPv4Network(f"0.0.0.0/{IPv4Address(token.text)}")
    except (AddressValueError, NetmaskValueError, ValueError):
        raise _invalid(token) from None
    return token.text


def _prefix(token: Token, limit: str, world: World) -> str:
    """An address with the length of its network: `10.1.2.3/24`."""
    address, slash, length = token.text.partition("/")
    if not slash or not length.isdigit() or int(length) > 32:  # noqa: PLR2004 - bits of an IPv4 address
        raise _invalid(token)
    try:
        return f"{IPv4Address(address)}/{int(length)}"
    except AddressValueError:
        raise _invalid(token) from None


def _ports(token: Token, limit: str, world: World) -> str:
    try:
        return written(parse(token.text, world.port_names))
    except NoPortError as error:
        raise KindError(f"Module not present for port or invalid port: {error.text}", sure=True) from None


def _port_word(token: Token, limit: str, world: World) -> str:
    """A list of ports where a keyword could stand as well: anything without a digit is no port."""
    if token.text.lower() != "all" and not any(letter.isdigit() for letter in token.text):
        raise _invalid(token)
    return _ports(token, limit, world)


def _vlan(token: Token, limit: str, world: World) -> str:
    """A VLAN by id or by name; an id need not exist yet."""
    if token.text.isdigit() and not token.quoted:
        if not 1 <= int(token.text) <= _LAST_VLAN:
            raise _invalid(token)
        return str(int(token.text))
    named = next((vlan.id for vlan in world.vlans.values() if vlan.name.lower() == token.text.lower()), None)
    if named is None:
        raise _invalid(token)
    return str(named)


def _vlans(token: Token, limit: str, world: World) -> str:
    found = parse_numbers(token.text)
    if found is None:
        raise _invalid(token)
    return numbers(found)


def _vlanlist(token: Token, limit: str, world: World) -> str:
    """VLANs to the end of the line, with commas or blanks between them."""
    found = parse_numbers(",".join(token.rest.split()))
    if found is None:
        raise _invalid(token)
    return numbers(found)


def _mac(token: Token, limit: str, world: World) -> str:
    digits = re.sub(r"[:.\-]", "", token.text.lower())
    if _MAC.fullmatch(digits) is None:
        raise _invalid(token)
    return f"{digits[:6]}-{digits[6:]}"


def _delay(token: Token, limit: str, world: World) -> str:
    """`[[DD:]HH:]MM`."""
    parts = token.text.split(":")
    if not 1 <= len(parts) <= 3 or not all(part.isdigit() for part in parts):  # noqa: PLR2004 - days, hours, minutes
        raise _invalid(token)
    return token.text


def _hexadecimal(token: Token, limit: str, world: World) -> str:
    if re.fullmatch(r"[0-9a-fA-F]+", token.text) is None:
        raise _invalid(token)
    return token.text


KINDS: Mapping[str, Callable[[Token, str, World], str]] = {
    "int": _integer,
    "str": _text,
    "word": _word,
    "rest": _rest,
    "ip": _address,
    "mask": _mask,
    "prefix": _prefix,
    "ports": _port_word,
    "onlyports": _ports,
    "vlan": _vlan,
    "vlans": _vlans,
    "vlanlist": _vlanlist,
    "mac": _mac,
    "delay": _delay,
    "hex": _hexadecimal,
}
"""Kinds by the name in patterns; behind a colon stands the limit: `{int:1-15}`, `{str:32}`."""
