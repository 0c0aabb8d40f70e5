"""Whether what a device holds is a known secret, without ever asking the device.

Each encoding has a name, by which a rulebook says what the words of its platform mean:

| name | what it is | where |
|---|---|---|
| `0` or nothing | clear text | everywhere |
| `5` | MD5-crypt | IOS, EOS |
| `7` | reversible | IOS |
| `8`, `9` | PBKDF2-SHA-256, scrypt | IOS |
| `sha1`, `sha256` | the bare digest in hexadecimal | ArubaOS-Switch |
| `sha512` | SHA-512-crypt | EOS |
| `crypt` | `$1$`, `$5$`, `$6$`; `$y$` where this computer's C library can | accounts of Linux |
| `junos` | `$9$`, which is reversible, or one of `$1$`, `$5$`, `$6$` | Junos |
| `comware` | `$h$6$` | Comware 7 |

Anything else cannot be told: IOS type 6 and AOS-CX `ciphertext` are encrypted with a key of the device's own, Instant's
`hash` is not published.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from trustctl.errors import MissingSecretError, SecretError, StoreUnavailableError
from trustctl.model.secret import next_name
from trustctl.secrets.comware import comware_hash, comware_salt
from trustctl.secrets.ios import type8, type9
from trustctl.secrets.junos import MARK, decode_junos9
from trustctl.secrets.libcrypt import yescrypt
from trustctl.secrets.md5crypt import md5crypt
from trustctl.secrets.shacrypt import rounds_of, sha256crypt, sha512crypt
from trustctl.secrets.source import SecretSource
from trustctl.secrets.type7 import decode_type7

_HASH = re.compile(r"\$(?P<type>[0-9])\$(?P<salt>[./0-9A-Za-z]{1,14})\$(?P<hash>[./0-9A-Za-z]+)")
_MOST_ROUNDS = 1_000_000
"""Of SHA-crypt: the rounds stand in a hash that a device wrote, and this many take about two seconds."""

Check = Callable[[str, str], bool | None]
"""What the device holds, and the clear text: yes, no, or cannot be told."""


@lru_cache(maxsize=4096)
def verify(encoding: str, device_value: str, clear: str) -> bool | None:
    """Tell whether `device_value`, as a device prints it, stands for `clear`.

    `encoding` is a name of the table above. None: it cannot be told, as for a name that is not in the table or a text
    that is not of its encoding. Cached, because some hashes are slow by design (10 to 40 ms each).
    """
    check = _CHECKS.get(encoding)
    return None if check is None else check(device_value, clear)


def _same(made: str | None, held: str) -> bool | None:
    return None if made is None else hmac.compare_digest(made.encode(), held.encode())


def _clear(held: str, clear: str) -> bool | None:
    return _same(clear, held)


def _type7(held: str, clear: str) -> bool | None:
    return _same(decode_type7(held), clear)


def _salted(mark: str, make: Callable[[str, str], str]) -> Check:
    """A hash `$mark$salt$hash`, made again with the device's own salt."""

    def check(held: str, clear: str) -> bool | None:
        found = _HASH.fullmatch(held)
        return None if found is None or found["type"] != mark else _same(make(clear, found["salt"]), held)

    return check


def _digest(name: str) -> Check:
    """A bare digest, in capitals or not."""
    form = re.compile(rf"[0-9A-Fa-f]{{{hashlib.new(name, usedforsecurity=False).digest_size * 2}}}")

    def check(held: str, clear: str) -> bool | None:
        made = hashlib.new(name, clear.encode(), usedforsecurity=False).hexdigest()
        return _same(made, held.lower()) if form.fullmatch(held) else None

    return check


def _sha_crypt(mark: str, make: Callable[[str, str], str]) -> Check:
    def check(held: str, clear: str) -> bool | None:
        try:
            if not held.startswith(mark) or rounds_of(held) > _MOST_ROUNDS:
                return None
            return _same(make(clear, held), held)
        except ValueError:
            return None

    return check


_MD5 = _salted("1", md5crypt)
_BY_MARK: Mapping[str, Check] = {
    "$1$": _MD5,
    "$5$": _sha_crypt("$5$", sha256crypt),
    "$6$": _sha_crypt("$6$", sha512crypt),
    "$y$": lambda held, clear: _same(yescrypt(clear, held), held),
}


def _crypt(held: str, clear: str) -> bool | None:
    check = _BY_MARK.get(held[:3])
    return None if check is None else check(held, clear)


def _junos(held: str, clear: str) -> bool | None:
    return _same(decode_junos9(held), clear) if held.startswith(MARK) else _crypt(held, clear)


def _comware(held: str, clear: str) -> bool | None:
    salt = comware_salt(held)
    return None if salt is None else _same(comware_hash(clear, salt), held)


_CHECKS: Mapping[str, Check] = {
    "": _clear,
    "0": _clear,
    "5": _MD5,
    "7": _type7,
    "8": _salted("8", type8),
    "9": _salted("9", type9),
    "sha1": _digest("sha1"),
    "sha256": _digest("sha256"),
    "sha512": _BY_MARK["$6$"],
    "crypt": _crypt,
    "junos": _junos,
    "comware": _comware,
}


class Verifier:
    """Implements config's SecretVerifier over a source of secrets: names in, yes, no or cannot tell out.

    `rotating`: a device that has the coming value of a secret already is in step as well (docs/rotation.md).
    """

    def __init__(self, source: SecretSource, *, rotating: bool = False) -> None:
        self._source = source
        self._rotating = rotating

    def verify(self, name: str, encoding: str, device_value: str) -> bool | None:
        """Tell whether the device's value is the secret `name`; None if it cannot be told, as the store has none too.

        Raises SecretError if the store refuses this one, or what it has is no value.
        """
        try:
            told = verify(encoding, device_value, self._source.get(name))
            if told is False and self._rotating and (value := coming(self._source, name)) is not None:
                return verify(encoding, device_value, value)
        except (StoreUnavailableError, MissingSecretError):
            return None
        return told

    def closed(self, name: str) -> bool:
        """Whether the store could not be asked for it. Raises SecretError as `verify`."""
        return self._lacks(name, StoreUnavailableError)

    def missing(self, name: str) -> bool:
        """Whether the store was asked, and has no such secret. Raises SecretError as `verify`."""
        return self._lacks(name, MissingSecretError)

    def _lacks(self, name: str, because: type[SecretError]) -> bool:
        try:
            self._source.get(name)
        except (StoreUnavailableError, MissingSecretError) as error:
            return isinstance(error, because)
        return False


def coming(source: SecretSource, name: str) -> str | None:
    """The value that a rotation is going to bring in; None if the secret is not being rotated. Raises SecretError."""
    try:
        return source.get(next_name(name))
    except MissingSecretError:
        return None
