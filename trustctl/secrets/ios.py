"""The hashes of Cisco IOS: type 8, PBKDF2-SHA-256 with 20,000 rounds, and type 9, scrypt (N 16384, r 1, p 1).

Both have a 14-character salt and the base64 alphabet of crypt(3), `./0-9A-Za-z`, without padding. The parameters are
those of hashcat's modes 9200 and 9300.
"""

from __future__ import annotations

import base64
import hashlib

_STANDARD = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_CRYPT = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_TO_CRYPT = bytes.maketrans(_STANDARD, _CRYPT)
_PBKDF2_ROUNDS = 20_000
_KEY_BYTES = 32


def type8(clear: str, salt: str) -> str:
    """Return `$8$<salt>$<43 characters>`."""
    raw = hashlib.pbkdf2_hmac("sha256", clear.encode(), salt.encode(), _PBKDF2_ROUNDS, _KEY_BYTES)
    return f"$8${salt}${_crypt64(raw)}"


def type9(clear: str, salt: str) -> str:
    """Return `$9$<salt>$<43 characters>`."""
    raw = hashlib.scrypt(clear.encode(), salt=salt.encode(), n=16384, r=1, p=1, dklen=_KEY_BYTES)
    return f"$9${salt}${_crypt64(raw)}"


def _crypt64(raw: bytes) -> str:
    return base64.b64encode(raw).translate(_TO_CRYPT).rstrip(b"=").decode()
