"""What goes wrong with a device's files, whatever its make."""

from __future__ import annotations


class FileError(Exception):
    """A file operation that failed; `reason` is the text that the device puts in brackets."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path} ({reason})")
        self.path = path
        self.reason = reason
