"""How long and how much: the bounds of one session (docs/sources.md, SSH and netmiko)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one session. Seconds are wall seconds; bytes are as they come over the wire.

    `silence_seconds` bounds every wait in which the device must at least echo: a session that says nothing for so long
    is dead. `unacknowledged_seconds` is how long TCP may go without an acknowledgement; with a keepalive of
    `keepalive_seconds` a cut path is noticed after at most the sum of both.
    """

    connect_seconds: float = 10.0
    handshake_seconds: float = 15.0
    login_seconds: float = 60.0
    prompt_seconds: float = 20.0
    silence_seconds: float = 9.0
    line_seconds: float = 9.0
    command_seconds: float = 60.0
    session_seconds: float = 1800.0
    keepalive_seconds: int = 5
    unacknowledged_seconds: int = 5
    command_bytes: int = 8 * 1024 * 1024
    line_bytes: int = 64 * 1024
    lines: int = 200_000
