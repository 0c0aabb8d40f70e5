"""SHA-256-crypt and SHA-512-crypt (`$5$salt$hash`, `$6$salt$hash`), by Ulrich Drepper's published algorithm.

Python 3.13 dropped the `crypt` module, so they stand here. They are the hashes of Linux accounts, of Arista EOS
(`secret sha512`) and of Junos. `$6$` is what we make: the strongest that hashlib can both make and verify.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass

_ITOA64 = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_DEFAULT_ROUNDS = 5000
_FEWEST, _MOST = 1000, 999_999_999
"""Rounds outside these are taken as the nearest of them (the specification, 2.4)."""
_SALT_BYTES = 16
_SETTING = re.compile(r"(?:\$[56]\$)?(?:rounds=(?P<rounds>[0-9]{1,10})\$)?(?P<salt>[^$:\n]{1,16})(?:\$.*)?")

Groups = tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class _Kind:
    mark: str
    digest: Callable[[bytes], bytes]
    groups: Groups
    """Which bytes of the digest share a group of four characters."""
    rest: tuple[int, int, int]
    """The last bytes, most significant first, and their number of characters."""


def _walk(first: tuple[int, int, int], turns: int, step: tuple[int, int, int]) -> Groups:
    """The algorithm's order: each group's places are those of the one before, changed about and one further on."""
    groups = [first]
    for _ in range(turns - 1):
        last = groups[-1]
        groups.append((last[step[0]] + 1, last[step[1]] + 1, last[step[2]] + 1))
    return tuple(groups)


_SHA256 = _Kind("5", lambda data: hashlib.sha256(data).digest(), _walk((0, 10, 20), 10, (2, 0, 1)), (31, 30, 3))
_SHA512 = _Kind("6", lambda data: hashlib.sha512(data).digest(), _walk((0, 21, 42), 21, (1, 2, 0)), (-1, 63, 2))


def sha512crypt(password: str, setting: str) -> str:
    """Return the whole `$6$` hash. `setting` is a salt, `rounds=N$salt`, or a hash that was made before.

    Raises ValueError for a setting that is none of these.
    """
    return _crypt(_SHA512, password, setting)


def sha256crypt(password: str, setting: str) -> str:
    """Return the whole `$5$` hash, as `sha512crypt` does."""
    return _crypt(_SHA256, password, setting)


def rounds_of(setting: str) -> int:
    """The rounds that a hash asks for; raises ValueError for a setting that is none."""
    found = _SETTING.fullmatch(setting)
    if found is None:
        raise ValueError("not a SHA-crypt setting")
    return min(max(int(found["rounds"]), _FEWEST), _MOST) if found["rounds"] else _DEFAULT_ROUNDS


def _crypt(kind: _Kind, password: str, setting: str) -> str:
    rounds = rounds_of(setting)
    found = _SETTING.fullmatch(setting)
    salt = found["salt"][:_SALT_BYTES] if found else ""
    named = f"rounds={rounds}$" if found and found["rounds"] else ""
    digest = _digest(kind, password.encode(), salt.encode(), rounds)
    return f"${kind.mark}${named}{salt}${_letters(kind, digest)}"


def _digest(kind: _Kind, key: bytes, salt: bytes, rounds: int) -> bytes:
    sha = kind.digest
    other = sha(key + salt + key)
    data = key + salt + _spread(other, len(key))
    bits = len(key)
    while bits:
        data += other if bits & 1 else key
        bits >>= 1
    digest = sha(data)
    long_key = _spread(sha(key * len(key)), len(key))
    long_salt = _spread(sha(salt * (16 + digest[0])), len(salt))
    for turn in range(rounds):
        data = long_key if turn & 1 else digest
        data += long_salt if turn % 3 else b""
        data += long_key if turn % 7 else b""
        data += digest if turn & 1 else long_key
        digest = sha(data)
    return digest


def _spread(digest: bytes, length: int) -> bytes:
    return (digest * (length // len(digest) + 1))[:length]


def _letters(kind: _Kind, digest: bytes) -> str:
    """The digest's bytes in the algorithm's own order, three to a group of four characters."""
    text = [_group((digest[a] << 16) | (digest[b] << 8) | digest[c], 4) for a, b, c in kind.groups]
    high, low, count = kind.rest
    return "".join(text) + _group(((digest[high] << 8) if high >= 0 else 0) | digest[low], count)


def _group(value: int, count: int) -> str:
    return "".join(_ITOA64[(value >> (6 * place)) & 0x3F] for place in range(count))
