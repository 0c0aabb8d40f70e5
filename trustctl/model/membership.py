"""Which ports and bundles of a switch carry which VLAN: the same facts as its ports hold, seen from the VLAN.

Makes differ in where they write this down. Some write the VLANs into the port (`switchport trunk allowed vlan 10,20`),
others the ports into the VLAN (`vlan 10` / `tagged 1-4`). A member of a bundle carries nothing by itself: its bundle
does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trustctl.model.addressing import Vlan
from trustctl.model.switch import Device, Port, Svi, Switch


@dataclass(frozen=True, slots=True)
class Carried:
    """What one port or bundle carries.

    `untagged` is None where untagged frames have no VLAN of their own; `tagged` never holds `untagged`.
    """

    untagged: int | None
    tagged: frozenset[int]

    @property
    def vlans(self) -> frozenset[int]:
        """Every VLAN that crosses, tagged or not."""
        return self.tagged if self.untagged is None else self.tagged | {self.untagged}


@dataclass(frozen=True, slots=True)
class VlanPorts:
    """One VLAN of one switch with its members, in the switch's order of ports, bundles last."""

    vlan: Vlan
    untagged: tuple[Port, ...]
    tagged: tuple[Port, ...]
    voice: bool
    """Whether it is the voice VLAN of one of these ports."""
    svi: Svi | None
    """The switch's own address in this VLAN, the management one included."""


def carried(port: Port) -> Carried:
    """What a port or bundle carries by its profile.  Before: access 30, voice 90.  After: untagged 30, tagged 90."""
    if port.profile.mode == "trunk":
        return Carried(port.native_vlan, frozenset(port.trunk_vlans) - {port.native_vlan})
    voice = frozenset(() if port.voice_vlan is None else (port.voice_vlan,))
    return Carried(port.access_vlan, voice - {port.access_vlan})


def vlan_ports(switch: Device, vlans: Mapping[str, Vlan]) -> tuple[VlanPorts, ...]:
    """The VLANs of a school as one of its switches has them, in order of VLAN id.

    A port that no profile names belongs to no VLAN here: it is not ours to say.
    """
    members = [(port, carried(port)) for port in switch.interfaces]
    voice = {port.voice_vlan for port, _ in members}
    svis = switch.svis if isinstance(switch, Switch) else ()
    addresses = {svi.vlan: svi for svi in (*svis, switch.management)}
    return tuple(
        VlanPorts(
            vlan,
            tuple(port for port, has in members if has.untagged == vlan.id),
            tuple(port for port, has in members if vlan.id in has.tagged),
            vlan.id in voice,
            addresses.get(vlan.id),
        )
        for vlan in sorted(vlans.values(), key=lambda one: one.id)
    )
