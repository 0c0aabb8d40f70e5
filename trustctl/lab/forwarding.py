"""How the network sees a device: which frames its ports carry, where its packets go, who may log in.

A make implements `Forwarder`; `fabric` asks it and nothing else, so that makes can be cabled to each other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from trustctl.lab.fabric import Fabric
    from trustctl.lab.spec import DeviceSpec


class Carriage(StrEnum):
    """How a port carries a VLAN."""

    NOT = ""
    TAGGED = "tagged"
    UNTAGGED = "untagged"


@dataclass(frozen=True, slots=True)
class Interface:
    """Where an address lives: in a VLAN, or (None) on a routed port, a loopback or the out-of-band port."""

    name: str
    vlan: int | None = None
    table: str = ""
    """The VRF; empty for the global table."""


@dataclass(frozen=True, slots=True)
class Reachability:
    """Whether the station can open a new session to the management address now, and why not."""

    ok: bool
    why: str = ""
    """One sentence, empty if `ok`."""
    login: bool = True
    """False if packets arrive but the device would take no new SSH session."""
    path: tuple[str, ...] = ()
    """Names of the devices on the way from this one to the station, this one first."""

    @property
    def packets_pass(self) -> bool:
        """Whether an open session lives on: a device that takes no new session does not end it."""
        return self.ok or not self.login


@dataclass(frozen=True, slots=True)
class Assumptions:
    """How the world around a device was set up when it first booted; the world does not follow its changes."""

    address: str | None
    """The address that the station dials. None if the device had none that is known: then only logins are judged."""
    gateways: frozenset[str]
    on_subnet: bool
    """No route led to the station: so it is in the management subnet."""
    untagged: dict[str, int | None] = field(default_factory=dict[str, "int | None"])
    """For each port of attachment: the VLAN that travelled untagged, which is what the far side expects."""


class Forwarder(Protocol):
    """What a make tells the network about a device. Ports go by the make's own full names (`port_name`)."""

    @property
    def spec(self) -> DeviceSpec:
        """What the device is."""
        ...

    @property
    def assumed(self) -> Assumptions:
        """What the world beyond the device expects of it (`assumptions`, made when it first boots)."""
        ...

    def join(self, fabric: Fabric) -> None:
        """Belong to a fabric from now on: `Fabric.changed` MUST be called after each change, `Fabric.lit` be heeded."""
        ...

    # --- frames -----------------------------------------------------------------------------------------------------

    def port_name(self, written: str, /) -> str:
        """A port as the make prints it; what is no port comes back as it was."""
        ...

    def enabled(self, port: str, /) -> bool:
        """Whether a physical port is switched on and plugged in here, whatever the far end does."""
        ...

    def port_up(self, port: str, /) -> bool:
        """Whether a port has link: enabled, and `Fabric.lit`; a bundle needs one member."""
        ...

    def carries(self, port: str, vlan: int, /) -> Carriage:
        """How a port carries a VLAN; a member of a bundle as the bundle does."""
        ...

    def untagged_vlan(self, port: str, /) -> int | None:
        """The VLAN that untagged frames coming in on a port belong to; None if they are dropped or routed."""
        ...

    def forwards(self, vlan: int, /) -> bool:
        """Whether the device has that VLAN and forwards its frames."""
        ...

    # --- packets ----------------------------------------------------------------------------------------------------

    def interface_of(self, address: str, /) -> Interface | None:
        """The interface that has an address."""
        ...

    def interface_towards(self, address: str, table: str, /) -> Interface | None:
        """The interface of a VRF in whose network an address is."""
        ...

    def why_down(self, interface: Interface, /) -> str:
        """Why an interface passes no packets; empty if it does."""
        ...

    def next_hop(self, destination: str, table: str, /) -> str | Interface | None:
        """Where packets go: to the address itself if connected, to a router, out of an interface, or nowhere."""
        ...

    def default_address(self) -> str | None:
        """The address that a station would dial if nobody said which."""
        ...

    # --- logins -----------------------------------------------------------------------------------------------------

    def filtered(self, interface: Interface, source: str, address: str, /) -> str:
        """Why packets from `source` to `address` do not get past the interface; empty if they do."""
        ...

    def turned_away(self, source: str, address: str, /) -> str:
        """Why packets that arrive do not become an SSH session; empty if they do."""
        ...


def assumptions(device: Forwarder) -> Assumptions:
    """Note how the world is set up around a device that has just booted for the first time."""
    spec = device.spec
    address = spec.management_address or device.default_address()
    interface = device.interface_of(address) if address else None
    hop = device.next_hop(spec.station, interface.table if interface else "")
    attachment = device.port_name(spec.attachment) if spec.attachment else None
    untagged = {attachment: device.untagged_vlan(attachment)} if attachment else {}
    gateways = spec.gateways or (frozenset({hop}) if isinstance(hop, str) else frozenset[str]())
    return Assumptions(address, gateways, hop is None, untagged)
