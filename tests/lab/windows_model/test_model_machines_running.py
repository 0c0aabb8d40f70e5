"""Machines that run: what they take, what they share, and what becomes of them when their host restarts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lab.windows_model.asking import GB, put, read
from tests.lab.windows_model.machine_bench import DATA, NIC, SYSTEM, VM, nic, vm, with_switch
from trustctl.lab.windows.machine import Machine
from trustctl.lab.windows.model import words
from trustctl.lab.windows.model.refusal import RefusedError


@pytest.fixture
def host() -> Machine:
    """A Hyper-V host of 64 GB with a switch."""
    return with_switch()


MORE = {
    "dynamic": True,
    "startup_bytes": 4 * GB,
    "minimum_bytes": 2 * GB,
    "maximum_bytes": 8 * GB,
    "buffer_percent": 30,
}
RUNNING: list[tuple[str, dict[str, Any], bool]] = [
    ("nothing", {}, True),
    ("notes", {"notes": "x"}, True),
    ("VLAN", nic(vlan=30), True),
    ("a second adapter", {"network_adapters": [NIC, {"name": "Backup", "switch": "Trust"}]}, True),
    ("more static memory", {"memory": {"startup_bytes": 16 * GB}}, True),
    ("less static memory", {"memory": {"startup_bytes": 4 * GB}}, True),
    ("a disk on SCSI", {"disks": [*VM["disks"], {"path": DATA, "size_bytes": GB}]}, True),
    ("a larger disk on SCSI", {"disks": [{"path": SYSTEM, "size_bytes": 256 * GB}]}, True),
    ("processors", {"processors": 8}, False),
    ("nested", {"nested_virtualization": True}, False),
    ("dynamic memory", {"memory": MORE}, False),
    ("hardware address", nic(mac="00155D0A0B0C"), False),
    ("secure boot", {"secure_boot": False}, False),
    ("boot order", {"boot_order": [f"disk {SYSTEM}", "network Servers"]}, False),
]


@pytest.mark.parametrize(("change", "taken"), [one[1:] for one in RUNNING], ids=[one[0] for one in RUNNING])
def test_a_running_machine_takes_some_of_it(host: Machine, change: dict[str, Any], taken: bool) -> None:
    """What Windows' pages say of a machine that runs."""
    vm(host, power="Running")
    if taken:
        vm(host, **change)
        return
    with pytest.raises(RefusedError) as refused:
        vm(host, **change)
    assert refused.value.message == f"the virtual machine OAK-FS-01: {words.VM_STATE}"


def test_dynamic_bounds_of_a_running_machine_only_move_apart(host: Machine) -> None:
    """The minimum falls, the maximum rises."""
    vm(host, memory=MORE, power="Running")
    vm(host, memory=MORE | {"minimum_bytes": GB, "maximum_bytes": 16 * GB})
    for bound in ({"minimum_bytes": 2 * GB}, {"maximum_bytes": 8 * GB}, {"startup_bytes": 5 * GB}):
        with pytest.raises(RefusedError):
            vm(host, memory={"minimum_bytes": GB, "maximum_bytes": 16 * GB, **bound})


def test_a_running_machine_is_not_removed(host: Machine) -> None:
    """Remove-VM of a machine that runs."""
    vm(host, power="Running")
    with pytest.raises(RefusedError, match="current state"):
        put(host, "trust_vm", name="OAK-FS-01", state="absent")
    with pytest.raises(RefusedError, match="in use by a virtual machine"):
        put(host, "trust_vswitch", name="Trust", state="absent")
    vm(host, power="Off")
    put(host, "trust_vswitch", name="Trust", state="absent")
    assert read(host, "trust_vm", name="OAK-FS-01")["network_adapters"][0]["switch"] == ""
    put(host, "trust_vm", name="OAK-FS-01", state="absent")


def test_machines_share_the_hosts_memory(host: Machine) -> None:
    """What runs takes what is left to the next one."""
    memory = {"startup_bytes": 40 * GB}
    vm(host, memory=memory, power="Running")
    other = {"name": "OAK-DC-01", "generation": 2, "memory": memory}
    put(host, "trust_vm", **other)
    with pytest.raises(RefusedError, match="ram size 40960 megabytes"):
        put(host, "trust_vm", **other, power="Running")
    vm(host, memory=memory, power="Off")
    put(host, "trust_vm", **other, power="Running")


def test_memory_of_a_running_machine_ends_at_the_hosts(host: Machine) -> None:
    """Static memory grows while it runs, within what the host has left."""
    vm(host, power="Running")
    with pytest.raises(RefusedError, match="not enough memory in the system"):
        vm(host, memory={"startup_bytes": 63 * GB})


def test_automatic_start_and_stop(host: Machine) -> None:
    """What Set-VM says a machine does when its host restarts."""
    for name, start, power in (("A", "Start", "Off"), ("B", "StartIfRunning", "Running"), ("C", "Nothing", "Running")):
        put(host, "trust_vm", name=name, automatic_start=start, power=power)
    host.restart()
    assert [read(host, "trust_vm", name=name)["power"] for name in "ABC"] == ["Running", "Running", "Saved"]
