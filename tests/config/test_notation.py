"""How platforms write interfaces and sets: what is printed reads back as the same value, on every platform."""

from __future__ import annotations

from pathlib import Path

import pytest
from golden_cases import TEMPLATES
from hypothesis import given
from hypothesis import strategies as st

from trustctl.errors import RulebookError
from trustctl.inventory.notation_file import load_notation
from trustctl.model.notation import Notation, SetNotation

NAMES = {
    "cisco_ios": [
        f"{stem}{n}" for stem in ("GigabitEthernet1/0/", "TenGigabitEthernet2/1/", "Port-channel") for n in range(1, 13)
    ],
    "aruba_aos_s": [
        f"{stem}{n}{end}"
        for stem, end in (("", ""), ("A", ""), ("2/A", ""), ("C", "i"), ("Trk", ""))
        for n in range(1, 13)
    ],
    "aruba_aos_cx": [f"{stem}{n}" for stem in ("1/1/", "2/1/", "lag ", "vlan ") for n in range(1, 13)],
}
"""Names of each platform, as its devices print them."""
PLATFORMS = sorted(file.parent.name for file in TEMPLATES.glob("*/interfaces.yml"))
COMWARE = Notation(numbers=SetNotation(" ", " to ", 2))


def notation(platform: str) -> Notation:
    """The notation of a shipped platform."""
    return load_notation(TEMPLATES / platform)


@pytest.mark.parametrize("platform", sorted(NAMES))
@given(data=st.data())
def test_a_set_of_ports_reads_back(platform: str, data: st.DataObject) -> None:
    """Any set of ports that is printed with ranges is read back as the same set (H19)."""
    names = data.draw(st.frozensets(st.sampled_from(NAMES[platform]), min_size=1))
    how = notation(platform)
    assert how.parse_ports(how.print_ports(names)) == names
    assert how.print_ports(how.parse_ports(how.print_ports(names))) == how.print_ports(names)


@pytest.mark.parametrize("platform", [*PLATFORMS, "comware"])
@given(vlans=st.frozensets(st.integers(1, 4094), min_size=1, max_size=60))
def test_a_set_of_vlans_reads_back(platform: str, vlans: frozenset[int]) -> None:
    """So is any set of VLANs, however the platform joins neighbours."""
    how = COMWARE if platform == "comware" else notation(platform)
    assert how.parse_numbers(how.print_numbers(vlans)) == vlans
    assert how.parse_vlans(how.print_vlans(vlans)) == vlans


PRINTED = [
    ("aruba_aos_s", "a1-a4,1,2,trk2,trk1", "1-2,A1-A4,Trk1-Trk2"),
    ("aruba_aos_s", "1/a1-1/a4,c3i,c2i", "1/A1-1/A4,C2i-C3i"),
    ("aruba_aos_cx", "1/1/2,1/1/1,lag2,lag 1", "1/1/1-1/1/2,lag 1-lag 2"),
    ("cisco_ios", "gi1/0/2,gi1/0/1,te1/1/1", "GigabitEthernet1/0/1 - 2 , TenGigabitEthernet1/1/1"),
]


@pytest.mark.parametrize(("platform", "text", "printed"), PRINTED)
def test_ports_are_printed_as_the_device_does(platform: str, text: str, printed: str) -> None:
    """In the device's order and spelling, neighbours as ranges."""
    assert notation(platform).print_ports(notation(platform).expand(text)) == printed


def test_neighbours_become_a_range_from_the_length_that_the_platform_says() -> None:
    """Two neighbours are a list on one platform, a range on others, and two words on a third."""
    numbers = {10, 11, 20, 21, 22}
    assert notation("cisco_ios").print_numbers(numbers) == "10,11,20-22"
    assert notation("aruba_aos_cx").print_numbers(numbers) == "10-11,20-22"
    assert COMWARE.print_numbers(numbers) == "10 to 11 20 to 22"


@pytest.mark.parametrize(
    ("platform", "text"),
    [
        ("aruba_aos_s", "A4-A1"),
        ("aruba_aos_s", "A1-B4"),
        ("aruba_aos_s", "AB1"),
        ("aruba_aos_cx", "1/1"),
        ("aruba_aos_s", ""),
    ],
)
def test_what_is_no_port_list_is_refused(platform: str, text: str) -> None:
    """A range that runs backwards or over modules, and a name that the platform has not, are refused as a whole."""
    with pytest.raises(ValueError, match="range"):
        notation(platform).expand(text)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("format: 2\n", "format 1"),
        ("format: 1\nfamilys: []\n", "familys"),
        ("format: 1\nnames: {shape: '('}\n", "cannot be read"),
        ("format: 1\nfamilies:\n  - {name: a, kind: port}\n", "kind must be one of"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_place(tmp_path: Path, text: str, problem: str) -> None:
    """Like every file of a platform it is read strictly."""
    (tmp_path / "interfaces.yml").write_text(text, encoding="utf-8")
    with pytest.raises(RulebookError, match=problem) as caught:
        load_notation(tmp_path)
    assert "interfaces.yml:" in caught.value.where
