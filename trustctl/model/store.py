"""Which secret store a trust has: what `secrets:` in trust.yml says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from trustctl.model.vault import VaultSettings


class StoreKind(StrEnum):
    """Where the values of secrets lie."""

    REPOSITORY = "repository"
    """Sealed, in the trust's own repository: the default."""
    VAULT = "vault"
    """In a HashiCorp Vault or OpenBao server."""
    FILE = "file"
    """In a file of mode 0600 on this machine."""


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """The store of a trust. `where` is the file and line that say so, for errors; empty where nothing does.

    `pipeline` is used in place of `vault` by pipelines, which sign in by another way than people do.
    """

    kind: StoreKind = StoreKind.REPOSITORY
    where: str = ""
    file: Path | None = None
    vault: VaultSettings | None = None
    pipeline: VaultSettings | None = None
