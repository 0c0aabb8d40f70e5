"""What devices hear of each other over their cables: LLDP, and CDP where a make speaks it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trustctl.lab.device import Device


class Discovery(StrEnum):
    """A protocol by which a device tells its neighbours what it is."""

    LLDP = "lldp"
    CDP = "cdp"


@dataclass(frozen=True, slots=True)
class Advert:
    """What a device tells about itself on one port (IEEE 802.1AB); texts as they go over the wire."""

    chassis: str
    """The base MAC address, twelve hexadecimal digits."""
    system: str
    description: str
    port: str
    port_description: str
    address: str
    platform: str = ""
    """The product, as CDP sends it."""
    version: str = ""
    port_local: bool = False
    """Whether the port id is a local number (subtype 7) instead of an interface name (subtype 5)."""
    router: bool = False


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The far end of a cable: the device there and its port, and the port here that leads to it, in full."""

    port: str
    device: Device
    far: str
    near: Device

    def up(self) -> bool:
        """Whether the cable carries anything: both ports are up and the far device has power."""
        return self.device.up and self.near.forwarder.port_up(self.port) and self.device.forwarder.port_up(self.far)

    def heard(self, protocol: Discovery) -> Advert | None:
        """What is heard of the far device; None if the cable is down or it does not speak that protocol there."""
        return self.device.advertises(self.far, protocol) if self.up() else None
