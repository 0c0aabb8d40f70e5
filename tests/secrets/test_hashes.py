"""What a device holds, compared with what we know: published vectors are data (`vectors.yml`)."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from pathlib import Path
from typing import cast

import hypothesis.strategies as st
import pytest
import yaml
from hypothesis import given, settings

from trustctl.secrets import Verifier, decode_type7, encode_type7, verify
from trustctl.secrets.comware import comware_hash
from trustctl.secrets.ios import type8, type9
from trustctl.secrets.junos import decode_junos9, encode_junos9
from trustctl.secrets.libcrypt import yescrypt
from trustctl.secrets.md5crypt import md5crypt
from trustctl.secrets.shacrypt import sha256crypt, sha512crypt

PRINTABLE = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40)
SALT = st.text(
    st.sampled_from("./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"), min_size=1, max_size=8
)
FIRST_LETTERS = "QzF3n6/9CAtpu0OB1IREhcSyrleKvMW8LXx7N-dVbwsY2g4oaJZGUDjiHkq.mPf5T"

VECTORS = cast(
    "list[dict[str, str]]", yaml.safe_load((Path(__file__).parent / "vectors.yml").read_text(encoding="utf-8"))
)


def _has_libcrypt() -> bool:
    try:
        return hasattr(ctypes.CDLL("libcrypt.so.1"), "crypt_rn")
    except OSError:
        return False


HAS_LIBCRYPT = _has_libcrypt()


@pytest.mark.parametrize("vector", VECTORS, ids=[f"{one['encoding']} {one['source']}" for one in VECTORS])
def test_published_vectors_are_recognised(vector: dict[str, str]) -> None:
    """Each encoding says yes to the published clear text and no to another one; what needs a library may be untold."""
    known = HAS_LIBCRYPT or "needs" not in vector
    assert verify(vector["encoding"], vector["held"], vector["clear"]) is (True if known else None)
    assert verify(vector["encoding"], vector["held"], vector["clear"] + "x") is (False if known else None)


@pytest.mark.parametrize(
    ("encoding", "held"),
    [
        ("4", "x"),
        ("6", "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl"),
        ("opaque", "AQBapb..."),
        ("ciphertext", "AQBapb5aYrtn/hxUJbUs1gj3sWzZzLxDyJ1mo7"),
        ("hash", "4d1b6b3c01"),
        ("5", "not a hash"),
        ("9", "$8$abc$def"),
        ("8", "$8$short"),
        ("7", "0205ZZ"),
        ("7", "99AA"),
        ("sha1", "deadbeef"),
        ("sha256", "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12"),
        ("sha512", "$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5"),
        ("crypt", "$6$a salt that is too long$x"),
        ("crypt", "$6$rounds=999999999$saltstring$x"),
        ("crypt", "$y$jZj$saltsaltsalt$LdJMENpBABJJ3hIHjB1Bi.LdJMENpBABJJ3hIHjB1Bi."),
        ("crypt", "$2b$12$abc"),
        ("crypt", "!"),
        ("crypt", ""),
        ("junos", "$9$"),
        ("junos", "$9$Lb"),
        ("junos", "$9$L b"),
        ("junos", "$8$aes256-gcm$x"),
        ("comware", "$c$3$abc"),
        ("comware", "$h$6$salt$short"),
    ],
)
def test_what_cannot_be_told_is_none(encoding: str, held: str) -> None:
    """An encoding that is not known, or a value that is not of it or too dear to try, is neither yes nor no."""
    assert verify(encoding, held, "anything") is None


@given(PRINTABLE, PRINTABLE, SALT, st.sampled_from(FIRST_LETTERS), st.integers(0, 15))
@settings(max_examples=20, deadline=None)
def test_what_was_made_is_verified(clear: str, other: str, salt: str, first: str, offset: int) -> None:
    """Whatever we can make says yes to its own clear text, and no to another."""
    made: list[tuple[str, str]] = [
        ("0", clear),
        ("5", md5crypt(clear, salt)),
        ("7", encode_type7(clear, offset)),
        ("8", type8(clear, salt)),
        ("9", type9(clear, salt)),
        ("crypt", sha256crypt(clear, salt)),
        ("crypt", sha512crypt(clear, salt)),
        ("sha512", sha512crypt(clear, f"rounds=1500${salt}")),
        ("junos", encode_junos9(clear, first)),
        ("comware", comware_hash(clear, salt.replace(".", "+"))),
    ]
    for encoding, held in made:
        assert verify(encoding, held, clear) is True, (encoding, held)
        assert verify(encoding, held, other) is (other == clear), (encoding, held)


@pytest.mark.skipif(not HAS_LIBCRYPT, reason="this computer has no libxcrypt")
@given(st.text(st.characters(min_codepoint=1, exclude_categories=["Cs"]), max_size=90), SALT)
@settings(max_examples=20, deadline=None)
def test_the_c_library_makes_the_same(clear: str, salt: str) -> None:
    """The three hashes that stand here agree with those of the C library, which shares no code with us."""
    library = ctypes.CDLL("libcrypt.so.1")
    library.crypt.restype = ctypes.c_char_p
    makers: dict[str, Callable[[str, str], str]] = {"$1$": md5crypt, "$5$": sha256crypt, "$6$": sha512crypt}
    for mark, make in makers.items():
        assert make(clear, salt).encode() == library.crypt(clear.encode(), f"{mark}{salt}".encode())


def test_a_zero_byte_never_reaches_the_c_library() -> None:
    """C would end the password there, and a shorter one would be right."""
    held = "$y$jD5.7$LdJMENpBABJJ3hIHjB1Bi.$HboGM6qPrsK.StKYGt6KErmUYtioHreJd98oIugoNB6"
    assert yescrypt("pleaseletmein\0x", held) is None


@pytest.mark.parametrize("password", ["", "x" * 130])
def test_hashes_take_odd_lengths(password: str) -> None:
    """An empty password, and one longer than a digest, give a hash that verifies, and no other."""
    for make in (md5crypt, sha256crypt, sha512crypt):
        made = make(password, "abcdefgh")
        assert verify("crypt", made, password) is True
        assert verify("crypt", made, password + "y") is False


def test_a_setting_that_is_none_is_refused() -> None:
    """A salt with a colon would break the line of /etc/shadow."""
    with pytest.raises(ValueError, match="setting"):
        sha512crypt("x", "a salt:with a colon that is too long")


@given(PRINTABLE, st.integers(0, 15))
def test_type7_comes_back(clear: str, offset: int) -> None:
    """What was put into type 7 is read back from it."""
    assert decode_type7(encode_type7(clear, offset)) == clear


@given(st.text(st.characters(max_codepoint=255), max_size=40), st.sampled_from(FIRST_LETTERS))
def test_junos9_comes_back(clear: str, first: str) -> None:
    """What was put into `$9$` is read back from it, whatever letter it begins with."""
    assert decode_junos9(encode_junos9(clear, first)) == clear


def test_verifier_asks_by_name() -> None:
    """The change engine gives a name; the value never leaves the secrets room."""

    class Source:
        def get(self, name: str) -> str:
            return {"radius/key": "cisco"}[name]

    verifier = Verifier(Source())
    assert verifier.verify("radius/key", "7", "02050D480809") is True
    assert verifier.verify("radius/key", "0", "other") is False
    assert verifier.verify("radius/key", "6", "x") is None
