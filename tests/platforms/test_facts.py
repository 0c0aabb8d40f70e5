"""What the inventory says about a device's management path, uplinks and powered ports."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from trustctl.inventory import load
from trustctl.model.school import School, Trust
from trustctl.platforms import device_facts, platform

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def trust() -> Trust:
    """The example trust."""
    return load(ROOT / "inventory", today=date(2026, 11, 22))


def schools(trust: Trust) -> list[School]:
    """All schools of the example."""
    return list(trust.schools.values())


def test_the_management_path_is_the_one_we_dial(trust: Trust) -> None:
    """Interface, VLAN and address are those of the switch's management SVI."""
    for school in schools(trust):
        for switch in school.switches.values():
            facts = device_facts(school, switch, platform(switch.platform, [ROOT / "templates"]).notation)
            word = {"cisco_ios": "Vlan"}.get(switch.platform, "vlan ")
            assert facts.management_interface == f"{word}{switch.management.vlan}"
            assert facts.management_vlan == switch.management.vlan
            assert facts.management_address == str(switch.address)


def test_every_end_of_a_link_and_every_member_of_a_bundle_is_an_uplink(trust: Trust) -> None:
    """A declared cable makes both its ports uplinks; so does membership in a bundle that leads towards a device."""
    bundled = 0
    for school in schools(trust):
        facts = {
            name: device_facts(school, switch, platform(switch.platform, [ROOT / "templates"]).notation)
            for name, switch in school.switches.items()
        }
        for link in school.links:
            for device, port in (link.a, link.b):
                if device in facts:
                    assert port in facts[device].uplinks
        for name, switch in school.switches.items():
            for bundle in switch.bundles:
                bundled += 1
                assert {bundle.name, *bundle.members} <= facts[name].uplinks
    assert bundled


def test_powered_ports_can_power_and_are_in_use(trust: Trust) -> None:
    """A port counts as powering a device if its model can, its profile does, and it is neither off nor an uplink."""
    seen = 0
    for school in schools(trust):
        for switch in school.switches.values():
            facts = device_facts(school, switch, platform(switch.platform, [ROOT / "templates"]).notation)
            profiles = {port.name: port.profile for port in switch.ports}
            for name in facts.poe_ports:
                seen += 1
                assert name in switch.poe_ports
                assert name not in facts.uplinks
                assert profiles[name].poe
                assert not profiles[name].shutdown
    assert seen
