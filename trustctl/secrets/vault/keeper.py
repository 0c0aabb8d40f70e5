"""The life of our token: looked at before every use, so no thread runs beside an apply.

Before a use: renewed when two thirds of its life are over; where the server no longer gives what we ask for, signed in
anew in its place. After a refusal: one look whether the token is dead, and one new login.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from trustctl.errors import SecretError, StoreUnavailableError
from trustctl.model.vault import VaultSettings
from trustctl.secrets.vault import words
from trustctl.secrets.vault.answer import RefusedError, number, part, texts
from trustctl.secrets.vault.login import Grant, Login

_Result = TypeVar("_Result")
_DUE = 2 / 3
_NOT_THERE = frozenset({400, 401, 403, 404})
"""Refusals that prove the server looked at the namespace: OpenBao gives 404 (read), Enterprise 403 (reported)."""


class Keeper:
    """Holds the client signed in."""

    def __init__(self, client: Any, login: Login, settings: VaultSettings, ticks: Callable[[], float]) -> None:
        self._client = client
        self._login = login
        self._settings = settings
        self._ticks = ticks
        self._grant: Grant | None = None
        self._since = 0.0
        self._capped = False
        self._last = False
        self._proven = not settings.namespace

    def __repr__(self) -> str:
        return f"Keeper(signed in: {self._grant is not None})"

    def use(self, work: Callable[[Any], _Result]) -> _Result:
        """Do `work` with the signed-in client; once more after a new login if the token turns out dead.

        Raises RefusedError for what the server refuses a good token, StoreUnavailableError.
        """
        self._ready()
        try:
            return work(self._client)
        except RefusedError as refused:
            if refused.answer.status != words.FORBIDDEN or self._accepted():
                raise
        self._sign_in()
        return work(self._client)

    def leave(self) -> str:
        """Revoke our own token; return a sentence if that failed, else "". A token that was given to us stays."""
        grant, self._grant = self._grant, None
        if grant is None or not grant.ours:
            return ""
        try:
            self._client.auth.token.revoke_self()
        except (RefusedError, StoreUnavailableError):
            left = max(0, round(grant.ttl - (self._ticks() - self._since)))
            return f"our Vault token could not be revoked; it runs out by itself in {left} s"
        finally:
            self._client.token = ""
        return ""

    def _ready(self) -> None:
        if self._grant is None:
            self._sign_in()
        elif self._due(self._grant):
            self._refresh(self._grant)
        if not self._proven:
            self._prove_namespace()

    def _due(self, grant: Grant) -> bool:
        return not self._last and grant.ttl > 0 and self._ticks() - self._since >= grant.ttl * _DUE

    def _refresh(self, grant: Grant) -> None:
        """Renew, or sign in anew where renewing gives too little; with life left a failure is not the end."""
        try:
            if grant.renewable and not self._capped and self._renewed(grant):
                return
            self._sign_in()
        except SecretError:
            if self._ticks() - self._since >= grant.ttl:
                raise
            # the secret id may be used up: what is left of this token, and of its renewals, must do
            self._client.token, self._grant = grant.token, grant
            self._last = not (grant.renewable and self._renewed(grant))

    def _renewed(self, grant: Grant) -> bool:
        """Ask for the whole lease again; False if the server refuses. A warning shows that the role's cap is near."""
        try:
            body = self._client.auth.token.renew_self(increment=self._settings.lease)
        except RefusedError:
            return False
        auth = part(body, "auth")
        ttl = number(auth.get("lease_duration"))
        if ttl <= 0:
            # nothing is left under the cap; 0 must not pass for a token that never runs out
            return False
        self._capped = bool(texts(body.get("warnings"))) or ttl < self._settings.lease
        self._grant = replace(grant, ttl=ttl, renewable=auth.get("renewable") is True)
        self._since = self._ticks()
        return True

    def _sign_in(self) -> None:
        self._grant = None
        started = self._ticks()
        grant = self._login.sign_in(self._client)
        self._client.token = grant.token
        self._grant, self._since, self._capped, self._last = grant, started, False, False
        if grant.renewable and 0 < grant.ttl < self._settings.lease:
            self._renewed(grant)

    def _accepted(self) -> bool:
        """Whether the server knows our token: tells a dead token from a policy that denies."""
        try:
            self._client.auth.token.lookup_self()
        except RefusedError:
            return False
        return True

    def _prove_namespace(self) -> None:
        """A server that ignores namespaces would give every trust the root's secrets: one that cannot be is asked for.

        Open-source Vault ignores the header without a word (recorded). Raises StoreUnavailableError.
        """
        adapter = self._client.adapter
        namespace = adapter.namespace
        if not self._accepted():
            # without this a policy that denies the question would pass for a proof
            self.leave()
            raise self._unproven(
                "Vault does not let our token look itself up: its namespaces cannot be proven", _LOOKUP
            )
        adapter.namespace = f"{namespace.strip('/')}/trustctl-proof-{secrets.token_hex(8)}"
        try:
            self._client.auth.token.lookup_self()
        except RefusedError as refused:
            self._proven = refused.answer.status in _NOT_THERE
        finally:
            adapter.namespace = namespace
        if not self._proven:
            self.leave()
            problem = f"the server ignores namespaces: it answered for one that cannot exist beside {namespace}"
            raise self._unproven(problem, _IGNORED)

    def _unproven(self, problem: str, remedy: str) -> StoreUnavailableError:
        where = self._settings.where or self._settings.addresses[0]
        return StoreUnavailableError(problem, where=where, remedy=f"No secret was read. {remedy}")


_LOOKUP = 'Give the token the capability "read" on auth/token/lookup-self, as Vault\'s policy `default` does.'
_IGNORED = (
    "They would have come from the root namespace. Use a server with namespaces (OpenBao, Vault Enterprise), or take"
    " `namespace` out of trust.yml and separate by path and policy."
)
