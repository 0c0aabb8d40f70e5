"""The password of a server's account: the same in any hash that can be told, rotated, or said to be untold (H28)."""

from __future__ import annotations

import pytest

from trustctl.hosts import compare, parse
from trustctl.secrets.libcrypt import yescrypt
from trustctl.secrets.shacrypt import sha256crypt, sha512crypt
from trustctl.secrets.verify import Verifier

WANT = """topic Access weight=low why="who may sign in"
user glass shell=/bin/bash password=<secret:local/glass>
"""


class Store:
    """A store with one secret."""

    def get(self, name: str) -> str:
        """The value of a secret."""
        return {"local/glass": "pleaseletmein"}[name]


YESCRYPT = "$y$jD5.7$LdJMENpBABJJ3hIHjB1Bi.$HboGM6qPrsK.StKYGt6KErmUYtioHreJd98oIugoNB6"
TOO_DEAR = "$6$rounds=999999999$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl"


@pytest.mark.parametrize(
    ("held", "differs", "unsure"),
    [
        (sha512crypt("pleaseletmein", "abc"), False, False),
        (sha256crypt("pleaseletmein", "abc"), False, False),
        (YESCRYPT, False, False),
        (sha512crypt("another", "abc"), True, False),
        (YESCRYPT.replace("NB6", "NB5"), True, False),
        (TOO_DEAR, False, True),
        ("$2b$12$LdJMENpBABJJ3hIHjB1Bi.", False, True),
        ("!", True, False),
        ("*", True, False),
    ],
)
def test_password_is_the_same_rotated_or_untold(held: str, differs: bool, unsure: bool) -> None:
    """What cannot be told is neither sent nor taken for right; a locked account has no password."""
    if held.startswith("$y$") and yescrypt("pleaseletmein", YESCRYPT) is None:
        pytest.skip("this computer's C library has no yescrypt")
    found = compare(parse(WANT.splitlines()), parse(_have(held)), Verifier(Store()))
    assert bool(found.differences) is differs
    assert bool(found.unsure) is unsure


def test_without_a_store_nothing_is_sent() -> None:
    """A hash that may be right is left as it is."""
    found = compare(parse(WANT.splitlines()), parse(_have(YESCRYPT)), None)
    assert not found.differences
    assert found.unsure


def _have(hashed: str) -> list[str]:
    return [f"user glass shell=/bin/bash hash={hashed}"]
