"""Who is logged in on which line."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Login:
    """A user whom the device let in, with the privilege to start at (the make's own scale), and where from."""

    user: str
    privilege: int
    address: str = "127.0.0.1"
