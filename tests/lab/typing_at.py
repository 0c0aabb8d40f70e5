"""Somebody at a terminal of a lab switch."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import paramiko

ACCESS = (Path(__file__).parent / "data" / "access.cfg").read_text()
"""The boot configuration of one access switch, managed by VLAN 99 behind port 48."""
NAME = "elder-sw-01"
PASSWORD = "correct-horse"
"""Of the user `admin`."""


class Typist:
    """Somebody at a terminal: types bytes, reads until something appears."""

    def __init__(self, port: int, user: str, password: str, *, rows: int = 24) -> None:
        self.transport = paramiko.Transport(socket.create_connection(("127.0.0.1", port), timeout=5))
        self.transport.start_client(timeout=5)
        self.transport.auth_password(user, password)
        self.channel = self.transport.open_session()
        self.channel.settimeout(5)
        self.channel.get_pty("vt100", 80, rows)
        self.channel.invoke_shell()
        self.seen = b""

    def until(self, ending: bytes) -> bytes:
        """Everything printed up to and with `ending`."""
        while ending not in self.seen:
            piece = self.channel.recv(65_536)
            if not piece:
                raise EOFError(self.seen)
            self.seen += piece
        found, _, self.seen = self.seen.partition(ending)
        return found + ending

    def type(self, keys: bytes, ending: bytes = b"#") -> bytes:
        """Type keys and read until `ending`."""
        self.channel.sendall(keys)
        return self.until(ending)

    def quiet(self, seconds: float = 0.15) -> bytes:
        """What is printed within so many seconds."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.channel.recv_ready():
                self.seen += self.channel.recv(65_536)
            time.sleep(0.01)
        found, self.seen = self.seen, b""
        return found

    def closed(self, seconds: float = 3.0) -> bool:
        """Whether the switch ends the connection within so many seconds."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.transport.is_active() and not self.channel.closed:
            time.sleep(0.01)
        return not self.transport.is_active() or self.channel.closed
