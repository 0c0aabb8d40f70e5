"""What the engine reads of an AOS-CX switch that no other make has: the members of a VSF stack."""

from __future__ import annotations

import pytest

from trustctl.engines.network import NetworkConnector
from trustctl.engines.protocol import Endpoint, Identity, Target
from trustctl.lab.estate import Lab
from trustctl.lab.faults import Fault, FaultKind
from trustctl.lab.makes.aruba_aos_cx.model.hiding import hide
from trustctl.lab.spec import DeviceSpec

PASSWORD = "correct-horse"
BOOT = (
    f"hostname sw1\nuser admin group administrators password ciphertext {hide(PASSWORD, 'a')}\nssh server vrf default\n"
)


def identity(lab: Lab, connector: NetworkConnector) -> Identity:
    """What a new session reads."""
    host, port = lab.endpoints["sw1"]
    login = Target("sw1", "aruba_aos_cx", Endpoint(host, port), "admin", PASSWORD, None, lab.host_key("sw1"), "SG01")
    session = connector.open(login)
    try:
        return session.identity()
    finally:
        session.close()


def test_a_stack_names_its_members_and_misses_one(connector: NetworkConnector) -> None:
    """Serial number and state of each: a member that is lost on the way must not pass as the same stack."""
    spec = DeviceSpec("sw1", "aruba_aos_cx", members=("JL668A", "JL668A", "JL668A"), serial="SG01", boot=BOOT)
    with Lab([spec]) as lab:
        whole = identity(lab, connector)
        assert whole.serial == "SG01"
        assert len(set(whole.members)) == 3
        assert whole.stack == ("1 Conductor", "2 Member", "3 Member")
        lab.break_("sw1", Fault(FaultKind.LOST_MEMBER, amount=3))
        left = identity(lab, connector)
        assert (left.members, left.stack) == (whole.members[:2], whole.stack[:2])


@pytest.mark.parametrize("model", ["R8N85A", "JL668A"])
def test_a_single_switch_is_no_stack(connector: NetworkConnector, model: str) -> None:
    """Whether it knows the command or not."""
    with Lab([DeviceSpec("sw1", "aruba_aos_cx", model=model, serial="SG01", boot=BOOT)]) as lab:
        alone = identity(lab, connector)
    assert alone.serial == "SG01"
    assert len(alone.members) <= 1
    assert alone.stack == ()
