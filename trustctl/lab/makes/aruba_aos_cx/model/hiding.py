"""How the lab's switches hide secrets: as `ciphertext` that nobody but a switch can read.

Real switches encrypt with a key that the operator does not have; the same secret gives another text each time, and a
text from one switch works on another while `export-password` is `default` (AOS-CX Security Guide). The scheme here is
the lab's own and says nothing about the real one; only the look (`AQBap`, base64) is that of published examples.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

_KEY = b"export-password: default"
_MARK = "AQBap"
_SALT, _TAG = 9, 6


def _stream(salt: bytes, length: int) -> bytes:
    return hashlib.shake_256(_KEY + salt).digest(length)


def _tag(salt: bytes, body: bytes) -> bytes:
    return hmac.digest(_KEY, salt + body, "sha256")[:_TAG]


def hide(secret: str, seed: str) -> str:
    """A secret as ciphertext; another `seed` gives another text."""
    salt = hashlib.sha256(seed.encode()).digest()[:_SALT]
    plain = secret.encode("utf-8", "surrogateescape")
    body = bytes(a ^ b for a, b in zip(plain, _stream(salt, len(plain)), strict=True))
    return _MARK + base64.b64encode(salt + _tag(salt, body) + body).decode()


def reveal(ciphertext: str) -> str | None:
    """The secret in a ciphertext that a switch of the lab made; None for any other."""
    if not ciphertext.startswith(_MARK):
        return None
    try:
        raw = base64.b64decode(ciphertext.removeprefix(_MARK), validate=True)
    except (binascii.Error, ValueError):
        return None
    salt, tag, body = raw[:_SALT], raw[_SALT : _SALT + _TAG], raw[_SALT + _TAG :]
    if len(raw) < _SALT + _TAG or not hmac.compare_digest(tag, _tag(salt, body)):
        return None
    return bytes(a ^ b for a, b in zip(body, _stream(salt, len(body)), strict=True)).decode("utf-8", "surrogateescape")
