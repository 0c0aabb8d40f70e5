"""The example trust works, says what it is meant to show, and its editor schemas are current."""

from __future__ import annotations

import json
import re
from datetime import date
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from pathlib import Path

import jsonschema
import pytest

from trustctl.inventory import load, schemas
from trustctl.inventory.yaml_document import read_document
from trustctl.model.levels import Stage
from trustctl.model.membership import carried
from trustctl.model.school import Trust

ROOT = Path(__file__).parents[2] / "inventory"
FILES = [*ROOT.glob("*.yml"), *ROOT.glob("baseline/*.yml"), *ROOT.glob("schools/*/*.yml")]
MODELINE = re.compile(r"# yaml-language-server: \$schema=(\S+)\n")
TYPED = [path for path in FILES if MODELINE.match(path.read_text(encoding="utf-8"))]


@pytest.fixture(scope="module")
def trust() -> Trust:
    """The example trust, as on a day in November 2026."""
    return load(ROOT, today=date(2026, 11, 22))


def test_the_example_has_five_schools_at_their_stages(trust: Trust) -> None:
    """One on the baseline, a primary and two secondaries that join, one known by captured configurations alone."""
    stages = {slug: (school.phase, school.stage) for slug, school in trust.schools.items()}
    assert stages == {
        "oak": ("secondary", Stage.OWN),
        "elm": ("primary", Stage.OBSERVE),
        "ash": ("secondary", Stage.ENSURE),
        "yew": ("all-through", Stage.OBSERVE),
        "elder": ("secondary", Stage.ENSURE),
    }


def test_the_mixed_school_has_three_makes_of_switches_and_a_cluster(trust: Trust) -> None:
    """Cables lead between all of them, and every end carries the same VLANs, in the names of its own make."""
    elder = trust.schools["elder"]
    makes = {name: switch.platform for name, switch in elder.switches.items()}
    assert sorted(set(makes.values())) == ["aruba_aos_cx", "aruba_aos_s", "cisco_ios"]
    ends = {(name, port.name): carried(port) for name, switch in elder.switches.items() for port in switch.ports}
    pairs = {(makes[link.a[0]], makes[link.b[0]]) for link in elder.links}
    assert {("aruba_aos_s", "aruba_aos_cx"), ("aruba_aos_s", "cisco_ios"), ("aruba_aos_s", "aruba_aos_s")} == pairs
    assert all(ends[link.a] == ends[link.b] for link in elder.links)
    cluster = elder.controllers["eld-wlc-01"]
    assert [ssid.vlan for ssid in cluster.ssids] == [50, 60, 70, 80, 130, 203]
    assert (cluster.platform, cluster.radio.bands[1].width) == ("aruba_instant", 20)
    core = elder.switches["eld-sw-core-01"]
    assert [(bundle.name, bundle.members) for bundle in core.bundles] == [
        ("Trk1", ("A1", "A2")),
        ("Trk2", ("21", "22")),
    ]


def test_every_switch_has_a_captured_configuration(trust: Trust) -> None:
    """The lab and `plan --against` can start from the repository alone."""
    for switch in trust.switches():
        assert switch.captured is not None
        assert (ROOT / switch.captured).is_file()


def test_joining_moves_no_management_address_and_no_old_gateway(trust: Trust) -> None:
    """Ash's switches stay in the old management network, and its core keeps every old gateway beside the new ones."""
    ash = trust.schools["ash"]
    assert {switch.management.vlan for switch in ash.switches.values()} == {99}
    core = ash.switches["ash-sw-core-01"]
    old = {legacy.vlan_id for legacy in ash.legacy}
    assert old == {svi.vlan for svi in core.svis if svi.role.startswith("legacy-")} | {99}
    assert all(switch.gateway == core.address for switch in ash.switches.values() if switch.role == "access")
    assert core.gateway is None
    assert core.routes == (("0.0.0.0/0", IPv4Address("192.168.254.1")),)


def test_links_of_a_joining_school_carry_the_old_and_the_new(trust: Trust) -> None:
    """A parallel run needs both on every link, and the dead VLAN on none."""
    ash = trust.schools["ash"]
    wanted = {vlan.id for vlan in ash.vlans.values()} - {999}
    for switch in ash.switches.values():
        for port in switch.ports:
            if port.profile.uplink:
                assert set(port.trunk_vlans) == wanted
                assert port.native_vlan == 999


def test_an_access_point_never_carries_old_servers_or_management(trust: Trust) -> None:
    """Old Wi-Fi networks stay on the access points of a joining school; nothing else of the old ones does."""
    for switch in trust.schools["ash"].switches.values():
        for port in switch.ports:
            if port.profile.name == "access-point":
                assert set(port.trunk_vlans) == {5, 50, 60, 66, 70, 80, 130}


def test_old_and_new_numbers_do_not_collide(trust: Trust) -> None:
    """Ash's old VLAN 20 keeps its number; the new servers are VLAN 220 with the block of the plan."""
    ash = trust.schools["ash"]
    assert ash.vlans["servers"].id == 220
    assert ash.vlans["servers"].prefix == IPv4Network("10.13.20.0/24")
    assert ash.vlans["legacy-20"].name == "SERVERS-OLD"
    assert ash.vlans["student-wifi"].prefix == IPv4Network("10.13.56.0/21")


def test_the_baseline_school_follows_the_plan(trust: Trust) -> None:
    """Oak: gateway on the core, switches from .11, relays on client VLANs, root bridge, every front port declared."""
    oak = trust.schools["oak"]
    core, access = oak.switches["oak-sw-core-01"], oak.switches["oak-sw-a1-01"]
    assert core.management.address == IPv4Interface("10.11.10.1/24")
    assert access.address == IPv4Address("10.11.10.11")
    assert access.gateway == IPv4Address("10.11.10.1")
    assert (core.root_priority, access.root_priority) == (4096, 32768)
    staff = next(svi for svi in core.svis if svi.role == "staff")
    assert staff.address == IPv4Interface("10.11.30.1/24")
    assert staff.helpers == oak.services.dhcp_relay
    assert len(access.ports) == 28  # 24 in front, 4 uplinks: all of the model
    uplink = next(port for port in access.ports if port.name == "GigabitEthernet1/1/1")
    assert uplink.description == "to oak-sw-core-01 Gi1/0/23"
    assert uplink.peer == ("oak-sw-core-01", "GigabitEthernet1/0/23")


def test_a_bundle_and_a_stack_are_resolved(trust: Trust) -> None:
    """The library's two cables are one port-channel on both ends; Block A's stack has two members."""
    ash = trust.schools["ash"]
    library, core = ash.switches["ash-sw-lib-01"], ash.switches["ash-sw-core-01"]
    assert library.bundles[0].members == ("GigabitEthernet1/1/1", "GigabitEthernet1/1/2")
    assert core.bundles[0].members == ("GigabitEthernet1/0/45", "GigabitEthernet1/0/46")
    assert library.bundles[0].port.trunk_vlans == library.ports[-1].trunk_vlans
    stack = ash.switches["ash-sw-a2-01"]
    assert stack.stack == ("WS-C2960X-24PS-L",)
    assert "GigabitEthernet2/0/24" in stack.poe_ports
    assert "GigabitEthernet2/0/25" not in stack.poe_ports


def test_a_chained_switch_points_its_uplink_at_the_core(trust: Trust) -> None:
    """Behind Block B: the end nearer to the core guards its root, the further end guards against loops."""
    ash = trust.schools["ash"]
    near = next(port for port in ash.switches["ash-sw-b1-01"].ports if port.peer and "sports" in port.peer[0])
    far = next(port for port in ash.switches["ash-sw-sports-01"].ports if port.peer)
    assert (near.profile.name, far.profile.name) == ("downlink", "uplink")


def test_schemas_in_the_repository_are_current() -> None:
    """The committed schemas are what `trustctl schema` writes."""
    for kind, schema in schemas().items():
        assert json.loads((ROOT / ".schemas" / f"{kind}.json").read_text(encoding="utf-8")) == schema


@pytest.mark.parametrize("path", TYPED, ids=lambda path: "/".join(path.parts[-2:]))
def test_an_example_file_names_its_schema_and_fits_it(path: Path) -> None:
    """The modeline leads to a schema file, and the file is valid against it."""
    found = MODELINE.match(path.read_text(encoding="utf-8"))
    assert found is not None
    schema = json.loads((path.parent / found[1]).read_text(encoding="utf-8"))
    document, _ = read_document(path.read_bytes(), path.name)
    assert document is not None
    jsonschema.Draft202012Validator(schema).validate(document.value)


def test_every_inventory_file_of_the_example_has_a_modeline(trust: Trust) -> None:
    """An editor helps with each file that trustctl reads."""
    assert {path.relative_to(ROOT.parent).as_posix() for path in TYPED} == {
        Path(name).relative_to(ROOT.parent).as_posix() for name in trust.files
    }


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("school", {"slug": "oak", "overrules": []}),
        ("switches", {"switches": {"Oak Switch": {}}}),
        ("baseline", {"vlans": {"staff": {"id": 4095, "name": "A", "title": "A"}}}),
        ("trust", {"levels": {"services": "fixed"}}),
        ("servers", {"servers": {"oak-srv-01": {"kind": "solaris"}}}),
    ],
)
def test_a_schema_refuses_what_loading_refuses(kind: str, value: object) -> None:
    """An editor underlines unknown keys, bad names, numbers out of range and unknown words."""
    assert not jsonschema.Draft202012Validator(schemas()[kind]).is_valid(value)
