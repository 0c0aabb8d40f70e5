"""Tokens: made, looked up, renewed up to a cap, revoked, and run out by the clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from trustctl.lab.vault.clock import Ids, VaultClock, go_duration, stamp
from trustctl.lab.vault.flavour import Flavour
from trustctl.lab.vault.message import Json, Refusal

_SYSTEM_MAX = 768 * 3600.0
"""The server's own cap: 32 days (HashiCorp, "Tokens", the general case)."""
ROOT = "root"


@dataclass(frozen=True, slots=True)
class Token:
    """One token. Times in seconds; `ttl` 0 never runs out."""

    id: str
    accessor: str
    policies: tuple[str, ...]
    issued: datetime
    expires: datetime | None
    ttl: float
    max_ttl: float
    renewable: bool
    display_name: str
    path: str
    namespace: str = ""
    entity_id: str = ""
    orphan: bool = True
    kind: str = "service"
    metadata: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def is_root(self) -> bool:
        """Whether it may do everything."""
        return ROOT in self.policies


@dataclass(frozen=True, slots=True)
class TokenRole:
    """What a role says of the tokens it gives."""

    policies: tuple[str, ...]
    ttl: float = 0.0
    max_ttl: float = 0.0
    no_default_policy: bool = False
    batch: bool = False
    """A batch token can be neither renewed nor revoked (HashiCorp, "Tokens", batch tokens)."""


class Tokens:
    """All tokens of a server."""

    def __init__(self, flavour: Flavour, clock: VaultClock, ids: Ids) -> None:
        self._flavour = flavour
        self._clock = clock
        self._ids = ids
        self._tokens: dict[str, Token] = {}

    def root(self) -> Token:
        """A token that may do everything and never runs out."""
        return self._keep(Token(self._new_id(), self._ids.letters(24), (ROOT,), self._clock.now(), None, 0.0, 0.0,
                                renewable=False, display_name=ROOT, path="auth/token/root"))  # fmt: skip

    def issue(self, role: TokenRole, *, display_name: str, path: str, namespace: str, entity_id: str,
              metadata: Mapping[str, str]) -> Token:  # fmt: skip
        """A token for a login."""
        cap = role.max_ttl or _SYSTEM_MAX
        ttl = min(role.ttl or _SYSTEM_MAX, cap)
        policies = tuple(sorted({*role.policies} | (set() if role.no_default_policy else {"default"})))
        now = self._clock.now()
        return self._keep(
            Token(
                self._new_id(),
                self._ids.letters(24),
                policies,
                now,
                now + timedelta(seconds=ttl),
                ttl,
                cap,
                renewable=not role.batch,
                kind="batch" if role.batch else "service",
                display_name=display_name,
                path=path,
                namespace=namespace,
                entity_id=entity_id,
                metadata=dict(metadata),
            )
        )

    def _new_id(self) -> str:
        return self._flavour.token_prefix + self._ids.letters(self._flavour.token_length)

    def _keep(self, token: Token) -> Token:
        self._tokens[token.id] = token
        return token

    def check(self, given: str) -> Token:
        """The token that a request came with. Raises Refusal for none, a malformed, an unknown or an expired one."""
        if not given:
            raise Refusal(*self._flavour.no_token)
        token = self._tokens.get(given)
        if token is None:
            malformed = "." in given and not given.startswith(self._flavour.token_prefix)
            raise Refusal(*self._flavour.malformed_token) if malformed else Refusal(403, "permission denied")
        if token.expires is not None and self._clock.now() >= token.expires:
            del self._tokens[given]
            raise Refusal(403, "permission denied")
        return token

    def renew(self, token: Token, increment: float) -> tuple[Token, list[str] | None]:
        """Give more time, up to the cap; the warning says so where it was met (recorded)."""
        if not token.renewable:
            raise Refusal(400, "lease is not renewable")
        wanted = increment or token.ttl
        last = token.issued + timedelta(seconds=token.max_ttl)
        now = self._clock.now()
        warnings = None
        if now + timedelta(seconds=wanted) > last:
            cap = go_duration(token.max_ttl)
            exceeded = f'TTL of "{go_duration(wanted)}" exceeded the effective max_ttl of "{cap}"'
            warnings = [f"{exceeded}; TTL value is capped accordingly"]
            wanted = (last - now).total_seconds()
        return self._keep(replace(token, expires=now + timedelta(seconds=wanted))), warnings

    def revoke(self, token: Token) -> None:
        """Forget it. Raises Refusal for a batch token."""
        if token.kind == "batch":
            raise Refusal(400, "batch tokens cannot be revoked")
        self._tokens.pop(token.id, None)

    def auth(self, token: Token) -> Json:
        """What a login or a renewal tells."""
        return {
            "client_token": token.id,
            "accessor": token.accessor,
            "policies": list(token.policies),
            "token_policies": list(token.policies),
            "metadata": dict(token.metadata),
            "lease_duration": self._left(token),
            "renewable": token.renewable,
            "entity_id": token.entity_id,
            "token_type": token.kind,
            "orphan": token.orphan,
        }

    def look(self, token: Token) -> Json:
        """What `lookup-self` tells."""
        return {
            "accessor": token.accessor,
            "creation_time": int(token.issued.timestamp()),
            "creation_ttl": int(token.ttl),
            "display_name": token.display_name,
            "entity_id": token.entity_id,
            "expire_time": stamp(token.expires) or None,
            "explicit_max_ttl": 0,
            "id": token.id,
            "issue_time": stamp(token.issued),
            "meta": dict(token.metadata) or None,
            "num_uses": 0,
            "orphan": token.orphan,
            "path": token.path,
            "policies": list(token.policies),
            "renewable": token.renewable,
            "ttl": self._left(token),
            "type": token.kind,
        }

    def _left(self, token: Token) -> int:
        return round((token.expires - self._clock.now()).total_seconds()) if token.expires else 0
