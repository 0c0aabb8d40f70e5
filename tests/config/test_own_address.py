"""Changes that would end our own session half way are not planned: the lines behind that would never arrive."""

from __future__ import annotations

import pytest
from golden_cases import intended_of, rulebook

from trustctl.config import Comparison, Scope, compare, read, read_intended
from trustctl.config.scope import DeviceFacts
from trustctl.errors import RenderError
from trustctl.model.levels import Ownership, Stage

RUNNING = """; JL255A Configuration Editor; Created on release #WC.16.10.0009
vlan 10
   name "MGMT"
   tagged 24
   ip address 10.21.10.5 255.255.255.0
   exit
"""
BUNDLED = RUNNING.replace("vlan 10", "trunk 23-24 trk1 lacp\nvlan 10").replace("tagged 24", "tagged Trk1")
FACTS = DeviceFacts(
    management_interface="vlan 10",
    management_vlan=10,
    management_address="10.21.10.5",
    uplinks=frozenset({"22", "23", "24"}),
)


def planned(running: str, intended: str, stage: Stage = Stage.OWN) -> Comparison:
    """What would be sent to a switch that is wholly ours."""
    book = rulebook("aruba_aos_s")
    scope = Scope(stage=stage, ownership={"*": Ownership.OWNED}, facts=FACTS)
    return compare(read(running, book), read_intended(intended_of(intended), book), scope)


@pytest.mark.parametrize("address", ["10.21.10.6/24", "10.21.10.5/23", "10.21.10.129/25"])
def test_our_address_does_not_move_within_its_subnet(address: str) -> None:
    """The old address would have to go first, and what sets the new one would never arrive."""
    with pytest.raises(RenderError, match=r"only when `ip address 10\.21\.10\.5 255\.255\.255\.0` is gone"):
        planned(RUNNING, f"vlan 10\n   ip address {address}\n")


def test_an_address_beside_one_that_stays_is_told_and_not_sent() -> None:
    """At stage ensure the old address stays, and the switch takes no second one of its subnet."""
    found = planned(RUNNING, "vlan 10\n   ip address 10.21.10.6/24\n", Stage.ENSURE)
    assert found.commands == ()
    assert "overlaps with `ip address 10.21.10.5 255.255.255.0` of vlan 10, which stays" in found.flags[0].why


@pytest.mark.parametrize(
    ("running", "intended"),
    [
        (RUNNING, "trunk 23-24 trk1 lacp\nvlan 10\n   tagged trk1\n"),
        (BUNDLED, "vlan 10\n   tagged 24\n"),
        (BUNDLED, "trunk 23-24 trk2 lacp\nvlan 10\n   tagged trk2\n"),
    ],
    ids=["joins", "leaves", "changes"],
)
def test_the_only_uplink_stays_what_it_is(running: str, intended: str) -> None:
    """A trunk group starts in VLAN 1 alone: the management VLAN would come back by a line that never arrives."""
    with pytest.raises(RenderError, match="would lose vlan 10"):
        planned(running, intended)


@pytest.mark.parametrize(
    ("running", "intended"),
    [
        (RUNNING.replace("tagged 24", "tagged 22,24"), "trunk 23-24 trk1 lacp\nvlan 10\n   tagged 22,trk1\n"),
        (BUNDLED.replace("23-24", "23"), "trunk 23-24 trk1 lacp\nvlan 10\n   tagged trk1\n"),
        (RUNNING, "trunk 5-6 trk2 lacp\nvlan 10\n   tagged 24\n"),
    ],
    ids=["another stays", "grows", "of others"],
)
def test_a_bundle_beside_our_way_is_planned(running: str, intended: str) -> None:
    """While an uplink still carries the management VLAN the session goes on."""
    assert any(line.startswith("trunk ") for line in planned(running, intended).commands)
