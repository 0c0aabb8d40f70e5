"""A cluster as the network sees it: one address, untagged or in a VLAN, and networks that the wire carries tagged."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING

from trustctl.lab.configuration import ConfigurationModel
from trustctl.lab.fabric import Fabric
from trustctl.lab.forwarding import Carriage, Interface, assumptions
from trustctl.lab.makes.aruba_instant.model.configuration import Configuration, load
from trustctl.lab.makes.aruba_instant.model.hiding import opens

if TYPE_CHECKING:
    from trustctl.lab.spec import DeviceSpec

ROOT, READER = 15, 1
"""Privileges: everything, and the accounts that may only look."""
_NATIVE = 1
"""The VLAN of untagged frames, as an access point counts it."""
_MASK = 24
"""Of the access points' own network, which they learn by DHCP and the configuration does not show."""
VERSION = "8.10.0.6"
_ASKED = "mgmt-auth-server "
_CLUSTER_KEY = re.compile(r"^virtual-controller-key (\S+)$", re.MULTILINE)


class InstantCluster(ConfigurationModel):
    """One cluster. `committed` is in effect; `stored` is what it boots with."""

    def __init__(self, spec: DeviceSpec) -> None:
        super().__init__(spec)
        self.committed = load(spec.boot)
        self.stored = self.committed.copied()
        self.suffered: list[str] = []
        """What clients noticed, oldest first."""
        self.assumed = assumptions(self)
        Fabric([self])

    @property
    def version(self) -> str:
        """As the first line of the configuration has it."""
        return self.spec.version or VERSION

    def running_text(self) -> str:
        """The configuration in effect, as it is printed."""
        return self.text()

    def text(self, configuration: Configuration | None = None, *, clear: bool = False) -> str:
        """A configuration as it is printed; the one in effect if none is given."""
        return (configuration or self.committed).text(f"{self.version}-{self.version[:6]}", self._key, clear=clear)

    @property
    def _key(self) -> str:
        """The cluster's own key: the one that it booted with, or one that it made up."""
        booted = _CLUSTER_KEY.search(self.spec.boot)
        return booted[1] if booted else (self.spec.base_mac.replace(".", "").replace(":", "").lower() * 4)[:50]

    def commit(self, wanted: Configuration, *, store: bool) -> None:
        """Bring a configuration into effect. Networks that change lose their clients for a moment."""
        before, after = self.committed.top, wanted.top
        moved = before.value("virtual-controller-country") != after.value("virtual-controller-country")
        for network in self.committed.of("wlan ssid-profile"):
            now = wanted.sections.get((network.kind, network.name))
            if now is None:
                self.suffered.append(f"{network.name}: gone, its clients lose their network")
            elif now != network or moved:
                self.suffered.append(f"{network.name}: its clients are cut off")
        self.committed = wanted
        if store:
            self.stored = wanted.copied()
        self.changed()

    def reload(self) -> None:
        """Boot with what is stored."""
        self.committed = self.stored.copied()

    # --- frames -----------------------------------------------------------------------------------------------------

    def port_name(self, written: str) -> str:
        """`eth0`."""
        return written.strip().lower()

    def enabled(self, port: str) -> bool:
        """Whether a wired port is plugged in."""
        return port not in {self.port_name(dark) for dark in self.spec.dark_ports}

    def port_up(self, port: str) -> bool:
        """Whether a port has link."""
        return self.enabled(port) and self.fabric.lit(self.spec.name, port)

    def carries(self, port: str, vlan: int) -> Carriage:
        """A wired port is a trunk that carries all VLANs, the access points' own untagged."""
        return Carriage.UNTAGGED if vlan == _NATIVE else Carriage.TAGGED

    def untagged_vlan(self, port: str) -> int | None:
        """The access points' own network."""
        return _NATIVE

    def forwards(self, vlan: int) -> bool:
        """Every VLAN."""
        return True

    # --- packets ----------------------------------------------------------------------------------------------------

    def _own(self) -> tuple[str, int, IPv4Network, str | None] | None:
        """The cluster's address, VLAN and network, and its router where the configuration names one."""
        address = self.committed.top.value("virtual-controller-ip") or (self.spec.management_address or "")
        if not address:
            return None
        words = self.committed.top.value("virtual-controller-vlan").split()
        if len(words) == 3:  # noqa: PLR2004 - VLAN MASK GATEWAY
            return address, int(words[0]), IPv4Network(f"{address}/{words[1]}", strict=False), words[2]
        return address, _NATIVE, IPv4Network(f"{address}/{_MASK}", strict=False), None

    def interface_of(self, address: str) -> Interface | None:
        """The bridge, for the cluster's own address."""
        own = self._own()
        return Interface("br0", own[1]) if own and own[0] == address else None

    def interface_towards(self, address: str, table: str) -> Interface | None:
        """The bridge, for addresses of its network."""
        own = self._own()
        return Interface("br0", own[1]) if own and IPv4Address(address) in own[2] else None

    def why_down(self, interface: Interface) -> str:
        """Why the bridge passes no packets."""
        return "" if self.port_up("eth0") else "eth0 has no link"

    def next_hop(self, destination: str, table: str) -> str | Interface | None:
        """The address itself in its own network, else the router: of the configuration, or as DHCP gave it."""
        own = self._own()
        if own is None:
            return None
        if IPv4Address(destination) in own[2]:
            return destination
        return own[3] or min(self.spec.gateways, default=str(own[2][1]))

    def default_address(self) -> str | None:
        """The cluster's own."""
        own = self._own()
        return own[0] if own else None

    # --- logins -----------------------------------------------------------------------------------------------------

    def filtered(self, interface: Interface, source: str, address: str) -> str:
        """Why the access points' own filter keeps a source out: it is in none of the networks that are named."""
        lines = [slot.split() for slot in self.committed.top.lines if slot.startswith("restricted-mgmt-access ")]
        allowed = [IPv4Network(f"{network}/{mask}", strict=False) for _, network, mask in lines]
        if not allowed or any(IPv4Address(source) in one for one in allowed):
            return ""
        return "restricted-mgmt-access does not name the station's network"

    def turned_away(self, source: str, address: str) -> str:
        """Why packets that arrive do not become an SSH session."""
        return "" if "terminal-access" in self.committed.top.lines else "terminal-access is off"

    def sign_in(self, user: str, password: str) -> int | None:
        """The privilege of a login: by the login servers, where some are named; else by the cluster's own accounts.

        A server that answers decides; the accounts count again only where none answers and the configuration says so
        (`mgmt-auth-server-local-backup`). That a refusal is not followed by the accounts is [unverified].
        """
        servers = [slot.split(" ", 1)[1].strip('"') for slot in self.committed.top.lines if slot.startswith(_ASKED)]
        addresses = {self.committed.sections["wlan auth-server", name].value("ip") for name in servers}
        if addresses & self.spec.radius_servers:
            known = any((one.user, one.password) == (user, password) for one in self.spec.radius_accounts)
            return ROOT if known else None
        if servers and "mgmt-auth-server-local-backup" not in self.committed.top.lines:
            return None
        return self._own_account(user, password)

    def _own_account(self, user: str, password: str) -> int | None:
        """The privilege of an account; a hash that is not the lab's own lets in whom the lab was told of."""
        line = self.committed.top.lines.get(f"hash-mgmt-user {user}")
        if line is None:
            return None
        words = line.text.split()
        privilege = READER if "usertype" in words else ROOT
        known = opens(words[words.index("hash") + 1], password)
        if known is None:
            known = any((one.user, one.password) == (user, password) for one in self.spec.local_accounts)
        return privilege if known else None
