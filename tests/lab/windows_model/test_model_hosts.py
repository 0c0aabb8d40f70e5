"""Hyper-V host settings, the replica server, features, identity and the network of a simulated host."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lab.windows_model.asking import ADDRESS, facts, hypervisor, put, read, server
from trustctl.lab.windows.machine import Machine
from trustctl.lab.windows.model.refusal import RefusedError
from trustctl.lab.windows.model.vmhost import VmHost
from trustctl.lab.windows.spec import AdapterSpec

DEFAULTS: dict[str, Any] = {
    "virtual_machine_path": r"C:\ProgramData\Microsoft\Windows\Hyper-V",
    "virtual_hard_disk_path": r"C:\Users\Public\Documents\Hyper-V\Virtual Hard Disks",
    "mac_minimum": "00155D0A0500",
    "mac_maximum": "00155D0A05FF",
    "numa_spanning": True,
    "enhanced_session": False,
    "migration": False,
    "migration_maximum": 2,
    "migration_authentication": "CredSSP",
    "migration_performance": "Compression",
    "migration_any_network": False,
    "migration_networks": [],
    "storage_migration_maximum": 2,
}
SETTINGS: list[dict[str, Any]] = [
    {},
    {"virtual_machine_path": r"D:\Hyper-V"},
    {"virtual_hard_disk_path": r"D:\Disks"},
    {"mac_minimum": "00155D0A0510"},
    {"mac_minimum": "00155D0B0000", "mac_maximum": "00155D0B00FF"},
    {"numa_spanning": False},
    {"enhanced_session": True},
    {"migration": True},
    {"migration_maximum": 4},
    {"migration_authentication": "Kerberos"},
    {"migration_performance": "SMB"},
    {"migration_any_network": True},
    {"migration_networks": ["10.11.20.0/24", "10.11.21.0/24"]},
    {"storage_migration_maximum": 1},
]


@pytest.mark.parametrize("change", SETTINGS, ids=lambda one: ",".join(one) or "nothing")
def test_the_settings_of_a_host(change: dict[str, Any]) -> None:
    """Each option, from a host as delivered, and back."""
    host = hypervisor()
    assert read(host, "trust_vm_host") == DEFAULTS
    put(host, "trust_vm_host", **change)
    assert read(host, "trust_vm_host") == DEFAULTS | change
    put(host, "trust_vm_host", **{name: DEFAULTS[name] for name in change})
    assert read(host, "trust_vm_host") == DEFAULTS


BAD_SETTINGS: list[tuple[dict[str, Any], str]] = [
    ({"virtual_machine_path": r"Z:\VMs"}, "drive with the name 'Z'"),
    ({"mac_minimum": "00155D0A0600"}, "MacAddressMinimum"),
    ({"mac_maximum": "0015"}, "not valid"),
    ({"migration_networks": ["10.11.20.7/24"]}, "subnet is not valid"),
    ({"migration_maximum": -1}, "out of range"),
]


@pytest.mark.parametrize(("bad", "said"), BAD_SETTINGS)
def test_windows_refuses_a_setting(bad: dict[str, Any], said: str) -> None:
    """Bad input; nothing of it is set."""
    host = hypervisor()
    with pytest.raises(RefusedError, match=said):
        put(host, "trust_vm_host", **bad)
    assert read(host, "trust_vm_host") == DEFAULTS


def test_numa_spanning_waits_for_the_service() -> None:
    """The management service reads it when it starts."""
    host = hypervisor()
    put(host, "trust_vm_host", numa_spanning=False)
    assert host.part(VmHost).numa_active
    host.restart()
    assert not host.part(VmHost).numa_active


@pytest.mark.parametrize("module", ["trust_vm_host", "trust_replica"])
def test_without_hyper_v_there_is_nothing(module: str) -> None:
    """Null, and no way to set it."""
    bare = server()
    assert read(bare, module) is None
    with pytest.raises(RefusedError, match="Hyper-V is not there"):
        put(bare, module)


THUMBPRINT = "A1" * 20
SERVERS = [{"name": "oak-hv-02.ad.example", "storage": r"D:\Replica", "trust_group": "oak"}]
BASE: dict[str, Any] = {"enabled": True, "authentication": "Kerberos", "any_server": False}
TOLD: dict[str, Any] = BASE | {"kerberos_port": 80, "storage": "", "servers": []}
REPLICAS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (BASE, TOLD),
    (BASE | {"kerberos_port": 8080, "servers": SERVERS}, TOLD | {"kerberos_port": 8080, "servers": SERVERS}),
    (BASE | {"any_server": True, "storage": r"D:\R"}, TOLD | {"any_server": True, "storage": r"D:\R"}),
    (
        BASE | {"authentication": "CertificateAndKerberos", "certificate_thumbprint": THUMBPRINT},
        TOLD
        | {
            "authentication": "CertificateAndKerberos",
            "certificate_thumbprint": THUMBPRINT,
            "certificate_port": 443,
        },
    ),
    ({"enabled": False, "servers": SERVERS}, {"enabled": False, "servers": SERVERS}),
]


@pytest.mark.parametrize(("wanted", "told"), REPLICAS)
def test_a_replica_server(wanted: dict[str, Any], told: dict[str, Any]) -> None:
    """While it is off, only whether and for whom is told."""
    host = hypervisor(state={"Replica": {"certificates": [THUMBPRINT]}})
    assert read(host, "trust_replica") == {"enabled": False, "servers": []}
    put(host, "trust_replica", **wanted)
    assert read(host, "trust_replica") == told


BAD_REPLICAS: list[tuple[dict[str, Any], str]] = [
    ({"any_server": True}, "DefaultStorageLocation"),
    ({"certificate_port": 8443}, "certificate-based"),
    ({"authentication": "Certificate"}, "CertificateThumbprint"),
    ({"authentication": "Certificate", "certificate_thumbprint": "00" * 20}, "was not found"),
    ({"kerberos_port": 0}, "between 1 and 65535"),
    ({"storage": r"Q:\R"}, "drive with the name 'Q'"),
    ({"any_server": True, "storage": r"D:\R", "servers": SERVERS}, "allowed from any server"),
]


@pytest.mark.parametrize(("bad", "said"), BAD_REPLICAS)
def test_windows_refuses_a_replica_server(bad: dict[str, Any], said: str) -> None:
    """Set-VMReplicationServer's own conditions."""
    with pytest.raises(RefusedError, match=said):
        put(hypervisor(), "trust_replica", **(BASE | bad))


FEATURES: list[tuple[str, bool]] = [
    ("Hyper-V", True),
    ("BitLocker", True),
    ("Containers", True),
    ("DHCP", False),
    ("RSAT-AD-PowerShell", False),
    ("Telnet-Client", False),
]


@pytest.mark.parametrize(("name", "restart"), FEATURES)
def test_a_feature_comes_and_goes(name: str, restart: bool) -> None:
    """Some work only after a restart, and Windows says so."""
    host = server()
    assert read(host, "trust_feature", name=name) == {"installed": False}
    assert put(host, "trust_feature", name=name, installed=True)["reboot_required"] is restart
    assert read(host, "trust_feature", name=name.upper()) == {"installed": True}
    assert read(host, "trust_identity")["pending_restart"] == (["servicing"] if restart else [])
    host.restart()
    assert read(host, "trust_identity")["pending_restart"] == []
    put(host, "trust_feature", name=name, installed=False)
    assert read(host, "trust_feature", name=name) == {"installed": False}


def test_what_a_feature_stands_below_comes_and_goes_with_it() -> None:
    """A parent comes with its child, and takes it along when it goes."""
    host = server()
    put(host, "trust_feature", name="RSAT-AD-PowerShell", installed=True)
    assert read(host, "trust_feature", name="RSAT-AD-Tools") == {"installed": True}
    put(host, "trust_feature", name="RSAT", installed=False)
    assert read(host, "trust_feature", name="RSAT-AD-PowerShell") == {"installed": False}


def test_windows_says_beforehand_what_a_feature_takes_along() -> None:
    """What stands above comes, what is needed too; what stands below goes, and what needs it; told only where asked."""
    host = server(features=("RSAT-AD-PowerShell",))
    told = facts(host, "trust_feature", name="RSAT", installed=False)
    assert told["going"] == told["below"] == ["RSAT-AD-PowerShell", "RSAT-AD-Tools", "RSAT-Role-Tools"]
    assert facts(host, "trust_feature", name="RSAT", installed=True) == {"removed": False}
    assert facts(host, "trust_feature", name="RSAT") == {"removed": False}
    assert facts(host, "trust_feature", name="NET-Framework-Core", installed=True) == {"removed": True}
    assert facts(host, "trust_feature", name="BitLocker", installed=True)["coming"] == ["EnhancedStorage"]
    put(host, "trust_feature", name="BitLocker", installed=True)
    told = facts(host, "trust_feature", name="EnhancedStorage", installed=False)
    assert (told["going"], told["below"]) == (["BitLocker"], [])


def test_windows_refuses_a_feature() -> None:
    """Unknown, without its files, without the processor for it, on a controller."""
    host = server(state={"Features": {"sourceless": ["DHCP"], "virtualization": False}})
    assert read(host, "trust_feature", name="Hyper-W") is None
    refusals = {
        "Hyper-W": "The role, role service, or feature name is not valid: 'Hyper-W'. The name was not found.",
        "DHCP": "The source files could not be found.",
        "NET-Framework-Core": "The source files could not be found.",
        "Hyper-V": "does not have required virtualization capabilities",
    }
    for name, said in refusals.items():
        with pytest.raises(RefusedError, match=said):
            put(host, "trust_feature", name=name, installed=True)


def test_identity_only_reads() -> None:
    """What a machine is."""
    host = server(build="20348.2849", uuid="4C4C", edition="core", memory_bytes=2**33, processors=4)
    told = read(host, "trust_identity")
    assert (told["hostname"], told["version"], told["edition"]) == ("OAK-SRV-01", "10.0.20348", "core")
    assert (told["memory_bytes"], told["processors"], told["pending_restart"]) == (2**33, 4, [])
    assert told["last_boot"] == "2026-11-20T03:12:00Z"
    host.restart()
    assert read(host, "trust_identity")["last_boot"] > told["last_boot"]
    with pytest.raises(RefusedError, match="only reads"):
        put(host, "trust_identity")


# --- the network ---


def card() -> Machine:
    """A server with two cards."""
    first = AdapterSpec("Ethernet", addresses=(f"{ADDRESS}/24",), gateway="10.11.10.1", management=True)
    return server(adapters=(first, AdapterSpec("Ethernet 2")))


HAS = {
    "dhcp": False,
    "addresses": [f"{ADDRESS}/24"],
    "gateway": "10.11.10.1",
    "dns": [],
    "dns_suffix": "",
    "dns_register": True,
}
NETWORKS: list[tuple[dict[str, Any], bool]] = [
    ({}, True),
    ({"dns": ["10.250.20.12", "10.250.20.11"]}, True),
    ({"dns_suffix": "ad.example", "dns_register": False}, True),
    ({"gateway": "10.11.10.254"}, True),
    ({"gateway": "10.12.0.1"}, False),
    ({"gateway": ""}, False),
    ({"addresses": [f"{ADDRESS}/24", "10.11.10.6/24"]}, True),
    ({"addresses": ["10.11.10.6/24"]}, False),
    ({"addresses": [], "gateway": "", "dhcp": True}, False),
]


@pytest.mark.parametrize(("change", "reached"), NETWORKS)
def test_a_connection_changes(change: dict[str, Any], reached: bool) -> None:
    """Without the address that it is dialled at the host is cut off."""
    host = card()
    put(host, "trust_network", name="Ethernet", **change)
    assert read(host, "trust_network", name="ethernet") == HAS | change
    assert bool(host.cut_off) is not reached


def test_facts_of_the_network() -> None:
    """All connections, and the address that is dialled."""
    told = facts(card(), "trust_network", name="Ethernet")
    assert told == {"name": "Ethernet", "adapters": ["Ethernet", "Ethernet 2"], "way_in": [ADDRESS]}


def test_windows_refuses_a_connection() -> None:
    """No such card, an address that another has."""
    host = card()
    assert read(host, "trust_network", name="Ethernet 9") is None
    with pytest.raises(RefusedError, match="There is no network adapter Ethernet 9"):
        put(host, "trust_network", name="Ethernet 9", dns=[])
    with pytest.raises(RefusedError, match="Instance MSFT_NetIPAddress already exists"):
        put(host, "trust_network", name="Ethernet 2", addresses=[f"{ADDRESS}/24"])
    assert not host.cut_off


def test_a_card_of_a_switch_speaks_no_ip() -> None:
    """Null, and nothing to set."""
    host = hypervisor()
    put(host, "trust_vswitch", name="Trust", type="External", adapters=["NIC2"])
    assert read(host, "trust_network", name="NIC2") is None
    assert read(host, "trust_network", name="vEthernet (Trust)")["dhcp"] is True
    with pytest.raises(RefusedError, match="may belong to a virtual switch"):
        put(host, "trust_network", name="NIC2", dns=[])
