"""What a device holds, compared with what we know."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import given

from trustctl.secrets import Verifier, decode_type7, encode_type7, verify
from trustctl.secrets.md5crypt import md5crypt
from trustctl.secrets.sha512crypt import sha512crypt

PRINTABLE = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40)

# hashcat's published examples (modes 500, 9200, 9300), all of the word "hashcat"; type 7 from Cisco's own documents
PUBLISHED = [
    ("0", "hashcat", "hashcat"),
    ("5", "$1$28772684$iEwNOgGugqO9.bIz5sk8k/", "hashcat"),
    ("7", "02050D480809", "cisco"),
    ("7", "070C285F4D06", "cisco"),
    ("8", "$8$TnGX/fE4KGHOVU$pEhnEvxrvaynpi8j4f.EMHr6M.FzU8xnZnBr/tJdFWk", "hashcat"),
    ("9", "$9$2MJBozw/9R3UsU$2lFhcKvpghcyw8deP25GOfyZaagyUOGBymkryvOdfo6", "hashcat"),
    # the test vectors of the SHA-crypt specification
    (
        "6",
        "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1",
        "Hello world!",
    ),
    (
        "6",
        "$6$rounds=10000$saltstringsaltst$OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v.",
        "Hello world!",
    ),
]


@pytest.mark.parametrize(("encoding", "held", "clear"), PUBLISHED)
def test_published_vectors_are_recognised(encoding: str, held: str, clear: str) -> None:
    """Each encoding says yes to the published clear text and no to another one."""
    assert verify(encoding, held, clear) is True
    assert verify(encoding, held, clear + "x") is False


@pytest.mark.parametrize(
    ("encoding", "held"),
    [
        ("6", "AAbb"),
        ("6", "$6$a salt that is too long$x"),
        ("4", "x"),
        ("5", "not a hash"),
        ("9", "$8$abc$def"),
        ("8", "$8$short"),
        ("7", "0205ZZ"),
        ("7", "99AA"),
    ],
)
def test_what_cannot_be_told_is_none(encoding: str, held: str) -> None:
    """An encoding that is not known, or a value that is not of it, is neither yes nor no."""
    assert verify(encoding, held, "anything") is None


@pytest.mark.parametrize(
    ("password", "salt", "expected"),
    [
        ("", "abcdefgh", "$1$abcdefgh$"),
        ("a-password-longer-than-sixteen-bytes", "s", "$1$s$"),
    ],
)
def test_md5crypt_takes_odd_lengths(password: str, salt: str, expected: str) -> None:
    """Empty and long passwords give a hash of the right shape."""
    made = md5crypt(password, salt)
    assert made.startswith(expected)
    assert len(made.rsplit("$", 1)[1]) == 22


def test_sha512crypt_takes_odd_lengths() -> None:
    """An empty password, and one longer than a digest, give a hash that verifies, and no other."""
    for password in ("", "x" * 130):
        made = sha512crypt(password, "abcdefgh")
        assert sha512crypt(password, made) == made
        assert sha512crypt(password + "y", made) != made
    with pytest.raises(ValueError, match="setting"):
        sha512crypt("x", "a salt:with a colon that is too long")


@given(PRINTABLE, st.integers(0, 15))
def test_type7_comes_back(clear: str, offset: int) -> None:
    """What was put into type 7 is read back from it."""
    assert decode_type7(encode_type7(clear, offset)) == clear


def test_verifier_asks_by_name() -> None:
    """The change engine gives a name; the value never leaves the secrets room."""

    class Source:
        def get(self, name: str) -> str:
            return {"radius/key": "cisco"}[name]

    verifier = Verifier(Source())
    assert verifier.verify("radius/key", "7", "02050D480809") is True
    assert verifier.verify("radius/key", "0", "other") is False
    assert verifier.verify("radius/key", "6", "x") is None
