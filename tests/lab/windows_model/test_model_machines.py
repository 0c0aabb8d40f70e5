"""Virtual machines: what they take, what they refuse running, and that their disks never go."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from tests.lab.windows_model.asking import GB, facts, put, read
from tests.lab.windows_model.machine_bench import DATA, NIC, SYSTEM, VM, nic, vm, with_switch
from trustctl.lab.windows.machine import Machine
from trustctl.lab.windows.model.disks import Disks
from trustctl.lab.windows.model.machines import Machines
from trustctl.lab.windows.model.refusal import RefusedError

WHOLE: dict[str, Any] = {
    "generation": 2,
    "path": r"D:\Hyper-V\OAK-FS-01",
    "processors": 4,
    "processor_compatibility": False,
    "nested_virtualization": False,
    "memory": {"dynamic": False, "startup_bytes": 8 * GB},
    "disks": [
        {
            "path": SYSTEM,
            "size_bytes": 128 * GB,
            "type": "Dynamic",
            "controller_type": "SCSI",
            "controller_number": 0,
            "controller_location": 0,
        }
    ],
    "network_adapters": [
        NIC
        | {
            "mac": "dynamic",
            "mac_spoofing": False,
            "dhcp_guard": False,
            "router_guard": False,
            "teaming": False,
            "bandwidth_weight": 0,
        }
    ],
    "secure_boot": True,
    "secure_boot_template": "MicrosoftWindows",
    "boot_order": ["network Servers", f"disk {SYSTEM}"],
    "automatic_start": "StartIfRunning",
    "automatic_start_delay": 0,
    "automatic_stop": "Save",
    "integration_services": [
        {"name": "Guest Service Interface", "enabled": False},
        {"name": "Heartbeat", "enabled": True},
        {"name": "Key-Value Pair Exchange", "enabled": True},
        {"name": "Shutdown", "enabled": True},
        {"name": "Time Synchronization", "enabled": True},
        {"name": "VSS", "enabled": True},
    ],
    "checkpoint_type": "Production",
    "automatic_checkpoints": False,
    "notes": "",
    "power": "Off",
}


@pytest.fixture
def host() -> Machine:
    """A Hyper-V host of 64 GB with a switch."""
    return with_switch()


def test_a_machine_is_made_whole(host: Machine) -> None:
    """New-VM with its defaults, and all that was asked for."""
    assert read(host, "trust_vm", name="OAK-FS-01") is None
    vm(host)
    assert read(host, "trust_vm", name="oak-fs-01") == WHOLE
    told = facts(host, "trust_vm", name="OAK-FS-01")
    assert told["switches"] == ["Trust"]
    assert told["volumes"] == ["C", "D"]


MORE = {
    "dynamic": True,
    "startup_bytes": 4 * GB,
    "minimum_bytes": 2 * GB,
    "maximum_bytes": 8 * GB,
    "buffer_percent": 30,
}
CHANGES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("nothing", {}, {}),
    ("processors", {"processors": 8}, {"processors": 8}),
    ("compatibility", {"processor_compatibility": True}, {"processor_compatibility": True}),
    ("nested", {"nested_virtualization": True}, {"nested_virtualization": True}),
    ("dynamic memory", {"memory": MORE}, {"memory": MORE}),
    ("notes", {"notes": "files"}, {"notes": "files"}),
    ("start", {"automatic_start": "Start"}, {"automatic_start": "Start"}),
    ("delay", {"automatic_start_delay": 60}, {"automatic_start_delay": 60}),
    ("stop", {"automatic_stop": "ShutDown"}, {"automatic_stop": "ShutDown"}),
    ("checkpoints", {"checkpoint_type": "ProductionOnly"}, {"checkpoint_type": "ProductionOnly"}),
    ("each start a checkpoint", {"automatic_checkpoints": True}, {"automatic_checkpoints": True}),
    ("no secure boot", {"secure_boot": False}, {"secure_boot": False}),
    (
        "template",
        {"secure_boot_template": "MicrosoftUEFICertificateAuthority"},
        {"secure_boot_template": "MicrosoftUEFICertificateAuthority"},
    ),
    (
        "boot order",
        {"boot_order": [f"disk {SYSTEM}", "network Servers"]},
        {"boot_order": [f"disk {SYSTEM}", "network Servers"]},
    ),
    ("running", {"power": "Running"}, {"power": "Running"}),
    ("no trunk", nic(vlan=0), {"network_adapters": [WHOLE["network_adapters"][0] | {"vlan": 0}]}),
    (
        "trunk",
        nic(vlan=10, trunk_vlans=[30, 20]),
        {"network_adapters": [WHOLE["network_adapters"][0] | {"vlan": 10, "trunk_vlans": [20, 30]}]},
    ),
    (
        "everything of an adapter",
        nic(
            mac="00155D0A0B0C", mac_spoofing=True, dhcp_guard=True, router_guard=True, teaming=True, bandwidth_weight=7
        ),
        {
            "network_adapters": [
                WHOLE["network_adapters"][0]
                | {
                    "mac": "00155D0A0B0C",
                    "mac_spoofing": True,
                    "dhcp_guard": True,
                    "router_guard": True,
                    "teaming": True,
                    "bandwidth_weight": 7,
                }
            ]
        },
    ),
    ("not connected", nic(switch=""), {"network_adapters": [WHOLE["network_adapters"][0] | {"switch": ""}]}),
    (
        "larger disk",
        {"disks": [{"path": SYSTEM, "size_bytes": 200 * GB}]},
        {"disks": [WHOLE["disks"][0] | {"size_bytes": 200 * GB}]},
    ),
]


@pytest.mark.parametrize(("change", "after"), [one[1:] for one in CHANGES], ids=[one[0] for one in CHANGES])
def test_a_machine_that_is_off_changes(host: Machine, change: dict[str, Any], after: dict[str, Any]) -> None:
    """Each option, from a machine as made."""
    vm(host)
    vm(host, **change)
    assert read(host, "trust_vm", name="OAK-FS-01") == WHOLE | after


def test_an_integration_service(host: Machine) -> None:
    """By its English name; another is refused."""
    vm(host, integration_services=[{"name": "Time Synchronization", "enabled": False}])
    told = {one["name"]: one["enabled"] for one in read(host, "trust_vm", name="OAK-FS-01")["integration_services"]}
    assert told["Time Synchronization"] is False
    with pytest.raises(RefusedError, match="Telepathy"):
        vm(host, integration_services=[{"name": "Telepathy", "enabled": True}])


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("no such switch", nic(switch="Nowhere"), "there is no virtual switch Nowhere"),
    ("VLAN 4095", nic(vlan=4095), "4095"),
    ("VLAN 0 in a trunk", nic(trunk_vlans=[0, 20]), "identifier 0"),
    ("weight 101", nic(bandwidth_weight=101), "101"),
    ("group address", nic(mac="01005E000001"), "not valid"),
    ("half an address", nic(mac="00155D"), "not valid"),
    ("guard without a port", nic(switch="", dhcp_guard=True), "Modifying features of the Ethernet connection"),
    ("generation 3", {"generation": 3}, 'does not belong to the set "1,2"'),
    ("more processors than the host", {"processors": 17}, "between 1 and 16"),
    ("no processor", {"processors": 0}, "between 1 and 16"),
    ("odd memory", {"memory": {"startup_bytes": 8 * GB + 1}}, "Failed to modify device 'Memory'"),
    ("too little memory", {"memory": {"startup_bytes": 16 * 1024**2}}, "Failed to modify device 'Memory'"),
    ("minimum over startup", {"memory": MORE | {"minimum_bytes": 6 * GB}}, "between the minimum and the maximum"),
    ("startup over maximum", {"memory": MORE | {"maximum_bytes": 3 * GB}}, "between the minimum and the maximum"),
    ("buffer of 4", {"memory": MORE | {"buffer_percent": 4}}, "between 5 and 2000"),
    ("unknown device", {"boot_order": ["network Nowhere"]}, "network Nowhere"),
    ("disk without a size", {"disks": [{"path": DATA}]}, "no size_bytes"),
    ("disk on no drive", {"disks": [{"path": r"Z:\x.vhdx", "size_bytes": GB}]}, "drive with the name 'Z'"),
    ("disk of another format", {"disks": [{"path": r"D:\x.iso", "size_bytes": GB}]}, "extension"),
    ("disk of 1 MB", {"disks": [{"path": DATA, "size_bytes": 1024**2}]}, "SizeBytes"),
    ("disk over 64 TB", {"disks": [{"path": DATA, "size_bytes": 65 * 1024**4}]}, "SizeBytes"),
    ("VHD over 2040 GB", {"disks": [{"path": r"D:\x.vhd", "size_bytes": 2041 * GB}]}, "SizeBytes"),
    ("fixed over the volume", {"disks": [{"path": DATA, "size_bytes": 1600 * GB, "type": "Fixed"}]}, "enough space"),
    (
        "IDE in generation 2",
        {"disks": [{"path": DATA, "size_bytes": GB, "controller_type": "IDE"}]},
        "no IDE controller",
    ),
    ("controller 4", {"disks": [{"path": DATA, "size_bytes": GB, "controller_number": 4}]}, "no SCSI controller 4"),
    ("location 64", {"disks": [{"path": DATA, "size_bytes": GB, "controller_location": 64}]}, "location 64"),
    (
        "more memory than the host",
        {"memory": {"startup_bytes": 63 * GB}, "power": "Running"},
        "Not enough memory in the system",
    ),
]


@pytest.mark.parametrize(("bad", "said"), [one[1:] for one in REFUSED], ids=[one[0] for one in REFUSED])
def test_windows_refuses(host: Machine, bad: dict[str, Any], said: str) -> None:
    """Bad input, in Windows' words where they are known."""
    with pytest.raises(RefusedError, match=said) as refused:
        vm(host, **bad)
    assert refused.value.message.startswith("the virtual machine OAK-FS-01: ")


def test_a_place_is_taken_once(host: Machine) -> None:
    """Two disks at one location."""
    vm(host)
    with pytest.raises(RefusedError, match="has a drive at location 0"):
        vm(host, disks=[*VM["disks"], {"path": DATA, "size_bytes": GB, "controller_location": 0}])


def test_disks_outlive_their_machine(host: Machine) -> None:
    """Remove-VM never deletes a disk, and a new machine takes the file as it is."""
    vm(host)
    files = deepcopy(host.part(Disks).files)
    put(host, "trust_vm", name="OAK-FS-01", state="absent")
    assert read(host, "trust_vm", name="OAK-FS-01") is None
    assert host.part(Disks).files == files
    vm(host, disks=[{"path": SYSTEM}])
    assert read(host, "trust_vm", name="OAK-FS-01") == WHOLE


def test_a_disk_never_shrinks_and_is_never_left_out(host: Machine) -> None:
    """A smaller size is not set; a disk that nobody names stays."""
    vm(host)
    vm(host, disks=[{"path": SYSTEM, "size_bytes": 64 * GB}])
    vm(host, disks=[])
    assert read(host, "trust_vm", name="OAK-FS-01")["disks"] == WHOLE["disks"]
    put(host, "trust_vm", name="OAK-FS-01", state="absent")
    with pytest.raises(RefusedError, match="a disk never shrinks"):
        vm(host, disks=[{"path": SYSTEM, "size_bytes": 64 * GB}])


def test_an_adapter_has_the_address_that_the_host_gave_it(host: Machine) -> None:
    """Dynamic addresses come from the host's pool, each once."""
    put(host, "trust_vm_host", mac_minimum="00155D0A0500", mac_maximum="00155D0A0501")
    second = {"name": "Second", "switch": "Trust"}
    vm(host, network_adapters=[NIC, second], power="Running")
    machine = host.part(Machines).machine("OAK-FS-01")
    assert machine is not None
    assert {one.mac for one in machine.nics} == {"00155D0A0500", "00155D0A0501"}
    with pytest.raises(RefusedError, match="no dynamic MAC address"):
        put(host, "trust_vm", name="B", network_adapters=[NIC], power="Running")


def test_an_adapter_that_the_list_leaves_out_goes(host: Machine) -> None:
    """The list is the machine's whole one."""
    vm(host, network_adapters=[NIC, {"name": "Backup", "switch": "Trust"}])
    vm(host)
    assert read(host, "trust_vm", name="OAK-FS-01") == WHOLE


def test_a_weight_needs_a_switch_that_counts_by_weight(host: Machine) -> None:
    """The mode is the switch's."""
    put(host, "trust_vswitch", name="Fast", type="External", adapters=["NIC3"], bandwidth_mode="Absolute")
    with pytest.raises(RefusedError, match="mode of the switch is Absolute"):
        vm(host, **nic(switch="Fast", bandwidth_weight=10))


def test_a_tpm_locks_the_template_and_a_guest_must_listen(host: Machine) -> None:
    """No other template with a TPM; no Stop-VM without the service Shutdown."""
    vm(host)
    machine = host.part(Machines).needed("OAK-FS-01")
    machine.tpm = True
    with pytest.raises(RefusedError, match="after the virtual TPM is initialized"):
        vm(host, secure_boot_template="OpenSourceShieldedVM")
    vm(host, integration_services=[{"name": "Shutdown", "enabled": False}], power="Running")
    with pytest.raises(RefusedError, match="Shutdown is not available"):
        vm(host, power="Off")


def test_no_file_shrinks(host: Machine) -> None:
    """Nor by Resize-VHD itself."""
    vm(host)
    disks = host.part(Disks)
    file = disks.file(SYSTEM)
    assert file is not None
    with pytest.raises(RefusedError, match="Failed to resize the virtual disk"):
        disks.grow(file, GB)


OLD = {"name": "OLD", "generation": 1, "disks": [{"path": DATA, "size_bytes": GB, "controller_type": "IDE"}]}


def test_generation_1_has_no_firmware_and_an_ide_controller(host: Machine) -> None:
    """Set-VMFirmware is for generation 2; an IDE disk and an adapter want the machine off."""
    put(host, "trust_vm", **OLD)
    told = read(host, "trust_vm", name="OLD")
    assert told["disks"][0]["controller_type"] == "IDE"
    assert not {"secure_boot", "secure_boot_template", "boot_order"} & told.keys()
    for firmware in ({"secure_boot": True}, {"secure_boot_template": "MicrosoftWindows"}, {"boot_order": []}):
        with pytest.raises(RefusedError, match="generation 1"):
            put(host, "trust_vm", **OLD, **firmware)
    put(host, "trust_vm", **OLD, power="Running")
    for running in ({"disks": [OLD["disks"][0] | {"size_bytes": 2 * GB}]}, {"network_adapters": [NIC]}):  # type: ignore[index,operator]  # plain data
        with pytest.raises(RefusedError, match="current state"):
            put(host, "trust_vm", **{**OLD, **running})


def test_without_a_folder_the_files_lie_in_the_hosts_own(host: Machine) -> None:
    """Set-VMHost, example 4: no folder of the machine's name."""
    put(host, "trust_vm_host", virtual_machine_path=r"D:\Hyper-V")
    put(host, "trust_vm", name="OAK-DC-01")
    assert read(host, "trust_vm", name="OAK-DC-01")["path"] == r"D:\Hyper-V"
