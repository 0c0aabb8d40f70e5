"""What the lab is told about devices before they boot, and about the cables between them; the same for every make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Account:
    """A user and the password: of the estate's RADIUS server, or of a device that hides its own."""

    user: str
    password: str
    privilege: int = 15


@dataclass(frozen=True, slots=True)
class Link:
    """A cable between two devices, by device name and port (any spelling that the device takes)."""

    a: str
    port_a: str
    b: str
    port_b: str


@dataclass(frozen=True, slots=True)
class DeviceSpec:
    """What a device is, before it boots.

    `platform` is the name of its make (`makes`). `model` is a product number as the make knows it; empty: the make's
    usual one, unknown: a device whose ports are those of its boot configuration. `boot` is the startup configuration
    as the device itself prints it (a captured file is fine, with or without its header lines).
    """

    name: str
    platform: str
    model: str = ""
    serial: str = "FOC0000X000"
    base_mac: str = "0011.2233.4400"
    version: str = ""
    """The software's version as the make writes it; empty: the model's usual one."""
    members: tuple[str, ...] = ()
    """Models of all stack members, member 1 first; empty: one device of `model`."""
    boot: str = ""
    management_address: str | None = None
    """The address that the management station dials; None: the first interface address that is up."""
    attachment: str | None = None
    """The port behind which the station (or the router towards it) is, seen from this device alone. None: any port."""
    station: str = "192.0.2.10"
    gateways: frozenset[str] = frozenset()
    """Router addresses that answer. Empty: the gateway of the boot configuration answers, and no other."""
    dark_ports: frozenset[str] = frozenset()
    """Ports with nothing plugged in, in any spelling. All other ports have link unless they are shut down."""
    features: Mapping[str, bool] = field(default_factory=dict[str, bool])
    """What the image can do or cannot, where it differs from the model's usual image; the make names the features."""
    vlans: Mapping[int, str] | None = None
    """Ids and names of VLANs that live outside the configuration. None: those that the boot configuration needs."""
    local_accounts: tuple[Account, ...] = ()
    """Local users whose passwords the configuration does not show; used only where it hides them."""
    radius_accounts: tuple[Account, ...] = ()
    radius_servers: frozenset[str] = frozenset()
    """Addresses of the RADIUS servers that answer in the estate; empty: none answers, method lists fall through."""
