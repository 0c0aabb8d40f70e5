"""Secrets are typed values: never printed, compared by a verifier, and not compared where somebody masked them."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from reading import meant, observed

from trustctl.config.digest import differences, digest
from trustctl.config.masking import mask, secret_values, unmasked
from trustctl.config.statement import Config

VALUES = ("$9$salt$hash", "0822455D0A16", "public", "S3cret", "opensesame")
TEXT = """enable secret 9 $9$salt$hash
username admin privilege 15 password 7 0822455D0A16
snmp-server community public RO
snmp-server host 10.1.1.1 version 2c S3cret
radius server R1
 key opensesame
"""


@dataclass(frozen=True)
class Knows:
    """A verifier that knows one secret in one encoding."""

    name: str
    value: str

    def verify(self, name: str, encoding: str, device_value: str) -> bool | None:
        """True if it is the one; None for another encoding than 9."""
        return (name, device_value) == (self.name, self.value) if encoding == "9" else None

    def closed(self, name: str) -> bool:
        """It never is."""
        return False

    def missing(self, name: str) -> bool:
        """It never is."""
        return False


def everything(config: Config) -> str:
    """All that a configuration prints."""
    return "\n".join([*mask(config), *differences(config, observed("hostname a\n")), digest(config), repr(config)])


def test_no_secret_is_printed() -> None:
    """Masked lines, differences, digests and representations hold tokens in the place of secrets."""
    text = everything(observed(TEXT))
    assert not [value for value in VALUES if value in text]
    assert "enable secret 9 <observed:" in text


def test_the_values_are_handed_out_by_their_tokens() -> None:
    """The session that undoes a change gets each secret by the key of its token."""
    config = observed(TEXT)
    assert sorted(secret_values(config).values()) == sorted(VALUES)
    assert differences(config, observed(unmasked(config))) == ()


def test_a_token_is_the_same_at_every_reading() -> None:
    """The token of a secret depends on where it stands, not on what it is."""
    changed = TEXT.replace("opensesame", "abracadabra").replace("$9$salt$hash", "$9$other$one")
    assert mask(observed(TEXT)) == mask(observed(changed))


def test_a_masked_value_is_neither_equal_nor_different() -> None:
    """A secret that the device or somebody masked takes no part in the comparison."""
    for masked in ("****", "<removed>", "<secret hidden>", "SECRET_REMOVED"):
        other = observed(f"enable secret 9 {masked}\n")
        assert differences(observed("enable secret 9 $9$salt$hash\n"), other) == ()
        (statement,) = other.root.statements.values()
        assert not statement.observable


@pytest.mark.parametrize(
    ("line", "equal"),
    [
        ("enable secret 9 $9$salt$hash", True),
        ("enable secret 9 $9$salt$another", False),
        ("enable secret 5 $1$salt$hash", False),
    ],
)
def test_a_reference_equals_a_hash_that_the_verifier_knows(line: str, equal: bool) -> None:
    """A hash is equal to a reference if it is verified; if nobody can tell it is listed (H28)."""
    verifier = Knows("local/enable", "$9$salt$hash")
    found = differences(meant("enable secret <secret:local/enable>"), observed(line + "\n"), secrets=verifier)
    assert (found == ()) is equal


def test_a_community_is_found_by_its_value() -> None:
    """Communities have no name but their value: equal ones are paired, whatever stands beside them."""
    one = observed("snmp-server community public RO\nsnmp-server community zebra RW\n")
    other = observed("snmp-server community zebra RW\n")
    (difference,) = differences(one, other)
    assert difference.startswith("- snmp-server community <observed:")
    assert difference.endswith("RO")


def test_what_may_be_a_secret_in_an_unknown_line_is_hidden() -> None:
    """In a line that no rule knows, what follows a word that announces a secret is hidden; in what is below it too."""
    text = "zz peer\n zz password 7 094F471A1A0A\n"
    shown = "\n".join(mask(observed(text)))
    assert "094F471A1A0A" not in shown
    assert "zz password 7 <hidden>" in shown
