"""VLAN roles, address blocks and the trust's address plan (docs/sources.md, the address plan)."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network


@dataclass(frozen=True, slots=True)
class VlanRole:
    """What a VLAN is for, the same in every school: `management`, `staff`, `student-wifi`, ...

    `prefix_length` is the default size of its block; None for a role without addresses (the dead VLAN).
    """

    name: str
    vlan_id: int
    title: str
    prefix_length: int | None
    gateway: bool = True
    """Whether the school's core routes it: an SVI with the first address of the block."""
    dhcp: bool = True
    """Whether clients get addresses by DHCP relay."""
    user_visible: bool = False


@dataclass(frozen=True, slots=True)
class Vlan:
    """One VLAN of one school: the role with this school's number, name and block."""

    role: str
    id: int
    name: str
    """As the switch shows it, at most 32 characters of `[A-Za-z0-9_.-]`."""
    prefix: IPv4Network | None
    gateway: IPv4Address | None
    dhcp: bool
    legacy: bool = False
    """Carried from before the school joined, until it is renumbered."""

    @property
    def netmask(self) -> str:
        """The block's mask as IOS writes it, such as 255.255.252.0. Raises ValueError without a block."""
        if self.prefix is None:
            raise ValueError(f"VLAN {self.id} ({self.role}) has no address block")
        return str(self.prefix.netmask)


@dataclass(frozen=True, slots=True)
class AddressPlan:
    """How blocks follow from the site number: `10.<site>.<vlan id>.0/<length of the role>`."""

    supernet: IPv4Network
    site_min: int
    site_max: int
    gateway_host: int
    """Position of the gateway in each block, 1 for the first address."""
    switch_host: int
    """Position of the first switch in the management block; the next switch gets the next address."""
