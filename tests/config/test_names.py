"""What a person may call a part of a configuration, and the keys of `Scope.ownership` that it means."""

from __future__ import annotations

import pytest
import reading

from trustctl.config.names import PartNames


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("*", ("*",)),
        ("NTP", ("NTP",)),
        ("spanning TREE", ("Spanning tree",)),
        ("acl-standard", ("acl-standard",)),
        ("global/ntp-server", ("global/ntp-server",)),
        ("int gi1/0/5", ("interface GigabitEthernet1/0/5",)),
        ("interface Vlan10", ("interface Vlan10",)),
        ("interface range Gi1/0/1-2", ("interface GigabitEthernet1/0/1", "interface GigabitEthernet1/0/2")),
        ("line vty 0 1", ("line vty 0", "line vty 1")),
        ("vlan 10,12", ("vlan 10", "vlan 12")),
        ("ip access-list standard MGMT", ("ip access-list standard MGMT",)),
    ],
)
def test_a_name_means_its_keys(name: str, keys: tuple[str, ...]) -> None:
    """Short forms and ranges become the headers that a comparison knows; topics count in any case."""
    assert PartNames(reading.ios()).resolve(name) == keys


@pytest.mark.parametrize(
    "name",
    ["", "!", "NPT", "global/ntp", "hostname oak", "no vlan 10", "access-list 10 permit any", "router bgp 1", "end"],
)
def test_a_word_that_is_no_name_means_nothing(name: str) -> None:
    """Lines, removals and words that the rulebook does not know are no parts."""
    assert PartNames(reading.ios()).resolve(name) == ()


def test_every_known_name_means_itself() -> None:
    """What is offered for a slip of the finger is accepted."""
    names = PartNames(reading.ios())
    assert [names.resolve(name) for name in names.known] == [(name,) for name in names.known]
