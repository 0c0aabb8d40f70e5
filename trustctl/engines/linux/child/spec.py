"""How one host is reached, as the parent hands it over on stdin; no value is in its repr."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

_SSH_PORT = 22


@dataclass(frozen=True, slots=True)
class HostSpec:
    """One host for one session.

    `host_key` is the pinned public key in `known_hosts` form. `key` is the text of a private key. `seconds` bounds one
    command; what installs packages has its own bound.
    """

    name: str
    address: str
    port: int
    user: str
    host_key: str
    password: str = field(default="", repr=False)
    key: str = field(default="", repr=False)
    sudo_password: str = field(default="", repr=False)
    seconds: float = 60.0

    @classmethod
    def read(cls, data: Mapping[str, object]) -> HostSpec:
        """Return the spec that a request carries; words that are not known are an error of the parent."""
        return cls(**data)  # type: ignore[arg-type] # the parent's own dataclass, as a mapping

    @property
    def place(self) -> str:
        """Where a connection fails, for errors: `oak-srv-01: 10.21.10.5 port 22`."""
        return f"{self.name}: {self.address} port {self.port}"

    @property
    def entry(self) -> str:
        """The name of the host in known_hosts form: `host`, or `[host]:port` off port 22."""
        return self.address if self.port == _SSH_PORT else f"[{self.address}]:{self.port}"
