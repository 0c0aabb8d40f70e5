"""One small lab estate for all engine tests: real SSH on loopback, a fresh set of switches for each module."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from trustctl.engines.network import Limits, NetworkConnector
from trustctl.engines.network.session import DeviceSession
from trustctl.engines.protocol import Endpoint, Target
from trustctl.lab.estate import Lab
from trustctl.lab.spec import DeviceSpec
from trustctl.platforms import platform
from trustctl.secrets.md5crypt import md5crypt

sys.path.insert(0, str(Path(__file__).parent))

from waiting import SECRET, MakeTarget

ROOT = Path(__file__).parents[2] / "templates"
PASSWORD = "Canary-Login-8374"
ENABLE = "Canary-Enable-2231"
USER = "netops"

ARCHIVE = "archive\n path flash:tc\n maximum 5\n"
BOOT = """\
version 15.2
service timestamps log datetime msec
!
hostname {name}
!
enable secret 5 {enable}
username {user} privilege {privilege} secret 5 {password}
!
vtp mode transparent
!
vlan 10
 name management
!
vlan 20
 name staff
!
interface GigabitEthernet1/0/1
 description a room
 switchport access vlan 20
 switchport mode access
!
interface GigabitEthernet1/0/48
 description to the core
 switchport mode trunk
!
interface Vlan10
 ip address 10.1.10.2 255.255.255.0
!
ip default-gateway 10.1.10.1
{archive}!
snmp-server location {location}
!
line con 0
line vty 0 4
 login local
 transport input ssh
line vty 5 15
 login local
 transport input ssh
!
end
"""


def boot(name: str, *, privilege: int = 15, archive: bool = True, location: str = "nowhere") -> str:
    """A boot configuration with one local user."""
    return BOOT.format(
        name=name,
        user=USER,
        privilege=privilege,
        enable=md5crypt(ENABLE, "enab"),
        password=md5crypt(PASSWORD, "logi"),
        archive=ARCHIVE if archive else "",
        location=location,
    )


def spec(name: str, serial: str, text: str | None = None, *, archive: bool = True) -> DeviceSpec:
    """A switch of the estate."""
    return DeviceSpec(name, "cisco_ios", serial=serial, boot=text or boot(name, archive=archive))


SPECS = (
    spec("lab-a", "FOC0000A001"),
    spec("lab-b", "FOC0000B001", archive=False),
    spec("lab-user", "FOC0000C001", boot("lab-user", privilege=1)),
    DeviceSpec(
        name="lab-stack",
        platform="cisco_ios",
        model="C9200L-24P-4G",
        serial="FOC0000D001",
        members=("C9200L-24P-4G", "C9200L-24P-4G"),
        boot=boot("lab-stack").replace("GigabitEthernet1/0/48", "GigabitEthernet1/0/24"),
    ),
)


@pytest.fixture(scope="module")
def estate() -> Iterator[Lab]:
    """Switches with archive, without, with a login that is not privileged, and a stack; a device minute is a second."""
    with Lab(SPECS, minute_seconds=1.0) as lab:
        yield lab


@pytest.fixture
def lab(estate: Lab) -> Iterator[Lab]:
    """The estate; faults are taken away after each test."""
    yield estate
    for name in estate.endpoints:
        estate.heal(name)


SHORT = Limits(
    connect_seconds=2.0,
    handshake_seconds=3.0,
    login_seconds=5.0,
    prompt_seconds=4.0,
    silence_seconds=2.0,
    line_seconds=3.0,
    command_seconds=8.0,
)
"""Bounds short enough to wait for in a test."""


@pytest.fixture
def connector() -> NetworkConnector:
    """The engine with short bounds."""
    return NetworkConnector(partial(platform, roots=[ROOT]), SHORT)


@pytest.fixture
def target(lab: Lab) -> Callable[..., Target]:
    """Makes the Target of a switch of the lab, adopted as it should be; keywords replace fields."""

    def make(name: str = "lab-a", **fields: object) -> Target:
        host, port = lab.endpoints[name]
        serial = next(each.serial for each in SPECS if each.name == name)
        base = Target(
            device=name,
            platform="cisco_ios",
            endpoint=Endpoint(host, port),
            username=USER,
            password=PASSWORD,
            enable=ENABLE,
            host_key=lab.host_key(name),
            serial=serial,
        )
        return replace(base, **fields)  # type: ignore[arg-type] - fields are named by the test

    return make


@pytest.fixture
def armed(lab: Lab, connector: NetworkConnector, target: MakeTarget) -> Iterator[DeviceSession]:
    """A session with a long timer armed; whatever the test did is rolled back afterwards."""
    session = connector.open(target(resolve=lambda name: {"radius/key": SECRET}[name]))
    session.preflight()
    session.arm(60)
    yield session
    session.abandon()
    lab.heal("lab-a")
    undo = connector.open(target(serial=None))
    if undo.timer().pending:
        undo.revert()
    undo.close()
