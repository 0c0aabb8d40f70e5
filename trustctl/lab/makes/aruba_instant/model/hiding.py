"""How the lab's clusters print secrets: hexadecimal, as published configurations have them, and never in clear.

The vendor's encryption and the make-up of its hash stand in no document, so these are the lab's own: a passphrase
becomes 48 digits or more, the hash of a password 74 (10 of salt, 64 of SHA-256), as on an access point with 6.5.
"""

from __future__ import annotations

import hashlib
import itertools

_MARK = "1ab0"
_KEY = hashlib.sha256(b"trustctl lab instant").digest()
_LEAST = 22
"""Bytes of a secret before it is encrypted, padded with zeros: 48 digits with the mark."""


def encrypt(secret: str) -> str:
    """A passphrase or key as the configuration shows it."""
    raw = secret.encode()
    padded = raw + b"\0" * (_LEAST - len(raw))
    return _MARK + bytes(one ^ key for one, key in zip(padded, itertools.cycle(_KEY), strict=False)).hex()


def decrypt(text: str) -> str | None:
    """The secret in a text of `encrypt`; None for another cluster's, which nobody can read."""
    if not text.startswith(_MARK) or len(text) < len(_MARK) + 2 * _LEAST:
        return None
    raw = bytes.fromhex(text[len(_MARK) :])
    return bytes(one ^ key for one, key in zip(raw, itertools.cycle(_KEY), strict=False)).rstrip(b"\0").decode()


def hashed(password: str, salt: str) -> str:
    """The hash of an account's password; `salt` has six digits behind the lab's mark."""
    return f"{_MARK}{salt}" + hashlib.sha256(f"{salt}{password}".encode()).hexdigest()


def opens(text: str, password: str) -> bool | None:
    """Whether a password fits a hash; None for one that is not the lab's own."""
    if not text.startswith(_MARK):
        return None
    return hashed(password, text[len(_MARK) : len(_MARK) + 6]) == text
