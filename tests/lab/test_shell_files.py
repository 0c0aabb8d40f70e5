"""Flash, copying, the archive and its rollback timer, as a user sees them."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterator

import paramiko
import pytest
from typing_at import ACCESS, NAME, PASSWORD, Typist

from trustctl.lab.estate import Lab
from trustctl.lab.faults import Fault
from trustctl.lab.spec import DeviceSpec

Open = Callable[..., Typist]
DATA = bytes(range(256)) * 300


def wait_for(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Whether something comes true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.01)
    return False


@pytest.fixture
def scp(lab: Lab) -> Iterator[Callable[[str], paramiko.Channel]]:
    """Opens an exec channel for one side of an scp."""
    opened: list[Typist] = []

    def one(command: str) -> paramiko.Channel:
        opened.append(Typist(lab.endpoints[NAME][1], "admin", PASSWORD))
        channel = opened[-1].transport.open_session()
        channel.settimeout(5)
        channel.exec_command(command)
        return channel

    yield one
    for each in opened:
        each.transport.close()


def test_scp_is_exact_to_the_byte(lab: Lab, scp: Callable[[str], paramiko.Channel]) -> None:
    """What is put there comes back the same, whatever bytes it has."""
    sink = scp("scp -t flash:/blob.bin")
    assert sink.recv(1) == b"\0"
    sink.sendall(f"C0644 {len(DATA)} blob.bin\n".encode())
    assert sink.recv(1) == b"\0"
    sink.sendall(DATA + b"\0")
    assert sink.recv(1) == b"\0"
    assert sink.recv_exit_status() == 0
    assert lab.file(NAME, "flash:/blob.bin") == DATA
    source = scp("scp -f flash:/blob.bin")
    source.sendall(b"\0")
    header = source.recv(100)
    assert header == f"C0644 {len(DATA)} blob.bin\n".encode()
    source.sendall(b"\0")
    got = b""
    while len(got) < len(DATA) + 1:
        got += source.recv(65_536)
    source.sendall(b"\0")
    assert got == DATA + b"\0"
    assert source.recv_exit_status() == 0


def test_scp_needs_the_server(lab: Lab, scp: Callable[[str], paramiko.Channel]) -> None:
    """Without `ip scp server enable` nothing is taken."""
    lab.device_edit(NAME, ["no ip scp server enable"])
    sink = scp("scp -t flash:/x")
    assert sink.recv(100) == b"\x01Administratively disabled.\n"
    assert sink.recv_exit_status() == 1


def test_files(lab: Lab, typist: Open) -> None:
    """A file made by Tcl is listed, shown, digested, copied and deleted."""
    one = typist()
    one.type(b"tclsh\n", b"(tcl)#")
    one.channel.sendall(b'puts [open "flash:note.txt" w+] {vlan 40\r name GUEST}\n')
    one.until(b"(tcl)#")
    one.type(b"tclquit\n", NAME.encode() + b"#")
    wanted = b"vlan 40\n name GUEST\n"
    assert lab.file(NAME, "note.txt") == wanted
    assert re.search(rb"-rw- +20 .* note\.txt", one.type(b"dir flash:\n", b"free)"))
    assert b"Directory of flash:/note.txt" in one.type(b"dir flash:/note.txt\n", b"free)")
    assert b"vlan 40\r\n name GUEST\r\n" in one.type(b"more flash:note.txt\n", b"GUEST\r\n")
    digest = hashlib.md5(wanted, usedforsecurity=False).hexdigest().encode()
    assert b"verify /md5 (flash:/note.txt) = " + digest in one.type(b"verify /md5 flash:/note.txt\n", digest)
    one.type(b"copy flash:/note.txt running-config\n", b"Destination filename [running-config]? ")
    assert b"20 bytes copied in" in one.type(b"\n", b"bytes/sec)")
    assert "\nvlan 40\n name GUEST\n" in lab.running(NAME)
    one.type(b"delete flash:note.txt\n", b"[note.txt]? ")
    one.type(b"\n", b"[confirm]")
    one.type(b"\n")
    assert b"%Error opening flash:/note.txt (No such file or directory)" in one.type(b"more flash:note.txt\n", b"ory)")


def test_copying_over_a_file_asks(typist: Open) -> None:
    """An existing file is not overwritten unasked."""
    one = typist()
    for confirmed in (False, True):
        one.type(b"copy running-config flash:backup\n", b"Destination filename [backup]? ")
        shown = one.type(b"\n", b"[confirm]" if confirmed else b"bytes/sec)")
        assert (b"already existing" in shown) is confirmed
    assert b"bytes copied" in one.type(b"\n", b"bytes/sec)")


def test_a_full_flash_says_so(lab: Lab, typist: Open) -> None:
    """Nothing is written where nothing is free."""
    lab.break_(NAME, Fault.parse("flash-full"))
    one = typist()
    assert b"(0 bytes free)" in one.type(b"dir\n", b"free)")
    one.type(b"copy running-config flash:backup\n", b"? ")
    assert b"%Error opening flash:backup (No space left on device)" in one.type(b"\n")
    assert b"No space left" in one.type(b"conf t revert timer 5\n", NAME.encode() + b"#")


def test_differences(lab: Lab, typist: Open) -> None:
    """The contextual difference between startup and running, and none when they are equal."""
    one = typist()
    one.type(b"write\n", b"[OK]")
    assert b"!No changes were found" in one.type(b"show archive config differences\n", b"found\r\n")
    lab.device_edit(NAME, ["interface Gi1/0/1", "description moved", "vlan 50", "no lldp run"])
    shown = one.type(b"show archive config differences\n", b"\r\n\r\n").decode()
    assert "\r\ninterface GigabitEthernet1/0/1\r\n +description moved\r\n -description desk in the office\r\n" in shown
    assert "\r\n+vlan 50\r\n" in shown
    assert "\r\n-lldp run\r\n" in shown


def test_the_archive(lab: Lab, typist: Open) -> None:
    """`archive config` keeps copies, the newest is marked, the oldest goes."""
    one = typist()
    for _ in range(6):
        one.type(b"archive config\n")
    shown = one.type(b"show archive\n", b"\r\n" + NAME.encode() + b"#").decode()
    assert "The maximum archive configurations allowed is 5." in shown
    assert "There are currently 5 archive configurations saved." in shown
    assert len(re.findall(r"flash:tc-elder-sw-01-\S+", shown)) == 6
    newest = re.search(r"flash:(\S+) <- Most Recent", shown)
    assert newest
    assert lab.file(NAME, newest[1]).decode() == lab.running(NAME)


def test_without_an_archive(lab: Lab, typist: Open) -> None:
    """The switch says that the feature is off and arms nothing."""
    lab.device_edit(NAME, ["no archive"])
    one = typist()
    assert b"Archive feature not enabled" in one.type(b"show archive\n", b"enabled\r\n")
    shown = one.type(b"configure terminal revert timer 5\n", b"Confirmed Change")
    assert b"config archive on before using Rollback Confirmed Change" in shown


def test_arming_and_expiry(lab: Lab, typist: Open) -> None:
    """The timer goes back to the state before, warns on the way, and logs each step."""
    before = lab.running(NAME)
    one = typist()
    shown = one.type(b"configure terminal revert timer 5\n", b"(config)#").decode()
    backup = re.search(r"Rollback Confirmed Change: Backing up current running config to flash:(\S+)", shown)
    assert backup
    assert lab.file(NAME, backup[1]).decode() == before
    one.type(b"no vlan 10\n", b"(config)#")
    one.type(b"vlan 60\n", b"(config-vlan)#")
    assert lab.running(NAME) != before
    assert b"Rollback will begin in one minute" in one.until(b"one minute.")
    assert b"Rollback Done" in one.until(b"Rollback Done")
    assert lab.running(NAME) == before
    events = re.findall(r"%ARCHIVE_DIFF-5-ROLLBK_CNFMD_CHG_(\w+):", "\n".join(lab.syslog(NAME)))
    assert events == ["BACKUP", "START_ABSTIMER", "WARNING_ABSTIMER", "ROLLBACK_START"]


def test_only_the_arming_user_confirms(lab: Lab, typist: Open) -> None:
    """A colleague can neither confirm nor revert nor arm a second timer; the owner can, from a new session."""
    owner, other = typist(), typist("second", "other-horse")
    owner.type(b"configure terminal revert timer 50\n", b"(config)#")
    owner.type(b"vlan 60\n", b"(config-vlan)#")
    owner.transport.close()
    assert b"\r\n%" in other.type(b"configure confirm\n", b"\r\n" + NAME.encode() + b"#")
    assert b"\r\n%" in other.type(b"configure revert now\n", b"\r\n" + NAME.encode() + b"#")
    assert b"already pending" in other.type(b"configure terminal revert timer 5\n", b"\r\n" + NAME.encode() + b"#")
    assert b"User: admin\r\n" in other.type(b"show archive config rollback timer\n", b"admin\r\n")
    again = typist()
    again.type(b"configure revert timer 60\n")
    assert b"Timer value: 60 min" in again.type(b"show archive config rollback timer\n", b"min\r\n")
    again.type(b"configure confirm\n")
    assert b"%No Rollback Confirmed Change pending" in again.type(b"configure confirm\n", b"pending\r\n")
    assert "\nvlan 60\n" in lab.running(NAME)


def test_reverting_at_once(lab: Lab, typist: Open) -> None:
    """`configure revert now` gives back the text of before."""
    before = lab.running(NAME)
    one = typist()
    one.type(b"configure terminal revert timer 50\n", b"(config)#")
    one.type(b"vlan 60\n", b"(config-vlan)#")
    one.type(b"end\n")
    assert b"Rollback Done" in one.type(b"configure revert now\n", b"Rollback Done")
    assert lab.running(NAME) == before


def test_a_rollback_that_skips_lines(lab: Lab, typist: Open) -> None:
    """With the fault in force the rollback leaves those lines alone, both new and gone."""
    lab.break_(NAME, Fault.parse("rollback-skips=description"))
    one = typist()
    one.type(b"configure terminal revert timer 50\n", b"(config)#")
    for line in (b"interface Gi1/0/1", b"description wrong", b"shutdown", b"interface Gi1/0/48", b"no description"):
        one.type(line + b"\n", b")#")
    one.type(b"end\n")
    one.type(b"configure revert now\n", b"Rollback Done")
    after = lab.running(NAME)
    assert "interface GigabitEthernet1/0/1\n description wrong\n switchport access vlan 10\n" in after
    assert "shutdown\n" not in after[after.index("GigabitEthernet1/0/1\n") :][:120]
    assert "description uplink" not in after


def test_replace(lab: Lab, typist: Open) -> None:
    """`configure replace` asks, and makes running equal to the file; what is no configuration is refused."""
    one = typist()
    one.type(b"copy running-config flash:good\n", b"? ")
    one.type(b"\n", b"bytes/sec)")
    before = lab.running(NAME)
    lab.device_edit(NAME, ["no vlan 10", "vlan 70"])
    one.type(b"configure replace flash:good\n", b"? [no]: ")
    assert b"Rollback Done" in one.type(b"yes\n", b"Rollback Done")
    assert lab.running(NAME) == before
    one.type(b"tclsh\n", b"(tcl)#")
    one.type(b'puts [open "flash:bad" w+] {hello}\n', b"(tcl)#")
    one.type(b"exit\n")
    assert b"not a valid config file" in one.type(b"configure replace flash:bad force\n", b"file.")
    assert b"No such file" in one.type(b"configure replace flash:none force\n", b"ory)")
    assert lab.running(NAME) == before


def test_reload_in(lab: Lab, typist: Open) -> None:
    """The dialogue of a scheduled reload, its notices and calling it off."""
    lab.device_edit(NAME, ["vlan 60"])
    one = typist()
    assert b"No reload is scheduled" in one.type(b"show reload\n", b"scheduled.")
    one.type(b"reload in 100\n", b"System configuration has been modified. Save? [yes/no]: ")
    shown = one.type(b"no\n", b"Proceed with reload? [confirm]")
    assert b"Reload scheduled in 1 hour and 40 minutes by admin on vty0" in shown
    one.type(b"\n")
    assert b"Reload scheduled in 1 hour and 3" in one.type(b"show reload\n", b"Reload Command")
    one.type(b"reload cancel\n", b"*** --- SHUTDOWN ABORTED ---")
    assert b"No reload is scheduled" in one.type(b"show reload\n", b"scheduled.")
    assert "\nvlan 60\n" in lab.running(NAME)


def test_a_reload_loses_what_was_not_saved(lab: Lab, typist: Open) -> None:
    """The scheduled reload happens: sessions end, startup runs, the reason is shown."""
    saved = lab.running(NAME)
    lab.console_save(NAME)
    lab.device_edit(NAME, ["hostname somebody-elses"])
    one = Typist(lab.endpoints[NAME][1], "admin", PASSWORD)
    one.until(b"somebody-elses#")
    one.type(b"reload in 2\n", b"[yes/no]: ")
    one.type(b"no\n", b"[confirm]")
    one.type(b"\n")
    assert b"SHUTDOWN in 0:01:00" in one.until(b"0:01:00 ---")
    assert one.closed()
    assert wait_for(lambda: lab.reachable(NAME).ok)
    assert lab.running(NAME) == saved
    again = typist()
    again.type(b"terminal length 0\n")
    assert b"Last reload reason: Reload Command" in again.type(b"show version\n", b"Configuration register")


@pytest.fixture
def linked() -> Iterator[Lab]:
    """An edge switch behind the access switch, and one more that stands alone."""
    edge = ACCESS.replace("elder-sw-01", "elder-sw-02").replace("10.20.99.5", "10.20.99.6")
    specs = [
        DeviceSpec(NAME, "cisco_ios", boot=ACCESS.replace("Gi1/0/1\n", "Gi1/0/1\n"), attachment="Gi1/0/48"),
        DeviceSpec("elder-sw-02", "cisco_ios", boot=edge, gateways=frozenset({"10.20.99.1"})),
        DeviceSpec("alone", "cisco_ios", boot=ACCESS, attachment="Gi1/0/48"),
    ]
    trunk = ["interface Gi1/0/47", "switchport trunk allowed vlan 10,99", "switchport mode trunk"]
    with Lab(specs, links=[(NAME, "Gi1/0/47", "elder-sw-02", "Gi1/0/48")], minute_seconds=0.2) as running:
        running.device_edit(NAME, trunk)
        yield running


def test_neighbours(linked: Lab) -> None:
    """Both ends of a cable see each other by LLDP and CDP; a port that is shut down is seen by nobody."""
    one = Typist(linked.endpoints[NAME][1], "admin", PASSWORD)
    one.until(b"#")
    one.type(b"terminal length 0\n")
    assert re.search(
        rb"elder-sw-02.elder.ex *Gi1/0/47 .* Gi1/0/48", one.type(b"show lldp neighbors\n", b"displayed: 1")
    )
    detail = one.type(b"show lldp neighbors detail\n", b"displayed: 1")
    assert b"System Name: elder-sw-02.elder.example\r\n" in detail
    assert b"Port id: Gi1/0/48\r\n" in detail
    assert b"Device ID: elder-sw-02" in one.type(b"show cdp neighbors detail\n", b"displayed : 1")
    linked.device_edit("elder-sw-02", ["no lldp run"])
    assert b"displayed: 0" in one.type(b"show lldp neighbors\n", b"displayed: 0")
    one.transport.close()


def test_a_switch_cuts_off_those_behind_it(linked: Lab) -> None:
    """Taking the management VLAN off the trunk on one switch loses the switch behind it, and only that."""
    assert linked.reachable("elder-sw-02").ok
    edge = Typist(linked.endpoints["elder-sw-02"][1], "admin", PASSWORD)
    edge.until(b"#")
    linked.device_edit(NAME, ["interface Gi1/0/47", "switchport trunk allowed vlan remove 99"])
    assert not linked.reachable("elder-sw-02").ok
    assert edge.closed()
    assert linked.reachable(NAME).ok
    assert linked.reachable("alone").ok
    with pytest.raises(OSError, match="refused"):
        Typist(linked.endpoints["elder-sw-02"][1], "admin", PASSWORD)
    linked.device_edit(NAME, ["interface Gi1/0/47", "switchport trunk allowed vlan add 99"])
    assert wait_for(lambda: linked.reachable("elder-sw-02").ok)
    Typist(linked.endpoints["elder-sw-02"][1], "admin", PASSWORD).transport.close()


def test_ping(lab: Lab, typist: Open) -> None:
    """The gateway answers, a stranger in the same network does not, and nobody does without a way."""
    one = typist()
    assert b"100 percent (5/5)" in one.type(b"ping 10.20.99.1\n", b"percent (5/5)")
    assert b"0 percent (0/5)" in one.type(b"ping 10.20.99.77\n", b"percent (0/5)")
    assert b"100 percent (2/2)" in one.type(b"ping 192.0.2.10 repeat 2\n", b"(2/2)")
