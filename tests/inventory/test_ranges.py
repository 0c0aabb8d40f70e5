"""Port lists: what is written is what is meant, and the short form reads back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustctl.inventory.ranges import compress, expand

PORTS = st.lists(
    st.tuples(st.sampled_from(["1/0/", "2/0/", "1/1/", "Te1/1/", "A", "2/A", ""]), st.integers(0, 99)).map(
        lambda pair: f"{pair[0]}{pair[1]}"
    ),
    min_size=1,
    max_size=60,
    unique=True,
)


@given(PORTS)
def test_the_short_form_reads_back(ports: list[str]) -> None:
    """Expanding a compressed list gives the same ports in the same order."""
    assert expand(compress(ports)) == ports


@pytest.mark.parametrize(
    ("text", "ports"),
    [
        ("1/0/1", ["1/0/1"]),
        ("1/0/1-3", ["1/0/1", "1/0/2", "1/0/3"]),
        ("1/0/1-1/0/2, 1/1/1", ["1/0/1", "1/0/2", "1/1/1"]),
        ("A1-A3", ["A1", "A2", "A3"]),
        ("2/A1-2/A3", ["2/A1", "2/A2", "2/A3"]),
        ("2/A1-A2,2/B1-2", ["2/A1", "2/A2", "2/B1", "2/B2"]),
        ("1/1/1-1/1/3", ["1/1/1", "1/1/2", "1/1/3"]),
        ("Te1/1/1-2", ["Te1/1/1", "Te1/1/2"]),
        ("24", ["24"]),
    ],
)
def test_a_list_expands(text: str, ports: list[str]) -> None:
    """Ranges within a slot, with or without the slot repeated, and lists of them."""
    assert expand(text) == ports


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not a port"),
        ("1/0/", "not a port"),
        ("1/0/1-2/0/4", "not a port"),
        ("1/0/4-1", "backwards"),
        ("1/0/1,1/0/1", "twice"),
        ("1/0/1-9999,1/1/1-9999", "more than"),
        ("all", "not a port"),
        ("1/0/1\n", "not a port"),
    ],
)
def test_what_cannot_be_meant_is_refused(text: str, why: str) -> None:
    """A list that cannot be read says which part and why."""
    with pytest.raises(ValueError, match=why):
        expand(text.replace("\n", "x\n") if text.endswith("\n") else text)
