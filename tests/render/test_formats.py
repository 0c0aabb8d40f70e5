"""How values are written."""

from __future__ import annotations

from ipaddress import IPv4Interface, IPv4Network

from trustctl.render.formats import address, matching, network, percent, whole


def test_addresses() -> None:
    """Addresses, networks and access-list entries have IOS's form."""
    assert address(IPv4Interface("10.11.60.1/22")) == "10.11.60.1 255.255.252.0"
    assert network("0.0.0.0/0") == "0.0.0.0 0.0.0.0"
    assert matching(IPv4Network("10.250.10.0/24")) == "10.250.10.0 0.0.0.255"
    assert matching(IPv4Network("10.250.10.7/32")) == "10.250.10.7"
    assert percent(5) == "5.00"
    assert [whole(level) for level in (5.0, 0.5, 0.0)] == [5, 1, 0]
