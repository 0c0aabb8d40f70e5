"""Documents of the KV engine, version 1 and 2: what lies at one path, and which version of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from trustctl.errors import MissingSecretError, SecretError
from trustctl.model.vault import VaultSettings
from trustctl.secrets.vault import words
from trustctl.secrets.vault.answer import Answer, RefusedError, number, part, texts
from trustctl.secrets.vault.keeper import Keeper

_KV1, _KV2 = 1, 2


@dataclass(frozen=True, slots=True)
class Document:
    """The keys and values at one path; `version` is 0 where the engine keeps none or nothing is there yet."""

    values: Mapping[str, object] = field(repr=False)
    version: int = 0


class Documents:
    """Reads and writes documents of one mount."""

    def __init__(self, keeper: Keeper, settings: VaultSettings) -> None:
        self._keeper = keeper
        self._mount = settings.mount.strip("/")
        self._kv = settings.kv
        self._where = settings.where

    @property
    def versioned(self) -> bool:
        """Whether the engine keeps versions."""
        return self._kv == _KV2

    def place(self, path: str, part_of: str = "data") -> str:
        """The path in policies and errors.  Before: `radius/oak`.  After: `secret/data/radius/oak`."""
        return f"{self._mount}/{part_of}/{path}" if self.versioned else f"{self._mount}/{path}"

    def read(self, path: str, version: int = 0) -> Document:
        """Return the latest version, or the one that is named. Raises SecretError, MissingSecretError."""
        if version and not self.versioned:
            raise SecretError(
                f"version {version} of secret {path} cannot be read: KV version 1 keeps no versions",
                where=self.place(path),
                remedy="Use a KV version 2 mount for pinned versions.",
            )
        try:
            return self._keeper.use(lambda client: self._read(client, path, version))
        except RefusedError as refused:
            trouble = self._explained(refused, path, version)
        raise trouble

    def _read(self, client: Any, path: str, version: int) -> Document:
        if not self.versioned:
            return Document(dict(part(client.secrets.kv.v1.read_secret(path, mount_point=self._mount), "data")))
        body = client.secrets.kv.v2.read_secret_version(
            path, version=version or None, mount_point=self._mount, raise_on_deleted_version=True
        )
        data = part(body, "data")
        return Document(dict(part(data, "data")), number(part(data, "metadata").get("version")))

    def current(self, path: str) -> Document:
        """What a write builds on: the latest version, without values where there is none or it was taken away."""
        try:
            return self._keeper.use(lambda client: self._read(client, path, 0))
        except RefusedError as refused:
            metadata = part(refused.answer.part("data"), "metadata")
            if refused.answer.status == words.MISSING and metadata:
                return Document({}, number(metadata.get("version")))
            trouble = self._explained(refused, path, 0)
        if isinstance(trouble, MissingSecretError):
            return Document({})
        raise trouble

    def write(self, path: str, values: Mapping[str, object], cas: int) -> int:
        """Write a whole document over version `cas` and no other; return the new version, 0 from KV version 1.

        Raises SecretError.
        """
        try:
            return self._keeper.use(lambda client: self._write(client, path, values, cas))
        except RefusedError as refused:
            trouble = refused
        if trouble.answer.status == words.FORBIDDEN:
            capability = "update" if cas else "create"
            raise words.denied(self.place(path), capability, f"secret {path}")
        now = self.current(path).version if self.versioned else 0
        if trouble.answer.status == words.BAD_REQUEST and now != cas:
            raise _moved(path, self.place(path), now, cas)
        raise words.unexpected(trouble, f"writing secret {path}")

    def _write(self, client: Any, path: str, values: Mapping[str, object], cas: int) -> int:
        if not self.versioned:
            engine = client.secrets.kv.v1
            if values:
                engine.create_or_update_secret(path, secret=dict(values), method="POST", mount_point=self._mount)
            else:
                # it takes no empty document
                engine.delete_secret(path, mount_point=self._mount)
            return 0
        body = client.secrets.kv.v2.create_or_update_secret(path, secret=dict(values), cas=cas, mount_point=self._mount)
        return number(part(body, "data").get("version"))

    def listing(self, folder: str) -> tuple[str, ...]:
        """Names in a folder, sorted; a name that ends in `/` is a folder. Raises SecretError."""
        try:
            return self._keeper.use(lambda client: self._list(client, folder))
        except RefusedError as refused:
            answer = refused.answer
            trouble = refused
        if answer.status == words.MISSING and not answer.errors and not answer.warnings:
            return ()
        place = self.place(folder, "metadata")
        if answer.status == words.FORBIDDEN:
            raise words.denied(place, "list", f"the names under {folder or 'the mount'}")
        raise words.unexpected(trouble, f"listing {place}")

    def _list(self, client: Any, folder: str) -> tuple[str, ...]:
        engine = client.secrets.kv.v2 if self.versioned else client.secrets.kv.v1
        return tuple(sorted(texts(part(engine.list_secrets(folder, mount_point=self._mount), "data").get("keys"))))

    def allowed(self, paths: tuple[str, ...]) -> Mapping[str, frozenset[str]]:
        """What our token may do, by path as in policies. Raises SecretError."""
        try:
            body = self._keeper.use(lambda client: client.sys.get_capabilities(paths=list(paths)))
        except RefusedError as refused:
            trouble = words.unexpected(refused, "asking what our token may do")
        else:
            data = part(body, "data")
            return {path: frozenset(texts(data.get(path))) for path in paths}
        raise trouble

    def _explained(self, refused: RefusedError, path: str, version: int) -> SecretError:
        """What a refused read means."""
        answer, place = refused.answer, self.place(path)
        if answer.status == words.FORBIDDEN:
            return words.denied(place, "read", f"secret {path}")
        if answer.status != words.MISSING:
            return words.unexpected(refused, f"reading secret {path}")
        metadata = part(answer.part("data"), "metadata")
        if metadata:
            return _taken_away(metadata, path, place)
        return self._missing(answer, path, version)

    def _missing(self, answer: Answer, path: str, version: int) -> SecretError:
        """What a 404 without metadata means: a wrong form of path, no such mount, or indeed no such secret."""
        if answer.errors:
            return SecretError(
                f"Vault has nothing mounted at {self._mount} (it says {words.server_says(answer.errors)})",
                where=self.place(path),
                remedy="Correct `mount` (or `namespace`) in trust.yml.",
            )
        really = _KV2 if answer.warnings else self._version_of_mount()
        if really not in {0, self._kv}:
            return self._wrong_form(really)
        wanted = f"version {version} of secret {path}" if version else f"secret named {path}"
        return MissingSecretError(
            f"there is no {wanted} in Vault", where=self.place(path), remedy=f"Write it: `trustctl secret set {path}`."
        )

    def _wrong_form(self, really: int) -> SecretError:
        return SecretError(
            f"{self._mount} is a KV version {really} mount and trust.yml says version {self._kv}",
            where=self._where or self._mount,
            remedy=f"Write `kv: {really}`.",
        )

    def _version_of_mount(self) -> int:
        """The mount's own version, 0 if the server does not tell.

        Asked where `vault kv` asks it too, which needs no right but one on something in the mount (HashiCorp, HTTP
        API, `/sys/internal/ui/mounts`; documented for the CLI, not recorded).
        """
        try:
            body = self._keeper.use(lambda client: client.adapter.get(f"/v1/sys/internal/ui/mounts/{self._mount}"))
        except RefusedError:
            return 0
        data = part(body, "data")
        version = part(data, "options").get("version")
        if isinstance(version, str) and version in {"1", "2"}:
            return int(version)
        return _KV1 if data.get("type") == "kv" else 0


def _moved(path: str, place: str, now: int, expected: int) -> SecretError:
    """Somebody else wrote in between, or the secret was expected not to be there."""
    return SecretError(
        f"secret {path} is at version {now} in Vault, not at {expected} as expected: somebody else wrote it",
        where=place,
        remedy="Nothing was written. Read it again, then decide.",
    )


def _taken_away(metadata: Mapping[str, object], path: str, place: str) -> SecretError:
    version = number(metadata.get("version"))
    if metadata.get("destroyed") is True:
        return SecretError(
            f"version {version} of secret {path} was destroyed in Vault: it is gone for good",
            where=place,
            remedy=f"Write a new value: `trustctl secret set {path}`.",
        )
    moment = words.server_says([str(metadata.get("deletion_time") or "")]).strip('"')
    return SecretError(
        f"version {version} of secret {path} was deleted in Vault at {moment or 'an unknown time'}",
        where=place,
        remedy=f"Bring version {version} back with `vault kv undelete`, or write it: `trustctl secret set {path}`.",
    )


def document_key(values: Mapping[str, object], key: str, path: str, place: str) -> str:
    """One text of a document. Raises MissingSecretError for a missing key, SecretError for what is no text."""
    if key not in values:
        raise no_key(values, key, path, place)
    value = values[key]
    if not isinstance(value, str):
        raise SecretError(
            f"the value of secret {path}, key {key}, is no text",
            where=place,
            remedy="Write it as text, in quotes: a number may lose its leading zeros.",
        )
    return value


def no_key(values: Mapping[str, object], key: str, path: str, place: str) -> MissingSecretError:
    """The path is there, and has no such key; the keys that it has are no secret."""
    there = words.server_says(sorted(values)) or "none"
    return MissingSecretError(
        f"secret {path} has no key {key} in Vault; its keys: {there}",
        where=place,
        remedy=f"Name one as `{path}#key`, or write it: `trustctl secret set {path}#{key}`.",
    )


def status_of(answer: Answer) -> str:
    """The server's version in words, from what `sys/health` answered."""
    return words.server_says([str(answer.body.get("version") or "unknown")]).strip('"')
