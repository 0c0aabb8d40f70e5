"""A wireless controller or a cluster of access points that one address manages: what it is and what it radiates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from trustctl.model.service import Radio, Ssid
from trustctl.model.switch import Device


@dataclass(frozen=True, slots=True)
class AccessPoint:
    """One access point that a controller knows."""

    name: str
    mac: str
    """Of its wired side, `aa:bb:cc:dd:ee:ff`."""
    group: str
    model: str = ""
    location: str = ""


@dataclass(frozen=True, slots=True)
class ApGroup:
    """Access points that radiate the same networks: a tag, a group or a zone in the makes' own words."""

    name: str
    title: str
    ssids: tuple[str, ...]
    """Names of the networks, each one of the controller's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Controller(Device):
    """One controller, redundant pair or cluster."""

    kind: ClassVar[str] = "wlc"
    section: ClassVar[str] = "controllers"

    ssids: tuple[Ssid, ...] = ()
    """The networks that it carries, the trust's first."""
    groups: tuple[ApGroup, ...] = ()
    access_points: tuple[AccessPoint, ...] = ()
    radio: Radio
