"""What the store needs from outside: a person, the environment, private files, and the passing of time."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from trustctl.errors import StoreUnavailableError

_CAP = 64 * 1024
"""The largest token seen is a few KiB."""


def _nothing() -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class Outside:
    """The world as the command line hands it in.

    `environ` is looked at only for variables that trust.yml names. `ask` shows a question and returns what a person
    types unseen; None where nobody is there. `ticks` are seconds from any fixed moment.
    """

    environ: Mapping[str, str] = field(default_factory=_nothing, repr=False)
    ask: Callable[[str], str] | None = None
    ticks: Callable[[], float] = time.monotonic

    def token(self, file: Path | None, variable: str, what: str, where: str) -> str:
        """Read a token from a private file or from a named variable. Raises StoreUnavailableError."""
        if file is not None:
            return read_private(file, what)
        if not variable:
            raise StoreUnavailableError(
                f"nothing says where the {what} is", where=where, remedy="Name a token_file or a token_env."
            )
        value = self.environ.get(variable, "").strip()
        if not value:
            raise StoreUnavailableError(
                f"the environment variable {variable} holds no {what}",
                where=where,
                remedy=f"Let the pipeline set {variable}, or name a token_file.",
            )
        return value

    def password(self, file: Path | None, user: str) -> str:
        """Read a password from a private file, or ask for it. Raises StoreUnavailableError."""
        if file is not None:
            return read_private(file, "password")
        if self.ask is None:
            raise StoreUnavailableError(
                f"nobody is there to type the directory password of {user}",
                remedy="Run it at a terminal, or name a password_file of mode 0600.",
            )
        return self.ask(f"Directory password of {user} (for Vault): ")


def read_private(path: Path, what: str, *, others_may_read: bool = False) -> str:
    """Return a file's text without the white space around it.

    Its owner and mode are looked at on the open descriptor: it must be ours, or root's, and nobody else's to read
    unless `others_may_read` (Kubernetes keeps a pod's token at 0644 in a folder that only the pod has). Raises
    StoreUnavailableError, which never shows what is in the file.
    """
    follow = 0 if others_may_read else getattr(os, "O_NOFOLLOW", 0)  # Kubernetes swaps its token by symbolic links
    try:
        # a pipe without a writer would make an ordinary open wait for ever
        descriptor = os.open(path, os.O_RDONLY | follow | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        raise StoreUnavailableError(
            f"the file with the {what} cannot be opened: {error.strerror}",
            where=str(path),
            remedy="Put it there with mode 0600, as a regular file; a symbolic link is not followed.",
        ) from None
    try:
        _check_file(os.fstat(descriptor), path, what, others_may_read=others_may_read)
        raw = os.read(descriptor, _CAP + 1)
    finally:
        os.close(descriptor)
    text = raw.decode("ascii", errors="replace").strip()
    if not text or len(raw) > _CAP or not text.isprintable() or "\ufffd" in text:
        raise StoreUnavailableError(
            f"the file does not hold a {what}", where=str(path), remedy="It shall hold one line of ASCII text."
        )
    return text


def _check_file(facts: os.stat_result, path: Path, what: str, *, others_may_read: bool) -> None:
    if not stat.S_ISREG(facts.st_mode):
        raise StoreUnavailableError(
            f"the file with the {what} is not a regular file", where=str(path), remedy="Use a plain file."
        )
    ours = not hasattr(os, "geteuid") or facts.st_uid in {os.geteuid(), 0}
    if not others_may_read and not (ours and not stat.S_IMODE(facts.st_mode) & 0o077):
        raise StoreUnavailableError(
            f"the file with the {what} must be yours alone, with mode 0600",
            where=str(path),
            remedy=f"Run `chmod 600 {path}`, own the file, and have a new {what} issued if others had access.",
        )
