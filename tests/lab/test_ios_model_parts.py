"""The parts of the IOS model: names, VLAN lists, hashes, the grammar's patterns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustctl.lab.makes.cisco_ios.model import hashing, interfaces, vlans
from trustctl.lab.makes.cisco_ios.model.catalogue import MODELS, Family
from trustctl.lab.makes.cisco_ios.model.grammar import Grammar, Match
from trustctl.lab.makes.cisco_ios.model.rules import setting
from trustctl.lab.makes.cisco_ios.model.tables import grammar


@pytest.mark.parametrize(
    ("make", "salt", "stored"),
    [
        (hashing.type5, "28772684", "$1$28772684$iEwNOgGugqO9.bIz5sk8k/"),
        (hashing.type8, "TnGX/fE4KGHOVU", "$8$TnGX/fE4KGHOVU$pEhnEvxrvaynpi8j4f.EMHr6M.FzU8xnZnBr/tJdFWk"),
        (hashing.type9, "2MJBozw/9R3UsU", "$9$2MJBozw/9R3UsU$2lFhcKvpghcyw8deP25GOfyZaagyUOGBymkryvOdfo6"),
    ],
)
def test_published_hashes(make: object, salt: str, stored: str) -> None:
    """The published example hashes of `hashcat` come out to the letter, and only that password matches them."""
    assert callable(make)
    assert make("hashcat", salt) == stored
    assert hashing.matches("hashcat", stored[1], stored)
    assert not hashing.matches("Hashcat", stored[1], stored)


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=30), st.integers(0, 15))
def test_type7_is_reversible(password: str, seed: int) -> None:
    """A type 7 text gives its password back."""
    assert hashing.type7_clear(hashing.type7(password, seed)) == password


def test_type7_published() -> None:
    """The published example of type 7 comes out to the letter."""
    assert hashing.type7("cisco", 2) == "02050D480809"
    assert hashing.type7_clear("not a text") is None


@given(st.sets(st.integers(1, 4094), min_size=1))
def test_vlan_lists_come_back(wanted: set[int]) -> None:
    """A collapsed list, and a list wrapped over several lines, hold the VLANs they were made of."""
    assert vlans.parse(vlans.collapse(wanted)) == wanted
    found: set[int] = set()
    for line in vlans.wrapped("switchport trunk allowed vlan", wanted):
        assert len(line) < 80
        found |= vlans.parse(line.rsplit(" ", 1)[1]) or set()
    assert found == wanted


@pytest.mark.parametrize("text", ["", "0", "4095", "10-9", "a", "10,,20", "1-2-3", "10-"])
def test_bad_vlan_lists(text: str) -> None:
    """A malformed list is no list."""
    assert vlans.parse(text) is None


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("gi1/0/1", "GigabitEthernet1/0/1"),
        ("Te1/1/4", "TenGigabitEthernet1/1/4"),
        ("twe1/1/1", "TwentyFiveGigE1/1/1"),
        ("po1", "Port-channel1"),
        ("vlan 0010", "Vlan10"),
        ("Port-channel 3", "Port-channel3"),
        ("fa0", "FastEthernet0"),
        ("vlan 4095", None),
        ("t", None),
        ("x1/0/1", None),
    ],
)
def test_interface_names(typed: str, name: str | None) -> None:
    """Names may be shortened; what is kept is the full name."""
    assert interfaces.full_name(typed) == name


@pytest.mark.parametrize("name", sorted(MODELS))
def test_catalogue_ports_sort_as_listed(name: str) -> None:
    """The catalogue lists ports in the order in which a running configuration prints them, all with full names."""
    ports = MODELS[name].interfaces(1)
    assert ports
    assert all(interfaces.full_name(port) == port for port in ports)
    assert len(set(ports)) == len(ports)


@pytest.mark.parametrize(
    ("text", "count"),
    [("gi1/0/1-3", 3), ("gi1/0/1 - 2, te1/1/1", 3), ("vlan 10-12,20", 4), ("gi1/0/3-1", None), ("", None)],
)
def test_ranges(text: str, count: int | None) -> None:
    """`interface range` names each interface once."""
    names = interfaces.expand_range(text)
    assert (names and len(names)) == count


@pytest.mark.parametrize("family", list(Family))
@pytest.mark.parametrize("mode", ["config", "config-if", "config-line", "config-vlan", "config-ext-nacl"])
def test_grammars_compile(family: Family, mode: str) -> None:
    """Every pattern of the tables is well formed on every family."""
    assert grammar(mode, family)


def test_an_optional_part_cannot_identify_a_setting() -> None:
    """A pattern whose identity has no fixed length is a mistake in the tables, told at once."""
    with pytest.raises(ValueError, match="cannot be optional"):
        Grammar([setting("a [b] / WORD")])


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("x a 1 b", ("x", "alpha", "1", "beta")),
        ("x b a 2", ("x", "beta", "alpha", "2")),
        ("x", ("x",)),
    ],
)
def test_options_in_any_order(line: str, words: tuple[str, ...]) -> None:
    """Options in braces may come in any order, shortened, or not at all."""
    found = Grammar([setting("x / {alpha <1-9>|beta}")]).read(line, 0, undo=False)
    assert isinstance(found, Match)
    assert found.words == words
    assert found.identity == "x"
