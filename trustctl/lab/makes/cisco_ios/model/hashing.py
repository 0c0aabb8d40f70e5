"""How IOS keeps secrets: type 5 (md5crypt), 8 (PBKDF2-SHA256), 9 (scrypt), 7 (reversible) and 0 (as typed).

Sources: the md5crypt algorithm as published with FreeBSD; hashcat's modes 500, 9200 and 9300; the published
type 7 key.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from functools import lru_cache

_ITOA = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_TO_CISCO = str.maketrans(_BASE64, _ITOA)
_TYPE7_KEY = b"dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87"
_MD5_ROUNDS = 1000
_PBKDF2_ROUNDS = 20_000
_SCRYPT_N, _SCRYPT_MEMORY = 16_384, 64 * 1024 * 1024


def _to64(value: int, length: int) -> str:
    out: list[str] = []
    for _ in range(length):
        out.append(_ITOA[value & 0x3F])
        value >>= 6
    return "".join(out)


@lru_cache(maxsize=1024)
def type5(password: str, salt: str) -> str:
    """The md5crypt hash: `$1$salt$...`."""
    key, seed = password.encode(), salt.encode()
    inner = hashlib.md5(key + seed + key, usedforsecurity=False).digest()
    text = key + b"$1$" + seed + (inner * (len(key) // 16 + 1))[: len(key)]
    bits = len(key)
    while bits:
        text += b"\x00" if bits & 1 else key[:1]
        bits >>= 1
    final = hashlib.md5(text, usedforsecurity=False).digest()
    for number in range(_MD5_ROUNDS):
        data = key if number & 1 else final
        data += seed if number % 3 else b""
        data += key if number % 7 else b""
        data += final if number & 1 else key
        final = hashlib.md5(data, usedforsecurity=False).digest()
    groups = ((0, 6, 12), (1, 7, 13), (2, 8, 14), (3, 9, 15), (4, 10, 5))
    body = "".join(_to64(final[a] << 16 | final[b] << 8 | final[c], 4) for a, b, c in groups)
    return f"$1${salt}${body}{_to64(final[11], 2)}"


def _cisco64(digest: bytes) -> str:
    return b64encode(digest).decode().rstrip("=").translate(_TO_CISCO)


@lru_cache(maxsize=1024)
def type8(password: str, salt: str) -> str:
    """The PBKDF2-SHA256 hash: `$8$salt$...`."""
    return f"$8${salt}${_cisco64(hashlib.pbkdf2_hmac('sha256', password.encode(), salt.encode(), _PBKDF2_ROUNDS))}"


@lru_cache(maxsize=1024)
def type9(password: str, salt: str) -> str:
    """The scrypt hash: `$9$salt$...`."""
    digest = hashlib.scrypt(
        password.encode(), salt=salt.encode(), n=_SCRYPT_N, r=1, p=1, dklen=32, maxmem=_SCRYPT_MEMORY
    )
    return f"$9${salt}${_cisco64(digest)}"


def salt_for(seed: str, length: int) -> str:
    """A salt that differs for each seed. The lab repeats itself exactly; a device draws it at random."""
    digest = hashlib.sha256(seed.encode()).digest()
    return "".join(_ITOA[byte & 0x3F] for byte in digest[:length])


def hashed(password: str, kind: str, seed: str) -> str:
    """The stored form of a secret typed in clear, of type `5`, `8` or `9`."""
    if kind == "5":
        return type5(password, salt_for(seed, 4))
    return (type8 if kind == "8" else type9)(password, salt_for(seed, 14))


def type7(password: str, seed: int) -> str:
    """The reversible form that `service password-encryption` prints; `seed` 0-15 picks the start of the key."""
    out = [f"{seed:02d}"]
    for index, byte in enumerate(password.encode()):
        out.append(f"{byte ^ _TYPE7_KEY[(seed + index) % len(_TYPE7_KEY)]:02X}")
    return "".join(out)


def type7_clear(stored: str) -> str | None:
    """The password in a type 7 text; None if it is not one."""
    try:
        seed, data = int(stored[:2]), bytes.fromhex(stored[2:])
        return bytes(byte ^ _TYPE7_KEY[(seed + index) % len(_TYPE7_KEY)] for index, byte in enumerate(data)).decode()
    except ValueError:
        return None


def matches(password: str, kind: str, stored: str) -> bool:
    """Whether `password` is the one stored as type `0`, `5`, `7`, `8` or `9`."""
    if kind == "0":
        return hmac.compare_digest(password.encode(), stored.encode())
    if kind == "7":
        clear = type7_clear(stored)
        return clear is not None and hmac.compare_digest(password.encode(), clear.encode())
    parts = stored.split("$")
    if len(parts) != 4 or parts[1] not in {"1", "8", "9"}:  # noqa: PLR2004 - $type$salt$hash
        return False
    make = {"1": type5, "8": type8, "9": type9}[parts[1]]
    return hmac.compare_digest(make(password, parts[2]), stored)
