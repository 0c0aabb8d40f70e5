"""Who can open the store: one public key a file, and beside it the store's password sealed to that key by age.

    recipients/ann.pub           ssh-ed25519 AAAA... ann@laptop
    recipients/ann.trust.age     the password of `trust`, for Ann alone

Each person is a file of their own, so that two branches may add one each. Anybody with age and their key gets at the
password without trustctl: `age -d -i ~/.ssh/id_ed25519 recipients/ann.trust.age`.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyrage

from trustctl.errors import SecretError, StorageError, UsageError
from trustctl.secrets.repository import files
from trustctl.secrets.repository.keys import Identity, public_key, recipient

FOLDER = "recipients"
LABEL = re.compile(r"[a-z0-9][a-z0-9-]{0,40}")
_PENDING = ".new-"
"""Before the name of a password that is about to replace another: see `People.replace`."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, or a pipeline, with a key. `opens` are the vault ids whose password is sealed to it."""

    label: str
    key: str
    opens: tuple[str, ...]


class People:
    """The folder `recipients` of a store."""

    def __init__(self, store: Path) -> None:
        self.folder = store / FOLDER

    def everybody(self) -> tuple[Person, ...]:
        """All recipients, by label. Raises SecretError for a file that is none of ours."""
        found: list[Person] = []
        for path in sorted(self.folder.glob("*.pub")):
            if not LABEL.fullmatch(path.stem):
                remedy = "Use small letters, digits and hyphens."
                raise SecretError("this cannot be the name of a recipient", where=str(path), remedy=remedy)
            text = files.read(path, "the public key").decode("ascii", errors="replace")
            opens = sorted(sealed.name.split(".")[1] for sealed in self.folder.glob(f"{path.stem}.*.age"))
            found.append(Person(path.stem, public_key(text, str(path)), tuple(opens)))
        return tuple(found)

    def opening(self, vault_id: str) -> tuple[Person, ...]:
        """Those who can open one vault id."""
        return tuple(person for person in self.everybody() if vault_id in person.opens)

    def add(self, label: str, key: str, passwords: Mapping[str, bytes]) -> None:
        """Add somebody, or let them open more vault ids. Raises UsageError if the label has another key."""
        if not LABEL.fullmatch(label):
            remedy = "use small letters, digits and hyphens, such as ann or ci-oak"
            raise UsageError(f"'{label}' cannot name a recipient", remedy=remedy)
        path = self.folder / f"{label}.pub"
        line = public_key(key)
        sealed = {vault_id: seal(password, line) for vault_id, password in passwords.items()}
        known = next((person for person in self.everybody() if person.label == label), None)
        if known is not None and known.key != line:
            remedy = f"name the new key otherwise, or first: trustctl secret remove-recipient {label}"
            raise UsageError(f"{label} has another key already", where=str(path), remedy=remedy)
        for vault_id, text in sealed.items():
            files.write(self._sealed(label, vault_id), text)
        if known is None:
            files.write(path, f"{key.strip()}\n", new=True)

    def remove(self, label: str) -> None:
        """Take somebody's files away, the key last. What they could read they can still read in Git's history."""
        try:
            sealed = [*self.folder.glob(f"{label}.*.age"), *self.folder.glob(f"{_PENDING}{label}.*.age")]
            for path in [*sealed, self.folder / f"{label}.pub"]:
                path.unlink(missing_ok=True)
            files.sync_folder(self.folder)
        except OSError as error:
            where = str(self.folder)
            raise StorageError(f"a file cannot be removed: {error.strerror}", where=where) from error

    def prepare(self, vault_id: str, password: bytes, without: str) -> None:
        """Seal a new password to everybody but one, beside the old: nothing is lost if we die before `replace`."""
        for person in self.opening(vault_id):
            if person.label != without:
                files.write(self._pending(person.label, vault_id), seal(password, person.key))

    def replace(self, vault_id: str) -> None:
        """Let what was prepared take the old one's place."""
        try:
            for path in self.folder.glob(f"{_PENDING}*.{vault_id}.age"):
                path.replace(self.folder / path.name.removeprefix(_PENDING))
            files.sync_folder(self.folder)
        except OSError as error:
            where = str(self.folder)
            raise StorageError(f"a file cannot be replaced: {error.strerror}", where=where) from error

    def passwords(self, label: str, vault_id: str, identity: Identity) -> Iterator[bytes]:
        """The password that is sealed to somebody: the one in force, then one whose replacement was broken off.

        Raises SecretError if a file is damaged, or sealed to another key.
        """
        for path in (self._sealed(label, vault_id), self._pending(label, vault_id)):
            with contextlib.suppress(FileNotFoundError):
                yield unseal(files.read(path, "the sealed password"), identity, str(path))

    def _sealed(self, label: str, vault_id: str) -> Path:
        return self.folder / f"{label}.{vault_id}.age"

    def _pending(self, label: str, vault_id: str) -> Path:
        return self.folder / f"{_PENDING}{label}.{vault_id}.age"


def seal(password: bytes, key: str) -> str:
    """Seal a password to one public key, as text. Raises SecretError."""
    try:
        return pyrage.encrypt(password, [recipient(key)], armored=True).decode()
    except pyrage.EncryptError as error:
        raise SecretError(f"nothing can be sealed to this key: {error}", where=key[:60]) from None


def unseal(raw: bytes, identity: Identity, where: str) -> bytes:
    """Open a sealed password. Raises SecretError."""
    try:
        return pyrage.decrypt(raw, [identity])
    except pyrage.DecryptError as error:
        raise SecretError(
            f"the sealed password cannot be opened with this key: {error}",
            where=where,
            remedy="It is damaged, or sealed to another key: a colleague runs `trustctl secret add-recipient` anew.",
        ) from None
