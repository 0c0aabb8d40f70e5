"""The redactor that knows values: none gets through in any form that it could take."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustctl.secrets import Redactor, encode_type7
from trustctl.secrets.redact import HIDDEN

VALUE = "Sh4red+Key/1&2"
FORMS: dict[str, Callable[[str], str]] = {
    "raw": str,
    "reversed": lambda value: value[::-1],
    "URL": lambda value: quote(value, safe=""),
    "JSON": lambda value: json.dumps({"key": value}),
    "JSON in JSON": lambda value: json.dumps(json.dumps(value)),
    "HTML": html.escape,
    "UTF-16": lambda value: value.encode("utf-16-le").decode("latin-1"),
    "hex": lambda value: value.encode().hex(),
    "HEX": lambda value: value.encode().hex().upper(),
    **{f"type 7 from {at}": lambda value, at=at: encode_type7(value, at) for at in range(16)},
    **{
        f"base64 behind {skip} bytes": lambda value, skip=skip: base64.b64encode(b"x" * skip + value.encode()).decode()
        for skip in range(3)
    },
    "base64 for URLs": lambda value: base64.urlsafe_b64encode(value.encode()).decode(),
    "base64 of UTF-16": lambda value: base64.b64encode(value.encode("utf-16-le")).decode(),
    **{
        kind: lambda value, kind=kind: hashlib.new(kind, value.encode()).hexdigest()
        for kind in ("md5", "sha1", "sha256")
    },
}


@pytest.mark.parametrize("form", FORMS)
def test_a_known_value_is_masked_in_every_form(form: str) -> None:
    """What stands around it stays."""
    spelled = FORMS[form](VALUE)
    masked = Redactor([VALUE]).mask(f"before {spelled} after")
    assert masked.startswith("before ")
    assert masked.endswith(" after")
    assert HIDDEN in masked
    assert spelled not in masked


_VALUES = st.text(
    st.characters(codec="ascii", categories=("L", "N", "P", "S"), exclude_characters="?\"'\\"), min_size=8
)


@given(_VALUES, st.sampled_from(sorted(FORMS)), st.text(max_size=20), st.text(max_size=20))
def test_no_value_gets_through(value: str, form: str, before: str, behind: str) -> None:
    """Whatever the value is made of, and whatever stands beside it on its line."""
    masked = Redactor([value]).mask(f"{before} {FORMS[form](value)} {behind}")
    assert value not in masked.replace(HIDDEN, "")
    assert HIDDEN in masked


def test_the_longer_value_wins() -> None:
    """A value that contains another is masked whole."""
    assert Redactor(["abcdefgh", "abcdefghijkl"]).mask("abcdefghijkl") == HIDDEN


def test_short_values_are_masked_as_words_only() -> None:
    """A two-letter value does not shred the text, and an empty one masks nothing."""
    redactor = Redactor(["pw", "public", ""])
    assert (
        redactor.mask("pw in pwd, community public, publications")
        == f"{HIDDEN} in pwd, community {HIDDEN}, publications"
    )


def test_a_private_key_is_masked_line_by_line() -> None:
    """Its body does not get through, whichever lines of it are shown."""
    key = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk=\nQyNTUxOQAAACA=\n-----END OPENSSH PRIVATE KEY-----\n"
    masked = Redactor([key]).mask("at line 3: QyNTUxOQAAACA=\n-----END OPENSSH PRIVATE KEY-----")
    assert masked == f"at line 3: {HIDDEN}\n-----END OPENSSH PRIVATE KEY-----"


def test_values_can_be_added_forgotten_and_are_not_in_the_repr() -> None:
    """Values met on the way are known from then on."""
    redactor = Redactor()
    assert redactor.mask("Canary-123") == "Canary-123"
    redactor.add("Canary-123")
    assert redactor.mask("Canary-123") == HIDDEN
    assert "Canary" not in repr(redactor)
    redactor.forget()
    assert redactor.mask("Canary-123") == "Canary-123"


def test_it_tells_whether_a_text_holds_a_value() -> None:
    """In clear or in type 7; a short value, which may be a word, does not count."""
    redactor = Redactor([VALUE, "school"])
    assert redactor.holds(f"key {VALUE} x")
    assert redactor.holds(f"key 7 {encode_type7(VALUE, 3)}")
    assert not redactor.holds("description school uplink")
