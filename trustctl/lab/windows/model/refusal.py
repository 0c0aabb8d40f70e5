"""How a simulated Windows host says no."""

from __future__ import annotations

from typing import Any


class RefusedError(Exception):
    """Windows refuses, in its own words: the module fails honestly with this message.

    `more` are further keys of the module's result.
    """

    def __init__(self, message: str, **more: Any) -> None:
        super().__init__(message)
        self.message = message
        self.more: dict[str, Any] = more


class NotModelledError(Exception):
    """The lab does not know what Windows would do: the task fails loudly, and the lab notes a fault of its own."""
