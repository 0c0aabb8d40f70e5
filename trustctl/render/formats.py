"""The filters a template may use: how values are written in a device's language. All are pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from math import ceil
from typing import Final, cast

from trustctl.model.secret import SecretRef


def address(interface: IPv4Interface) -> str:
    """Address and mask.  Before: 10.11.10.1/24.  After: `10.11.10.1 255.255.255.0`."""
    return f"{interface.ip} {interface.netmask}"


def network(prefix: str | IPv4Network) -> str:
    """Network and mask.  Before: 0.0.0.0/0.  After: `0.0.0.0 0.0.0.0`."""
    net = IPv4Network(prefix)
    return f"{net.network_address} {net.netmask}"


def matching(net: IPv4Network) -> str:
    """What an access list says.  Before: 10.250.10.0/24.  After: `10.250.10.0 0.0.0.255`; one address stands alone."""
    return str(net.network_address) if net.prefixlen == net.max_prefixlen else f"{net.network_address} {net.hostmask}"


def percent(level: float) -> str:
    """A storm-control level.  Before: 5.  After: `5.00`."""
    return f"{level:.2f}"


def share(level: float, whole: int) -> str:
    """A part of a whole, rounded down.  Before: 5.0 per cent of 1000000.  After: `50000`."""
    return str(int(whole * level / 100))


def whole(level: float) -> int:
    """A level as a whole number, rounded up, where a limit of nought would stop everything.  Before: 0.5.  After: 1."""
    return ceil(level)


def join(values: Iterable[object], separator: str = "") -> str:
    """The values one after the other with the separator between."""
    return separator.join(map(str, values))


def filled(text: str, **values: str) -> str:
    """A text with its places filled in.  Before: `{codename}-updates`.  After: `bookworm-updates`."""
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text


def language(locale: str) -> str:
    """The language and country of a locale.  Before: `en_GB.UTF-8`.  After: `en_GB`."""
    return locale.partition(".")[0]


_KEPT_FIRST, _KEPT_LAST = 49, 5
"""Addresses of a block that no client gets: gateway, devices and servers at its start, and some at its end."""


def pool(net: IPv4Network) -> str:
    """The addresses that clients get, of a small block its second half.

    Before: 10.13.30.0/24.  After: `10.13.30.50 - 10.13.30.249`.
    """
    return f"{pool_first(net)} - {pool_last(net)}"


def pool_first(net: IPv4Network) -> IPv4Address:
    """The first address that clients get.  Before: 10.13.30.0/24.  After: 10.13.30.50."""
    size = net.num_addresses
    return net.network_address + (_KEPT_FIRST + 1 if size > 4 * _KEPT_FIRST else size // 2)


def pool_last(net: IPv4Network) -> IPv4Address:
    """The last address that clients get.  Before: 10.13.30.0/24.  After: 10.13.30.249."""
    size = net.num_addresses
    return net.network_address + (size - _KEPT_LAST - 2 if size > 4 * _KEPT_FIRST else size - 2)


def quoted(value: object) -> str:
    """A value as JSON, which YAML reads as that value and nothing else.

    Before: True, `a: b`, 12, a list of `x` and `y`.  After: `true`, `"a: b"`, `12`, `["x", "y"]`. Raises ValueError for
    what is no single value, and TypeError for None.
    """
    if value is None:
        raise TypeError("a value is missing that the template writes")
    if isinstance(value, str) and not (value.isascii() and value.isprintable()):
        raise ValueError(f"{ascii(value)[:90]} is not printable ASCII on one line")
    if isinstance(value, bool | int | str):
        return json.dumps(value)
    if isinstance(value, IPv4Address | IPv4Interface | IPv4Network | SecretRef):
        return json.dumps(str(value))
    if isinstance(value, Iterable):
        return f"[{', '.join(quoted(item) for item in cast('Iterable[object]', value))}]"
    raise ValueError(f"{type(value).__name__} is not one value that can be written")


def masked(networks: Iterable[IPv4Network]) -> list[str]:
    """As Windows Firewall keeps networks.  Before: 10.250.20.0/24.  After: `10.250.20.0/255.255.255.0`."""
    return [f"{net.network_address}/{net.netmask}" for net in networks]


def placed(unit: str, root: str) -> str:
    """A place in the directory, whole.  Before: `OU=Schools`, `DC=ad,DC=uk`.  After: `OU=Schools,DC=ad,DC=uk`."""
    return ",".join(part for part in (unit, root) if part)


def apart(networks: Iterable[IPv4Network]) -> list[IPv4Network]:
    """The same addresses in networks of which none holds another, in their order: a packet filter's sets take no more.

    Before: 10.0.0.0/8, 192.168.2.0/24, 10.11.0.0/16.  After: 10.0.0.0/8, 192.168.2.0/24.
    """
    listed = list(dict.fromkeys(networks))
    return [one for one in listed if not any(one != other and one.subnet_of(other) for other in listed)]


FILTERS: Final[Mapping[str, Callable[..., object]]] = {
    "address": address,
    "apart": apart,
    "filled": filled,
    "join": join,
    "language": language,
    "length": len,
    "lower": str.lower,
    "masked": masked,
    "matching": matching,
    "network": network,
    "percent": percent,
    "placed": placed,
    "pool": pool,
    "pool_first": pool_first,
    "pool_last": pool_last,
    "quoted": quoted,
    "share": share,
    "upper": str.upper,
    "whole": whole,
}
