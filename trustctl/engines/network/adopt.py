"""Adoption: look at a device for the first time and return what a person must approve before it is pinned.

The host key is read without signing in; the sign-in then happens with that very key pinned for this one session, so
the password goes only to the box whose fingerprint is shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from trustctl.engines.network.link import fingerprint, parse_key
from trustctl.engines.network.pins import Pin
from trustctl.engines.network.recognise import recognise
from trustctl.engines.protocol import Connector, Identity, Target
from trustctl.errors import HostKeyError, WrongDeviceError
from trustctl.platforms.signs import Identify

WEAK_RSA_BITS = 2048
"""RSA keys below this are shown as weak; neither SSH client library refuses them (docs/sources.md, SSH and netmiko)."""


@dataclass(frozen=True, slots=True)
class Adoption:
    """What was found: show it, and pin it if a person says so. `warnings` are reasons to look twice."""

    device: str
    fingerprint: str
    host_key: str
    identity: Identity
    warnings: tuple[str, ...] = ()

    def pin(self, adopted: date) -> Pin:
        """The entry for the pin file."""
        return Pin(self.identity.serial, self.host_key, self.fingerprint, self.identity.model, adopted)


def fingerprint_of(host_key: str) -> str:
    """The SHA-256 fingerprint of a key in `known_hosts` form. Raises HostKeyError if it is none."""
    return fingerprint(parse_key(host_key, "host key"))


@dataclass(frozen=True, slots=True)
class Expected:
    """What the inventory says that a device is, and how platforms are told apart."""

    known: Mapping[str, Identify]
    model: str


def adopt(
    target: Target, connector: Connector, *, approve_key: str | None = None, expected: Expected | None = None
) -> Adoption:
    """Read host key, serial number and model of a device. `target.host_key` and `target.serial` are not looked at.

    `approve_key`: a fingerprint that a person knows from elsewhere; HostKeyError if the device's is another, before
    anything is sent. With `expected` a device of another platform or model is a WrongDeviceError; one that no platform
    knows for its own is left to the platform's own dialogue, with a warning. Raises what `Connector.open` raises.
    """
    host_key = connector.host_key(target.endpoint, target.legacy)
    key = parse_key(host_key, target.device)
    seen = fingerprint(key)
    if approve_key is not None and approve_key != seen:
        raise HostKeyError(
            f"the device's fingerprint is {seen}, not {approve_key}",
            where=target.device,
            remedy="Compare it with the device's console: show ip ssh, show crypto key mypubkey rsa.",
        )
    warnings: list[str] = []
    if key.get_name() == "ssh-rsa" and key.get_bits() < WEAK_RSA_BITS:
        warnings.append(f"the host key is RSA with only {key.get_bits()} bits: make a new one of {WEAK_RSA_BITS}")
    if target.legacy:
        warnings.append(f"legacy SSH algorithms are given back: {', '.join(target.legacy)}")
    pinned = replace(target, host_key=host_key, serial=None)
    if expected is not None:
        warnings += _platform(pinned, expected)
    session = connector.open(pinned)
    try:
        identity = session.identity()
    finally:
        session.close()
    if expected is not None and not is_model(identity.model, expected.model):
        raise WrongDeviceError(
            f"it says that it is a {identity.model}, the inventory has {expected.model}",
            where=target.device,
            remedy="Correct `model` in the inventory, or the address: another device may answer there.",
        )
    return Adoption(target.device, seen, host_key, identity, tuple(warnings))


def _platform(target: Target, expected: Expected) -> list[str]:
    """Refuse a device of another platform. Raises WrongDeviceError; a warning if nobody can tell what it is."""
    if target.platform not in expected.known:
        return []
    found = recognise(target, expected.known)
    if found.platform is None:
        return [f"nobody can tell by itself that it is {target.platform}: {found.why}"]
    if found.platform != target.platform:
        raise WrongDeviceError(
            f"it is of platform {found.platform} by {found.why}, the inventory says {target.platform}",
            where=target.device,
            remedy="Correct `platform` and `model` in the inventory, or the address: another device may answer there.",
        )
    return []


def is_model(told: str, model: str) -> bool:
    """Whether what a device says of itself may be this model; one that says nothing may be any.

    Before: `WS-C2960X-24PS-L (PowerPC405)` and `WS-C2960X-24PS-L`.  After: True.
    """
    return not told or model.casefold() in re.split(r"[\s(),]+", told.casefold())
