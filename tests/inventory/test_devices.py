"""Devices of a school: their parts by name, their ports by what they are made of, a controller's networks."""

from __future__ import annotations

from pathlib import Path

import pytest
from bad_cases import TODAY, names_of

from trustctl.errors import SecretError
from trustctl.inventory import InventoryInvalid, bad_passphrases, describe_device, load
from trustctl.inventory.ranges import expand
from trustctl.model.levels import Ownership
from trustctl.model.membership import carried


@pytest.fixture
def owning(folder: Path) -> Path:
    """The minimal trust, its core with names of `ownership` of every kind."""
    file = folder / "schools/oak/switches.yml"
    parts = 'syslog: ignored, global/ntp-server: ensured, "*": owned, interface range Gi1/0/1-2: ignored'
    text = file.read_text("utf-8").replace("    role: core\n", f"    role: core\n    ownership: {{{parts}}}\n")
    file.write_text(text, encoding="utf-8")
    return folder


def test_parts_are_named_in_every_way_that_a_scope_knows(owning: Path) -> None:
    """Topic, line rule, header and `*` arrive under the rulebook's own names, with the line they come from."""
    school = load(owning, today=TODAY, names_of=names_of).schools["oak"]
    switch = school.switches["oak-sw-core-01"]
    assert dict(switch.ownership) == {
        "*": Ownership.OWNED,
        "Syslog": Ownership.IGNORED,
        "global/ntp-server": Ownership.ENSURED,
        "interface GigabitEthernet1/0/1": Ownership.IGNORED,
        "interface GigabitEthernet1/0/2": Ownership.IGNORED,
    }
    rows = {row.path: row for row in describe_device(school, switch)}
    row = rows["switches.oak-sw-core-01.ownership.Syslog"]
    assert row.value == "ignored"
    assert str(row.origin).endswith("schools/oak/switches.yml:6 (device)")


def test_a_name_that_nobody_can_check_is_a_problem(owning: Path) -> None:
    """Without the rulebooks an ownership is never taken on trust."""
    with pytest.raises(InventoryInvalid) as caught:
        load(owning, today=TODAY)
    assert [problem.code for problem in caught.value.findings] == ["ownership_unchecked"] * 4


@pytest.mark.parametrize(
    ("made_of", "has"),
    [
        ("model: JL256A", "1-52"),
        ("model: JL256A\n    stack: []", "1/1-52"),
        ("model: JL256A\n    stack: [JL255A]", "1/1-52,2/1-28"),
        ("model: JL073A\n    modules: {A: JL083A}", "1-24,A1-4"),
        ("model: JL075A\n    stack: [JL073A]\n    modules: {1/B: JL083A, 2/A: JL081A}", "1/1-16,1/B1-4,2/1-24,2/A1-4"),
        ("model: J9850A\n    modules: {A: J9536A, C: J9534A}", "A1-22,C1-24"),
    ],
)
def test_ports_are_named_by_what_a_switch_is_made_of(folder: Path, made_of: str, has: str) -> None:
    """Member numbers in stacks only, ports of modules by their slot."""
    switches = (
        f"switches:\n  elm-sw-core-01:\n    platform: aruba_aos_s\n    {made_of}\n    role: core\n    rest: staff\n"
    )
    (folder / "schools/elm/switches.yml").write_text(switches, encoding="utf-8")
    switch = load(folder, today=TODAY).schools["elm"].switches["elm-sw-core-01"]
    assert [port.name for port in switch.ports] == expand(has)


def test_a_model_that_is_too_small_is_told(folder: Path, tmp_path: Path) -> None:
    """Too many VLANs and too long a VLAN name, the name at its place in the baseline and once for all switches."""
    own = tmp_path / "templates" / "acme_os"
    own.mkdir(parents=True)
    models = "limits: {vlans: 3, vlan_name: 6}\nmodels: {A24: {ports: [{ports: 1-24}]}}\n"
    (own / "models.yml").write_text(models, encoding="utf-8")
    entry = "    platform: acme_os\n    model: A24\n    role: access\n    position: "
    switches = f"switches:\n  elm-sw-a1-01:\n{entry}1\n  elm-sw-a2-01:\n{entry}2\n"
    (folder / "schools/elm/switches.yml").write_text(switches, encoding="utf-8")
    with pytest.raises(InventoryInvalid) as caught:
        load(folder, today=TODAY, templates=[tmp_path / "templates"])
    told = [(found.where.rsplit("/", 1)[1], found.path, found.problem) for found in caught.value.findings]
    assert told == [
        (
            "all.yml:4:32",
            "vlans.student-wifi.name",
            "the VLAN name 'STUDENT-WIFI' has 12 characters, A24 (elm-sw-a1-01) takes 6",
        ),
        ("switches.yml:4:12", "switches.elm-sw-a1-01.model", "the school has 5 VLANs, A24 takes 3"),
        ("switches.yml:9:12", "switches.elm-sw-a2-01.model", "the school has 5 VLANs, A24 takes 3"),
    ]


WIRELESS = """
controllers:
  elm-wlc-01:
    platform: cisco_9800
    model: C9800-L-F-K9
    position: 20
    groups:
      hall: {title: Hall, ssids: [student]}
    access_points:
      elm-ap-1: {mac: "00:00:5e:00:53:01", group: hall}
"""


def test_a_controller_carries_the_trusts_networks_on_the_schools_vlans(folder: Path) -> None:
    """The network's VLAN is the school's; the switch end and the controller's end of its cable carry the same."""
    (folder / "schools/elm/wireless.yml").write_text(WIRELESS, encoding="utf-8")
    switches = (
        "switches:\n  elm-sw-core-01: {platform: cisco_ios, model: C9300-24P, role: core}\n"
        'links:\n  - {a: elm-sw-core-01 1/0/1-2, b: "elm-wlc-01 Te0/1/0-1", bundle: 4, bundle_b: 1}\n'
    )
    (folder / "schools/elm/switches.yml").write_text(switches, encoding="utf-8")
    school = load(folder, today=TODAY).schools["elm"]
    controller = school.controllers["elm-wlc-01"]
    (ssid,) = controller.ssids
    assert (ssid.number, ssid.name, ssid.vlan, controller.kind, controller.radio.country) == (
        101,
        "trust-student",
        60,
        "wlc",
        "GB",
    )
    assert [(group.name, group.ssids) for group in controller.groups] == [("hall", ("trust-student",))]
    assert controller.management.vlan == 10
    assert [bundle.name for bundle in controller.bundles] == ["Port-channel1"]
    core = school.switches["elm-sw-core-01"]
    assert carried(core.bundles[0].port) == carried(controller.bundles[0].port)
    assert list(school.devices) == ["elm-sw-core-01", "elm-wlc-01"]
    rows = {row.path: row for row in describe_device(school, controller)}
    assert rows["controllers.elm-wlc-01.access_points.elm-ap-1"].value == "00:00:5e:00:53:01, group hall"
    origin = rows["controllers.elm-wlc-01.groups.hall"].origin
    assert origin is not None
    assert str(origin.place).endswith("wireless.yml:8")


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("seven77", "the passphrase wifi/oak-things has 7 characters"),
        ("x" * 8, ""),
        ("x" * 63, ""),
        ("x" * 64, "the passphrase wifi/oak-things has 64 characters"),
        ("0aF3" * 16, ""),
        ("eight\tch", "the passphrase wifi/oak-things has a character that is not printable ASCII"),
        (None, "no such secret"),
    ],
)
def test_a_passphrase_is_looked_at_where_it_is_known(folder: Path, value: str | None, told: str) -> None:
    """WPA takes 8 to 63 characters or 64 digits; the place is the network's, and the value is not shown."""
    entry = (
        "extra:\n  ssids:\n    things: {name: oak-things, purpose: Things, security: psk, "
        "psk: secret://wifi/oak-things, vlan: staff, reason: No sign-in.}\n"
    )
    school = folder / "schools/oak/school.yml"
    school.write_text(school.read_text(encoding="utf-8") + entry, encoding="utf-8")

    def value_of(name: str) -> str:
        if value is None:
            raise SecretError("no such secret", where=name)
        return value

    found = bad_passphrases(load(folder, today=TODAY), value_of)
    assert [one.problem for one in found] == ([told] if told else [])
    for one in found:
        assert one.where.endswith("school.yml:9:69")
        assert "psk: secret://wifi/oak-things" in one.source
        assert value is None or value not in one.format()
