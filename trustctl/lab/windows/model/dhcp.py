"""Scopes of a Windows DHCP server.

Pages: Add-DhcpServerv4Scope, Set-DhcpServerv4Scope, Add-DhcpServerv4ExclusionRange, Set-DhcpServerv4OptionValue,
Add-DhcpServerv4FailoverScope, Invoke-DhcpServerv4FailoverReplication (windows-powershell-docs, dhcpserver). The wording
of what is refused here is unverified.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import AddressValueError, IPv4Address, IPv4Network
from typing import Any

from trustctl.lab.windows.machine import part
from trustctl.lab.windows.model.refusal import RefusedError
from trustctl.lab.windows.spec import WindowsSpec

WEEK_AND_A_DAY = 8 * 24 * 3600
"""The lease of a scope that is made without one, in seconds."""
ADDRESSES = frozenset({3, 4, 5, 6, 7, 8, 9, 10, 11, 16, 28, 32, 41, 42, 44, 45, 48, 49, 65, 68, 69, 70, 71, 72, 73, 74})
"""Standard options whose values are addresses."""
DEFINED = frozenset({*range(2, 50), 58, 59, *range(64, 77), 121})
"""Options that a new server has definitions of (RFC 2132's); 60, 119, 150 and 252 must be defined first. Unverified."""
_NUMBERS = {
    "Byte": {19, 20, 23, 27, 29, 30, 31, 34, 36, 37, 39, 46},
    "Word": {13, 22, 25, 26},
    "DWord": {2, 24, 35, 38, 51, 58, 59},
}
"""What RFC 2132 has as numbers of 8, 16 and 32 bits, in the words of the "DhcpServerv4OptionDefinition class"."""


def type_of(option: int) -> str:
    """Return the type of a standard option's values, in the words of that class."""
    if option in ADDRESSES:
        return "IPv4Address"
    return next((word for word, options in _NUMBERS.items() if option in options), "String")


@dataclass(slots=True)
class Scope:
    """A scope.

    `lease` is in seconds, 0 for ever; `options` are values by number, `leases` addresses that are given out, `reserved`
    client identifiers by the address that each of them shall get.
    """

    mask: str
    name: str
    start: str
    end: str
    description: str = ""
    lease: int = WEEK_AND_A_DAY
    active: bool = True
    exclusions: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    options: dict[int, list[str]] = field(default_factory=dict[int, list[str]])
    leases: list[str] = field(default_factory=list[str])
    reserved: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(slots=True)
class Failover:
    """A failover relationship and the scopes that it carries."""

    partner: str
    scopes: list[str] = field(default_factory=list[str])


@part
@dataclass
class DhcpServer:
    """The scopes by their number."""

    scopes: dict[str, Scope] = field(default_factory=dict[str, Scope])
    failovers: dict[str, Failover] = field(default_factory=dict[str, Failover])

    @classmethod
    def of(cls, spec: WindowsSpec) -> DhcpServer:
        """`state.

        {DhcpServer: {scopes: {ID: {...}}, failovers: {NAME: {partner, scopes}}}}` are there from the start.
        """
        mine: dict[str, Any] = dict(spec.state.get("DhcpServer", {}))
        scopes = {key: Scope(**one) for key, one in mine.get("scopes", {}).items()}
        return cls(scopes, {key: Failover(**one) for key, one in mine.get("failovers", {}).items()})

    def started(self) -> None:
        """They outlive restarts."""

    def add(self, mask: str, name: str, start: str, end: str, description: str) -> str:
        """Add-DhcpServerv4Scope, inactive: the scope's number comes from the range and the mask.

        Raises RefusedError.
        """
        network = _network(start, mask)
        _check_range(network, start, end)
        number = str(network.network_address)
        others = [_network(key, one.mask) for key, one in self.scopes.items()]
        if any(network.overlaps(one) for one in others):
            raise RefusedError(f"Failed to add scope {number}. The specified subnet exists already. (20026)")
        if not name:
            raise RefusedError("Cannot process command because of one or more missing mandatory parameters: Name.")
        self.scopes[number] = Scope(mask, name, start, end, description, active=False)
        return number

    def set_range(self, number: str, start: str, end: str) -> None:
        """Set-DhcpServerv4Scope -StartRange -EndRange: the earlier range is discarded."""
        mine = self.scopes[number]
        _check_range(_network(number, mine.mask), start, end)
        mine.start, mine.end = start, end

    def set_exclusions(self, number: str, wanted: Sequence[tuple[str, str]]) -> None:
        """Remove- and Add-DhcpServerv4ExclusionRange: each within the range, none across another."""
        mine = self.scopes[number]
        mine.exclusions = [one for one in mine.exclusions if one in wanted]
        for start, end in wanted:
            if (start, end) in mine.exclusions:
                continue
            low, high = _address(start), _address(end)
            outside = not _address(mine.start) <= low <= high <= _address(mine.end)
            across = any(low <= _address(b) and _address(a) <= high for a, b in mine.exclusions)
            if outside or across:
                raise RefusedError(
                    f"Failed to add exclusion range {start} - {end} to scope {number}. The specified range either "
                    "overlaps an existing range or is not valid. (20023)"
                )
            mine.exclusions.append((start, end))
        mine.exclusions.sort(key=lambda one: _address(one[0]))

    def set_option(self, number: str, option: int, values: Sequence[str]) -> None:
        """Set-DhcpServerv4OptionValue: the option must be defined, addresses must be addresses."""
        if option not in DEFINED:
            raise RefusedError(f"Failed to set option {option}. The specified option does not exist. (20010)")
        if any(option in options for options in _NUMBERS.values()):
            values = [str(int(one, 0)) for one in values]
        if option in ADDRESSES:
            for one in values:
                _address(one)
        self.scopes[number].options[option] = list(values)

    def relationship(self, failover: str) -> Failover:
        """Return a failover relationship by its name. Raises RefusedError for one that there is not."""
        found = next((one for key, one in self.failovers.items() if key.casefold() == failover.casefold()), None)
        if found is None:
            raise RefusedError(
                f"Failed to get failover relationship {failover}. The failover relationship does not exist. (20126)"
            )
        return found

    def carrier(self, number: str) -> str:
        """The relationship that carries a scope; empty: none does."""
        return next((key for key, one in self.failovers.items() if number in one.scopes), "")


def _address(text: str) -> IPv4Address:
    try:
        return IPv4Address(text)
    except AddressValueError:
        raise RefusedError(f'Cannot convert value "{text}" to type "System.Net.IPAddress".') from None


def _network(start: str, mask: str) -> IPv4Network:
    try:
        return IPv4Network(f"{_address(start)}/{mask}", strict=False)
    except ValueError:
        raise RefusedError(f"The subnet mask {mask} is not valid. (20017)") from None


def _check_range(network: IPv4Network, start: str, end: str) -> None:
    low, high = _address(start), _address(end)
    if low > high or low not in network or high not in network or network.network_address == low:
        raise RefusedError(f"The specified range {start} - {end} is not valid in {network}. (20023)")
    if high == network.broadcast_address:
        raise RefusedError(f"The specified range {start} - {end} is not valid in {network}. (20023)")
