"""Faults on demand, many switches at once, and the lab in the background."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import paramiko
import pytest
from typing_at import ACCESS, NAME, PASSWORD, Typist

from trustctl.errors import UsageError
from trustctl.lab import state
from trustctl.lab.estate import Lab
from trustctl.lab.faults import Fault, FaultKind
from trustctl.lab.labfile import read_estate
from trustctl.lab.spec import DeviceSpec

Open = Callable[..., Typist]


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("latency=0.5", Fault(FaultKind.LATENCY, 0.5)),
        ("refuse", Fault(FaultKind.REFUSE)),
        ("reject-line=3", Fault(FaultKind.REJECT_LINE, 3)),
        ("reject-line=2:% Bad mask", Fault(FaultKind.REJECT_LINE, 2, "% Bad mask")),
        ("ignore-line=description", Fault(FaultKind.IGNORE_LINE, text="description")),
        ("ignore-line=2", Fault(FaultKind.IGNORE_LINE, 2)),
        ("locked=fred", Fault(FaultKind.LOCKED, text="fred")),
    ],
)
def test_faults_are_written_and_read(written: str, fault: Fault) -> None:
    """A fault comes from its text, and its text from it."""
    assert Fault.parse(written) == fault
    assert str(fault) == written


@pytest.mark.parametrize("written", ["nonsense", "latency=soon", "=1"])
def test_a_fault_that_is_none(written: str) -> None:
    """Unknown names and amounts are refused with what would do."""
    with pytest.raises(UsageError) as caught:
        Fault.parse(written)
    assert caught.value.remedy


def test_latency(lab: Lab, typist: Open) -> None:
    """Every command takes longer."""
    one = typist()
    lab.break_(NAME, Fault.parse("latency=0.2"))
    start = time.monotonic()
    one.type(b"show clock\n")
    assert time.monotonic() - start > 0.2


def test_refusing_and_healing(lab: Lab, typist: Open) -> None:
    """A refusing port keeps open sessions, takes no new ones, and has the same number when it is healed."""
    one = typist()
    port = lab.endpoints[NAME][1]
    lab.break_(NAME, Fault.parse("refuse"))
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
    one.type(b"show clock\n")
    lab.heal(NAME)
    assert lab.endpoints[NAME][1] == port
    typist()


def test_a_dead_port(lab: Lab) -> None:
    """A dead switch takes the connection and says nothing."""
    lab.break_(NAME, Fault.parse("dead"))
    with socket.create_connection(lab.endpoints[NAME]) as line:
        line.settimeout(0.3)
        with pytest.raises(TimeoutError):
            line.recv(1)


def test_hanging(lab: Lab, typist: Open) -> None:
    """A hung session gets no more bytes and is not closed."""
    one = typist()
    one.type(b"terminal monitor\n")
    lab.break_(NAME, Fault.parse("hang"))
    lab.device_edit(NAME, ["vlan 20"])
    one.channel.sendall(b"show clock\n")
    assert one.quiet(0.3) == b""
    assert not one.closed(0.1)


def test_dropping(lab: Lab, typist: Open) -> None:
    """A dropped session ends at once; a new one works."""
    one = typist()
    lab.break_(NAME, Fault.parse("drop"))
    assert one.closed()
    typist()


def test_logins_that_fail_or_wait(lab: Lab, typist: Open) -> None:
    """Every password may be wrong; the answer may take its time."""
    lab.break_(NAME, Fault.parse("wrong-password"))
    with pytest.raises(paramiko.AuthenticationException):
        typist()
    lab.heal(NAME)
    lab.break_(NAME, Fault.parse("slow-aaa=0.3"))
    start = time.monotonic()
    typist()
    assert time.monotonic() - start > 0.3


def test_another_host_key(lab: Lab) -> None:
    """The key that is offered is the one that the lab names, before and after it changes."""
    keys: list[str] = []
    for _ in range(2):
        transport = paramiko.Transport(socket.create_connection(lab.endpoints[NAME]))
        transport.start_client(timeout=5)
        offered = transport.get_remote_server_key()
        keys.append(f"{offered.get_name()} {offered.get_base64()}")
        transport.close()
        assert keys[-1] == lab.host_key(NAME)
        lab.break_(NAME, Fault.parse("host-key"))
    assert keys[0] != keys[1]


def test_another_box(lab: Lab, typist: Open) -> None:
    """Another serial number answers."""
    lab.break_(NAME, Fault.parse("serial=XXX9999Z999"))
    assert b"SN: XXX9999Z999" in typist().type(b"show inventory\n")


def test_lines_that_go_wrong(lab: Lab, typist: Open) -> None:
    """The n-th line is refused, ignored, or cuts the connection."""
    one = typist()
    one.type(b"conf t\n", b"(config)#")
    lab.break_(NAME, Fault.parse("reject-line=2:% Bad mask"), Fault.parse("ignore-line=name LOST"))
    one.type(b"vlan 60\n", b"(config-vlan)#")
    assert b"\r\n% Bad mask\r\n" in one.type(b"name KEPT\n", b"(config-vlan)#")
    assert b"%" not in one.type(b"name LOST\n", b"(config-vlan)#")
    assert "LOST" not in lab.running(NAME)
    lab.break_(NAME, Fault.parse("cut-line=2"))
    one.type(b"interface Gi1/0/2\n", b"(config-if)#")
    one.channel.sendall(b"description the last word\n")
    assert one.closed()
    assert "description the last word" in lab.running(NAME)


def test_a_reboot_in_the_middle(lab: Lab, typist: Open) -> None:
    """The switch reboots on a line; what was not saved is gone."""
    lab.console_save(NAME)
    saved = lab.running(NAME)
    one = typist()
    one.type(b"conf t\n", b"(config)#")
    lab.break_(NAME, Fault.parse("reboot-line=2"))
    one.type(b"vlan 61\n", b"(config-vlan)#")
    one.channel.sendall(b"vlan 62\n")
    assert one.closed()
    deadline = time.monotonic() + 5
    while not lab.reachable(NAME).ok and time.monotonic() < deadline:
        time.sleep(0.02)
    assert lab.running(NAME) == saved
    assert lab.counters(NAME)["reloads"] == 1


def test_endless_and_garbage(lab: Lab, typist: Open) -> None:
    """Output may never end, or be no text; the lab does not pile it up."""
    lab.break_(NAME, Fault.parse("endless=show version"), Fault.parse("garbage=show inventory"))
    one = typist()
    one.channel.sendall(b"show version\n")
    got = 0
    while got < 4_000_000:
        got += len(one.channel.recv(65_536))
    one.channel.sendall(b"\x03")
    one.transport.close()
    assert b"\xff" in typist().type(b"show inventory\n")


def test_a_locked_configuration(lab: Lab, typist: Open) -> None:
    """Somebody else holds the configuration."""
    lab.break_(NAME, Fault.parse("locked=fred"))
    shown = typist().type(b"configure terminal\n", b"\r\n" + NAME.encode() + b"#")
    assert b"Configuration mode is locked by process '58' user 'fred'" in shown


def test_a_hostile_prompt(lab: Lab, typist: Open) -> None:
    """A log line lands in the middle of the prompt."""
    one = typist()
    lab.break_(NAME, Fault.parse("prompt"))
    assert b"%LINK-3-UPDOWN" in one.type(b"\n\n", b"sw-01#")


def test_a_wrong_clock(lab: Lab, typist: Open) -> None:
    """The clock starts where the lab was told, and a fault moves it."""
    one = typist()
    assert b"2026" in one.type(b"show clock\n", b"2026")
    lab.break_(NAME, Fault.parse("clock=-315360000"))
    assert b" 2016" in one.type(b"show clock\n", b"2016")


def test_a_cut_that_hangs(spec: DeviceSpec) -> None:
    """With `cut="hang"` a session that loses management goes silent, new ones are refused until the path is back."""
    with Lab([spec], cut="hang") as lab:
        one = Typist(lab.endpoints[NAME][1], "admin", PASSWORD)
        one.until(b"#")
        lab.device_edit(NAME, ["interface Gi1/0/48", "shutdown"])
        one.channel.sendall(b"\n")
        assert one.quiet(0.3) == b""
        assert not one.closed(0.1)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(lab.endpoints[NAME])
        lab.device_edit(NAME, ["interface Gi1/0/48", "no shutdown"])
        Typist(lab.endpoints[NAME][1], "admin", PASSWORD).transport.close()
        one.transport.close()


def test_closing_the_vty_lines_keeps_the_open_session(lab: Lab, typist: Open) -> None:
    """A vty that takes no SSH any more proves nothing to the session that is open (so the law dials anew)."""
    one = typist()
    one.type(b"conf t\n", b"(config)#")
    one.type(b"line vty 0 15\n", b"(config-line)#")
    one.type(b"transport input none\n", b"(config-line)#")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(lab.endpoints[NAME])
    one.type(b"transport input ssh\n", b"(config-line)#")
    lab.heal(NAME)
    typist()


def test_two_hundred_switches() -> None:
    """They start in seconds, each with its own port and key."""
    start = time.monotonic()
    specs = [DeviceSpec(f"sw-{at:03}", "cisco_ios", boot=ACCESS, attachment="Gi1/0/48") for at in range(200)]
    with Lab(specs) as lab:
        assert time.monotonic() - start < 15
        assert len({port for _, port in lab.endpoints.values()}) == 200
        assert len({lab.host_key(name) for name in lab.endpoints}) == 200


def test_two_of_one_name(spec: DeviceSpec) -> None:
    """Two switches of one name are refused."""
    with pytest.raises(UsageError, match=NAME):
        Lab([spec, spec]).start()


def test_a_lab_leaves_nothing_behind(spec: DeviceSpec) -> None:
    """Ten labs with sessions leave no descriptors open."""
    with Lab([spec]):
        pass
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - counting descriptors, not walking a folder
    for _ in range(10):
        with Lab([spec]) as lab:
            one = Typist(lab.endpoints[NAME][1], "admin", PASSWORD)
            one.until(b"#")
            one.transport.close()
    assert len(os.listdir("/proc/self/fd")) <= before + 1  # noqa: PTH208 - as above


@pytest.fixture
def lab_file(tmp_path: Path) -> Path:
    """A definition file with two switches."""
    (tmp_path / "boot.cfg").write_text(ACCESS)
    switch = {"platform": "cisco_ios", "boot": "boot.cfg", "attachment": "Gi1/0/48", "serial": "FOC1111A111"}
    path = tmp_path / "lab.json"
    path.write_text(
        json.dumps({"minute_seconds": 0.2, "devices": [{"name": NAME, **switch}, {"name": "two", **switch}]})
    )
    return path


def test_in_the_background(lab_file: Path, tmp_path: Path) -> None:
    """A detached lab can be found, asked, broken, edited and stopped by its folder; it tells the time it was given."""
    folder = tmp_path / ("a-long-folder-name-" * 6)
    ends = state.start_detached(folder, lab_file, started=datetime(2027, 5, 1, 12, tzinfo=UTC), lifetime=60)
    try:
        assert folder.stat().st_mode & 0o777 == 0o700
        assert set(ends) == {NAME, "two"}
        assert json.loads((folder / "endpoints.json").read_text())[NAME] == {"host": "127.0.0.1", "port": ends[NAME][1]}
        one = Typist(ends[NAME][1], "admin", PASSWORD)
        one.until(b"#")
        assert b"May 1 2027" in one.type(b"show clock\n", b"2027")
        one.transport.close()
        with pytest.raises(UsageError, match="already"):
            state.start_detached(folder, lab_file)
        state.send_break(folder, NAME, "refuse")
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(ends[NAME])
        with pytest.raises(UsageError, match="no device"):
            state.send_break(folder, "three", "refuse")
        state.send_heal(folder, NAME)
        assert state.send_edit(folder, "two", ["vlan 70", "nonsense"])[0].startswith("% Invalid")
        seen = state.status(folder)["devices"]
        assert isinstance(seen, dict)
        assert seen["two"]["modified"] is True
        assert seen[NAME]["reachable"] is True
    finally:
        state.stop(folder)
    assert not (folder / "endpoints.json").exists()
    with pytest.raises(state.LabNotRunningError):
        state.status(folder)


def test_it_ends_by_itself(lab_file: Path, tmp_path: Path) -> None:
    """A lab with a bounded life is gone when it is over."""
    folder = tmp_path / "lab"
    state.start_detached(folder, lab_file, lifetime=0.3)
    deadline = time.monotonic() + 10
    while (folder / "lab.pid").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not (folder / "lab.pid").exists()


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("devices: 3", "devices"),
        ("devices: [{name: a, colour: red}]", "devices[0]"),
        ("devices: [{name: 3}]", "devices[0].name"),
        ("devices: []\nlinks: [[a, b]]", "links[0]"),
        ("devices: []\ncut: maybe", "cut"),
        ("devices: [{name: a, platform: b, boot: nowhere.cfg}]", "devices[0].boot"),
        ("devices: [{name: a, platform: no-such}]", "devices[0].platform"),
        ("{", ""),
    ],
)
def test_a_wrong_definition(tmp_path: Path, text: str, where: str) -> None:
    """Each mistake is named with file and key."""
    path = tmp_path / "lab.yml"
    path.write_text(text)
    with pytest.raises(UsageError) as caught:
        read_estate(path)
    assert caught.value.where == (f"{path}: {where}" if where else str(path))
