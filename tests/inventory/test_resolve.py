"""Layers, levels, provenance: what a school gets, why, and from which line."""

from __future__ import annotations

import pickle
from datetime import date
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from pathlib import Path

import pytest
from bad_cases import HERE, TODAY
from hypothesis import given
from hypothesis import strategies as st

from trustctl.inventory import InventoryInvalid, describe, describe_device, load
from trustctl.inventory.layers import level_of
from trustctl.model.levels import Level
from trustctl.model.origin import Layer
from trustctl.model.school import Trust

EXAMPLE = HERE.parents[1] / "inventory"


def add(folder: Path, file: str, text: str) -> Trust:
    """The trust with text added at the end of one file."""
    with (folder / file).open("a", encoding="utf-8") as stream:
        stream.write(text)
    return load(folder, today=TODAY)


def test_each_layer_overrides_the_one_below(folder: Path) -> None:
    """Student Wi-Fi: /22 by the baseline, /24 by the primary phase, /23 by the school, each with its line."""
    before = load(folder, today=TODAY)
    text = "overrides:\n  - {path: vlans.student-wifi.size, value: 23, reason: More pupils.}\n"
    after = add(folder, "schools/elm/school.yml", text)
    origins = [
        (trust.schools[slug].vlans["student-wifi"].prefix, trust.schools[slug].origin("vlans.student-wifi.size"))
        for trust, slug in ((before, "oak"), (before, "elm"), (after, "elm"))
    ]
    assert [prefix for prefix, _ in origins] == [
        IPv4Network("10.11.60.0/22"),
        IPv4Network("10.12.60.0/24"),
        IPv4Network("10.12.60.0/23"),
    ]
    assert [(origin.layer, origin.place.line) for _, origin in origins if origin and origin.place] == [
        (Layer.BASELINE, 4),
        (Layer.PHASE, 30),
        (Layer.SCHOOL, 8),
    ]


def test_an_override_is_listed_with_its_reason_and_what_it_replaces(folder: Path) -> None:
    """Plans and reports show value, default and reason."""
    text = "overrides:\n  - {path: services.dns, value: [10.12.20.5], reason: Own server., expires: 2027-08-31}\n"
    school = add(folder, "schools/elm/school.yml", text).schools["elm"]
    (override,) = school.overrides
    assert (override.path, override.value, override.default) == ("services.dns", "10.12.20.5", "10.250.20.21")
    assert (override.reason, override.expires) == ("Own server.", date(2027, 8, 31))
    assert school.services.dns == (IPv4Address("10.12.20.5"),)
    origin = school.origin("services.dns[0]")
    assert origin is not None
    assert str(origin).endswith("schools/elm/school.yml:8 (school)")


def test_a_waiver_opens_a_locked_value_until_its_day(folder: Path) -> None:
    """The day of expiry still counts, the day after does not."""
    text = (
        "overrides:\n  - {path: hardening.dhcp_snooping_rate, value: 40, reason: Busy.}\n"
        "waivers:\n  - {path: hardening.dhcp_snooping_rate, reason: Busy., owner: Head of IT, expires: 2026-11-22}\n"
    )
    school = add(folder, "schools/elm/school.yml", text).schools["elm"]
    assert school.services.hardening.dhcp_snooping_rate == 40
    assert school.waivers[0].owner == "Head of IT"
    with pytest.raises(InventoryInvalid) as caught:
        load(folder, today=date(2026, 11, 23))
    assert [finding.code for finding in caught.value.findings] == ["waiver_expired"]


def test_a_free_value_needs_no_reason(folder: Path) -> None:
    """What is the school's own is not argued about."""
    text = "overrides:\n  - {path: services.snmp.location, value: Comms room}\n"
    assert add(folder, "schools/elm/school.yml", text).schools["elm"].services.snmp.location == "Comms room"


def test_a_school_may_add_what_only_it_has(folder: Path) -> None:
    """An extra VLAN, port profile and wireless network resolve like those of the baseline."""
    text = (
        "extra:\n"
        "  vlans:\n    telescope: {id: 300, name: SKY, title: Telescope, block: 10.12.200.0/24, reason: Astronomy.}\n"
        "  port_profiles:\n    telescope: {mode: access, access: telescope, edge: true, reason: Astronomy.}\n"
        "  ssids:\n    sky: {name: sky, purpose: Stars, security: 802.1x, vlan: telescope, reason: Astronomy.}\n"
    )
    switches = (
        "switches:\n  elm-sw-core-01:\n    platform: cisco_ios\n    model: C9300-24P\n    role: core\n"
        "    ports:\n      - {ports: 1/0/1, profile: telescope}\n"
    )
    (folder / "schools/elm/switches.yml").write_text(switches, encoding="utf-8")
    school = add(folder, "schools/elm/school.yml", text).schools["elm"]
    assert school.vlans["telescope"].gateway == IPv4Address("10.12.200.1")
    assert school.switches["elm-sw-core-01"].ports[0].access_vlan == 300
    assert [ssid.name for ssid in school.ssids] == ["trust-student", "sky"]
    origin = school.origin("vlans.telescope.id")
    assert origin is not None
    assert origin.layer is Layer.SCHOOL


def test_a_vlan_that_is_not_carried_is_nowhere(folder: Path) -> None:
    """A phase or school that does without a VLAN has no block, no SVI and no trunk for it."""
    levels = (folder / "trust.yml").read_text("utf-8").replace("levels:\n", "levels:\n  vlans.*.carried: default\n")
    (folder / "trust.yml").write_text(levels, encoding="utf-8")
    text = "overrides:\n  - {path: vlans.voice.carried, value: false, reason: No telephones.}\n"
    school = add(folder, "schools/oak/school.yml", text).schools["oak"]
    assert "voice" not in school.vlans
    core = school.switches["oak-sw-core-01"]
    assert 90 not in {svi.vlan for svi in core.svis}
    assert 90 not in core.ports[0].trunk_vlans
    access = school.switches["oak-sw-a1-01"]
    assert (access.ports[0].access_vlan, access.ports[0].voice_vlan) == (30, None)


def test_a_second_range_of_an_old_vlan_is_a_secondary_address(folder: Path) -> None:
    """Two old subnets on one VLAN: the core keeps both gateways on the VLAN's interface."""
    text = "legacy:\n" + "".join(
        f"  - {{vlan: 2, name: OLD, prefix: 192.168.{n}.0/24, purpose: Old, gateway: 192.168.{n}.1, routed_by: core}}\n"
        for n in (4, 5)
    )
    core = add(folder, "schools/oak/school.yml", text).schools["oak"].switches["oak-sw-core-01"]
    svi = next(svi for svi in core.svis if svi.vlan == 2)
    assert svi.address == IPv4Interface("192.168.4.1/24")
    assert svi.secondary == (IPv4Interface("192.168.5.1/24"),)


def test_resolving_twice_is_resolving_once() -> None:
    """Two loads of the same files are equal, origins and digest included."""
    first, second = (load(EXAMPLE, today=TODAY) for _ in range(2))
    assert first == second
    assert first.digest == second.digest


def test_a_trust_survives_its_way_to_another_process() -> None:
    """Rendering happens in a child process: a pickled trust is equal, with plain dictionaries of origins."""
    trust = load(EXAMPLE, today=TODAY)
    copy = pickle.loads(pickle.dumps(trust))  # noqa: S301 - our own bytes
    assert copy == trust
    assert type(copy.schools["ash"].origins) is dict


def test_the_digest_changes_with_any_file(folder: Path) -> None:
    """A comment is a change: a plan is bound to exactly these files."""
    before = load(folder, today=TODAY)
    after = add(folder, "schools/elm/school.yml", "# a comment\n")
    assert before.digest != after.digest
    assert before.digest.startswith("sha256:")
    assert before.schools["elm"].vlans == after.schools["elm"].vlans


def test_every_row_of_every_school_knows_where_it_comes_from() -> None:
    """`show` has an origin for each value: a line that exists, or a note how it was worked out."""
    trust = load(EXAMPLE, today=TODAY)
    lengths = {name: len(Path(name).read_text("utf-8").split("\n")) for name in trust.files}
    for school in trust.schools.values():
        rows = describe(school)
        assert len({row.path for row in rows}) == len(rows)
        for row in rows:
            assert row.origin is not None, row.path
            if row.origin.place is None:
                assert row.origin.note
            else:
                assert 1 <= row.origin.place.line <= lengths[row.origin.place.file]


def test_a_port_is_explained_by_the_line_that_gave_it_its_profile() -> None:
    """`explain` of one port names its line, the VLAN its own."""
    trust = load(EXAMPLE, today=TODAY)
    ash = trust.schools["ash"]
    switch = ash.switches["ash-sw-a1-01"]
    (row,) = describe_device(ash, switch, "GigabitEthernet1/0/17")
    assert row.value == "student: VLAN 3"
    assert row.origin is not None
    assert row.origin.place is not None
    lines = Path(row.origin.place.file).read_text("utf-8").split("\n")
    assert "1/0/17-40" in lines[row.origin.place.line - 1]
    vlan = ash.origin("switches.ash-sw-a1-01.ports.GigabitEthernet1/0/17.access_vlan")
    assert vlan is not None
    assert vlan.place is not None
    assert lines[vlan.place.line - 1][vlan.place.column - 1] == "3"
    assert row.to_dict()["layer"] == "device"


def test_a_trust_may_bring_its_own_platform_folder(folder: Path, tmp_path: Path) -> None:
    """Models of the trust's own templates come first; a broken file of theirs is told at its line."""
    own = tmp_path / "templates" / "acme_os"
    own.mkdir(parents=True)
    models = "models:\n  A24:\n    ports:\n      - {ports: Ethernet1-24}\n"
    (own / "models.yml").write_text(models, encoding="utf-8")
    names = "format: 1\nfamilies:\n  - {name: Ethernet, short: e}\n  - {name: bond, kind: lag}\n"
    (own / "interfaces.yml").write_text(names, encoding="utf-8")
    switches = (
        "switches:\n  elm-sw-core-01:\n    platform: acme_os\n    model: A24\n    role: core\n"
        "    ports:\n      - {ports: 1-2, profile: staff}\n"
    )
    (folder / "schools/elm/switches.yml").write_text(switches, encoding="utf-8")
    trust = load(folder, today=TODAY, templates=[tmp_path / "templates"])
    assert [port.name for port in trust.schools["elm"].switches["elm-sw-core-01"].ports] == ["Ethernet1", "Ethernet2"]
    (own / "models.yml").write_text(models.replace("Ethernet1-24", "Ethernet24-1"), encoding="utf-8")
    with pytest.raises(InventoryInvalid) as caught:
        load(folder, today=TODAY, templates=[tmp_path / "templates"])
    places = {
        (finding.code, finding.place.file.rsplit("/", 1)[1], finding.place.line) for finding in caught.value.findings
    }
    assert ("bad_value", "models.yml", 4) in places


PATHS = st.lists(st.sampled_from(["vlans", "staff", "size", "services", "dns"]), min_size=1, max_size=4).map(".".join)
PATTERNS = st.lists(st.sampled_from(["vlans", "staff", "size", "services", "dns", "*"]), min_size=1, max_size=4).map(
    ".".join
)


@given(PATHS, st.dictionaries(PATTERNS, st.sampled_from(Level), max_size=6))
def test_a_level_is_decided_by_the_longest_pattern(path: str, levels: dict[str, Level]) -> None:
    """Only patterns that cover the path count, a longer one wins, an exact word beats a star; none means locked."""
    found = level_of(levels, path)
    covering = {
        pattern: level
        for pattern, level in levels.items()
        if len(pattern.split(".")) <= len(path.split("."))
        and all(a in {"*", b} for a, b in zip(pattern.split("."), path.split("."), strict=False))
    }
    if not covering:
        assert found is Level.LOCKED
        return
    weights = {p: (len(p.split(".")), sum(part != "*" for part in p.split("."))) for p in covering}
    best = max(weights.values())
    assert found in {covering[p] for p, weight in weights.items() if weight == best}
