"""What the inventory knows about a device that no configuration says: how we reach it, and what hangs on its ports."""

from __future__ import annotations

from trustctl.config.scope import DeviceFacts
from trustctl.model.notation import Notation
from trustctl.model.plan import Observed, Tier
from trustctl.model.school import School
from trustctl.model.switch import Device, Port
from trustctl.platforms.load import Platform
from trustctl.platforms.spec import SafeChange


def device_facts(school: School, device: Device, notation: Notation) -> DeviceFacts:
    """Return the management path, uplinks and powered ports of a device, for the hazards of a change.

    An uplink is a port or bundle whose profile says so, a member of such a bundle, or an end of a declared link.
    `notation` is how the platform names the interface of a VLAN.
    """
    uplinks = set(device.uplinks)
    for bundle in device.bundles:
        if bundle.name in uplinks:
            uplinks.update(bundle.members)
    for link in school.links:
        uplinks.update(port for end, port in (link.a, link.b) if end == device.name)
    return DeviceFacts(
        management_interface=notation.svi(device.management.vlan),
        management_vlan=device.management.vlan,
        management_address=str(device.address),
        uplinks=frozenset(uplinks),
        poe_ports=frozenset(port.name for port in device.ports if port.name in device.poe_ports and _powers(port)),
    )


def _powers(port: Port) -> bool:
    profile = port.profile
    return profile.poe and not profile.shutdown and profile.mode != "unused"


def way_back_of(platform: Platform, observed: Observed) -> SafeChange | None:
    """How this device would undo a change by itself, best way first; None where the platform has no way.

    A live device was asked (`Observed.archive`). A captured configuration shows whether the mechanism is configured,
    which is what `available.configured` looks for.
    """
    for way in platform.spec.safe_change:
        if way.available is None:
            return way
        have = observed.archive
        if have is None:
            have = way.available.configured.search(observed.running.replace("\r\n", "\n")) is not None
        if have:
            return way
    return None


def tier_of(way: SafeChange | None) -> Tier:
    """The tier of a way back; C where there is none."""
    return Tier.C if way is None else way.effective_tier
