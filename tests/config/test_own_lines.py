"""A change says which of its lines are each port's or device's own; the rulebook says so, and what people call them."""

from __future__ import annotations

import pytest
from golden_cases import intended_of, rulebook

from trustctl.config import DeviceFacts, Scope, compare, read, read_intended
from trustctl.config.parse import parse
from trustctl.config.scope import EVERYTHING
from trustctl.model.levels import Ownership, Stage
from trustctl.model.plan import Own

SCOPE = Scope(Stage.OWN, {EVERYTHING: Ownership.OWNED}, DeviceFacts("Vlan10", 10, "10.21.10.5", frozenset()))


@pytest.mark.parametrize(
    ("platform", "before", "after", "own"),
    [
        ("cisco_ios", "hostname a", "hostname b", Own("hostname ", "host name")),
        (
            "cisco_ios",
            "snmp-server location x",
            "snmp-server location y",
            Own("snmp-server location ", "SNMP location"),
        ),
        (
            "cisco_ios",
            "interface Gi1/0/1\n description x",
            "interface Gi1/0/1\n description y",
            Own("description ", "description"),
        ),
        ("aruba_aos_s", 'hostname "a"', 'hostname "b"', Own("hostname ", "host name")),
        ("aruba_aos_s", 'interface 1\n   name "x"\n   exit', 'interface 1\n   name "y"\n   exit', Own("name ", "name")),
        (
            "aruba_aos_cx",
            "interface 1/1/1\n    description x",
            "interface 1/1/1\n    description y",
            Own("description ", "description"),
        ),
    ],
)
def test_the_rulebook_says_which_text_is_each_ones_own(platform: str, before: str, after: str, own: Own) -> None:
    """A plan shows these apart, in whatever words the make has for them."""
    book = rulebook(platform)
    observed = read(parse(f"{before}\n", book, captured=False), book)
    (change,) = compare(observed, read_intended(intended_of(f"{after}\n"), book), SCOPE).changes
    assert change.own == (own,)


def test_a_vlans_name_is_no_ports_own() -> None:
    """The same VLAN has the same name everywhere."""
    book = rulebook("cisco_ios")
    observed = read(parse("vlan 10\n name A\n", book, captured=False), book)
    (change,) = compare(observed, read_intended(intended_of("vlan 10\n name B\n"), book), SCOPE).changes
    assert change.own == ()
