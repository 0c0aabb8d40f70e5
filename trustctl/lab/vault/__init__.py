"""A Vault server of the lab: real HTTP or HTTPS on loopback, a clock that only tests move, ids that repeat.

It answers as recorded exchanges with Vault 1.8.0-dev did, or as OpenBao 2.6 does where its source was read
(docs/secrets-vault.md says which is which). It knows nothing of the client that it judges.
"""

from __future__ import annotations

from trustctl.lab.vault.clock import VaultClock
from trustctl.lab.vault.core import Core, start
from trustctl.lab.vault.faults import Fault, FaultKind
from trustctl.lab.vault.flavour import FLAVOURS, NEWER_VAULT, OPENBAO, VAULT_1_8, Flavour
from trustctl.lab.vault.server import Seen, VaultServer

__all__ = [
    "FLAVOURS",
    "NEWER_VAULT",
    "OPENBAO",
    "VAULT_1_8",
    "Core",
    "Fault",
    "FaultKind",
    "Flavour",
    "Seen",
    "VaultClock",
    "VaultServer",
    "start",
]
