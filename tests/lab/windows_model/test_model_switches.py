"""Virtual switches: what they take, what they refuse, and when the host cuts itself off."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lab.windows_model.asking import ADDRESS, ask, facts, hypervisor, put, read
from trustctl.lab.windows.machine import Machine
from trustctl.lab.windows.model.network import Network
from trustctl.lab.windows.model.refusal import NotModelledError, RefusedError
from trustctl.lab.windows.model.switches import Fabric, Switches, Vlan

MANAGEMENT = {"name": "Management", "host_address": True, "vlan": 0}
TEAM: dict[str, Any] = {
    "name": "Trust",
    "type": "External",
    "adapters": ["NIC1", "NIC2"],
    "embedded_teaming": True,
    "load_balancing": "HyperVPort",
    "bandwidth_mode": "Weight",
    "management_adapters": [MANAGEMENT | {"bandwidth_weight": 10}],
}
WHOLE = {
    "type": "External",
    "adapters": ["NIC1", "NIC2"],
    "embedded_teaming": True,
    "load_balancing": "HyperVPort",
    "bandwidth_mode": "Weight",
    "default_weight": 1,
    "sriov": False,
    "management_adapters": [{"name": "Management", "vlan": 0, "host_address": True, "bandwidth_weight": 10}],
    "notes": "",
}


@pytest.fixture
def host() -> Machine:
    """A Hyper-V host."""
    return hypervisor()


def switch(host: Machine, **more: Any) -> None:
    """Set the team, or what differs from it."""
    put(host, "trust_vswitch", **{**TEAM, **more})


def test_a_team_takes_over_the_address(host: Machine) -> None:
    """New-VMSwitch moves the address of its cards to the management adapter."""
    assert read(host, "trust_vswitch", name="Trust") is None
    switch(host)
    assert read(host, "trust_vswitch", name="trust") == WHOLE
    network = host.part(Network)
    assert network.carrier() == "vEthernet (Management)"
    assert network.interface("NIC1") is None
    assert network.interface("vEthernet (Management)").gateway == "10.11.10.1"  # type: ignore[union-attr]  # it is there
    assert not host.cut_off


def test_facts_tell_cards_and_the_way_in(host: Machine) -> None:
    """What `refuse` is told."""
    before = facts(host, "trust_vswitch", name="Trust")
    assert before["management"] == before["gateway"] == ["NIC1"]
    assert [one["name"] for one in before["adapters"]] == ["NIC1", "NIC2", "NIC3"]
    assert [one["description"][-3:] for one in before["adapters"]] == ["E-T", " #2", " #3"]
    switch(host)
    after = facts(host, "trust_vswitch", name="Trust")
    assert after["management"] == ["vEthernet (Management)"]
    assert after["switches"] == [{"name": "Trust", "adapters": ["NIC1", "NIC2"]}]


CHANGES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("balancing", {"load_balancing": "Dynamic"}, {"load_balancing": "Dynamic"}),
    ("notes", {"notes": "core"}, {"notes": "core"}),
    ("default flow", {"default_weight": 5}, {"default_weight": 5}),
    ("card added", {"adapters": ["NIC1", "NIC2", "NIC3"]}, {"adapters": ["NIC1", "NIC2", "NIC3"]}),
    ("card taken away", {"adapters": ["NIC2"]}, {"adapters": ["NIC2"]}),
    ("fixed when made", {"bandwidth_mode": "Absolute"}, {}),
    ("nothing", {}, {}),
]


@pytest.mark.parametrize(("change", "after"), [one[1:] for one in CHANGES], ids=[one[0] for one in CHANGES])
def test_a_switch_changes(host: Machine, change: dict[str, Any], after: dict[str, Any]) -> None:
    """Each option that Set-VMSwitch and Set-VMSwitchTeam have; what is fixed stays."""
    switch(host)
    switch(host, **change)
    assert read(host, "trust_vswitch", name="Trust") == WHOLE | after
    assert not host.cut_off


def test_management_adapters_come_and_go(host: Machine) -> None:
    """The list is complete."""
    switch(host)
    backup = {"name": "Backup", "vlan": 40, "bandwidth_weight": 5}
    switch(host, management_adapters=[*TEAM["management_adapters"], backup])
    told = read(host, "trust_vswitch", name="Trust")["management_adapters"]
    assert [(one["name"], one["vlan"], one["bandwidth_weight"]) for one in told] == [
        ("Backup", 40, 5),
        ("Management", 0, 10),
    ]
    assert host.part(Network).interface("vEthernet (Backup)") is not None
    switch(host)
    assert read(host, "trust_vswitch", name="Trust") == WHOLE
    assert host.part(Network).interface("vEthernet (Backup)") is None


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("unknown card", {"adapters": ["NIC9"]}, "NIC9"),
    ("VLAN 4095", {"management_adapters": [MANAGEMENT | {"vlan": 4095}]}, "4095"),
    ("weight 101", {"management_adapters": [MANAGEMENT | {"bandwidth_weight": 101}]}, "101"),
    ("weight in mode Absolute", {"bandwidth_mode": "Absolute"}, "mode of the switch is Absolute"),
    ("balancing without a team", {"adapters": ["NIC1"], "embedded_teaming": False}, "not a teaming switch"),
    ("two cards without a team", {"embedded_teaming": False}, "at most 1"),
    ("no card", {"adapters": []}, "at most"),
    ("no type", {"type": None}, "Parameter set cannot be resolved"),
]


@pytest.mark.parametrize(("bad", "words"), [one[1:] for one in REFUSED], ids=[one[0] for one in REFUSED])
def test_windows_refuses(host: Machine, bad: dict[str, Any], words: str) -> None:
    """Bad input, in Windows' words where they are known."""
    with pytest.raises(RefusedError, match=words) as refused:
        switch(host, **bad)
    assert refused.value.message.startswith("the virtual switch Trust: ")


def test_a_card_is_on_one_switch_only(host: Machine) -> None:
    """The second switch on a card is refused, and nothing moves."""
    switch(host)
    before = host.snapshot()
    with pytest.raises(
        RefusedError, match=r"External Ethernet adapter '.* #2' is already bound to the Microsoft Virtual Switch"
    ):
        put(host, "trust_vswitch", name="Second", type="External", adapters=["NIC2"])
    assert host.snapshot() == before


def test_a_team_needs_windows_server() -> None:
    """Teams of a switch are Windows Server's."""
    desktop = hypervisor(caption="Microsoft Windows 11 Pro")
    with pytest.raises(RefusedError, match="Teaming is not supported"):
        switch(desktop)


def test_without_a_management_adapter_the_way_in_is_lost(host: Machine) -> None:
    """The host is really cut off."""
    switch(host, management_adapters=[])
    assert ADDRESS in host.cut_off
    assert host.dropped == 1
    host.restore()
    assert not host.cut_off


WIRE: list[tuple[int, int, bool]] = [(0, 0, True), (0, 10, False), (10, 10, True), (10, 0, False), (10, 20, False)]


@pytest.mark.parametrize(("wire", "vlan", "reached"), WIRE)
def test_the_vlan_of_the_management_adapter_decides(wire: int, vlan: int, *, reached: bool) -> None:
    """The management adapter must carry the VLAN as the wire does."""
    host = hypervisor(state={"Network": {"management_vlan": wire}})
    switch(host, management_adapters=[MANAGEMENT | {"vlan": vlan}])
    assert bool(host.cut_off) is not reached


def test_a_switch_that_goes_takes_the_static_address_with_it(host: Machine) -> None:
    """Removing the switch loses the way in."""
    switch(host)
    put(host, "trust_vswitch", name="Trust", state="absent")
    assert read(host, "trust_vswitch", name="Trust") is None
    assert host.cut_off
    card = host.part(Network).interface("NIC1")
    assert card is not None
    assert card.dhcp
    assert not card.addresses


def test_switches_without_cards(host: Machine) -> None:
    """Internal switches reach the host, private ones do not."""
    put(host, "trust_vswitch", name="Inside", type="Internal")
    put(host, "trust_vswitch", name="Alone", type="Private")
    assert [one["name"] for one in read(host, "trust_vswitch", name="Inside")["management_adapters"]] == ["Inside"]
    assert read(host, "trust_vswitch", name="Alone")["management_adapters"] == []
    assert not host.cut_off


def test_before_the_restart_there_is_no_hyper_v() -> None:
    """Installed is not alive."""
    bare = hypervisor(features=())
    put(bare, "trust_feature", name="Hyper-V", installed=True)
    put(bare, "trust_feature", name="Hyper-V-PowerShell", installed=True)
    assert read(bare, "trust_vswitch", name="Trust") is None
    with pytest.raises(RefusedError, match="Hyper-V is not there"):
        switch(bare)
    bare.restart()
    switch(bare)
    assert read(bare, "trust_vswitch", name="Trust") == WHOLE


def test_setting_in_check_mode_is_a_fault_of_the_caller(host: Machine) -> None:
    """The framework is loud about it."""
    before = host.snapshot()
    with pytest.raises(NotModelledError, match="check mode"):
        ask(host, "trust_vswitch", check=True, operation="set", **TEAM)
    assert host.snapshot() == before


def test_a_card_that_leaves_a_team_speaks_ip_again(host: Machine) -> None:
    """As a free card, asking by DHCP."""
    switch(host)
    switch(host, adapters=["NIC2"])
    card = host.part(Network).interface("NIC1")
    assert card is not None
    assert card.dhcp


def test_an_internal_switch_reaches_nobody(host: Machine) -> None:
    """Even with the address that is dialled: there is no card on it."""
    put(host, "trust_vswitch", name="Inside", type="Internal")
    put(host, "trust_network", name="NIC1", addresses=[], gateway="")
    address = {"addresses": [f"{ADDRESS}/24"], "gateway": "10.11.10.1"}
    put(host, "trust_network", name="vEthernet (Inside)", **address)
    assert host.part(Network).carrier() == "vEthernet (Inside)"
    assert not Fabric(host).reached()
    put(host, "trust_network", name="vEthernet (Inside)", addresses=[], gateway="")
    put(host, "trust_network", name="NIC2", **address)
    assert Fabric(host).reached()


def test_an_adapter_of_the_host_in_a_trunk_is_refused_with_what_to_do(host: Machine) -> None:
    """Somebody made it by hand: read as one VLAN it would be taken out of the others without a word."""
    put(host, "trust_vswitch", **TEAM)
    (adapter,) = host.part(Switches).needed("Trust").vnics.values()
    Fabric(host).set_vlan(adapter, Vlan("Trunk", native=0, allowed=[20, 30]))
    with pytest.raises(RefusedError, match=r"Management is in VLAN mode Trunk\. Only one VLAN .* put it in one"):
        read(host, "trust_vswitch", name="Trust")
