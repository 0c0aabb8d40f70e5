"""What the show commands print, and the odds and ends of exec mode."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from typing_at import ACCESS, NAME, PASSWORD, Typist

from trustctl.lab.estate import Lab
from trustctl.lab.faults import Fault
from trustctl.lab.spec import DeviceSpec

Open = Callable[..., Typist]
RICH = ACCESS.replace(
    "interface Vlan1\n",
    """interface Port-channel4
 switchport mode trunk
!
interface GigabitEthernet1/0/3
 description a name that is too long for the table
 switchport access vlan 10
 switchport mode access
 switchport voice vlan 20
 shutdown
!
interface GigabitEthernet1/0/10
 switchport mode trunk
 channel-group 4 mode active
!
interface GigabitEthernet1/0/11
 switchport mode trunk
 channel-group 4 mode active
!
interface Vlan1
""",
).replace(
    "lldp run\n",
    """lldp run
spanning-tree mode rapid-pvst
spanning-tree extend system-id
spanning-tree portfast bpduguard default
spanning-tree vlan 10,99 priority 4096
clock timezone GMT 0 0
ntp server 10.20.99.2
""",
)
SHOWS = [
    ("show clock", ["13:00:0", "GMT Sat May 1 2027"]),
    ("show privilege", ["Current privilege level is 15"]),
    ("show users", ["*  1 vty 0    admin      idle"]),
    (
        "show version",
        ["Version 15.2(7)E8", "Processor board ID FOC1111A111", f"{NAME} uptime is 0 minutes", "power-on"],
    ),
    ("show version", ["Model number                    : WS-C2960X-48FPS-L", "*    1 52", "     2 28", "Switch 02"]),
    ("show inventory", ["SN: FOC1111A111", 'NAME: "2", DESCR: "WS-C2960X-24PS-L"', "PID: WS-C2960X-24PS-L  , VID"]),
    ("show switch", ["*1        Master   0011.2233.4400     15", " 2        Member   0011.2233.4480     14"]),
    ("show boot", ["BOOT path-list      : flash:/c2960x-universalk9-mz.152-7.E8.bin"]),
    ("show reload", ["No reload is scheduled."]),
    ("show logging", ["Log Buffer (4096 bytes):"]),
    ("show archive", ["The next archive file will be named flash:tc-elder-sw-01-May--1-13-00-0"]),
    ("show archive config rollback timer", ["%No Rollback Confirmed Change pending"]),
    ("show vlan brief", ["10   STAFF                            active    Gi1/0/1, Gi1/0/3", "1002 fddi-default"]),
    ("show vlan id 99", ["99   MGMT", "99   enet  100099"]),
    ("show vlan id 98", ["VLAN id 98 not found in current VLAN database"]),
    ("show vtp status", ["VTP Operating Mode                : Transparent", "Number of existing VLANs          : 7"]),
    ("show interfaces status", ["Gi1/0/3   a name that is too disabled     10           auto   auto"]),
    ("show interfaces status", ["Gi1/0/48  uplink             connected    trunk"]),
    ("show interfaces Gi1/0/1 status", ["Gi1/0/1   desk in the office connected    10"]),
    ("show interfaces trunk", ["Po4         on               802.1q         trunking      1", "Gi1/0/48    10,99"]),
    ("show interfaces gi1/0/3 switchport", ["Administrative Mode: static access", "Voice VLAN: 20 (Inactive)"]),
    ("show interfaces gi1/0/48 switchport", ["Operational Mode: trunk", "Trunking VLANs Enabled: 10,99"]),
    ("show interfaces description", ["Gi1/0/3                        admin down     down"]),
    (
        "show interfaces GigabitEthernet 1/0/1",
        ["is up, line protocol is up (connected)", "Description: desk in the office"],
    ),
    ("show interfaces gi1/0/3", ["is administratively down, line protocol is down (disabled)"]),
    ("show interfaces gi9/0/1", ["% Invalid input detected"]),
    ("show ip interface brief", ["Vlan99                 10.20.99.5      YES NVRAM  up                    up"]),
    ("show ip route", ["Default gateway is 10.20.99.1"]),
    ("show ip ssh", ["SSH Enabled - version 2.0"]),
    ("show hosts", ["Default domain is elder.example"]),
    ("show ntp status", ["Clock is synchronized, stratum 3, reference is 10.20.99.2"]),
    ("show ntp associations", ["*~10.20.99.2"]),
    ("show power inline", ["Gi1/0/1   auto   off"]),
    ("show etherchannel summary", ["4      Po4(SU)       LACP        Gi1/0/10(P) Gi1/0/11(P)"]),
    ("show mac address-table", ["Total Mac Addresses for this criterion: 0"]),
    ("show lldp neighbors", ["Total entries displayed: 0"]),
    ("show cdp neighbors", ["Total cdp entries displayed : 0"]),
    ("show spanning-tree summary", ["Switch is in rapid-pvst mode", "PortFast BPDU Guard Default  is enabled"]),
    ("show spanning-tree root", ["VLAN0010          4106 0011.2233.4400"]),
    (
        "show spanning-tree vlan 10",
        ["VLAN0010", "enabled protocol rstp", "(priority 4096 sys-id-ext 10)", "This bridge is the root"],
    ),
    ("show spanning-tree vlan 4000", ["No spanning tree instance exists."]),
    ("show startup-config", ["Using ", " out of 524288 bytes", "hostname elder-sw-01"]),
    ("show running-config interface vlan 99", ["!\r\ninterface Vlan99\r\n ip address 10.20.99.5 255.255.255.0\r\nend"]),
    ("show running-config vlan 10", ["vlan 10\r\n name STAFF"]),
    ("show running-config interface Gi7/0/1", ["% Invalid input detected"]),
    ("show running-config | count ^vlan", ["Number of lines which match regexp = 2"]),
    ("show switch virtual", ["% Invalid input detected"]),
    ("write terminal", ["Building configuration...", "Current configuration :"]),
    ("more nvram:startup-config", ["hostname elder-sw-01"]),
    ("dir nvram:", ["startup-config"]),
    ("dir tftp:", ["%Error opening tftp:"]),
    ("verify /md5 flash:none", ["%Error opening flash:/none (No such file or directory)"]),
    ("terminal monitor", []),
    ("terminal no monitor", []),
    ("terminal no length", []),
    ("clear mac address-table dynamic", []),
    ("ping nowhere.example", ["% Unrecognized host or address"]),
    ("configure confirm", ["%No Rollback Confirmed Change pending"]),
    ("configure revert now", ["%No Rollback Confirmed Change pending"]),
    ("configure terminal revert timer 121", ["% Invalid input detected"]),
    ("configure revert", ["% Incomplete command."]),
    ("reload cancel", ["%No reload is scheduled."]),
    ("reload in 0", ["% Invalid input detected"]),
    ("reload at", ["% Invalid input detected"]),
]


@pytest.fixture(scope="module")
def rich() -> Iterator[Typist]:
    """Somebody at a stack of two with a bundle, a voice port and a root bridge."""
    spec = DeviceSpec(
        NAME,
        "cisco_ios",
        serial="FOC1111A111",
        boot=RICH,
        attachment="Gi1/0/48",
        members=("WS-C2960X-48FPS-L", "WS-C2960X-24PS-L"),
    )
    with Lab([spec], started=datetime(2027, 5, 1, 13, tzinfo=UTC)) as lab:
        one = Typist(lab.endpoints[NAME][1], "admin", PASSWORD)
        one.until(b"#")
        yield one
        one.transport.close()


@pytest.mark.parametrize(("command", "expected"), SHOWS, ids=[command for command, _ in SHOWS])
def test_show(rich: Typist, command: str, expected: list[str]) -> None:
    """Each command prints what a switch in that state would."""
    prompt = f"\r\n{NAME}#".encode()
    rich.type(b"terminal length 0\n", prompt)
    shown = rich.type(f"{command}\n".encode(), prompt).decode()
    for text in expected:
        assert text in shown
    if not expected:
        assert shown == f"{command}\r\n{NAME}#"


def test_iosxe_tells_its_version_in_its_own_way(spec: DeviceSpec) -> None:
    """The two families of images differ where their software does."""
    with Lab([DeviceSpec(NAME, "cisco_ios", "C9300-48P", "FOC1111A111", boot=ACCESS)]) as lab:
        one = Typist(lab.endpoints[NAME][1], "admin", PASSWORD)
        one.until(b"#")
        one.type(b"terminal length 0\n")
        shown = one.type(b"show version\n", b"Configuration register is 0x102").decode()
        assert "Cisco IOS XE Software, Version 17.09.04a\r\n" in shown
        assert "\r\nBase Ethernet MAC Address          : 00:11:22:33:44:00\r\n" in shown
        assert "INSTALL" in shown
        assert b"Switch mode                  : Standalone" in one.type(b"show switch virtual\n", b"alone")
        one.transport.close()


def test_a_stack_member_may_be_lost(spec: DeviceSpec) -> None:
    """`show switch` says which one."""
    stack = DeviceSpec(NAME, "cisco_ios", boot=ACCESS, members=("WS-C2960X-48FPS-L", "WS-C2960X-24PS-L"))
    with Lab([stack]) as lab:
        lab.break_(NAME, Fault.parse("lost-member=2"))
        one = Typist(lab.endpoints[NAME][1], "admin", PASSWORD)
        one.until(b"#")
        assert b" 2        Member   0000.0000.0000      0      V01     Removed" in one.type(
            b"show switch\n", b"Removed"
        )
        one.transport.close()


def test_log_lines_reach_those_who_ask(lab: Lab, typist: Open) -> None:
    """`terminal monitor` prints log lines where the cursor is."""
    asks, silent = typist(), typist("second", "other-horse")
    asks.type(b"terminal monitor\n")
    lab.device_edit(NAME, ["vlan 20"])
    assert b"%SYS-5-CONFIG_I: Configured from console by console" in asks.until(b"by console")
    assert silent.quiet() == b""


def test_clearing_a_line_ends_its_session(typist: Open) -> None:
    """A colleague can end a session; nobody else's goes."""
    first, second = typist(), typist("second", "other-horse")
    second.type(b"clear line vty 0\n", b"[confirm]")
    assert b"[OK]" in second.type(b"\n")
    assert first.closed()
    second.type(b"show clock\n")


def test_help(typist: Open) -> None:
    """`?` lists the keywords that fit and brings the line back."""
    one = typist()
    shown = one.type(b"show arch?", NAME.encode() + b"#show arch").decode()
    assert "archive" in shown
    assert "show clock" not in shown


def test_configure_asks_from_where(typist: Open) -> None:
    """`configure` alone takes Enter for the terminal."""
    one = typist()
    one.type(b"configure\n", b"[terminal]? ")
    assert one.type(b"\n", b"(config)#").endswith(b"(config)#")


def test_no_enable_secret(lab: Lab, typist: Open) -> None:
    """Without a secret nobody enables from a vty."""
    lab.device_edit(NAME, ["no enable secret"])
    assert b"% No password set" in typist("reader", "only-looking", prompt=b">").type(b"enable\n", b">")


def test_all_lines_taken(typist: Open) -> None:
    """A seventeenth session finds no vty."""
    for _ in range(16):
        typist()
    with pytest.raises(Exception, match=r"(?i)channel|closed|rejected|b''"):
        typist()


def test_a_file_with_a_banner_and_an_error(lab: Lab, typist: Open) -> None:
    """`copy FILE running-config` takes blocks whole, prints errors and goes on."""
    one = typist()
    one.type(b"tclsh\n", b"(tcl)#")
    one.channel.sendall(
        b'puts [open "flash:f" w+] {banner motd #\rno vlan 10\r#\rnonsense\rvlan 20\r name LAST\rend\rvlan 21}\n'
    )
    one.until(b"(tcl)#")
    one.type(b"tclquit\n", NAME.encode() + b"#")
    one.type(b"copy flash:f running-config\n", b"? ")
    assert b"% Invalid input detected" in one.type(b"\n", b"bytes/sec)")
    running = lab.running(NAME)
    assert "\nbanner motd ^C\nno vlan 10\n^C\n" in running
    assert "\nvlan 10\n" in running
    assert "\nvlan 20\n name LAST\n" in running
    assert "vlan 21" not in running


def test_incremental_differences(lab: Lab, typist: Open) -> None:
    """Only the lines of the file that are not in force yet are listed."""
    one = typist()
    one.type(b"tclsh\n", b"(tcl)#")
    one.channel.sendall(
        b'puts [open "flash:f" w+] {int gi1/0/1\r switchport access vlan 10\r description new\rno lldp run}\n'
    )
    one.until(b"(tcl)#")
    one.type(b"tclquit\n", NAME.encode() + b"#")
    shown = one.type(b"show archive config incremental-diffs flash:f ignorecase\n", b"\r\nend\r\n").decode()
    assert shown.endswith(
        "!List of Commands:\r\ninterface GigabitEthernet1/0/1\r\n description new\r\nno lldp run\r\nend\r\n"
    )
