"""Values in device notation: what is printed is read back as the same value."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustctl.config.aces import normalise_extended, normalise_standard
from trustctl.config.values import expand_span, normalise_ipv4, normalise_ipv6, normalise_mac, print_span
from trustctl.inventory.notation_file import load_notation

IOS = load_notation(Path(__file__).parents[2] / "templates" / "cisco_ios")
ALL_VLANS = frozenset(range(1, 4095))

VLAN_SETS = st.frozensets(st.integers(1, 4094), max_size=60)


@given(VLAN_SETS.filter(bool))
def test_a_vlan_list_reads_back(vlans: frozenset[int]) -> None:
    """Any set of VLANs that is printed as a list is read back as the same set (H2)."""
    assert IOS.parse_numbers(IOS.print_numbers(vlans)) == vlans


@given(VLAN_SETS | st.just(ALL_VLANS))
def test_what_a_trunk_carries_reads_back(vlans: frozenset[int]) -> None:
    """Any set of VLANs, none and all of them included, is read back from the trunk's notation."""
    assert IOS.parse_vlans(IOS.print_vlans(vlans)) == vlans


@given(st.lists(st.tuples(st.integers(1, 4094), st.integers(0, 20)), min_size=1, max_size=10))
def test_ranges_may_overlap_and_come_in_any_order(ranges: list[tuple[int, int]]) -> None:
    """A list of ranges means the union of its parts, whatever their order."""
    parts = [(first, min(first + more, 4094)) for first, more in ranges]
    text = ",".join(f"{first}-{last}" for first, last in parts)
    expected = {number for first, last in parts for number in range(first, last + 1)}
    assert IOS.parse_numbers(text) == expected


@pytest.mark.parametrize("text", ["", "0", "4095", "10-5", "a", "10,,20", "1-2-3", "-5", "\u0661\u0660", "10 20-"])
def test_what_is_no_vlan_list_is_refused(text: str) -> None:
    """A list with anything but VLANs 1 to 4094 in it is refused as a whole."""
    with pytest.raises(ValueError, match="is not"):
        IOS.parse_numbers(text)


def test_ios_prints_two_neighbours_without_a_dash() -> None:
    """Two neighbours are printed with a comma, three with a dash, as IOS does."""
    assert IOS.print_numbers({10, 11, 20, 21, 22}) == "10,11,20-22"


def test_a_trunk_list_may_name_what_it_leaves_out() -> None:
    """`except` means all VLANs but the list."""
    assert IOS.parse_vlans("except 1-4000") == frozenset(range(4001, 4095))


TYPES = ["GigabitEthernet", "TenGigabitEthernet", "TwoGigabitEthernet", "TwentyFiveGigE", "FastEthernet", "HundredGigE"]


@given(
    st.sampled_from(TYPES),
    st.lists(st.integers(0, 99), min_size=1, max_size=3),
    st.integers(2, 8),
    st.sampled_from(["", " "]),
    st.booleans(),
)
def test_an_abbreviated_interface_is_the_interface(
    kind: str, numbers: list[int], size: int, blank: str, lower: bool
) -> None:
    """Every abbreviation that IOS takes, in any case and with a blank before the number, is the full name."""
    shortest = {"TwentyFiveGigE": 3}.get(kind, 2)
    short = kind[: max(size, shortest)]
    short = short.lower() if lower else short
    number = "/".join(str(each) for each in numbers)
    assert IOS.normalise(f"{short}{blank}{number}") == f"{kind}{number}"
    assert IOS.kind(f"{kind}{number}") == "physical"


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("vl10", "Vlan10", "svi"),
        ("Po1", "Port-channel1", "lag"),
        ("lo0", "Loopback0", "loopback"),
        ("tu1", "Tunnel1", "tunnel"),
        ("gi0/0.10", "GigabitEthernet0/0.10", "subinterface"),
        ("Se0/0/0:15", "Serial0/0/0:15", "physical"),
        ("fa0", "FastEthernet0", "physical"),
        ("AppGigabitEthernet1/0/1", "AppGigabitEthernet1/0/1", "physical"),
        ("nve1", "nve1", "virtual"),
    ],
)
def test_each_kind_of_interface_has_its_class(text: str, name: str, kind: str) -> None:
    """The class of a name decides whether `no interface` may ever be sent."""
    assert IOS.normalise(text) == name
    assert IOS.kind(name) == kind


def test_an_interface_range_names_each_of_its_interfaces() -> None:
    """A range is the list of its members; a part without a type takes the type before it (H12)."""
    assert IOS.expand("gi1/0/1 - 3 , te1/1/1") == [
        "GigabitEthernet1/0/1",
        "GigabitEthernet1/0/2",
        "GigabitEthernet1/0/3",
        "TenGigabitEthernet1/1/1",
    ]
    assert IOS.expand("Gi1/0/1-2,1/0/9") == [f"GigabitEthernet1/0/{port}" for port in (1, 2, 9)]


@pytest.mark.parametrize("text", ["1/0/1", "gi1/0/5 - 2", "gi1/0/1 - te1/0/4", "gi1/0/1 - 2/0/4", "", "gi"])
def test_what_is_no_interface_range_is_refused(text: str) -> None:
    """A range that runs backwards or over types or modules is refused, never half expanded."""
    with pytest.raises(ValueError, match="range"):
        IOS.expand(text)


def test_a_span_of_lines_reads_back() -> None:
    """`line vty 5 15` is eleven lines and back (H11)."""
    members = expand_span("5 15")
    assert members == [str(number) for number in range(5, 16)]
    assert print_span(int(member) for member in members) == "5 15"


def test_addresses_have_one_spelling() -> None:
    """Addresses that are equal are spelt equally; what is no address is refused."""
    assert normalise_ipv6("2001:db8:0:0::1/64") == "2001:DB8::1/64"
    assert normalise_mac("00-1B-44-11-3A-B7") == "001b.4411.3ab7"
    with pytest.raises(ValueError, match="IPv4"):
        normalise_ipv4("10.1.1.256")


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("permit host 10.1.1.1", "permit 10.1.1.1"),
        ("permit 10.1.1.1 0.0.0.0", "permit 10.1.1.1"),
        ("permit 10.1.1.77 0.0.0.255", "permit 10.1.1.0 0.0.0.255"),
        ("permit 0.0.0.0 255.255.255.255", "permit any"),
        ("deny   any log", "deny any log"),
        ("permit 10.1.1.0, wildcard bits 0.0.0.255", "permit 10.1.1.0 0.0.0.255"),
    ],
)
def test_entries_of_a_standard_list_that_mean_the_same_are_equal(left: str, right: str) -> None:
    """Spellings of one address condition are one entry."""
    assert normalise_standard(left) == normalise_standard(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("permit tcp any host 10.1.1.1 eq 443", "permit tcp any 10.1.1.1 0.0.0.0 eq 443"),
        ("permit tcp any any eq 80", "permit tcp any any eq www"),
        ("permit udp any eq 68 any eq 67", "permit udp any eq bootpc any eq bootps"),
        ("permit 17 any any eq 53", "permit udp any any eq domain"),
        ("deny   ip any any", "deny ip any any"),
        ("permit tcp any range 20 21 any", "permit tcp any range ftp-data ftp any"),
    ],
)
def test_entries_of_an_extended_list_that_mean_the_same_are_equal(left: str, right: str) -> None:
    """Numbers and names of ports and protocols are one entry."""
    assert normalise_extended(left) == normalise_extended(right)


def test_entries_that_mean_different_things_are_different() -> None:
    """A port name of UDP is not that of TCP, and a remark is kept as it is."""
    assert normalise_extended("permit tcp any any eq 123") == "permit tcp any any eq 123"
    assert normalise_extended("permit udp any any eq 123") == "permit udp any any eq ntp"
    assert normalise_standard("remark  two  blanks") == "remark  two  blanks"
