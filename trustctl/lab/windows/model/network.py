"""Network cards, IP interfaces, and whether the host can still be reached.

Pages: New-NetIPAddress, Set-NetIPInterface, Set-DnsClientServerAddress, Set-DnsClient (windows-powershell-docs).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Address, ip_interface
from typing import Any

from trustctl.lab.windows.machine import part
from trustctl.lab.windows.model import words
from trustctl.lab.windows.model.refusal import RefusedError
from trustctl.lab.windows.spec import AdapterSpec, WindowsSpec


@dataclass(slots=True)
class Adapter:
    """A physical network card.

    `switch` is the virtual switch that has taken it, or empty; then Windows has no IP on it.
    """

    name: str
    description: str
    mac: str
    speed: int
    up: bool = True
    switch: str = ""


@dataclass(slots=True)
class Interface:
    """IP version 4 on one connection. `addresses` are with their prefix (`10.0.0.5/24`)."""

    alias: str
    dhcp: bool = True
    addresses: list[str] = field(default_factory=list[str])
    gateway: str = ""
    dns: list[str] = field(default_factory=list[str])
    suffix: str = ""
    register: bool = True
    metric: int = 0
    """0: Windows works it out (AutomaticMetric)."""
    jumbo: int = 1514

    @property
    def hosts(self) -> frozenset[str]:
        """The addresses without their prefix."""
        return frozenset(str(ip_interface(one).ip) for one in self.addresses)


@part
@dataclass
class Network:
    """All of them.

    `management` is the address at which the host is dialled, empty: nobody told the lab. `management_vlan` is how the
    wire carries that network: 0 untagged, else tagged with this VLAN. `beyond`: whoever dials sits behind the gateway.
    """

    adapters: dict[str, Adapter] = field(default_factory=dict[str, Adapter])
    interfaces: dict[str, Interface] = field(default_factory=dict[str, Interface])
    management: str = ""
    management_vlan: int = 0
    beyond: bool = False

    @classmethod
    def of(cls, spec: WindowsSpec) -> Network:
        """The cards as delivered; the one marked `management` carries the address that the host is dialled at."""
        adapters = {
            one.name.casefold(): Adapter(one.name, _description(spec, number), one.mac, one.speed, one.up)
            for number, one in enumerate(spec.adapters)
        }
        interfaces = {one.name.casefold(): _interface(one) for one in spec.adapters}
        mine: dict[str, Any] = dict(spec.state.get("Network", {}))
        marked = [one for one in spec.adapters if one.management]
        address = str(ip_interface(marked[0].addresses[0]).ip) if marked and marked[0].addresses else spec.address
        return cls(
            adapters, interfaces, address, int(mine.get("management_vlan", 0)), bool(marked and marked[0].gateway)
        )

    def started(self) -> None:
        """Nothing of it waits for a restart."""

    def adapter(self, name: str) -> Adapter | None:
        """A physical card by its name, whatever its case."""
        return self.adapters.get(name.casefold())

    def interface(self, alias: str) -> Interface | None:
        """The IP interface of a connection; none where a virtual switch has taken the card."""
        return self.interfaces.get(alias.casefold())

    def needed(self, alias: str) -> Interface:
        """The IP interface of a connection. Raises RefusedError if there is none."""
        found = self.interface(alias)
        if found is None:
            raise RefusedError(words.NET_ADAPTER_MISSING.format(name=alias))
        return found

    def take(self, name: str, switch: str) -> Interface | None:
        """A virtual switch takes a card: TCP/IP is unbound from it. Returns what it had, for a management adapter."""
        self.adapters[name.casefold()].switch = switch
        return self.interfaces.pop(name.casefold(), None)

    def give_back(self, name: str) -> None:
        """A card leaves its switch: TCP/IP is bound to it again, asking by DHCP; static settings are not put back.

        Unverified: Microsoft's pages do not say what becomes of them; the lab takes the worse case.
        """
        card = self.adapters[name.casefold()]
        card.switch = ""
        self.interfaces[name.casefold()] = Interface(card.name)

    def move(self, settings: Interface | None, alias: str) -> None:
        """TCP/IP settings go to another connection: what a first management adapter takes over from its card."""
        mine = settings or Interface(alias)
        mine.alias = alias
        self.interfaces[alias.casefold()] = mine

    def drop(self, alias: str) -> None:
        """A connection goes, and its addresses with it."""
        self.interfaces.pop(alias.casefold(), None)

    def carrier(self) -> str:
        """The connection that has the management address; empty: none has."""
        for one in self.interfaces.values():
            if self.management in one.hosts:
                return one.alias
        return ""

    def leads_out(self) -> bool:
        """Whether answers find the way back: by a gateway in a connection's own network, if there was one at first."""
        if not self.beyond:
            return True
        return any(
            IPv4Address(one.gateway) in ip_interface(address).network
            for one in self.interfaces.values()
            if one.gateway
            for address in one.addresses
        )

    def routed(self) -> list[str]:
        """The connections that have a default gateway (Get-NetRoute -DestinationPrefix 0.0.0.0/0)."""
        return sorted(one.alias for one in self.interfaces.values() if one.gateway)

    def set_addresses(self, alias: str, addresses: list[str]) -> None:
        """Give a connection exactly these addresses. A static address ends DHCP (New-NetIPAddress).

        Raises RefusedError for an address that another connection has.
        """
        mine = self.needed(alias)
        wanted = {str(ip_interface(one).ip) for one in addresses}
        for other in self.interfaces.values():
            if other is not mine and wanted & other.hosts:
                raise RefusedError(words.ADDRESS_TAKEN)
        mine.addresses = list(addresses)
        if addresses:
            mine.dhcp = False

    def ask_dhcp(self, alias: str) -> None:
        """Let a connection ask by DHCP. There is no DHCP server on the lab's wire: it ends up without an address."""
        mine = self.needed(alias)
        mine.dhcp, mine.addresses, mine.gateway = True, [], ""


def _interface(one: AdapterSpec) -> Interface:
    return Interface(one.name, not one.addresses, list(one.addresses), one.gateway, list(one.dns))


def _description(spec: WindowsSpec, number: int) -> str:
    """Windows numbers cards of one kind from the second on: `Intel(R) X710`, `Intel(R) X710 #2`."""
    mine = spec.adapters[number].description
    before = sum(one.description == mine for one in spec.adapters[:number])
    return f"{mine} #{before + 1}" if before else mine
