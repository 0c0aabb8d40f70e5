"""The second net."""

from __future__ import annotations

from trustctl.secrets import Redactor, encode_type7


def test_values_and_their_type7_forms_are_masked() -> None:
    """A value in clear, inside a word, and in any type 7 form does not get through."""
    redactor = Redactor(["Sh4red-Key"])
    forms = [encode_type7("Sh4red-Key", offset) for offset in range(16)]
    text = f"key Sh4red-Key xSh4red-Keyx {' '.join(forms)}"
    masked = redactor.mask(text)
    assert "Sh4red" not in masked
    assert not any(form in masked for form in forms)


def test_the_longer_value_wins() -> None:
    """A value that contains another is masked whole."""
    assert Redactor(["abcd", "abcdefgh"]).mask("abcdefgh") == "<hidden>"


def test_short_values_are_masked_as_words_only() -> None:
    """A two-letter value does not shred the text, and an empty one masks nothing."""
    redactor = Redactor(["pw", ""])
    assert redactor.mask("pw in pwd") == "<hidden> in pwd"


def test_values_can_be_added_and_are_not_in_the_repr() -> None:
    """Values met on the way are known from then on."""
    redactor = Redactor()
    assert redactor.mask("Canary-123") == "Canary-123"
    redactor.add("Canary-123")
    assert redactor.mask("Canary-123") == "<hidden>"
    assert "Canary" not in repr(redactor)
