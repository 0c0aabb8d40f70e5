"""Who can open the store: one public key a file, and beside it the store's password sealed to that key by age.

    recipients/ann.pub           ssh-ed25519 AAAA... ann@laptop
    recipients/ann.trust.age     the password of `trust`, for Ann alone
    recipients/ann.trust.tag     an HMAC of Ann's key under that password: whoever let her in could open the store

The tag is looked at before a new password is sealed to anybody, so that a key which was put there, or swapped, by
somebody who cannot open the store is never given one. Each person is files of their own, so that two branches may add
one each. Anybody with age and their key gets at the password without trustctl:
`age -d -i ~/.ssh/id_ed25519 recipients/ann.trust.age`.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyrage

from trustctl.errors import SecretError, StorageError, UsageError
from trustctl.secrets.repository import files
from trustctl.secrets.repository.keys import Identity, fingerprint, public_key, recipient

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
            files.write(self._tag(label, vault_id), f"{_tag(passwords[vault_id], vault_id, label, line)}\n")
        if known is None:
            files.write(path, f"{key.strip()}\n", new=True)

    def vouched(self, vault_id: str, password: bytes, without: str = "") -> tuple[Person, ...]:
        """Those who can open a vault id, but one, each let in by one who could. Raises SecretError if not."""
        found = tuple(person for person in self.opening(vault_id) if person.label != without)
        for person in found:
            want = _tag(password, vault_id, person.label, person.key)
            path = self._tag(person.label, vault_id)
            if not any(hmac.compare_digest(want, _text(one)) for one in (path, self._pending(path))):
                raise SecretError(
                    f"nobody who could open {vault_id} let in this key of {person.label}: it was put there, or swapped",
                    where=str(self.folder / f"{person.label}.pub"),
                    remedy=f"Compare it with {person.label}'s own ({fingerprint(person.key)}). If it is right: "
                    f"trustctl secret add-recipient {person.label} KEY; if not, look at the file's history.",
                )
        return found

    def remove(self, label: str) -> None:
        """Take somebody's files away, the key last. What they could read they can still read in Git's history."""
        try:
            mine = [path for mark in ("", _PENDING) for path in self.folder.glob(f"{mark}{label}.*.*")]
            for path in [*mine, self.folder / f"{label}.pub"]:
                path.unlink(missing_ok=True)
            files.sync_folder(self.folder)
        except OSError as error:
            where = str(self.folder)
            raise StorageError(f"a file cannot be removed: {error.strerror}", where=where) from error

    def prepare(self, vault_id: str, password: bytes, people: Iterable[Person]) -> None:
        """Seal a new password to these people, beside the old: nothing is lost if we die before `replace`."""
        for person in people:
            sealed, tag = self._sealed(person.label, vault_id), self._tag(person.label, vault_id)
            files.write(self._pending(sealed), seal(password, person.key))
            files.write(self._pending(tag), f"{_tag(password, vault_id, person.label, person.key)}\n")

    def replace(self, vault_id: str) -> None:
        """Let what was prepared take the old one's place."""
        try:
            for path in self.folder.glob(f"{_PENDING}*.{vault_id}.*"):
                path.replace(self.folder / path.name.removeprefix(_PENDING))
            files.sync_folder(self.folder)
        except OSError as error:
            where = str(self.folder)
            raise StorageError(f"a file cannot be replaced: {error.strerror}", where=where) from error

    def passwords(self, label: str, vault_id: str, identity: Identity) -> Iterator[bytes]:
        """The password that is sealed to somebody: the one in force, then one whose replacement was broken off.

        Raises SecretError if a file is damaged, or sealed to another key.
        """
        sealed = self._sealed(label, vault_id)
        for path in (sealed, self._pending(sealed)):
            with contextlib.suppress(FileNotFoundError):
                yield unseal(files.read(path, "the sealed password"), identity, str(path))

    def _sealed(self, label: str, vault_id: str) -> Path:
        return self.folder / f"{label}.{vault_id}.age"

    def _tag(self, label: str, vault_id: str) -> Path:
        return self.folder / f"{label}.{vault_id}.tag"

    def _pending(self, path: Path) -> Path:
        return self.folder / f"{_PENDING}{path.name}"


def _tag(password: bytes, vault_id: str, label: str, key: str) -> str:
    return hmac.new(password, f"trustctl recipient\n{vault_id}\n{label}\n{key}".encode(), hashlib.sha256).hexdigest()


def _text(path: Path) -> str:
    """A tag's text; nothing where there is none."""
    try:
        return files.read(path, "the tag").decode("ascii", errors="replace").strip()
    except FileNotFoundError:
        return ""


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
