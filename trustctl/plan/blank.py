"""The plan of a device about which nothing more is known than what it is."""

from __future__ import annotations

from trustctl.errors import TrustctlError
from trustctl.model.plan import Action, DevicePlan, Tier
from trustctl.model.switch import Device


def blank(device: Device, engine: str, action: Action, reason: str = "") -> DevicePlan:
    """Return a plan without changes. Tier C until something better is known of the device."""
    return DevicePlan(
        name=device.name,
        school=device.school,
        kind=device.kind,
        platform=device.platform,
        engine=engine,
        stage=device.stage,
        tier=Tier.C,
        action=action,
        reason=reason,
        address=str(device.address),
        serial=device.serial,
    )


def without(device: Device, engine: str, action: Action, error: TrustctlError) -> DevicePlan:
    """Return the plan of a device about which nothing can be said, with the reason and the remedy."""
    where = f" ({error.where})" if error.where and error.where != device.name else ""
    remedy = f". {error.remedy}" if error.remedy else ""
    return blank(device, engine, action, f"{error.problem}{where}{remedy}")
