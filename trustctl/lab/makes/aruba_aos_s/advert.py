"""What an AOS-S switch tells its neighbours by LLDP; forms recorded in ntc-templates and terraform-provider-aoss."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trustctl.lab.neighbours import Advert, Discovery

if TYPE_CHECKING:
    from trustctl.lab.makes.aruba_aos_s.device import AosSDevice

_SILENT = ("rxonly", "disable")


def advert(device: AosSDevice, port: str, protocol: Discovery) -> Advert | None:
    """What is told on a port; None if nothing is."""
    config = device.switch.config
    if protocol is not Discovery.LLDP or config.text("lldp run") == "no lldp run":
        return None
    if any(config.has(f"lldp admin-status {port} {word}") for word in _SILENT):
        return None
    model = device.switch.model
    name = config.ports[port].lines.get("name") if port in config.ports else None
    return Advert(
        chassis=device.mac,
        system=config.hostname,
        description=(
            f"{model.brand} {model.product} {model.title} Switch, revision {device.switch.version}, "
            f"ROM {model.rom} (/ws/swbuildm/code/build/{model.release.lower()}(swbuildm))"
        ),
        port=port,
        port_description=name.text.split('"')[1] if name else port,
        address=device.switch.assumed.address or "",
        platform=f"{model.brand} {model.product} {model.title}",
        version=f"revision {device.switch.version}",
        port_local=True,
        router=config.has("ip routing"),
    )
