"""Backups sealed at rest: AES-256-GCM under a key of the trust's secret store (docs/security.md, Backups).

The key lies in the store because whoever rolls a device back needs the store anyway, for the password to sign in with:
no file beside the backups, no passphrase, nothing to ask a person. A copy or a thief of the state folder has neither.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from trustctl.errors import SecretError, StorageError
from trustctl.secrets.source import SecretSource
from trustctl.secrets.trust_keys import BACKUP_KEY, optional

_MAGIC = b"trustctl sealed 1 "
_SALT, _NONCE, _KEY, _ID = 16, 12, 32, 6
_SHORTEST = 32
"""Characters of the key's text: it is used as it is, not stretched, so it must not be one that a person thought up."""


class Seal:
    """Seals texts with the first of its keys and opens what any of them sealed. Its repr shows nothing."""

    def __init__(self, keys: Sequence[str]) -> None:
        short = [key for key in keys if len(key) < _SHORTEST]
        if short or not keys:
            raise SecretError(
                f"{BACKUP_KEY} has a key of fewer than {_SHORTEST} characters",
                remedy="make a random one: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'",
            )
        self._keys = {_derive(key, b"", b"trustctl backup key id", _ID).hex(): key for key in keys}
        self._first = next(iter(self._keys))

    def __repr__(self) -> str:
        return f"Seal({', '.join(self._keys)})"

    def close(self, text: str, label: str) -> bytes:
        """Seal a text. `label` says what it is (`oak-sw-01/<sha256>`): under no other one it opens."""
        salt, nonce = os.urandom(_SALT), os.urandom(_NONCE)
        head = _MAGIC + self._first.encode() + b"\n"
        key = AESGCM(_derive(self._keys[self._first], salt, b"trustctl backup", _KEY))
        return head + salt + nonce + key.encrypt(nonce, text.encode(), head + label.encode())

    def open(self, data: bytes, label: str) -> str:
        """Open what `close` sealed. Raises SecretError without its key, StorageError if it is damaged or another's."""
        head, _, rest = data.partition(b"\n")
        name = head.removeprefix(_MAGIC).decode("ascii", "replace")
        if not head.startswith(_MAGIC):
            raise StorageError("the backup is damaged: it is not a sealed one", where=label)
        if name not in self._keys:
            raise SecretError(
                f"the backup was sealed with key {name}, and {BACKUP_KEY} has only {', '.join(self._keys)}",
                where=label,
                remedy=f"bring the older key back, behind the new one with a comma: {BACKUP_KEY}: new,old",
            )
        salt, nonce, sealed = rest[:_SALT], rest[_SALT : _SALT + _NONCE], rest[_SALT + _NONCE :]
        try:
            key = AESGCM(_derive(self._keys[name], salt, b"trustctl backup", _KEY))
            return key.decrypt(nonce, sealed, head + b"\n" + label.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise StorageError("the backup is damaged, or is another device's", where=label) from error


def seal_of(source: SecretSource) -> Seal | None:
    """The trust's seal; None if it has no key for it. Raises SecretError if the store cannot say, or a key is short."""
    keys = optional(source, BACKUP_KEY)
    return None if keys is None else Seal(_listed(keys))


def with_older(key: str, held: str) -> str:
    """The store's value once a new key seals and the earlier ones still open.  Before: `N`, `O,P`.  After: `N,O,P`.

    Raises SecretError if the new key is short; a short one of before sealed nothing and goes.
    """
    keys = _listed(key)
    Seal(keys)
    older = (one for one in _listed(held) if len(one) >= _SHORTEST)
    return ",".join(dict.fromkeys([*keys, *older]))


def _listed(keys: str) -> list[str]:
    return [key for key in keys.split(",") if key]


def _derive(key: str, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt or None, info=info).derive(key.encode())
