"""MD5-crypt (`$1$salt$hash`), the IOS type 5, by Poul-Henning Kamp's published algorithm (FreeBSD crypt).

Python 3.13 dropped the `crypt` module and the C library's may lack MD5, so it stands here.
"""

from __future__ import annotations

import hashlib

_ITOA64 = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_ROUNDS = 1000
_ORDER = ((0, 6, 12), (1, 7, 13), (2, 8, 14), (3, 9, 15), (4, 10, 5))
"""Which digest bytes share a group of four characters."""


def _md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()


def _letters(value: int, count: int) -> str:
    return "".join(_ITOA64[(value >> (6 * place)) & 0x3F] for place in range(count))


def _first_digest(password: bytes, salt: bytes) -> bytes:
    """Digest of the password, the magic and the salt, spread as the algorithm says."""
    inner = _md5(password + salt + password)
    data = password + b"$1$" + salt
    data += (inner * (len(password) // 16 + 1))[: len(password)]
    bits = len(password)
    while bits:
        data += b"\x00" if bits & 1 else password[:1]
        bits >>= 1
    return _md5(data)


def md5crypt(password: str, salt: str) -> str:
    """Return `$1$<salt>$<22 characters>`; the salt is at most 8 characters."""
    key, grain = password.encode(), salt.encode()[:8]
    digest = _first_digest(key, grain)
    for turn in range(_ROUNDS):
        data = key if turn & 1 else digest
        data += grain if turn % 3 else b""
        data += key if turn % 7 else b""
        data += digest if turn & 1 else key
        digest = _md5(data)
    text = "".join(_letters((digest[a] << 16) | (digest[b] << 8) | digest[c], 4) for a, b, c in _ORDER)
    return f"$1${grain.decode()}${text}{_letters(digest[11], 2)}"
