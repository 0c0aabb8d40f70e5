"""The network engine conforms: on the lab's switches whose timer takes a change back (tier A)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from suite import Conformance, Ground

from trustctl.config import digest, read
from trustctl.engines.network import NetworkConnector
from trustctl.engines.protocol import Endpoint, Target
from trustctl.lab.estate import Lab
from trustctl.lab.spec import DeviceSpec
from trustctl.platforms import platform
from trustctl.secrets.md5crypt import md5crypt

ROOT = Path(__file__).parents[2] / "templates"
USER, PASSWORD = "netops", "Canary-Login-8374"
NAME = "oak-sw-01"
BOOT = f"""\
version 15.2
hostname {NAME}
username {USER} privilege 15 secret 5 {md5crypt(PASSWORD, "logi")}
vtp mode transparent
vlan 10
 name management
interface GigabitEthernet1/0/48
 switchport mode trunk
interface Vlan10
 ip address 10.1.10.2 255.255.255.0
ip default-gateway 10.1.10.1
archive
 path flash:tc
 maximum 5
line vty 0 15
 login local
 transport input ssh
end
"""
CHANGE = "vlan 40"


@dataclass(frozen=True)
class LabWitness:
    """Looks into the simulated switch."""

    lab: Lab

    def changed(self) -> bool:
        """Whether the VLAN is there."""
        return f"\n{CHANGE}\n" in self.lab.running(NAME)

    def logins(self) -> int:
        """Sign-ins, refused ones included."""
        counted = self.lab.counters(NAME)
        return counted["logins"] + counted["failed_logins"]

    def tidy(self) -> None:
        """Roll back what waits, and remove the VLAN."""
        session = CONNECTOR.open(_target(self.lab))
        if session.timer().pending:
            session.revert()
        session.close()
        if self.changed():
            self.lab.device_edit(NAME, [f"no {CHANGE}"])
            self.lab.console_save(NAME)


PLATFORM = platform("cisco_ios", [ROOT])
CONNECTOR = NetworkConnector(partial(platform, roots=[ROOT]))


def _target(lab: Lab) -> Target:
    host, port = lab.endpoints[NAME]
    key = lab.host_key(NAME)
    return Target(NAME, "cisco_ios", Endpoint(host, port), USER, PASSWORD, host_key=key, serial="FOC0000A001")


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """One switch with `archive`; a device minute is a second."""
    with Lab([DeviceSpec(NAME, "cisco_ios", serial="FOC0000A001", boot=BOOT)], minute_seconds=1.0) as made:
        yield made


class TestNetworkEngine(Conformance):
    """The suite on an IOS switch."""

    @pytest.fixture
    def ground(self, lab: Lab) -> Ground:
        """A VLAN comes; a port mode that no switch has is refused."""
        return Ground(
            connector=CONNECTOR,
            target=_target(lab),
            witness=LabWitness(lab),
            units=((CHANGE,), ("exit",)),
            shown=f"\n{CHANGE}\n",
            refused=((CHANGE,), ("exit",), ("interface GigabitEthernet1/0/48",), ("switchport mode bogus",)),
            says="Invalid input",
            secret=("radius-server key <secret:radius/key>",),
            reaches="10.1.10.1",
            nowhere="10.1.10.99",
            meaning=lambda text: digest(read(text, PLATFORM.rulebook, where=NAME)),
        )
