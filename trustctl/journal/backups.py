"""Backups of configurations: private files named by digest, sealed where the trust has a key.

They hold what a device prints, hashes of secrets and secrets in clear included. A sealed one ends in `.sealed`, a plain
one in `.cfg`; plain ones of before a key stay readable, and are sealed when they are stored again.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from trustctl.errors import StorageError

_DEVICE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,62}(?:\.[a-z0-9][a-z0-9-]{0,62})?")
_PLAIN, _SEALED = ".cfg", ".sealed"


class Seal(Protocol):
    """Encrypts a text under a label, and opens it again under the same one (`trustctl.secrets.seal`)."""

    def close(self, text: str, label: str) -> bytes:
        """Return the sealed text."""
        ...

    def open(self, data: bytes, label: str) -> str:
        """Return the text. Raises SecretError without its key, StorageError if it is damaged."""
        ...


class Backups:
    """Configurations as devices printed them, under `<state folder>/backups/<device>/<sha256>.cfg`, mode 0600.

    `seal` is asked when a backup is stored, or a sealed one is read: None where the trust has no key. What it raises
    passes: a backup is never stored plain because the key could not be had.
    """

    def __init__(self, folder: Path, seal: Callable[[], Seal | None] = lambda: None) -> None:
        self._folder = folder / "backups"
        self._seal = seal

    def store(self, device: str, text: str) -> str:
        """Keep a configuration and return its sha256; durable before returning. Raises StorageError, SecretError."""
        digest = hashlib.sha256(text.encode()).hexdigest()
        plain = self._path(device, digest, _PLAIN)
        seal = self._seal()
        path = plain if seal is None else self._path(device, digest, _SEALED)
        try:
            there = path.exists() or (seal is None and path.with_suffix(_SEALED).exists())
            both = there and seal is not None and plain.exists()  # an earlier run died between the two
            if there and not both:
                os.utime(path if path.exists() else path.with_suffix(_SEALED))
                return digest
            for folder in (self._folder.parent, self._folder, path.parent):  # a mode is for the last part only
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_private(path, text if seal is None else seal.close(text, f"{device}/{digest}"))
            if seal is not None:
                plain.unlink(missing_ok=True)
        except OSError as error:
            raise StorageError(
                f"the backup cannot be written: {error}", where=str(path), remedy="free space on this machine"
            ) from error
        return digest

    def load(self, device: str, digest: str) -> str:
        """Return a stored configuration. Raises StorageError if it is missing or damaged, SecretError without a key."""
        path = self._path(device, digest, _SEALED)
        sealed = path.exists()
        if not sealed:
            path = self._path(device, digest, _PLAIN)
        try:
            data = path.read_bytes()
            text = self._opened(data, f"{device}/{digest}", path) if sealed else data.decode()
        except OSError as error:
            raise StorageError(f"the backup cannot be read: {error}", where=str(path)) from error
        if hashlib.sha256(text.encode()).hexdigest() != digest:
            raise StorageError("the backup is damaged: it does not match its name", where=str(path))
        return text

    def latest(self, device: str) -> str | None:
        """The digest of the configuration that was stored last, also if it was an old one again; None without any."""
        folder = self._path(device, "any", _PLAIN).parent
        try:
            found = [path for path in folder.iterdir() if path.suffix in {_PLAIN, _SEALED}]
            return max(found, key=lambda path: (path.stat().st_mtime_ns, path.name)).stem if found else None
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StorageError(f"the backups cannot be read: {error}", where=str(folder)) from error

    def seal_all(self) -> int:
        """Seal every plain backup, where the trust has a key; how many there were. Raises StorageError, SecretError."""
        if self._seal() is None:
            return 0
        plain = sorted(self._folder.glob(f"*/*{_PLAIN}"))
        for path in plain:
            self.store(path.parent.name, self.load(path.parent.name, path.stem))
        return len(plain)

    def _opened(self, data: bytes, label: str, path: Path) -> str:
        seal = self._seal()
        if seal is None:
            raise StorageError(
                "the backup is sealed and the secret store has no trustctl/backup-key",
                where=str(path),
                remedy="bring that secret back into the store: nothing else opens it",
            )
        return seal.open(data, label)

    def _path(self, device: str, digest: str, suffix: str) -> Path:
        if not _DEVICE.fullmatch(device):
            raise StorageError("not a device name", where=repr(device))
        return self._folder / device / f"{digest}{suffix}"


def write_private(path: Path, text: str | bytes) -> None:
    """Write a file that only we may read: temporary file, sync, rename, sync of the folder."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".tmp-")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(text if isinstance(text, bytes) else text.encode())
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
