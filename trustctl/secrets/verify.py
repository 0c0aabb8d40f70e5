"""Whether what a device holds is a known secret, without ever asking the device.

IOS encodings: 0 clear, 5 MD5-crypt, 7 reversible, 8 PBKDF2-SHA-256 with 20,000 rounds, 9 scrypt (N 16384, r 1, p 1).
`sha1` and `sha256` are the bare digests of the secret in hexadecimal, as ArubaOS-Switch prints them. A Linux host's
`$6$` is SHA-512-crypt. Types 8 and 9 use a 14-character salt and the base64 alphabet of crypt(3), `./0-9A-Za-z`,
without padding. The parameters are those of hashcat's modes 9200 and 9300. Type 6 (AES with the device's own master
key) cannot be told.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import re
from collections.abc import Callable
from functools import lru_cache

from trustctl.secrets.md5crypt import md5crypt
from trustctl.secrets.sha512crypt import sha512crypt
from trustctl.secrets.source import SecretSource
from trustctl.secrets.type7 import decode_type7

_STANDARD = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_CRYPT = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_TO_CRYPT = bytes.maketrans(_STANDARD, _CRYPT)
_HASH = re.compile(r"\$(?P<type>[0-9])\$(?P<salt>[./0-9A-Za-z]{1,14})\$(?P<hash>[./0-9A-Za-z]+)")
_PBKDF2_ROUNDS = 20_000
_KEY_BYTES = 32


def _crypt64(raw: bytes) -> str:
    return base64.b64encode(raw).translate(_TO_CRYPT).rstrip(b"=").decode()


def _type5(clear: str, salt: str) -> str:
    return md5crypt(clear, salt)


def _type8(clear: str, salt: str) -> str:
    raw = hashlib.pbkdf2_hmac("sha256", clear.encode(), salt.encode(), _PBKDF2_ROUNDS, _KEY_BYTES)
    return f"$8${salt}${_crypt64(raw)}"


def _type9(clear: str, salt: str) -> str:
    raw = hashlib.scrypt(clear.encode(), salt=salt.encode(), n=16384, r=1, p=1, dklen=_KEY_BYTES)
    return f"$9${salt}${_crypt64(raw)}"


_MAKERS: dict[str, tuple[str, Callable[[str, str], str]]] = {"5": ("1", _type5), "8": ("8", _type8), "9": ("9", _type9)}
"""IOS encoding -> (the digit between the dollars, how the hash is made)."""
_DIGESTS = frozenset({"sha1", "sha256"})


@lru_cache(maxsize=4096)
def verify(encoding: str, device_value: str, clear: str) -> bool | None:
    """Tell whether `device_value`, as IOS prints it after its type digit, stands for `clear`.

    `encoding` is the type digit; "" or "0" is clear text (a community string). None: it cannot be told, as for type 6
    or a string that is not of its type. Cached, because type 8 and 9 are slow by design (10 to 40 ms each).
    """
    if encoding in {"", "0"}:
        return hmac.compare_digest(device_value.encode(), clear.encode())
    if encoding == "7":
        decoded = decode_type7(device_value)
        return None if decoded is None else hmac.compare_digest(decoded.encode(), clear.encode())
    if encoding in _DIGESTS:
        return hmac.compare_digest(hashlib.new(encoding, clear.encode()).hexdigest(), device_value.lower())
    made = _made(encoding, device_value, clear)
    return None if made is None else hmac.compare_digest(made.encode(), device_value.encode())


def _made(encoding: str, device_value: str, clear: str) -> str | None:
    """Return the hash of `clear` with the device's own salt; None if its value is not of this encoding."""
    if encoding == "6" and device_value.startswith("$6$"):
        with contextlib.suppress(ValueError):
            return sha512crypt(clear, device_value)
    if encoding not in _MAKERS:
        return None
    mark, make = _MAKERS[encoding]
    found = _HASH.fullmatch(device_value)
    if found is None or found["type"] != mark:
        return None
    return make(clear, found["salt"])


class Verifier:
    """Implements config's SecretVerifier over a source of secrets: names in, yes, no or cannot tell out."""

    def __init__(self, source: SecretSource) -> None:
        self._source = source

    def verify(self, name: str, encoding: str, device_value: str) -> bool | None:
        """Tell whether the device's value is the secret `name`; None if it cannot be told. Raises SecretError."""
        return verify(encoding, device_value, self._source.get(name))
