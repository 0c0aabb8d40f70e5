"""Backups of configurations: private files named by digest. They hold the device's own hashes of secrets."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path

from trustctl.errors import StorageError

_DEVICE = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


class Backups:
    """Configurations as devices printed them, under `<state folder>/backups/<device>/<sha256>.cfg`, mode 0600."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "backups"

    def store(self, device: str, text: str) -> str:
        """Keep a configuration and return its sha256; durable before returning. Raises StorageError."""
        digest = hashlib.sha256(text.encode()).hexdigest()
        path = self._path(device, digest)
        if path.exists():
            return digest
        try:
            for folder in (self._folder.parent, self._folder, path.parent):  # a mode is for the last part only
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_private(path, text)
        except OSError as error:
            raise StorageError(
                f"the backup cannot be written: {error}", where=str(path), remedy="free space on this machine"
            ) from error
        return digest

    def load(self, device: str, digest: str) -> str:
        """Return a stored configuration. Raises StorageError if it is missing or damaged."""
        path = self._path(device, digest)
        try:
            text = path.read_bytes().decode()
        except OSError as error:
            raise StorageError(f"the backup cannot be read: {error}", where=str(path)) from error
        if hashlib.sha256(text.encode()).hexdigest() != digest:
            raise StorageError("the backup is damaged: it does not match its name", where=str(path))
        return text

    def _path(self, device: str, digest: str) -> Path:
        if not _DEVICE.fullmatch(device):
            raise StorageError("not a device name", where=repr(device))
        return self._folder / device / f"{digest}.cfg"


def write_private(path: Path, text: str) -> None:
    """Write a file that only we may read: temporary file, sync, rename, sync of the folder."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".tmp-")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(text.encode())
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
