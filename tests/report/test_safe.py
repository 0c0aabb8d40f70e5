"""Text of devices made safe, and ports as people say them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustctl.report.ports import is_port, port_ranges
from trustctl.report.safe import fence, safe_text


@given(st.text(st.characters(exclude_categories=())))
def test_nothing_invisible_survives(text: str) -> None:
    """No control, format, surrogate, private or separator character is left, and plain text stays as it is."""
    shown = safe_text(text)
    assert not {unicodedata.category(char) for char in shown} & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    assert safe_text(shown) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\u202eb", "a\\u202eb"),
        ("\x9b", "\\x9b"),
        ("Ysgol Dŵr", "Ysgol Dŵr"),
        ("two\nlines", "two\\nlines"),
        ("\udc80", "\\udc80"),
    ],
)
def test_shown_as_code(text: str, shown: str) -> None:
    """What is escaped can be read back by a person."""
    assert safe_text(text) == shown


@given(st.lists(st.text("`a"), max_size=5))
def test_fence_is_longer_than_any_run(lines: list[str]) -> None:
    """No line can close the block it stands in."""
    mark = fence(tuple(lines))
    assert len(mark) >= 3
    assert all(mark not in line for line in lines)


@pytest.mark.parametrize(
    ("names", "ranges"),
    [
        (["GigabitEthernet1/0/1", "GigabitEthernet1/0/2", "GigabitEthernet1/0/4"], ("Gi1/0/1-2,4",)),
        (["GigabitEthernet1/0/48", "GigabitEthernet2/0/49"], ("Gi1/0/48", "Gi2/0/49")),
        (["Port-channel1", "Vlan20"], ("Po1", "Vlan20")),
        (["1", "2", "4", "A3", "A4", "Trk1", "Trk2"], ("ports 1-2,4,A3-A4", "Trk1-2")),
        (["1/1/1", "1/1/2", "2/1/3", "lag 1", "lag 2"], ("ports 1/1/1-2,2/1/3", "lag 1-2")),
        (["1/A1", "1/A2", "2/A3"], ("ports 1/A1-A2,2/A3",)),
        (["A1"], ("port A1",)),
        ([], ()),
    ],
)
def test_port_ranges(names: list[str], ranges: tuple[str, ...]) -> None:
    """Runs of ports are joined; stack members are never joined with each other."""
    assert port_ranges(names) == ranges


@pytest.mark.parametrize(
    ("name", "port"),
    [
        ("GigabitEthernet1/0/1", True),
        ("Port-channel1", True),
        ("24", True),
        ("A1", True),
        ("2/A1", True),
        ("1/1/25", True),
        ("Trk1", True),
        ("lag 1", True),
        ("eth0", True),
        ("Vlan20", False),
        ("vlan 20", False),
        ("Loopback0", False),
        ("mgmt", False),
        ("oobm", False),
    ],
)
def test_is_port(name: str, port: bool) -> None:
    """Ports of every make are one of a row; what the switch has in a VLAN is not."""
    assert is_port(name) is port
