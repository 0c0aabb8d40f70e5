"""The auth method AppRole: role ids, and secret ids whose uses and time run out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from trustctl.lab.vault.clock import Ids, VaultClock, seconds_of
from trustctl.lab.vault.flavour import Flavour
from trustctl.lab.vault.message import NO_CONTENT, Refusal, Reply, Request, missing, wrong_verb
from trustctl.lab.vault.reply import Replies
from trustctl.lab.vault.signing_in import SignIn
from trustctl.lab.vault.tokens import TokenRole


@dataclass(slots=True)
class _SecretId:
    uses: int
    expires: datetime | None


@dataclass(slots=True)
class _Role:
    role_id: str
    token: TokenRole
    num_uses: int = 0
    ttl: float = 0.0
    secret_ids: dict[str, _SecretId] = field(default_factory=dict[str, _SecretId])


class AppRole:
    """One mount."""

    kind = "approle"

    def __init__(self, flavour: Flavour, clock: VaultClock, ids: Ids, replies: Replies) -> None:
        self._flavour = flavour
        self._clock = clock
        self._ids = ids
        self._replies = replies
        self._roles: dict[str, _Role] = {}

    def logs_in(self, path: str) -> bool:
        """Whether this path needs no token."""
        return path == "login"

    def answer(self, request: Request, path: str) -> Reply | SignIn:
        """Answer a request below the mount."""
        match path.split("/"), request.verb:
            case ["login"], "POST":
                return self._login(request)
            case ["role", name], "POST":
                return self._write(request, name)
            case ["role", name, "role-id"], "GET":
                return self._replies.data({"role_id": self._found(name).role_id})
            case ["role", name, "secret-id"], "POST":
                return self._issue(self._found(name))
            case ["role", name], "DELETE":
                self._roles.pop(name, None)
                return NO_CONTENT
            case ["login"] | ["role", _] | ["role", _, "role-id" | "secret-id"], _:
                raise wrong_verb()
            case _:
                raise Refusal(404, "unsupported path")

    def _found(self, name: str) -> _Role:
        if name not in self._roles:
            raise missing()
        return self._roles[name]

    def _write(self, request: Request, name: str) -> Reply:
        token = TokenRole(
            tuple(str(one) for one in request.listed("token_policies")),
            seconds_of(request.body.get("token_ttl")),
            seconds_of(request.body.get("token_max_ttl")),
            request.body.get("token_no_default_policy") is True,
            request.text("token_type") == "batch",
        )
        known = self._roles.get(name)
        role = _Role(known.role_id if known else self._ids.uuid(), token)
        role.num_uses = int(str(request.body.get("secret_id_num_uses") or 0))
        role.ttl = seconds_of(request.body.get("secret_id_ttl"))
        self._roles[name] = role
        return NO_CONTENT

    def _issue(self, role: _Role) -> Reply:
        secret_id = self._ids.uuid()
        expires = self._clock.now() + timedelta(seconds=role.ttl) if role.ttl else None
        role.secret_ids[secret_id] = _SecretId(role.num_uses, expires)
        return self._replies.data(
            {"secret_id": secret_id, "secret_id_accessor": self._ids.uuid(), "secret_id_ttl": int(role.ttl)}
        )

    def _login(self, request: Request) -> SignIn:
        role_id = request.text("role_id")
        name, role = next(((n, one) for n, one in self._roles.items() if one.role_id == role_id), ("", None))
        if role is None:
            raise Refusal(400, self._flavour.wrong_role_id if role_id else "missing role_id")
        given = request.text("secret_id")
        if not given:
            raise Refusal(400, self._flavour.no_secret_id)
        secret_id = role.secret_ids.get(given)
        if secret_id is None or (secret_id.expires and secret_id.expires <= self._clock.now()):
            raise Refusal(400, self._flavour.wrong_secret_id)
        if secret_id.uses:
            secret_id.uses -= 1
            if not secret_id.uses:
                del role.secret_ids[given]
        return SignIn(role.token, "approle", role_id, {"role_name": name})
