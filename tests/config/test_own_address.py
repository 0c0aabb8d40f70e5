"""An address that our own session runs over, where the device has no second one of its subnet."""

from __future__ import annotations

import pytest
from golden_cases import intended_of, rulebook

from trustctl.config import Scope, compare, read, read_intended
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
FACTS = DeviceFacts(management_interface="vlan 10", management_vlan=10, management_address="10.21.10.5")


@pytest.mark.parametrize("address", ["10.21.10.6/24", "10.21.10.5/23", "10.21.10.129/25"])
def test_nothing_is_planned_that_would_cut_us_off_half_way(address: str) -> None:
    """The old address would have to go first, and what sets the new one would never arrive."""
    book = rulebook("aruba_aos_s")
    intended = read_intended(intended_of(f"vlan 10\n   ip address {address}\n"), book)
    scope = Scope(stage=Stage.OWN, ownership={"*": Ownership.OWNED}, facts=FACTS)
    with pytest.raises(RenderError, match=r"only when `ip address 10\.21\.10\.5 255\.255\.255\.0` is gone"):
        compare(read(RUNNING, book), intended, scope)
