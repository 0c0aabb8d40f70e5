"""Response wrapping: an answer kept behind a token that opens once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from trustctl.lab.vault.clock import Ids, VaultClock, stamp
from trustctl.lab.vault.flavour import Flavour
from trustctl.lab.vault.message import Json, Refusal

_GONE = "wrapping token is not valid or does not exist"


@dataclass(frozen=True, slots=True)
class _Wrapped:
    reply: Json
    created: datetime
    ttl: float
    path: str


class Wrapping:
    """All wrapped answers of a server."""

    def __init__(self, flavour: Flavour, clock: VaultClock, ids: Ids) -> None:
        self._flavour = flavour
        self._clock = clock
        self._ids = ids
        self._kept: dict[str, _Wrapped] = {}

    def wrap(self, reply: Json, ttl: float, path: str) -> Json:
        """Keep an answer; return the `wrap_info` that stands in its place."""
        token = self._flavour.token_prefix + self._ids.letters(self._flavour.token_length)
        now = self._clock.now()
        self._kept[token] = _Wrapped(reply, now, ttl, path)
        return {
            "token": token,
            "accessor": self._ids.letters(24),
            "ttl": int(ttl),
            "creation_time": stamp(now),
            "creation_path": path,
        }

    def holds(self, token: str) -> bool:
        """Whether this is a wrapping token that still opens."""
        found = self._kept.get(token)
        return found is not None and self._clock.now() < found.created + timedelta(seconds=found.ttl)

    def look(self, token: str) -> Json:
        """Where it was made, without opening it. Raises Refusal."""
        if not self.holds(token):
            raise Refusal(400, _GONE)
        found = self._kept[token]
        return {"creation_path": found.path, "creation_time": stamp(found.created), "creation_ttl": int(found.ttl)}

    def unwrap(self, token: str) -> Json:
        """The answer, once. Raises Refusal."""
        if not self.holds(token):
            raise Refusal(400, _GONE)
        return self._kept.pop(token).reply
