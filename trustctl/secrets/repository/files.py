"""The store's files: read without following a link, written whole or not at all."""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
import tempfile
from collections.abc import Generator
from pathlib import Path

from trustctl.errors import SecretError, StorageError

_SIZE_CAP = 4 * 1024 * 1024


def read(path: Path, what: str, *, private: bool = False) -> bytes:
    """Return a file's bytes. `private`: it must be ours and nobody else's to read. Raises SecretError.

    FileNotFoundError where there is none. What Git checks out is readable by all: only keys and passwords are private.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        raise
    except OSError as error:
        remedy = "Put a regular file there; a symbolic link is not followed."
        raise SecretError(f"{what} cannot be opened: {error.strerror}", where=str(path), remedy=remedy) from error
    facts = os.fstat(descriptor)
    if not stat.S_ISREG(facts.st_mode):
        os.close(descriptor)
        raise SecretError(f"{what} is not a regular file", where=str(path), remedy="Use a plain file.")
    with os.fdopen(descriptor, "rb") as file:
        if private and (facts.st_uid not in {os.geteuid(), 0} or stat.S_IMODE(facts.st_mode) & 0o077):
            raise SecretError(
                f"{what} must be yours alone, with mode 0600",
                where=str(path),
                remedy=f"Run `chmod 600 {path}`, and replace it if others had access.",
            )
        raw = file.read(_SIZE_CAP + 1)
    if len(raw) > _SIZE_CAP:
        raise SecretError(f"{what} is larger than 4 MiB", where=str(path), remedy="Check that it is the file.")
    return raw


def write(path: Path, text: str, *, new: bool = False) -> None:
    """Write a file of mode 0600, synced, in one piece.

    `new`: there must be none yet. Raises StorageError.
    """
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".tmp-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(text.encode())
                file.flush()
                os.fsync(file.fileno())
            if new:
                os.link(name, path)
                Path(name).unlink()
            else:
                Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        sync_folder(path.parent)
    except FileExistsError:
        raise StorageError("this file is there already", where=str(path), remedy="nothing was written") from None
    except OSError as error:
        raise StorageError(f"the file cannot be written: {error.strerror}", where=str(path)) from error


def make_folder(folder: Path) -> None:
    """Make a folder of mode 0700, and those above it, where there is none. Raises StorageError."""
    try:
        for part in (*reversed(folder.parents), folder):
            if not part.is_dir():
                part.mkdir(mode=0o700)
    except OSError as error:
        raise StorageError(f"the folder cannot be made: {error.strerror}", where=str(folder)) from error


def sync_folder(folder: Path) -> None:
    """Make new names in a folder outlast a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def only_one(folder: Path) -> Generator[None]:
    """Let one process at a time change the store's files on this machine; others wait."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
