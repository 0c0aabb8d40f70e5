"""Secrets that a trust has for trustctl itself, all optional: the key of tags, and the key that seals backups.

A tag tells whether two secrets are the same without telling what they are: the first 48 bits of HMAC-SHA256. Whoever
has the key can try guesses against a tag, so it lies in the store beside what it protects; without it there is no tag.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable

from trustctl.errors import MissingSecretError
from trustctl.secrets.source import SecretSource

TAG_KEY = "trustctl/tag-key"
BACKUP_KEY = "trustctl/backup-key"
_LETTERS = 12


def tag(key: str, value: str) -> str:
    """The tag of a value: twelve hexadecimal digits.

    Before: `k`, `Sh4red-Key`. After: `af289805303e`; the same for the same key and value, and for no other that occurs.
    """
    return hmac.new(key.encode(), value.encode(), hashlib.sha256).hexdigest()[:_LETTERS]


def optional(source: SecretSource, name: str) -> str | None:
    """The value of a secret that a trust need not have; None if the store has none. Raises SecretError for all else."""
    try:
        return source.get(name)
    except MissingSecretError:
        return None


def tagger(source: SecretSource) -> Callable[[str], str] | None:
    """What makes this trust's tags; None if it has no key for them. Raises SecretError."""
    key = optional(source, TAG_KEY)
    return None if key is None else lambda value: tag(key, value)
