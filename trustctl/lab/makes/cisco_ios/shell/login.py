"""Who is logged in on which line."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Login:
    """A user whom the switch let in, with the privilege level to start at, and the address the session comes from."""

    user: str
    privilege: int
    address: str = "127.0.0.1"
