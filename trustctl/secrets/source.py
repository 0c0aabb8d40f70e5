"""Where the values of secrets come from."""

from __future__ import annotations

import difflib
import os
import re
import stat
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import yaml

from trustctl.errors import MissingSecretError, SecretError, StoreUnavailableError
from trustctl.model.secret import SECRET_NAME, canonical
from trustctl.secrets.redact import KNOWN

_VALUE = re.compile(r"[\x21-\x7e]+")
_PRIVATE_KEY = re.compile(
    r"-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY-----\n([A-Za-z0-9+/=:, -]{1,80}\n)+-----END ([A-Z0-9]+ )*PRIVATE KEY-----\n?"
)
"""By which we sign in to servers; a server may be sent one (a certificate's, a backup's), a switch never."""
_FORBIDDEN = "?\"'\\"
_SIZE_CAP = 1024 * 1024
_FLAGS = ("O_NOFOLLOW", "O_CLOEXEC", "O_NONBLOCK")
"""No link is followed, no child inherits it, and nobody waits for who writes into a pipe."""


@dataclass(frozen=True, slots=True)
class Held:
    """A secret's value and the store's own number of that version; "" where the store keeps no versions."""

    value: str = field(repr=False)
    version: str = ""


class SecretSource(Protocol):
    """Gives the value of a secret by its name."""

    def get(self, name: str) -> str:
        """Return the value.

        Raises MissingSecretError if the store has no such name, StoreUnavailableError if it cannot be asked,
        SecretError if it refuses this one.
        """
        ...


class VersionedSource(SecretSource, Protocol):
    """Gives the version with the value."""

    def held(self, name: str) -> Held:
        """Return the value and its version; raises as `get`."""
        ...


class OpenedSecrets:
    """The trust's store as one command sees it: opened at the first question, each answer remembered.

    `open_store` makes the store. `whole`: where it cannot be asked for one secret it cannot be asked for any, so nobody
    waits for it twice. Every value is made known to the redactor. Any thread may ask.
    """

    def __init__(self, open_store: Callable[[], VersionedSource], *, whole: bool = True) -> None:
        self._open = open_store
        self._whole = whole
        self._store: VersionedSource | None = None
        self._held: dict[str, Held] = {}
        self._refused: dict[str, SecretError] = {}
        self._closed: StoreUnavailableError | None = None
        self._lock = threading.RLock()

    def __repr__(self) -> str:
        return f"OpenedSecrets({self._store!r})"

    @property
    def versions(self) -> Mapping[str, str]:
        """The version of every secret that was asked for so far, where the store keeps versions."""
        with self._lock:
            return {name: held.version for name, held in self._held.items() if held.version}

    @property
    def closed(self) -> SecretError | None:
        """Why the store could not be asked, if it could not so far."""
        with self._lock:
            shut = (one for one in self._refused.values() if isinstance(one, StoreUnavailableError))
            return self._closed or next(shut, None)

    @property
    def missing(self) -> frozenset[str]:
        """The names that were asked for so far and that the store does not have."""
        with self._lock:
            return frozenset(name for name, one in self._refused.items() if isinstance(one, MissingSecretError))

    def get(self, name: str) -> str:
        """Return the value; raises as `held`."""
        return self.held(name).value

    def held(self, name: str) -> Held:
        """Return the value and its version.

        Raises MissingSecretError, StoreUnavailableError, SecretError: for one name always the same.
        """
        with self._lock:
            if name in self._held:
                return self._held[name]
            known = self._refused.get(name) or (self._closed if self._whole else None)
            if known is not None:
                raise known
            try:
                self._store = self._store or self._open()
                found = self._store.held(name)
            except SecretError as error:
                self._refused[name] = error
                if isinstance(error, StoreUnavailableError):
                    self._closed = error
                raise
            KNOWN.add(found.value)
            self._held[name] = found
            return found


def check_value(name: str, value: str, where: str) -> str:
    """Return a secret's value if a device can take it as one word, or it is a private key to sign in with.

    The error never shows it. Raises SecretError.
    """
    if _PRIVATE_KEY.fullmatch(value):
        return value
    if _VALUE.fullmatch(value) and not any(mark in value for mark in _FORBIDDEN):
        return value
    raise SecretError(
        f"the value of secret {name} cannot be sent to a device",
        where=where,
        remedy="Use printable ASCII without a space, ?, quotes or a backslash.",
    )


class KnownSecrets:
    """Secrets that were fetched already: a source for the length of one change."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def __repr__(self) -> str:
        return f"KnownSecrets({sorted(self._values)})"

    def get(self, name: str) -> str:
        """Return the value of `name`; raises SecretError if it is not among them."""
        if name not in self._values:
            raise SecretError(f"secret {name} was not fetched for this change")
        return self._values[name]

    def held(self, name: str) -> Held:
        """Return the value, without a version; raises as `get`."""
        return Held(self.get(name))


class FileSecrets:
    """Secrets from one local YAML file: a flat mapping of name to value, mode 0600, owned by us.

    The file is read at the first `get`, once. Every value is the text as it stands (`0123` stays `0123`); aliases,
    tags, nesting and duplicate names are refused.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._values: dict[str, str] | None = None

    def __repr__(self) -> str:
        return f"FileSecrets({str(self._path)!r})"

    def get(self, name: str) -> str:
        """Return the value of `name`; raises SecretError with the remedy."""
        if self._values is None:
            self._values = _read(self._path)
        name = canonical(name)
        if name not in self._values:
            near = difflib.get_close_matches(name, self._values, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise MissingSecretError(
                f"there is no secret named {name}",
                where=str(self._path),
                remedy=f"Add a line `{name}: <value>` to the file.{hint}",
            )
        KNOWN.add(self._values[name])
        return self._values[name]

    def held(self, name: str) -> Held:
        """Return the value; a file keeps no versions. Raises as `get`."""
        return Held(self.get(name))

    def names(self) -> tuple[str, ...]:
        """All names in the file, sorted; raises SecretError."""
        if self._values is None:
            self._values = _read(self._path)
        return tuple(sorted(self._values))


def _open(path: Path) -> str:
    """Return the file's text after its owner and mode were checked on the open descriptor, not on the name."""
    try:
        descriptor = os.open(path, os.O_RDONLY | sum(getattr(os, flag, 0) for flag in _FLAGS))
    except OSError as error:
        raise SecretError(
            f"the secrets file cannot be opened: {error.strerror}",
            where=str(path),
            remedy="Create it with mode 0600, as a regular file; a symbolic link is not followed.",
        ) from error
    facts = os.fstat(descriptor)
    if not stat.S_ISREG(facts.st_mode):
        os.close(descriptor)
        raise SecretError("the secrets file is not a regular file", where=str(path), remedy="Use a plain file.")
    with os.fdopen(descriptor, "rb") as file:
        if hasattr(os, "geteuid") and (facts.st_uid != os.geteuid() or stat.S_IMODE(facts.st_mode) & 0o177):
            raise SecretError(
                "the secrets file must be yours alone, with mode 0600",
                where=str(path),
                remedy=f"Run `chmod 600 {path}`, own the file, and change the secrets if others had access.",
            )
        raw = file.read(_SIZE_CAP + 1)
    if len(raw) > _SIZE_CAP:
        raise SecretError("the secrets file is larger than 1 MiB", where=str(path), remedy="Check that it is the file.")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise SecretError("the secrets file is not UTF-8", where=str(path), remedy="Save it as UTF-8.") from None


def _read(path: Path) -> dict[str, str]:
    text = _open(path)
    try:
        return _pairs(text, path)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{path}:{mark.line + 1}" if isinstance(mark, yaml.Mark) else str(path)
        # the parser's own message quotes the line, which may hold a value
        raise SecretError("the secrets file is not valid YAML", where=place, remedy=_SHAPE) from None


_SHAPE = "Write one `name: value` per line; no nesting, no anchors, no tags."


def _pairs(text: str, path: Path) -> dict[str, str]:
    """Walk the YAML events: one document, one flat mapping of plain text to plain text."""
    values: dict[str, str] = {}
    name: str | None = None
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        where = f"{path}:{event.start_mark.line + 1}" if event.start_mark else str(path)
        if isinstance(event, yaml.MappingStartEvent):
            depth += 1
        if isinstance(event, (yaml.AliasEvent, yaml.SequenceStartEvent)) or depth > 1 or _tagged(event):
            raise SecretError("the secrets file holds more than names and values", where=where, remedy=_SHAPE)
        if not isinstance(event, yaml.ScalarEvent):
            continue
        if depth == 0:
            raise SecretError("the secrets file is not a mapping", where=where, remedy=_SHAPE)
        if name is not None:
            values[name] = check_value(name, event.value, where)
            name = None
        elif not SECRET_NAME.fullmatch(event.value):
            raise SecretError(
                "this is not the name of a secret", where=where, remedy="Use names like radius/shared-key."
            )
        elif canonical(event.value) in values:
            raise SecretError(
                f"secret {event.value} stands in the file twice", where=where, remedy="Remove one of them."
            )
        else:
            name = canonical(event.value)
    return values


def _tagged(event: yaml.Event) -> bool:
    """Whether the event carries an anchor or an explicit tag."""
    if isinstance(event, (yaml.ScalarEvent, yaml.CollectionStartEvent)):
        return bool(event.anchor) or event.tag is not None
    return False
