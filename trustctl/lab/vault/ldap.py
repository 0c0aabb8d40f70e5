"""The auth method LDAP, with the directory's people in memory: the protocol behind Vault is not part of the lab."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from trustctl.lab.vault.message import Refusal, Reply, Request, missing, wrong_verb
from trustctl.lab.vault.signing_in import SignIn
from trustctl.lab.vault.tokens import TokenRole

_REFUSED = "ldap operation failed: failed to bind as user"
"""Read in Vault's `builtin/credential/ldap/backend.go`; not recorded."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the directory, and what the mount gives them."""

    password: str
    role: TokenRole


class Ldap:
    """One mount."""

    kind = "ldap"

    def __init__(self) -> None:
        self.people: dict[str, Person] = {}

    def logs_in(self, path: str) -> bool:
        """Whether this path needs no token."""
        return path.startswith("login/")

    def answer(self, request: Request, path: str) -> Reply | SignIn:
        """Answer a request below the mount."""
        area, _, name = path.partition("/")
        if area != "login" or not name:
            raise missing()
        if request.verb != "POST":
            raise wrong_verb()
        person = self.people.get(name)
        if person is None or not hmac.compare_digest(person.password.encode(), request.text("password").encode()):
            raise Refusal(400, _REFUSED)
        return SignIn(person.role, f"ldap-{name}", name, {"username": name})
