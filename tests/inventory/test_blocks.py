"""Address blocks: allocation, alignment, overlaps."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustctl.inventory.blocks import Block, allocate, overlaps
from trustctl.inventory.yaml_document import read_document
from trustctl.model.addressing import AddressPlan

PLAN = AddressPlan(IPv4Network("10.0.0.0/8"), 1, 250, 1, 11)


@given(st.integers(1, 250), st.integers(1, 255), st.integers(16, 30))
def test_a_block_is_its_octet_or_is_refused(site: int, octet: int, length: int) -> None:
    """A block starts exactly on its VLAN's octet inside its site; one that would not is refused, never moved."""
    wanted = f"10.{site}.{octet}.0/{length}"
    try:
        expected = IPv4Network(wanted)
    except ValueError:
        with pytest.raises(ValueError, match="is not a network"):
            allocate(PLAN, site, octet, length)
        return
    block = allocate(PLAN, site, octet, length)
    assert block == expected
    assert block.subnet_of(IPv4Network(f"10.{site}.0.0/16"))


def test_the_trap_of_sixty_and_twenty_one_is_told_with_its_cure() -> None:
    """60 is a multiple of 4, not of 8: the message names the aligned block around it."""
    assert allocate(PLAN, 13, 60, 22) == IPv4Network("10.13.60.0/22")
    with pytest.raises(ValueError, match=r"10\.13\.60\.0/21 is not a network.*multiple of 8.*10\.13\.56\.0/21"):
        allocate(PLAN, 13, 60, 21)


def test_a_vlan_above_255_needs_its_block_written_out() -> None:
    """A VLAN id that is no octet cannot give a block."""
    with pytest.raises(ValueError, match="does not fit"):
        allocate(PLAN, 13, 300, 24)


NETWORKS = st.lists(
    st.tuples(st.integers(0, 63), st.integers(16, 24)).map(
        lambda pair: IPv4Network((0x0A000000 + (pair[0] << 10), pair[1]), strict=False)
    ),
    max_size=12,
)


@given(NETWORKS)
def test_the_sorted_sweep_finds_an_overlap_exactly_when_there_is_one(networks: list[IPv4Network]) -> None:
    """One pass over sorted blocks agrees with comparing every pair, and tells of each later block."""
    document, _ = read_document("\n".join(f"b{n}: x" for n in range(len(networks))).encode() or b"a: b", "x.yml")
    assert document is not None
    blocks = [Block(network, f"b{n}", document, (f"b{n}",)) for n, network in enumerate(networks)]
    pairs = [(a, b) for n, a in enumerate(networks) for b in networks[n + 1 :] if a.overlaps(b)]
    assert bool(overlaps(blocks)) == bool(pairs)
    in_order = sorted(networks, key=lambda network: (int(network.network_address), network.prefixlen))
    later = sum(any(network.overlaps(before) for before in in_order[:n]) for n, network in enumerate(in_order))
    assert len(overlaps(blocks)) == later
