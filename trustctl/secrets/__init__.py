"""Secrets: a name becomes a value at the last moment, and no value is ever shown.

`FileSecrets` reads a local file of mode 0600, `secrets.repository` what lies sealed in the trust's repository, and
`secrets.vault` a Vault server; `OpenedSecrets` is any of them as one command sees it. `verify` and
`Verifier` tell whether a device holds the known secret, so that plans neither leak nor flap (docs/hazards.md H28).
`Redactor` is the second net behind every error and log.
"""

from __future__ import annotations

from trustctl.secrets.redact import Redactor
from trustctl.secrets.source import FileSecrets, Held, KnownSecrets, OpenedSecrets, SecretSource, VersionedSource
from trustctl.secrets.type7 import decode_type7, encode_type7
from trustctl.secrets.verify import Verifier, verify

__all__ = [
    "FileSecrets",
    "Held",
    "KnownSecrets",
    "OpenedSecrets",
    "Redactor",
    "SecretSource",
    "Verifier",
    "VersionedSource",
    "decode_type7",
    "encode_type7",
    "verify",
]
