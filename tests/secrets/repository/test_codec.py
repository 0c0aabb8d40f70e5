"""The format of ansible-vault: what is sealed opens again, and nothing that was touched does."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trustctl.errors import SecretError
from trustctl.secrets.repository.codec import Sealed, WrongPasswordError, parse, seal, unseal

PASSWORD = b"b0e3Pg0cR3Gm0eHh5ujN3VXkVZq2m2G1bSxQ4O7Zq1Y"
texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=200)


@settings(max_examples=40, deadline=None)
@given(texts, st.binary(min_size=1, max_size=60), st.from_regex(r"[a-z0-9-]{0,12}", fullmatch=True))
def test_what_is_sealed_opens_with_the_same_password(clear: str, password: bytes, vault_id: str) -> None:
    """Through the text of a file and back, line breaks and all; sealed twice it is never the same."""
    sealed = seal(clear, password, vault_id)
    assert parse(sealed.text) == sealed
    assert sealed.vault_id == vault_id
    assert unseal(parse(sealed.text.replace("\n", "\n    ")), password) == clear
    assert seal(clear, password, vault_id).digest != sealed.digest


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_a_digit_that_changed_is_found(data: st.DataObject) -> None:
    """Any digit of the body, to any other: refused, and the clear text is in no error."""
    sealed = seal("Clear-text-4711", PASSWORD, "trust")
    at = data.draw(st.integers(0, len(sealed.body) - 1))
    digit = data.draw(st.sampled_from("0123456789abcdef".replace(sealed.body[at], "")))
    with pytest.raises(SecretError) as caught:
        unseal(Sealed("trust", sealed.body[:at] + digit + sealed.body[at + 1 :]), PASSWORD, "file:3")
    assert "4711" not in str(caught.value)
    assert caught.value.where == "file:3"


@pytest.mark.parametrize("length", [0, 1, 7, 100, 131, 195, 196, 300, -2, -1])
def test_a_text_that_was_cut_is_refused(length: int) -> None:
    """Wherever it ends."""
    sealed = seal("Clear-text-4711", PASSWORD, "trust")
    with pytest.raises(SecretError):
        unseal(Sealed("trust", sealed.body[:length]), PASSWORD)


@pytest.mark.parametrize(("part", "other"), [("^", "0a"), ("^", "7a7a0a"), ("$", "0a"), ("$", "0a7a7a"), ("0a", "0A")])
def test_a_second_spelling_of_the_same_is_refused(part: str, other: str) -> None:
    """More before or behind the three parts, or capitals: a file could change and nothing be noticed."""
    body = seal("Clear-text-4711", PASSWORD, "trust").body
    with pytest.raises(SecretError, match="damaged"):
        unseal(Sealed("trust", re.sub(part, other, body, count=1)), PASSWORD)


def test_another_password_is_told_from_damage() -> None:
    """The MAC says so before anything is taken apart."""
    with pytest.raises(WrongPasswordError, match="another password"):
        unseal(seal("x", PASSWORD, ""), PASSWORD[:-1])


@pytest.mark.parametrize(
    "text",
    [
        "", "  ", "Clear-text", "$ANSIBLE_VAULT;1.0;AES;x\n6162", "$ANSIBLE_VAULT;1.2;AES256\n6162",
        "$ANSIBLE_VAULT;1.1;AES256;x",
    ],
)  # fmt: skip
def test_another_format_is_refused(text: str) -> None:
    """Nothing of it is shown."""
    with pytest.raises(SecretError, match="not in the format") as caught:
        parse(text, "trust.yml:4")
    assert "6162" not in str(caught.value)
