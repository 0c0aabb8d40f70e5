"""A reference, its name and its token are three spellings of one thing."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from trustctl.model.secret import (
    DEFAULT_KEY,
    REFERENCE,
    SCHEME,
    SECRET_NAME,
    SECRET_TOKEN,
    SecretRef,
    canonical,
    referred,
)


@example(f"{SCHEME}login/ops#value")
@given(st.from_regex(REFERENCE, fullmatch=True))
def test_a_reference_becomes_a_name_and_a_token_and_back(reference: str) -> None:
    """The name is the token's, the path and the key are the reference's, `#value` is left out."""
    name = referred(reference)
    assert name is not None
    assert SECRET_NAME.fullmatch(name)
    ref = SecretRef(name)
    assert name == (ref.path if ref.key == DEFAULT_KEY else f"{ref.path}#{ref.key}")
    found = SECRET_TOKEN.fullmatch(str(ref))
    assert found is not None
    assert found[1] == name
    assert referred(SCHEME + name) == name == canonical(name)
    assert reference in {f"{SCHEME}{ref.path}", f"{SCHEME}{ref.path}#{ref.key}"}


@pytest.mark.parametrize(
    "text",
    [
        "login/ops", "secret:/login/ops", "secret://", "secret:///ops", "secret://Login/ops", "secret://login/ops#",
        "secret://login/ops#a#b", "secret://login/../ops", "secret://login//ops", "secret://login/ops ",
        "secret://login/ops\n", " secret://login/ops", "SECRET://login/ops", "secret://login/ops?version=2",
        "secret://a/b/c/d/e/f/g", f"secret://{'a' * 64}", "secret://login/ops#<x>", "secret://-login",
    ],
)  # fmt: skip
def test_anything_else_is_no_reference(text: str) -> None:
    """Neither a path that climbs, nor a second key, nor what a line could be broken with."""
    assert referred(text) is None
