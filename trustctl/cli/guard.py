"""What holds for the whole process before a verb begins: every stream is masked, no core is dumped, files are private.

Tracebacks name places only: a value, a message or a source line may hold a secret (`fault_lines`).
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import resource
import sys
import threading
import traceback
from collections.abc import Generator
from pathlib import Path
from types import TracebackType
from typing import TextIO

from trustctl.secrets.redact import redact

_FRAMES = 6
"""Frames that a fault shows."""


class Masked(io.TextIOBase):
    """A text stream in front of another one: what is written to it is masked first."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write a text without the secrets in it."""
        self._stream.write(redact(text))
        return len(text)

    def flush(self) -> None:
        """Flush the stream behind."""
        self._stream.flush()

    def isatty(self) -> bool:
        """Whether the stream behind is a terminal."""
        return self._stream.isatty()

    def fileno(self) -> int:
        """The descriptor of the stream behind."""
        return self._stream.fileno()

    def writable(self) -> bool:
        """It is."""
        return True

    @property
    def encoding(self) -> str:  # type: ignore[override] # the base class declares a writable attribute
        """The encoding of the stream behind."""
        return self._stream.encoding

    @property
    def errors(self) -> str | None:  # type: ignore[override] # as above
        """How the stream behind takes what it cannot encode."""
        return self._stream.errors


@contextlib.contextmanager
def masked_streams() -> Generator[None]:
    """Put the redactor in front of stdout and stderr: no print, log or warning of any library goes around it."""
    with contextlib.redirect_stdout(Masked(sys.stdout)), contextlib.redirect_stderr(Masked(sys.stderr)):
        yield


def private_process(*, open_files: bool = False) -> None:
    """Dump no core, make files for the owner alone, mask every log record, and let no traceback out. For a process.

    A core would hold every secret of the run; children inherit the limit and the mask of file modes. `open_files`
    leaves that mask as it is, for verbs that make what others read.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if not open_files:
        os.umask(0o077)
    withhold()
    logging.setLogRecordFactory(_record)
    sys.excepthook = _uncaught
    threading.excepthook = lambda broken: _say(broken.exc_type, broken.exc_traceback)
    sys.unraisablehook = lambda broken: _say(broken.exc_type, broken.exc_traceback)


_HANDED_ON = frozenset(
    (
        "HOME",
        "LANG",
        "LANGUAGE",
        "LD_LIBRARY_PATH",
        "LOGNAME",
        "PATH",
        "PYTHONHOME",
        "PYTHONPATH",
        "TMPDIR",
        "TZ",
        "USER",
    )
)
"""What children need of our environment. A pipeline's has tokens in it, which are none of their business."""


_OURS = _HANDED_ON | frozenset(
    (
        *("COLUMNS", "EDITOR", "FORCE_COLOR", "LINES", "NO_COLOR", "PAGER", "SHELL", "SSH_AUTH_SOCK", "SUDO_USER"),
        *("TERM", "TRUSTCTL_INVENTORY", "TRUSTCTL_LAB_CACHE", "TRUSTCTL_LOG", "TRUSTCTL_SECRETS", "VIRTUAL_ENV"),
        *("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"),
    )
)
"""What stays in our own environment, which whatever a library starts inherits."""
_WITHHELD: dict[str, str] = {}


def withhold() -> None:
    """Take out of this process's environment what is not on the list, as libraries start children of their own.

    Measured: the import of asyncssh starts `gcc` and `ld` (it looks for a library), with all that we have. What a store
    of secrets reads in the environment is at hand in `environment`.
    """
    for name in list(os.environ):
        if name not in _OURS and not name.startswith("LC_"):
            _WITHHELD[name] = os.environ.pop(name)


def environment() -> dict[str, str]:
    """The environment that our caller gave us, also what is withheld from what we start."""
    return {**os.environ, **_WITHHELD}


def child_environment() -> dict[str, str]:
    """The environment that a child process gets: an allow-list."""
    return {name: value for name, value in os.environ.items() if name in _HANDED_ON or name.startswith("LC_")}


def fault_lines(kind: type[BaseException], trace: TracebackType | None) -> list[str]:
    """What may be said of an exception that nobody foresaw: its class and the places, no value, no message."""
    places = traceback.extract_tb(trace)[-_FRAMES:]
    return [kind.__name__, *(f"at {Path(frame.filename).name}:{frame.lineno} in {frame.name}" for frame in places)]


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    _say(kind, trace)


def _say(kind: type[BaseException], trace: TracebackType | None) -> None:
    if sys.stderr is not None and not issubclass(kind, KeyboardInterrupt | SystemExit):
        sys.stderr.write("\n  ".join(["error: trustctl has a fault of its own", *fault_lines(kind, trace)]) + "\n")


class _Record(logging.LogRecord):
    """A log record whose message is masked whoever formats it, and whose exception is its class alone."""

    def getMessage(self) -> str:  # noqa: N802 - as the parent
        """The message without secrets."""
        return redact(super().getMessage())


def _record(*arguments: object, **words: object) -> logging.LogRecord:
    made = _Record(*arguments, **words)  # type: ignore[arg-type] # handed on as they came
    if made.exc_info and made.exc_info[0] is not None:
        made.exc_text = "\n  ".join(fault_lines(made.exc_info[0], made.exc_info[2]))
    made.stack_info = None
    return made
