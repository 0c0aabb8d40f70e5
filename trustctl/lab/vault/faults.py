"""What goes wrong between a client and the server, in place of the answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """Kinds of trouble."""

    STATUS = "status"
    """`status` and a JSON error in place of the answer; nothing was carried out."""
    DROPPED = "dropped"
    """The connection is closed; the request was not carried out."""
    LOST = "lost"
    """The request is carried out and the connection closed before the answer."""
    SLOW = "slow"
    """The answer comes `seconds` later."""
    DRIP = "drip"
    """The answer comes byte by byte, one every `seconds`."""
    CUT = "cut"
    """Half of the answer comes, then the connection is closed."""
    HTML = "html"
    """A proxy's page with `status` in place of JSON."""
    GARBAGE = "garbage"
    """What claims to be JSON and is none."""
    ENDLESS = "endless"
    """An answer of many megabytes."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A trouble that meets the next `times` requests whose path starts with `path` (what follows `/v1/`)."""

    kind: FaultKind
    status: int = 500
    seconds: float = 0.0
    path: str = ""
    times: int = 1
    retry_after: str = ""
