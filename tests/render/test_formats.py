"""How values are written."""

from __future__ import annotations

from ipaddress import IPv4Interface, IPv4Network

from hypothesis import given
from hypothesis import strategies as st

from trustctl.render.formats import address, matching, network, percent, ranges


@given(st.sets(st.integers(1, 4094)))
def test_ranges_can_be_read_back(numbers: set[int]) -> None:
    """A collapsed list holds exactly the numbers it was made of, in order."""
    found: list[int] = []
    for part in ranges(numbers).split(","):
        first, _, last = part.partition("-")
        if first:
            found += range(int(first), int(last or first) + 1)
    assert found == sorted(numbers)


def test_ranges_are_written_as_ios_prints_them() -> None:
    """Two neighbours stay a list, three become a range."""
    assert ranges([22, 10, 20, 21]) == "10,20-22"
    assert ranges([20, 21]) == "20,21"
    assert ranges([]) == ""


def test_addresses() -> None:
    """Addresses, networks and access-list entries have IOS's form."""
    assert address(IPv4Interface("10.11.60.1/22")) == "10.11.60.1 255.255.252.0"
    assert network("0.0.0.0/0") == "0.0.0.0 0.0.0.0"
    assert matching(IPv4Network("10.250.10.0/24")) == "10.250.10.0 0.0.0.255"
    assert matching(IPv4Network("10.250.10.7/32")) == "10.250.10.7"
    assert percent(5) == "5.00"
