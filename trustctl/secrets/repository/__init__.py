"""The default store: sealed values in the trust's own repository, opened by each person's SSH or age key.

Values are in ansible-vault's format; their password is 32 random bytes, sealed by age to each recipient. Imported only
where it is used: age and the ciphers take a moment to load.
"""

from __future__ import annotations

from trustctl.secrets.repository.keys import fingerprint, new_age_key, public_key
from trustctl.secrets.repository.people import Person
from trustctl.secrets.repository.store import TRUST, RepositorySecrets
from trustctl.secrets.repository.unlock import PIPELINE_KEY, Keyring

__all__ = [
    "PIPELINE_KEY",
    "TRUST",
    "Keyring",
    "Person",
    "RepositorySecrets",
    "fingerprint",
    "new_age_key",
    "public_key",
]
