"""The trust's store as `trustctl secret` changes it: in the repository or in Vault; a file is edited by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from trustctl.cli.stores import repository, repository_exists, vault
from trustctl.cli.workspace import Workspace
from trustctl.errors import MissingSecretError, SecretError, StoreUnavailableError, UsageError
from trustctl.inventory import load_store
from trustctl.model.secret import SecretRef, next_name, previous_name
from trustctl.model.store import StoreKind, StoreSettings
from trustctl.secrets import FileSecrets, Held
from trustctl.secrets.repository import RepositorySecrets
from trustctl.secrets.seal import with_older
from trustctl.secrets.trust_keys import BACKUP_KEY
from trustctl.secrets.vault import VaultSecrets


class Keeper(Protocol):
    """What can be done with a store."""

    def held(self, name: str) -> Held:
        """The value and its version. Raises SecretError."""
        ...

    def listing(self, referred: frozenset[str]) -> Mapping[str, str]:
        """The versions of all secrets by name; of those that are referred to where the store does not tell others."""
        ...

    def put(self, name: str, value: str) -> str:
        """Write a value; return its version. Raises SecretError, UsageError."""
        ...

    def delete(self, name: str) -> None:
        """Take a secret away. Raises SecretError."""
        ...

    def finish(self, name: str) -> str:
        """Let the coming value of a rotation take the place of the old one, which is kept; return the new version."""
        ...


class InRepository:
    """The store in the repository. `vault_id` is where new secrets go."""

    def __init__(self, store: RepositorySecrets, vault_id: str = "") -> None:
        self.store = store
        self._id = vault_id

    def held(self, name: str) -> Held:
        """As `Keeper`."""
        return self.store.held(name)

    def listing(self, referred: frozenset[str]) -> Mapping[str, str]:
        """As `Keeper`; no key is needed."""
        return self.store.listing()

    def put(self, name: str, value: str) -> str:
        """As `Keeper`."""
        return self.store.put(name, value, self._id)

    def delete(self, name: str) -> None:
        """As `Keeper`."""
        self.store.delete(name)

    def finish(self, name: str) -> str:
        """As `Keeper`: one write of the file."""
        return self.store.finish(name, next_name(name), previous_name(name))


class InVault:
    """The Vault server."""

    def __init__(self, store: VaultSecrets) -> None:
        self.store = store

    def held(self, name: str) -> Held:
        """As `Keeper`."""
        return self.store.held(name)

    def listing(self, referred: frozenset[str]) -> Mapping[str, str]:
        """As `Keeper`: a token may read what it must and still not see what else there is."""
        found: dict[str, str] = {}
        for name in sorted(referred):
            try:
                found[name] = self.store.held(name).version
            except MissingSecretError:
                continue
        return found

    def put(self, name: str, value: str) -> str:
        """As `Keeper`."""
        return self.store.put(name, value)

    def delete(self, name: str) -> None:
        """As `Keeper`: the key goes, others of its path stay."""
        ref = SecretRef(name)
        self.store.change(ref.path, {ref.key: None})

    def finish(self, name: str) -> str:
        """As `Keeper`: one version, refused if somebody else wrote in between."""
        ref, old, new = SecretRef(name), self.store.held(name), self.store.held(next_name(name))
        keys = {SecretRef(previous_name(name)).key: old.value, ref.key: new.value, SecretRef(next_name(name)).key: None}
        return self.store.change(ref.path, keys, old.version)


class InFile:
    """A file of mode 0600, which a person edits."""

    def __init__(self, store: FileSecrets, settings: StoreSettings) -> None:
        self._store = store
        self._settings = settings

    def held(self, name: str) -> Held:
        """As `Keeper`."""
        return self._store.held(name)

    def listing(self, referred: frozenset[str]) -> Mapping[str, str]:
        """As `Keeper`; a file keeps no versions."""
        return dict.fromkeys(self._store.names(), "")

    def put(self, name: str, value: str) -> str:
        """Raises UsageError."""
        line = f"{name}: NEW,OLD" if name == BACKUP_KEY else f"{name}: VALUE"
        raise self._by_hand(f"add a line `{line}` to {self._settings.file}")

    def delete(self, name: str) -> None:
        """Raises UsageError."""
        raise self._by_hand(f"remove the line of {name} from {self._settings.file}")

    def finish(self, name: str) -> str:
        """Raises UsageError."""
        raise self._by_hand(f"put the value of {next_name(name)} in the place of {name}'s in {self._settings.file}")

    def _by_hand(self, remedy: str) -> UsageError:
        return UsageError("the trust keeps its secrets in a file", where=self._settings.where, remedy=remedy)


def with_older_keys(store: Keeper, name: str, value: str) -> str:
    """A new value as it is kept: a key of backups stands before the older ones, which open what they sealed.

    Raises SecretError if it is short, or the older ones cannot be read: without them those backups would be lost.
    """
    if name != BACKUP_KEY:
        return value
    try:
        older = store.held(name).value
    except MissingSecretError:
        older = ""
    except StoreUnavailableError:
        raise
    except SecretError as error:
        remedy = "Mend that line (docs/secrets.md): a new key alone would leave the sealed backups without theirs."
        raise SecretError(error.problem, where=error.where, remedy=remedy) from error
    return with_older(value, older)


def keeper(workspace: Workspace, vault_id: str = "") -> Keeper:
    """The store that trust.yml names. Raises SecretError if there is none yet, UsageError if `--id` does not fit."""
    settings = load_store(workspace.inventory)
    if settings.kind is not StoreKind.REPOSITORY and vault_id:
        raise UsageError("--id is for the store in the repository", where=settings.where, remedy="leave it out")
    if settings.kind is StoreKind.VAULT:
        return InVault(vault(settings))
    if settings.kind is StoreKind.FILE and settings.file is not None:
        return InFile(FileSecrets(settings.file), settings)
    return InRepository(in_repository(workspace), vault_id)


def in_repository(workspace: Workspace) -> RepositorySecrets:
    """The store in the repository. Raises UsageError if the trust has another, SecretError if there is none yet."""
    only_repository(workspace)
    if not repository_exists(workspace.inventory):
        where = workspace.relative(workspace.inventory / "secrets")
        raise SecretError("there is no secret store yet", where=where, remedy="make one: trustctl secret init")
    return repository(workspace.inventory)


def only_repository(workspace: Workspace) -> None:
    """Refuse what has a meaning for the store in the repository alone. Raises UsageError."""
    settings = load_store(workspace.inventory)
    if settings.kind is not StoreKind.REPOSITORY:
        raise UsageError(
            f"the trust's store is: {settings.kind}",
            where=settings.where,
            remedy="who may read it is said there; `trustctl secret policy` prints what a token needs"
            if settings.kind is StoreKind.VAULT
            else "who may read it is said by the file's owner and mode",
        )
