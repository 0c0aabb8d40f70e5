"""The trust's secrets in its own repository: sealed values that Git keeps, and who can open them."""

from __future__ import annotations

import difflib
import secrets as randomness
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from trustctl.errors import MissingSecretError, SecretError, StoreUnavailableError, UsageError
from trustctl.model.secret import SECRET_NAME, canonical
from trustctl.secrets.redact import KNOWN
from trustctl.secrets.repository import codec, entries, files
from trustctl.secrets.repository.codec import Sealed, seal, unseal
from trustctl.secrets.repository.entries import Entry
from trustctl.secrets.repository.keys import recipient
from trustctl.secrets.repository.people import LABEL, People, Person
from trustctl.secrets.repository.unlock import Keyring, unlock
from trustctl.secrets.source import Held, check_value

TRUST = "trust"
"""The vault id of what the whole trust uses."""
_PASSWORD_BYTES = 32
_ATTRIBUTES = "# two branches that each add a secret merge: both lines are kept\n*.yml merge=union\n"


class RepositorySecrets:
    """A `SecretStore` in a folder of the repository: `<vault id>.yml`, and `recipients/`.

    Nothing is read before it is asked for, and a password only for a value. The version of a secret is a digest of its
    sealed text, so it can be told without a key. Any thread may ask.
    """

    def __init__(self, folder: Path, ring: Keyring) -> None:
        self.folder = folder
        self.people = People(folder)
        self._ring = ring
        self._passwords: dict[str, bytes] = {}
        self._lock = threading.RLock()

    def __repr__(self) -> str:
        return f"RepositorySecrets({str(self.folder)!r})"

    @property
    def exists(self) -> bool:
        """Whether there is a store at all."""
        return self.people.folder.is_dir()

    @property
    def vault_ids(self) -> tuple[str, ...]:
        """The vault ids, the trust's first."""
        found = {path.stem for path in self.folder.glob("*.yml") if LABEL.fullmatch(path.stem)}
        found |= {vault_id for person in self.people.everybody() for vault_id in person.opens}
        return tuple(sorted(found, key=lambda vault_id: (vault_id != TRUST, vault_id)))

    def get(self, name: str) -> str:
        """Return the value; raises as `held`."""
        return self.held(name).value

    def held(self, name: str) -> Held:
        """Return the value and its version.

        Raises MissingSecretError, StoreUnavailableError if no key of ours opens it, SecretError if it is damaged.
        """
        with self._lock:
            vault_id, entry = self._entry(name)
            value = unseal(entry.sealed, self._password(vault_id), f"{entry.where} ({entry.name})")
        KNOWN.add(value)
        return Held(check_value(name, value, entry.where), entry.sealed.digest)

    def listing(self) -> Mapping[str, str]:
        """The version of every secret by its name; no key is needed. Raises SecretError."""
        found = {entry.name: entry.sealed.digest for one in self._all().values() for entry in one.values()}
        return dict(sorted(found.items()))

    def vault_id_of(self, name: str) -> str:
        """In which vault id a secret lies; "" for one that is in none. Raises SecretError."""
        return self._where(canonical(name))

    def put(self, name: str, value: str, vault_id: str = "") -> str:
        """Seal a value and return its version: where the secret lies already, else in `vault_id` (the trust's).

        Raises SecretError for a value that no device takes, UsageError for a vault id that is not there.
        """
        if not SECRET_NAME.fullmatch(name):
            raise UsageError(
                f"'{name}' is not the name of a secret", remedy="use names like login/ops, or radius/oak#key"
            )
        KNOWN.add(check_value(name, value, str(self.folder)))
        with self._lock, files.only_one(self.folder):
            target = self._target(canonical(name), vault_id)
            sealed = seal(value, self._password(target), target)
            self._rewrite(target, {canonical(name): sealed})
        return sealed.digest

    def finish(self, name: str, coming: str, previous: str) -> str:
        """Let a coming value take a secret's place and keep the old one, in one write. Returns the new version."""
        with self._lock, files.only_one(self.folder):
            vault_id, old = self._entry(name)
            other, new = self._entry(coming)
            if other != vault_id:
                raise UsageError(
                    f"{coming} lies in {other}, {name} in {vault_id}", remedy="set it anew where it belongs"
                )
            unseal(new.sealed, self._password(vault_id), new.where)  # what nobody could open must not take its place
            self._rewrite(vault_id, {canonical(name): new.sealed, previous: old.sealed, coming: None})
        return new.sealed.digest

    def delete(self, name: str) -> None:
        """Take a secret out of its file. Raises MissingSecretError."""
        with self._lock, files.only_one(self.folder):
            vault_id, entry = self._entry(name)
            self._rewrite(vault_id, {entry.name: None})

    def create(self, vault_id: str, first: tuple[str, str] | None = None) -> None:
        """Make a vault id with a random password for those who can open the trust's, or for one person's label and key.

        Raises UsageError if it is there, SecretError for a key that nothing can be sealed to.
        """
        if not LABEL.fullmatch(vault_id):
            remedy = "use small letters, digits and hyphens, such as oak"
            raise UsageError(f"'{vault_id}' cannot name a part of the store", remedy=remedy)
        if vault_id in self.vault_ids:
            where = str(self._file(vault_id))
            raise UsageError(f"the store has {vault_id} already", where=where, remedy="nothing was written")
        inside = () if first else self.people.vouched(TRUST, self._password(TRUST))
        people = [first] if first else [(person.label, person.key) for person in inside]
        password = _new_password()
        KNOWN.add(password.decode())
        for label, key in people:
            recipient(key, label)
        files.make_folder(self.people.folder)
        if not (self.folder / ".gitattributes").exists():
            files.write(self.folder / ".gitattributes", _ATTRIBUTES)
        for label, key in people:
            self.people.add(label, key, {vault_id: password})
        files.write(self._file(vault_id), entries.text_of(vault_id, {}), new=True)
        self._passwords[vault_id] = password

    def admit(self, label: str, key: str, vault_ids: tuple[str, ...]) -> None:
        """Let somebody open these vault ids. Raises StoreUnavailableError if we cannot, SecretError for a bad key."""
        with self._lock, files.only_one(self.folder):
            self.people.add(label, key, {vault_id: self._password(vault_id) for vault_id in vault_ids})

    def dismiss(self, label: str) -> tuple[str, ...]:
        """Take somebody's access away: new passwords, everything sealed anew. Returns the names that they could read.

        Raises UsageError if there is no such recipient or nobody would be left, StoreUnavailableError if we cannot
        open what they could, SecretError if the key of somebody who stays was not let in by anybody who could open it.
        """
        with self._lock, files.only_one(self.folder):
            person = self._person(label)
            for vault_id in person.opens:
                if len(self.people.opening(vault_id)) == 1:
                    remedy = "add somebody else first: trustctl secret add-recipient"
                    raise UsageError(f"nobody else can open {vault_id}", where=label, remedy=remedy)
            could = {vault_id: self._opened(vault_id) for vault_id in person.opens}
            rest = {one: self.people.vouched(one, self._password(one), without=label) for one in could}
            for vault_id, values in could.items():
                self._renew(vault_id, values, rest[vault_id])
            self.people.remove(label)
        return tuple(sorted(name for values in could.values() for name in values))

    def _renew(self, vault_id: str, values: Mapping[str, str], people: tuple[Person, ...]) -> None:
        """In an order that a crash cannot break: new passwords beside the old, the values, then the old ones go."""
        password = _new_password()
        self.people.prepare(vault_id, password, people)
        sealed = {name: seal(value, password, vault_id) for name, value in values.items()}
        entries.write(self._file(vault_id), sealed)
        self.people.replace(vault_id)
        self._passwords[vault_id] = password

    def _opened(self, vault_id: str) -> dict[str, str]:
        """Every value of a vault id: all of them, or an error."""
        password, held = self._password(vault_id), entries.read(self._file(vault_id))
        return {name: unseal(entry.sealed, password, f"{entry.where} ({name})") for name, entry in held.items()}

    def _person(self, label: str) -> Person:
        everybody = {person.label: person for person in self.people.everybody()}
        if label not in everybody:
            raise UsageError(f"there is no recipient '{label}'", remedy=f"there are: {', '.join(everybody) or 'none'}")
        return everybody[label]

    def _target(self, name: str, vault_id: str) -> str:
        there = self._where(name)
        target = there or vault_id or TRUST
        if there and vault_id not in {"", there}:
            raise UsageError(
                f"{name} lies in {there} already", remedy=f"leave --id out, or: trustctl secret delete {name}"
            )
        if target not in self.vault_ids:
            remedy = f"there are: {', '.join(self.vault_ids)}; trustctl secret init --id {target} makes one"
            raise UsageError(f"the store has no '{target}'", remedy=remedy)
        return target

    def _where(self, name: str) -> str:
        """As `vault_id_of`; a name that two branches left with two values is found as well."""
        for vault_id in self.vault_ids:
            if name in entries.names(self._file(vault_id)):
                return vault_id
        return ""

    def _rewrite(self, vault_id: str, changed: Mapping[str, Sealed | None]) -> None:
        path = self._file(vault_id)
        held = {name: entry.sealed for name, entry in entries.read(path, besides=changed).items()}
        merged = {**held, **changed}
        entries.write(path, {name: sealed for name, sealed in merged.items() if sealed is not None})

    def _entry(self, name: str) -> tuple[str, Entry]:
        known: list[str] = []
        for vault_id, one in self._all().items():
            known += one
            if canonical(name) in one:
                return vault_id, one[canonical(name)]
        near = difflib.get_close_matches(name, known, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise MissingSecretError(
            f"there is no secret named {name}",
            where=str(self.folder),
            remedy=f"Set it: trustctl secret set {name}.{hint}",
        )

    def _all(self) -> dict[str, dict[str, Entry]]:
        """Every file's entries; a name in two files is an error."""
        found = {vault_id: entries.read(self._file(vault_id)) for vault_id in self.vault_ids}
        first: dict[str, Entry] = {}
        for one in found.values():
            for name, entry in one.items():
                other = first.setdefault(name, entry)
                if other is not entry:
                    where = f"{other.where} and {entry.where}"
                    raise SecretError(f"{name} stands in two files", where=where, remedy="Remove one of the lines.")
        return found

    def _password(self, vault_id: str) -> bytes:
        if vault_id not in self._passwords:
            if not self.exists:
                remedy = "make one: trustctl secret init"
                raise StoreUnavailableError("there is no secret store", where=str(self.folder), remedy=remedy)
            self._passwords[vault_id] = unlock(self.people, vault_id, self._ring, self._fits(vault_id))
        return self._passwords[vault_id]

    def _fits(self, vault_id: str) -> Callable[[bytes], bool]:
        held = [sealed for sealed in entries.readable(self._file(vault_id)) if codec.is_whole(sealed)]

        def fits(password: bytes) -> bool:
            """Whether it opens any of them: one alone may be of another time."""
            return not held or any(codec.fits(sealed, password) for sealed in held[:3] + held[-3:])

        return fits

    def _file(self, vault_id: str) -> Path:
        return self.folder / f"{vault_id}.yml"


def _new_password() -> bytes:
    """43 letters and digits of 32 random bytes: text, as Ansible takes the first line of a password file."""
    return randomness.token_urlsafe(_PASSWORD_BYTES).encode()
