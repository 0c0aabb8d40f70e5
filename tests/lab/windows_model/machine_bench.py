"""A machine to try things on, and the host that it is on."""

from __future__ import annotations

from typing import Any

from tests.lab.windows_model.asking import GB, hypervisor, put
from trustctl.lab.windows.machine import Machine

SYSTEM = r"D:\Hyper-V\OAK-FS-01\System.vhdx"
DATA = r"D:\Hyper-V\OAK-FS-01\Data.vhdx"
NIC: dict[str, Any] = {"name": "Servers", "switch": "Trust", "vlan": 20, "trunk_vlans": []}
VM: dict[str, Any] = {
    "name": "OAK-FS-01",
    "generation": 2,
    "path": r"D:\Hyper-V\OAK-FS-01",
    "processors": 4,
    "memory": {"dynamic": False, "startup_bytes": 8 * GB},
    "disks": [{"path": SYSTEM, "size_bytes": 128 * GB}],
    "network_adapters": [NIC],
}


def with_switch() -> Machine:
    """A Hyper-V host of 64 GB with a switch."""
    found = hypervisor()
    put(found, "trust_vswitch", name="Trust", type="External", adapters=["NIC2"], bandwidth_mode="Weight")
    return found


def vm(host: Machine, **more: Any) -> None:
    """Set the machine, or what differs from it."""
    put(host, "trust_vm", **{**VM, **more})


def nic(**more: Any) -> dict[str, Any]:
    """The list of its one adapter, with this."""
    return {"network_adapters": [NIC | more]}
