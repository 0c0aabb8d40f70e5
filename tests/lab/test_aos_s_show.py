"""What AOS-S switches show: one line for each `show` command, and what it must say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typing_at import Typist

from trustctl.lab.estate import Lab
from trustctl.lab.faults import Fault
from trustctl.lab.spec import Account, DeviceSpec

DATA = Path(__file__).parent / "data"
PASSWORD = "correct-horse"


HOSTS = {"single": "elder-sw-11", "stack": "elder-stack", "chassis": "elder-core"}


def _open(lab: Lab, name: str) -> Typist:
    """Somebody at a terminal of 400 rows, so that nothing stops at a page."""
    one = Typist(lab.endpoints[name][1], "admin", PASSWORD, rows=400)
    one.until(b"any key to continue")
    one.type(b" ", _prompt(name))
    return one


def _prompt(name: str) -> bytes:
    return f"{HOSTS[name]}# \x1b[400;1H".encode()


def _ask(one: Typist, name: str, command: str) -> str:
    return one.type(command.encode() + b"\n", _prompt(name)).replace(b"\r\n", b"\n").decode()


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """A switch of its own, a stack and a chassis; the last two hide their password, or have none."""
    hidden = (Account("admin", PASSWORD),)
    specs = [
        DeviceSpec("single", "aruba_aos_s", serial="CN01FP47X1", boot=(DATA / "aos_s_2530.cfg").read_text()),
        DeviceSpec(
            "stack",
            "aruba_aos_s",
            serial="SG02KQX0A1",
            boot=(DATA / "aos_s_stack.cfg").read_text(),
            local_accounts=hidden,
        ),
        DeviceSpec("chassis", "aruba_aos_s", serial="SG03KQX0B2", boot=(DATA / "aos_s_5406.cfg").read_text()),
    ]
    with Lab(specs, started=datetime(2027, 5, 1, 13, tzinfo=UTC)) as running:
        yield running


@pytest.mark.parametrize(
    ("name", "command", "words"),
    [
        ("single", "show version", ["Image stamp:", "YA.16.11.0026", "Boot ROM Version:    YA.15.20"]),
        (
            "single",
            "show system",
            ["Serial Number      : CN01FP47X1", "System Name        : elder-sw-11", "IT support"],
        ),
        ("single", "show running-config", ["Running configuration:", "; J9773A Configuration Editor", 'name "PUPIL"']),
        ("single", "show running-config interface 1", ['name "Reception desk"', "untagged vlan 10"]),
        ("single", "show running-config vlan 99", ["ip address 10.20.99.11 255.255.255.0"]),
        ("single", "show config", ["Startup configuration: 1", "; J9773A"]),
        ("single", "show config files", [" *   *   * ", "config"]),
        ("single", "show config status", ["is the same as"]),
        ("single", "show vlans", ["Maximum VLANs to support : 256", "  10      PUPIL   ", "Port-based No    No"]),
        ("single", "show vlans 10", ["VLAN Information - VLAN 10", "Trk1             Tagged   Learn", "1  "]),
        ("single", "show vlans ports 1,Trk1", ["for ports 1,Trk1", "PUPIL", "MGMT"]),
        ("single", "show vlans ports 1 detail", ["Port name: Reception desk", "10      PUPIL", "Untagged"]),
        (
            "single",
            "show interfaces brief",
            ["23-Trk1", "| No        Yes     Up", "5         100/1000T  | No        No"],
        ),
        ("single", "show interfaces status", ["23-Trk1", "Recepti...", "multi"]),
        ("single", "show interfaces 1", ["Port Counters for port 1", "Link Status      : Up"]),
        ("single", "show interfaces", ["Port Counters", "Drops Tx"]),
        ("single", "show trunks", ["  23     |", "Trk1  LACP"]),
        ("single", "show power-over-ethernet brief", ["Searching"]),
        ("single", "show ip", ["Default Gateway : 10.20.99.254", "MGMT                 | Manual     10.20.99.11"]),
        ("single", "show ip route", ["10.20.99.0/24", "connected"]),
        ("single", "show arp", ["IP ARP table", "10.20.99.254"]),
        ("single", "show time", ["Sat May  1 13:"]),
        ("single", "show spanning-tree", ["STP Enabled   : Yes", "Switch Priority    : 36864"]),
        ("single", "show authentication", ["SSH             | Radius     Local"]),
        ("single", "show ip ssh", ["SSH Enabled     : Yes"]),
        ("single", "show dhcp-snooping", ["Enabled VLANs              : 10,20", "Trusted Ports              : Trk1"]),
        ("single", "show loop-protect", ["Loop Protected Ports       : 1-22"]),
        ("single", "show radius", ["10.20.5.10"]),
        ("single", "show snmp-server", ["public", "Operator"]),
        ("single", "show job", ["Scheduler Status : Running"]),
        ("single", "show reload", ["No reload is scheduled"]),
        ("single", "show cfg-restore status", ["Status                 : Not Started"]),
        ("single", "show lldp info local-device", ["System Name  : elder-sw-11", "LLDP Port Information"]),
        ("single", "show stacking", ["Stacking is disabled."]),
        ("single", "show logging", ["Events Listed"]),
        ("single", "show flash", ["Default Boot     : Primary"]),
        ("single", "ping 10.20.99.254 repetitions 3", ["3 packets transmitted, 3 packets received, 0% packet loss"]),
        ("single", "ping 10.20.98.1", ["is alive"]),
        (
            "stack",
            "show stacking",
            ["Aruba JL320A 2930M-24G-PoE+ Switch", "Commander", "Standby", "Stack Status     : Active"],
        ),
        ("stack", "show system", ["VSF-Member :2", "Serial Number      : SG02KQX0A1"]),
        ("chassis", "show modules", ["5406Rzl2 J9850A", "SG03KQX0B2", "HP J9536A module"]),
        ("chassis", "show interfaces brief A22", ["A22"]),
        ("chassis", "show ip", ["IP Routing : Enabled"]),
    ],
)
def test_show(lab: Lab, name: str, command: str, words: list[str]) -> None:
    """Each command says what it is asked for."""
    one = _open(lab, name)
    seen = _ask(one, name, command)
    for each in words:
        assert each in seen, seen
    one.transport.close()


def test_a_member_may_be_lost(lab: Lab) -> None:
    """A lost member shows as missing, and its part of `show system` is gone."""
    lab.break_("stack", Fault.parse("lost-member=2"))
    one = _open(lab, "stack")
    assert "Missing" in _ask(one, "stack", "show stacking")
    assert "VSF-Member :2" not in _ask(one, "stack", "show system")
    lab.heal("stack")
    one.transport.close()
