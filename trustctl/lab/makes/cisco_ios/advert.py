"""What an IOS switch tells its neighbours by LLDP and CDP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trustctl.lab.makes.cisco_ios.model.interfaces import short_name
from trustctl.lab.neighbours import Advert, Discovery

if TYPE_CHECKING:
    from trustctl.lab.makes.cisco_ios.device import IosDevice


def speaks(device: IosDevice, protocol: Discovery) -> bool:
    """Whether a protocol is on: CDP is unless switched off, LLDP only once switched on."""
    if protocol is Discovery.LLDP:
        return device.switch.root.has("lldp run")
    return "\nno cdp run\n" not in device.running()


def advert(device: IosDevice, port: str, protocol: Discovery) -> Advert | None:
    """What is told on a port; None if the protocol is off."""
    if not speaks(device, protocol):
        return None
    switch = device.switch
    domain = switch.root.value("ip domain name") or switch.root.value("ip domain-name")
    image = switch.catalogue.image or "IOS"
    platform = switch.models[0]
    return Advert(
        chassis=device.mac,
        system=f"{switch.hostname}.{domain}" if domain else switch.hostname,
        description=f"Cisco IOS Software, {platform} Software ({image}), Version {switch.version}",
        port=short_name(port) if protocol is Discovery.LLDP else port,
        port_description=port,
        address=_address(device),
        platform=f"cisco {platform}",
        version=f"Cisco IOS Software, Version {switch.version}",
    )


def _address(device: IosDevice) -> str:
    if device.spec.management_address:
        return device.spec.management_address
    return next((row.address.partition("/")[0] for row in device.switch.interfaces() if row.address), "")
