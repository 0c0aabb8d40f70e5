"""The trust's secret store, as trust.yml names it: made here, where the environment and the person are."""

from __future__ import annotations

import atexit
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trustctl.cli.guard import environment
from trustctl.cli.screen import note
from trustctl.errors import SecretError, StoreUnavailableError
from trustctl.model.store import StoreKind, StoreSettings
from trustctl.secrets import FileSecrets, OpenedSecrets

if TYPE_CHECKING:
    from trustctl.secrets.repository import Keyring, RepositorySecrets
    from trustctl.secrets.vault import VaultSecrets

FOLDER = "secrets"
"""Of the inventory: where the default store lies."""
KEY_FILES = "TRUSTCTL_SECRET_KEY_FILE"
"""Private keys to open the store with, as PATH has folders; in place of those in the usual places."""
PASSWORD_FILE = "TRUSTCTL_SECRET_PASSWORD_FILE"  # noqa: S105 - the name of a variable
_PIPELINE = "CI"
"""Set by GitHub, GitLab and most others in every job."""


def age_key_path() -> Path:
    """Where `secret init --new-key` puts a person's age key."""
    return Path(environment().get("XDG_CONFIG_HOME") or Path.home() / ".config") / "trustctl" / "age.key"


def usual_keys() -> tuple[Path, ...]:
    """Where a person's private keys lie, the one made for this first."""
    return (age_key_path(), Path.home() / ".ssh" / "id_ed25519", Path.home() / ".ssh" / "id_rsa")


def in_pipeline() -> bool:
    """Whether a CI system runs this."""
    return environment().get(_PIPELINE, "").lower() not in {"", "0", "false"}


def somebody_is_there() -> bool:
    """Whether a question can be asked: a person at a terminal."""
    return sys.stdin.isatty() and sys.stderr.isatty() and not in_pipeline()


def ask(question: str) -> str:
    """What a person types unseen; the question stands on stderr."""
    typed: object = click.prompt(question.rstrip(": "), hide_input=True, err=True, default="", show_default=False)
    return str(typed)


def opened(settings: StoreSettings, inventory: Path, named: Path | None) -> OpenedSecrets | None:
    """The store of a command: the file that a person named, else what trust.yml says; None if there is none yet.

    Raises SecretError at once if the named file cannot be used.
    """
    if named is not None:
        file = FileSecrets(named)
        file.names()
        return OpenedSecrets(lambda: file)
    if settings.kind is StoreKind.FILE:
        return OpenedSecrets(lambda: _file(settings))
    if settings.kind is StoreKind.VAULT:
        return OpenedSecrets(lambda: vault(settings))
    store = repository(inventory) if repository_exists(inventory) else None
    return None if store is None else OpenedSecrets(lambda: store, whole=False)


def repository_exists(inventory: Path) -> bool:
    """Whether the inventory has a store of its own, without loading what opens it."""
    return (inventory / FOLDER / "recipients").is_dir()


def repository(inventory: Path) -> RepositorySecrets:
    """The store in the repository; it need not be there yet."""
    from trustctl.secrets.repository import RepositorySecrets  # noqa: PLC0415 - the ciphers take a moment to load

    return RepositorySecrets(inventory / FOLDER, keyring())


def keyring() -> Keyring:
    """The keys of whoever runs this, by the environment and the usual places."""
    from trustctl.secrets.repository import PIPELINE_KEY, Keyring  # noqa: PLC0415 - as above

    named = tuple(Path(part) for part in environment().get(KEY_FILES, "").split(os.pathsep) if part)
    password = environment().get(PASSWORD_FILE, "")
    return Keyring(
        named=named,
        usual=() if named else usual_keys(),
        password_file=Path(password) if password else None,
        pipeline=environment().get(PIPELINE_KEY, "") if in_pipeline() else "",
        ask=ask if somebody_is_there() else None,
    )


def vault(settings: StoreSettings) -> VaultSecrets:
    """The store in Vault; its token is revoked when the process ends."""
    from trustctl.secrets.vault import Outside, VaultSecrets  # noqa: PLC0415 - its libraries take a moment to load

    found = (settings.pipeline if in_pipeline() else None) or settings.vault
    if found is None:
        raise StoreUnavailableError("nothing says where the Vault server is", where=settings.where)
    made = VaultSecrets.from_settings(found, Outside(environ=environment(), ask=ask if somebody_is_there() else None))
    atexit.register(_leave, made)
    return made


def _leave(store: VaultSecrets) -> None:
    if said := store.close():
        note(said)


def _file(settings: StoreSettings) -> FileSecrets:
    if settings.file is None:
        raise StoreUnavailableError("nothing says which file holds the secrets", where=settings.where)
    store = FileSecrets(settings.file)
    try:
        store.names()
    except SecretError as error:
        raise StoreUnavailableError(error.problem, where=error.where, remedy=error.remedy) from error
    return store
