"""The trust's secrets in a Vault or OpenBao server."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Self

from trustctl.errors import SecretError, StoreUnavailableError
from trustctl.model.secret import SECRET_NAME, SecretRef
from trustctl.model.vault import VaultSettings
from trustctl.secrets.redact import KNOWN
from trustctl.secrets.source import Held, check_value
from trustctl.secrets.vault import words
from trustctl.secrets.vault.door import open_client
from trustctl.secrets.vault.keeper import Keeper
from trustctl.secrets.vault.kv import Document, Documents, document_key, no_key, status_of
from trustctl.secrets.vault.login import Login
from trustctl.secrets.vault.outside import Outside
from trustctl.secrets.vault.wire import Wire

_DEEPEST = 6
"""Folders below each other that a name may have (model/secret.py)."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a batch brought: each name stands in one of the two."""

    values: Mapping[str, Held] = field(repr=False)
    refused: Mapping[str, SecretError]


class VaultSecrets:
    """A `SecretSource` that signs in at the first question, and reads each path once in its life.

    Any thread may ask; they are served one at a time. `close` revokes the token.
    """

    def __init__(self, wire: Wire, keeper: Keeper, documents: Documents, settings: VaultSettings) -> None:
        self._wire = wire
        self._keeper = keeper
        self._documents = documents
        self._settings = settings
        self._read: dict[tuple[str, int], Document] = {}
        self._lock = threading.RLock()

    @classmethod
    def from_settings(cls, settings: VaultSettings, outside: Outside | None = None) -> Self:
        """Make a store. Nothing is sent. Raises SecretError for an address or a CA file that cannot be used."""
        outside = outside or Outside()
        settings = replace(settings, addresses=tuple(address.rstrip("/") for address in settings.addresses))
        wire = Wire(settings, outside.ticks)
        client = open_client(wire, settings.namespace)
        keeper = Keeper(client, Login(settings, outside), settings, outside.ticks)
        return cls(wire, keeper, Documents(keeper, settings), settings)

    def __repr__(self) -> str:
        return f"VaultSecrets({', '.join(self._settings.addresses)}, mount={self._settings.mount!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def get(self, name: str) -> str:
        """Return the value; raises as `held`."""
        return self.held(name).value

    def held(self, name: str, version: str = "") -> Held:
        """Return the value and its version: the latest, or the one that is named.

        Raises MissingSecretError where the server says there is none, SecretError where it was taken away or denied or
        cannot be sent to a device, StoreUnavailableError.
        """
        ref = _ref(name)
        with self._lock:
            document = self._document(ref.path, _number(version, name))
        place = self._documents.place(ref.path)
        value = check_value(name, document_key(document.values, ref.key, ref.path, place), place)
        KNOWN.add(value)
        return Held(value, str(document.version) if document.version else "")

    def fetch(self, names: Iterable[str]) -> Fetched:
        """Read all secrets that a run needs, before it starts: each path once.

        Nothing is raised: an error stands with the name that it meets, and a store that is not to be had is asked
        once, not for every name.
        """
        values: dict[str, Held] = {}
        refused: dict[str, SecretError] = {}
        gone: StoreUnavailableError | None = None
        for name in sorted(set(names)):
            if gone is not None and (_ref(name).path, 0) not in self._read:
                refused[name] = gone
                continue
            try:
                values[name] = self.held(name)
            except StoreUnavailableError as error:
                gone = refused[name] = error
            except SecretError as error:
                refused[name] = error
        return Fetched(values, refused)

    def put(self, name: str, value: str, cas: str = "") -> str:
        """Write one key, leave the others of its path alone, and return the new version ("" from KV version 1).

        `cas` is the version that must be the latest one; "0" means that nothing may be there; "" takes what is there
        now. Raises SecretError, and writes nothing, if somebody else wrote.
        """
        ref = _ref(name)
        return self.change(ref.path, {ref.key: value}, cas)

    def change(self, path: str, keys: Mapping[str, str | None], cas: str = "") -> str:
        """Write several keys of one path as one version; None takes a key away, which must be there. As `put`."""
        place = self._documents.place(path)
        for key, value in keys.items():
            if value is not None:
                KNOWN.add(check_value(f"{path}#{key}", value, place))
        with self._lock:
            now = self._documents.current(path)
            expected = self._expected(cas, now, path)
            for key in (key for key, value in keys.items() if value is None and key not in now.values):
                raise no_key(now.values, key, path, place)
            merged = {**now.values, **keys}
            kept = {key: value for key, value in merged.items() if value is not None}
            version = self._documents.write(path, kept, expected)
            self._read.pop((path, 0), None)
        return str(version) if version else ""

    def names(self, under: str = "") -> tuple[str, ...]:
        """The paths of all secrets that can be named here, sorted; needs the capability "list". Raises SecretError."""
        with self._lock:
            return tuple(sorted(filter(SECRET_NAME.fullmatch, self._below(under.strip("/"), _DEEPEST))))

    def denied(self, names: Iterable[str], capability: str = "read") -> tuple[str, ...]:
        """Those names, sorted, that our token may not read (or "update", ...): asked in one question, before a run.

        Raises SecretError.
        """
        wanted = {name: self._documents.place(_ref(name).path) for name in names}
        if not wanted:
            return ()
        with self._lock:
            allowed = self._documents.allowed(tuple(sorted(set(wanted.values()))))
        return tuple(sorted(name for name, place in wanted.items() if not allowed[place] & {capability, "root"}))

    def check(self) -> str:
        """One line per address on the server's state, for `doctor`; signs in nowhere. Raises nothing."""
        with self._lock:
            return "\n".join(self._state(address) for address in self._settings.addresses)

    def close(self) -> str:
        """Revoke the token that we obtained, and close the connections; return a sentence if revoking failed."""
        with self._lock:
            note = self._keeper.leave()
            self._wire.close()
            self._read.clear()
        return note

    def _expected(self, cas: str, now: Document, path: str) -> int:
        """The version that a write goes over; the server itself holds us to it, but for KV version 1."""
        expected = _number(cas, path) if cas else now.version
        if cas and not self._documents.versioned and (expected or now.values):
            raise SecretError(
                f"secret {path} cannot be held to version {expected}: KV version 1 keeps none, and something is there",
                where=self._documents.place(path),
                remedy="Nothing was written. Use a KV version 2 mount.",
            )
        return expected

    def _state(self, address: str) -> str:
        status, answer = self._wire.health(address)
        said, _ = words.state(status)
        return f"{address}: {said or 'gives no answer'}" + (f" (version {status_of(answer)})" if said else "")

    def _document(self, path: str, version: int) -> Document:
        known = self._read.get((path, version))
        if known is None:
            known = self._read[path, version] = self._documents.read(path, version)
            self._read[path, known.version] = known
        return known

    def _below(self, folder: str, deeper: int) -> list[str]:
        found: list[str] = []
        for name in self._documents.listing(folder):
            path = f"{folder}/{name}".strip("/")
            if not name.endswith("/"):
                found.append(path)
            elif deeper > 1:
                found += self._below(path, deeper - 1)
        return found


def _ref(name: str) -> SecretRef:
    if not SECRET_NAME.fullmatch(name):
        raise SecretError("this is not the name of a secret", where=name[:80], remedy="Use names like radius/oak#key.")
    return SecretRef(name)


def _number(version: str, name: str) -> int:
    if not version:
        return 0
    if not version.isdecimal() or not version.isascii():
        raise SecretError(f"{version!r} is no version of secret {name}", remedy="Vault's versions are numbers.")
    return int(version)
