"""A mark by which a coming value is known again, and that nobody can turn back into the value.

A plan of a rotation bears it, so that the journal tells a step of this rotation from one of an earlier rotation of the
same secret. It is slow to make (scrypt) and salted with what only the store has, so that guesses are slow as well.
"""

from __future__ import annotations

import hashlib

from trustctl.model.secret import next_name
from trustctl.secrets.source import SecretSource
from trustctl.secrets.trust_keys import TAG_KEY, optional

_LETTERS = 16


def coming_mark(source: SecretSource, name: str) -> str:
    """The mark of the coming value of a secret: 16 hexadecimal digits. Raises SecretError."""
    salt = optional(source, TAG_KEY) or source.get(name)
    raw = hashlib.scrypt(source.get(next_name(name)).encode(), salt=salt.encode(), n=16384, r=8, p=1, dklen=8)
    return raw.hex()[:_LETTERS]
