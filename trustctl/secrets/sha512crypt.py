"""SHA-512-crypt (`$6$salt$hash`), the password hash of every supported Linux, by Ulrich Drepper's published algorithm.

Python 3.13 dropped the `crypt` module, so it stands here. Debian and Ubuntu make yescrypt hashes by default and take
this one as well (crypt(5)); it is the strongest that hashlib can both make and verify.
"""

from __future__ import annotations

import hashlib
import re

_ITOA64 = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_DEFAULT_ROUNDS = 5000
_FEWEST, _MOST = 1000, 999_999_999
"""Rounds outside these are taken as the nearest of them (the specification, 2.4)."""
_SALT_BYTES = 16
_SIZE = 64
_SETTING = re.compile(r"(?:\$6\$)?(?:rounds=(?P<rounds>[0-9]{1,10})\$)?(?P<salt>[^$:\n]{1,16})(?:\$.*)?")


def sha512crypt(password: str, setting: str) -> str:
    """Return the whole hash. `setting` is a salt, `rounds=N$salt`, or a hash that was made before.

    Raises ValueError for a setting that is none of these.
    """
    found = _SETTING.fullmatch(setting)
    if found is None:
        raise ValueError("not a SHA-512-crypt setting")
    named = found["rounds"]
    rounds = min(max(int(named), _FEWEST), _MOST) if named else _DEFAULT_ROUNDS
    salt = found["salt"][:_SALT_BYTES]
    digest = _digest(password.encode(), salt.encode(), rounds)
    return f"$6${f'rounds={rounds}$' if named else ''}{salt}${_letters(digest)}"


def _digest(key: bytes, salt: bytes, rounds: int) -> bytes:
    other = _sha(key + salt + key)
    data = key + salt + _spread(other, len(key))
    bits = len(key)
    while bits:
        data += other if bits & 1 else key
        bits >>= 1
    digest = _sha(data)
    long_key = _spread(_sha(key * len(key)), len(key))
    long_salt = _spread(_sha(salt * (16 + digest[0])), len(salt))
    for turn in range(rounds):
        data = long_key if turn & 1 else digest
        data += long_salt if turn % 3 else b""
        data += long_key if turn % 7 else b""
        data += digest if turn & 1 else long_key
        digest = _sha(data)
    return digest


def _sha(data: bytes) -> bytes:
    return hashlib.sha512(data).digest()


def _spread(digest: bytes, length: int) -> bytes:
    return (digest * (length // _SIZE + 1))[:length]


def _letters(digest: bytes) -> str:
    """The digest's bytes in the algorithm's own order, three to a group of four characters."""
    text: list[str] = []
    a, b, c = 0, 21, 42
    for _ in range(21):
        text.append(_group((digest[a] << 16) | (digest[b] << 8) | digest[c], 4))
        a, b, c = b + 1, c + 1, a + 1
    return "".join(text) + _group(digest[63], 2)


def _group(value: int, count: int) -> str:
    return "".join(_ITOA64[(value >> (6 * place)) & 0x3F] for place in range(count))
