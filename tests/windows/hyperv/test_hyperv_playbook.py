"""playbooks/hyperv.yml as an engineer runs it, by real Ansible over PSRP, on a simulated host without Hyper-V."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from trustctl.lab.windows.lab import WindowsLab
from trustctl.lab.windows.spec import AdapterSpec, VolumeSpec, WindowsSpec

pytestmark = pytest.mark.long
HERE = Path(__file__).parents[3]
SPEC = WindowsSpec(
    "OAK-HV-01",
    password="lab-only",
    adapters=(
        AdapterSpec("NIC1", mac="00155D0A0101", addresses=("10.11.10.5/24",), gateway="10.11.10.1", management=True),
        AdapterSpec("NIC2", mac="00155D0A0102"),
        AdapterSpec("NIC3", mac="00155D0A0103"),
    ),
    volumes=(VolumeSpec("C"), VolumeSpec("D", size=2000 * 1024**3, free=1900 * 1024**3)),
)
GIB = 1024**3
TRUST: dict[str, Any] = {
    "name": "Trust",
    "type": "External",
    "adapters": ["NIC1", "NIC2"],
    "embedded_teaming": True,
    "load_balancing": "HyperVPort",
    "bandwidth_mode": "Weight",
    "management_adapters": [{"name": "Management", "vlan": 0, "host_address": True}],
}
SERVER: dict[str, Any] = {
    "name": "OAK-FS-01",
    "processors": 4,
    "memory": {"dynamic": False, "startup_bytes": 8 * GIB},
    "disks": [{"path": "D:\\Hyper-V\\OAK-FS-01\\System.vhdx", "size_bytes": 128 * GIB}],
    "network_adapters": [{"name": "Servers", "switch": "Trust", "vlan": 20, "trunk_vlans": [], "dhcp_guard": True}],
    "boot_order": ["disk D:\\Hyper-V\\OAK-FS-01\\System.vhdx", "network Servers"],
    "notes": "The school's {{ 1 + 1 }} disks",
    "power": "Running",
}
SCHOOL: dict[str, Any] = {
    "windows_facts_edition": "core",
    "hyperv_host_settings": {"virtual_machine_path": "D:\\Hyper-V", "numa_spanning": False, "migration": True},
    "hyperv_host_switches": [TRUST],
    "hyperv_vm_machines": [SERVER],
}


@dataclass
class Bench:
    """A running host, and Ansible for it."""

    lab: WindowsLab
    folder: Path

    def play(self, *words: str, **variables: Any) -> tuple[int, dict[str, list[dict[str, Any]]]]:
        """Run the playbook with a school's values; (exit code, results of each task by its name)."""
        contact = self.lab.contacts["OAK-HV-01"]
        reach = {
            "ansible_host": contact.host,
            "ansible_port": contact.port,
            "ansible_user": contact.user,
            "ansible_password": contact.password,
            "ansible_connection": "psrp",
            "ansible_psrp_auth": "basic",
            "ansible_psrp_protocol": "https",
            "ansible_psrp_ca_cert": str(self.lab.ca),
            "ansible_psrp_ignore_proxy": True,
        }
        values = {**reach, **_unsafe({**SCHOOL, **variables})}
        inventory = self.folder / "inventory.json"
        inventory.write_text(json.dumps({"hyperv": {"hosts": {"OAK-HV-01": values}}}), encoding="utf-8")
        command = [sys.executable, "-m", "ansible", "playbook", "-i", str(inventory), *words, "playbooks/hyperv.yml"]
        environment = {
            **os.environ,
            "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json",
            "ANSIBLE_HOME": str(self.folder / "ansible"),
            "LANG": "C.UTF-8",
        }
        done = subprocess.run(command, cwd=HERE, env=environment, capture_output=True, text=True, check=False)
        told = json.loads(done.stdout[done.stdout.index("{") :])
        found: dict[str, list[dict[str, Any]]] = {}
        for task in told["plays"][0]["tasks"]:
            result = task["hosts"].get("OAK-HV-01")
            if result is not None:
                found.setdefault(task["task"]["name"].rpartition(" : ")[2], []).extend(result.get("results", [result]))
        return done.returncode, found

    @property
    def snapshot(self) -> dict[str, Any]:
        """All that the host is."""
        return self.lab.machine("OAK-HV-01").snapshot()


def _unsafe(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as trustctl's own inventory hands them over: no text of them is a template."""

    def one(value: Any) -> Any:
        if isinstance(value, str):
            return {"__ansible_unsafe": value}
        if isinstance(value, dict):
            return {name: one(each) for name, each in cast("dict[str, Any]", value).items()}
        return [one(each) for each in cast("list[Any]", value)] if isinstance(value, list) else value

    return {name: one(value) for name, value in values.items()}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A host as it is delivered."""
    with WindowsLab([SPEC], sorted((HERE / "roles").glob("*/library"))) as lab:
        yield Bench(lab, tmp_path_factory.mktemp("hyperv"))
        assert lab.bugs == ()


def _failed(results: Mapping[str, list[dict[str, Any]]]) -> list[str]:
    return [str(one["msg"]) for each in results.values() for one in each if one.get("failed") and "msg" in one]


_BAD: list[tuple[str, dict[str, Any], str]] = [
    ("no such adapter", {"hyperv_host_switches": [TRUST | {"adapters": ["NIC1", "NIC9"]}]}, "no network adapter NIC9"),
    (
        "two switches on one adapter",
        {"hyperv_host_switches": [TRUST, {"name": "CCTV", "type": "External", "adapters": ["nic2"]}]},
        "A network adapter is on one virtual switch only",
    ),
    (
        "no VLAN",
        {"hyperv_vm_machines": [SERVER | {"network_adapters": [{"name": "A", "vlan": 4095}]}]},
        "the network adapter A is in VLAN 4095",
    ),
    (
        "more memory than the host",
        {"hyperv_vm_machines": [SERVER | {"memory": {"startup_bytes": 128 * GIB}}]},
        "memory.startup_bytes is 128 GiB, and the host has 64 GiB",
    ),
    (
        "static memory with dynamic settings",
        {"hyperv_vm_machines": [SERVER | {"memory": {"dynamic": False, "maximum_bytes": GIB}}]},
        "memory is not dynamic, and maximum_bytes given",
    ),
    ("an option that there is not", {"hyperv_vm_machines": [SERVER | {"cpus": 4}]}, "cpus"),
    ("another edition", {"windows_facts_edition": "desktop"}, "edition"),
]


def test_a_school_from_nothing_to_an_empty_plan(bench: Bench) -> None:
    """A dry run of what is not there, bad input refused with nothing done, the real run, and nothing left."""
    before = bench.snapshot
    code, planned = bench.play("--check", "--diff")
    assert code == 0, _failed(planned)
    names = ["Hyper-V host | Set the host", "Virtual switches | Set a switch", "Virtual machines | Set a machine"]
    assert [planned[name][0]["changed"] for name in names] == [True] * 3
    assert [planned[name][0]["diff"]["before"] for name in names] == [""] * 3
    assert 'notes: "The school\'s {{ 1 + 1 }} disks"' in planned[names[2]][0]["diff"]["after"], "no value is a template"
    assert 'secure_boot_template: "MicrosoftWindows"' in planned[names[2]][0]["diff"]["after"], "the role's own default"
    assert bench.snapshot == before
    for what, values, says in _BAD:
        code, results = bench.play("--check", **values)
        assert code != 0, what
        assert says in " ".join(_failed(results)), what
        assert bench.snapshot == before, what
    code, done = bench.play()
    assert code == 0, _failed(done)
    assert done["Virtual machines | Set a machine"][0]["changed"]
    code, again = bench.play("--check", "--diff")
    assert code == 0, _failed(again)
    assert [name for name, results in again.items() if any(one.get("changed") for one in results)] == []
