"""The lab's server against what was recorded of a real one: every exchange, in order.

The recording lies beside the corpus; without it nothing is compared, and the test says so.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from vault_ground import Plain, ask, jwt, public_pem

from trustctl.lab.vault import Core, VaultServer

CORPUS = os.environ.get("TRUSTCTL_CORPUS", "")
RECORDED = Path(CORPUS).parent / "vault" / "exchanges.json"
_HOLE = re.compile(r"<[^<>]+>")
_MOVES = {
    "server_time_utc",
    "creation_time",
    "created_time",
    "updated_time",
    "deletion_time",
    "expire_time",
    "issue_time",
}
"""Times: they must be there, and of the same kind."""
_WAITS = {"read with an expired token": 11.5}
"""Seconds that passed before, by the recording's notes."""
_JWTS: dict[str, dict[str, Any]] = {
    "<jwt: valid>": {},
    "<jwt: project claim is x>": {"project": "x"},
    "<jwt: expired>": {"exp": -600},
    "<jwt: audience is other>": {"aud": "other"},
}


class Replay:
    """Plays the recording and learns what the placeholders stand for."""

    def __init__(self, server: VaultServer) -> None:
        self._server = server
        self._known: dict[str, str] = {"<PEM public key>": public_pem()}
        self.differences: list[str] = []

    def play(self, exchange: dict[str, Any]) -> None:
        """Send one request and compare what comes back."""
        clock = self._server.core.tools.clock
        clock.advance(_WAITS.get(exchange["name"], 0.0))
        body = self._filled(exchange["request_body"])
        reply = ask(
            self._server.address,
            exchange["method"],
            exchange["path"],
            body,
            token=self._filled(exchange["token"]),
            headers=exchange.get("extra_headers", {}),
        )
        self._compare(exchange, reply)

    def _filled(self, found: Any) -> Any:
        """The recording's values with what this run has in place of the placeholders."""
        if isinstance(found, dict):
            return {key: self._filled(value) for key, value in found.items()}
        if isinstance(found, list):
            return [self._filled(value) for value in found]
        if found in _JWTS:
            now = self._server.core.tools.clock.now().timestamp()
            claims = dict(_JWTS[found])
            if "exp" in claims:
                claims["exp"] += int(now)
            return jwt(now, **claims)
        return self._known.get(found, found) if isinstance(found, str) else found

    def _compare(self, exchange: dict[str, Any], reply: Plain) -> None:
        name = exchange["name"]
        if reply.status != exchange["status"]:
            self.differences.append(f"{name}: status {reply.status}, recorded {exchange['status']}: {reply.body}")
        for header, value in {"Content-Type": "application/json", "Cache-Control": "no-store"}.items():
            if reply.headers.get(header) != value:
                self.differences.append(f"{name}: header {header}")
        self._same(name, exchange["response_body"], reply.body, "")

    def _same(self, name: str, recorded: Any, ours: Any, key: str) -> None:
        if isinstance(recorded, dict) and isinstance(ours, dict):
            if set(recorded) != set(ours):
                self.differences.append(f"{name}: {key}: keys {sorted(set(recorded) ^ set(ours))}")
            for one in set(recorded) & set(ours):
                self._same(name, recorded[one], ours[one], one)
        elif isinstance(recorded, list) and isinstance(ours, list) and len(recorded) == len(ours):
            for one, other in zip(recorded, ours, strict=True):
                self._same(name, one, other, key)
        elif isinstance(recorded, str) and isinstance(ours, str) and _HOLE.search(recorded):
            self._learn(name, recorded, ours, key)
        elif key in _MOVES and recorded and ours:
            if type(recorded) is not type(ours):
                self.differences.append(f"{name}: {key}: {ours!r}, recorded {recorded!r}")
        elif recorded != ours or type(recorded) is not type(ours):
            self.differences.append(f"{name}: {key}: {ours!r}, recorded {recorded!r}")

    def _learn(self, name: str, recorded: str, ours: str, key: str) -> None:
        """A placeholder stands for one value through the whole recording, but for the request's id."""
        pattern = re.escape(recorded)
        for hole in _HOLE.findall(recorded):
            pattern = pattern.replace(re.escape(hole), "(.+)")
        found = re.fullmatch(pattern, ours)
        if not found:
            self.differences.append(f"{name}: {key}: {ours!r} does not fit {recorded!r}")
            return
        for hole, value in zip(_HOLE.findall(recorded), found.groups(), strict=True):
            if hole not in {"<request-id>", "<8-hex>"} and self._known.setdefault(hole, value) != value:
                self.differences.append(f"{name}: {key}: {hole} was another before")


@pytest.mark.skipif(not CORPUS, reason="TRUSTCTL_CORPUS is not set: the lab's Vault was NOT held against the recording")
def test_the_lab_answers_as_the_recorded_server() -> None:
    """Status, keys and fixed values of all 79 exchanges are equal."""
    recorded = json.loads(RECORDED.read_text())
    with VaultServer(Core()) as server:
        replay = Replay(server)
        for exchange in recorded["exchanges"]:
            replay.play(exchange)
        assert not server.bugs
    assert replay.differences == []
    assert len(recorded["exchanges"]) == 79
