"""The event log: one JSON object a line, for pipelines and for the morning after. Off unless a file is named.

An event holds names, counts and outcomes; never a line of a configuration, an answer of a device or a secret.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from trustctl.errors import StorageError
from trustctl.secrets.redact import redact


class EventLog:
    """Appends events to a private file, or does nothing if none was named."""

    def __init__(self) -> None:
        self._file: TextIO | None = None
        self._write: Callable[..., object] | None = None

    def open(self, path: Path) -> None:
        """Begin to write; the file is made with mode 0600 and appended to. Raises StorageError."""
        import structlog  # noqa: PLC0415 - only where a log is named; `trustctl --help` stays quick

        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        except OSError as error:
            raise StorageError(f"the event log cannot be written: {error.strerror}", where=str(path)) from error
        self._file = os.fdopen(descriptor, "a", buffering=1, encoding="utf-8")
        logger = structlog.BoundLogger(
            structlog.WriteLogger(self._file),
            processors=[
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.JSONRenderer(sort_keys=True, ensure_ascii=True, serializer=_masked),
            ],
            context={},
        )
        self._write = logger.msg

    def add(self, event: str, **fields: str | float | None) -> None:
        """Write one event. May be called from any thread."""
        if self._write is not None:
            self._write(event, **fields)

    def close(self) -> None:
        """End the log."""
        if self._file is not None:
            self._file.close()
        self._file, self._write = None, None


def _masked(event: object, **words: object) -> str:
    return redact(json.dumps(event, **words))  # type: ignore[arg-type] # structlog's own words for json.dumps


EVENTS = EventLog()
"""The log of this process."""
