"""The auth methods JWT and Kubernetes: real RS256 signatures (RFC 7515, 7519), issuer, audience, times and claims."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from trustctl.lab.vault.clock import VaultClock, seconds_of
from trustctl.lab.vault.message import NO_CONTENT, Json, Refusal, Reply, Request, as_json, as_list, missing, wrong_verb
from trustctl.lab.vault.reply import Replies
from trustctl.lab.vault.signing_in import SignIn
from trustctl.lab.vault.tokens import TokenRole

_LEEWAY = 60.0
"""Seconds of clock skew that are forgiven (HashiCorp, JWT auth API: clock_skew_leeway)."""


@dataclass(slots=True)
class _Role:
    token: TokenRole
    audiences: tuple[str, ...]
    user_claim: str
    bound: Json = field(default_factory=dict[str, object])


class Jwt:
    """One mount. As `kubernetes` its roles bind service accounts (documented; a real one asks the cluster as well)."""

    def __init__(self, clock: VaultClock, replies: Replies, kind: str = "jwt") -> None:
        self.kind = kind
        self._clock = clock
        self._replies = replies
        self._keys: list[rsa.RSAPublicKey] = []
        self._issuer = ""
        self._roles: dict[str, _Role] = {}

    def logs_in(self, path: str) -> bool:
        """Whether this path needs no token."""
        return path == "login"

    def answer(self, request: Request, path: str) -> Reply | SignIn:
        """Answer a request below the mount."""
        match path.split("/"), request.verb:
            case ["login"], "POST":
                return self._login(request)
            case ["config"], "POST":
                return self._configure(request)
            case ["role", name], "POST":
                return self._write(request, name)
            case ["role", name], "DELETE":
                self._roles.pop(name, None)
                return NO_CONTENT
            case ["login"] | ["config"] | ["role", _], _:
                raise wrong_verb()
            case _:
                raise missing()

    def _configure(self, request: Request) -> Reply:
        named = "jwt_validation_pubkeys" if self.kind == "jwt" else "pem_keys"
        keys = [serialization.load_pem_public_key(str(pem).encode()) for pem in request.listed(named)]
        self._keys = [key for key in keys if isinstance(key, rsa.RSAPublicKey)]
        if len(self._keys) != len(keys):
            raise Refusal(400, "unsupported key type")
        self._issuer = request.text("bound_issuer")
        return NO_CONTENT

    def _write(self, request: Request, name: str) -> Reply:
        kubernetes = self.kind == "kubernetes"
        token = TokenRole(
            tuple(str(one) for one in request.listed("token_policies")),
            seconds_of(request.body.get("token_ttl")),
            seconds_of(request.body.get("token_max_ttl")),
        )
        bound = request.mapping("bound_claims")
        if kubernetes:
            bound["/kubernetes.io/serviceaccount/name"] = request.listed("bound_service_account_names")
            bound["/kubernetes.io/namespace"] = request.listed("bound_service_account_namespaces")
        audiences = tuple(str(one) for one in request.listed("bound_audiences"))
        self._roles[name] = _Role(token, audiences, request.text("user_claim") or "sub", bound)
        return NO_CONTENT if kubernetes else self._replies.empty()

    def _login(self, request: Request) -> SignIn:
        name = request.text("role")
        role = self._roles.get(name)
        if role is None:
            raise Refusal(400, f'role "{name}" could not be found')
        claims = self._checked(request.text("jwt"), role)
        for claim, allowed in role.bound.items():
            if _claim(claims, claim) not in as_list(allowed):
                why = f'claim "{claim}" does not match any associated bound claim values'
                raise Refusal(403 if self.kind == "kubernetes" else 400, f"error validating claims: {why}")
        user = str(claims.get(role.user_claim) or "")
        if not user:
            raise Refusal(400, f'claim "{role.user_claim}" not found in token')
        return SignIn(role.token, f"{self.kind}-{user}", user, {"role": name})

    def _checked(self, jwt: str, role: _Role) -> Json:
        """The claims of a token whose signature, issuer, audience and times are right."""
        try:
            head, body, signature = jwt.split(".")
            header, claims = as_json(json.loads(_bytes(head))), as_json(json.loads(_bytes(body)))
            raw = _bytes(signature)
        except (ValueError, binascii.Error):
            raise Refusal(400, "error parsing token: malformed jwt") from None
        if header.get("alg") != "RS256" or not self._signed(f"{head}.{body}".encode(), raw):
            raise Refusal(
                400, "error validating token: error verifying token signature: no known key successfully validated"
            )
        now = self._clock.now().timestamp()
        if now - _LEEWAY > _seconds(claims.get("exp")):
            raise Refusal(400, "error validating token: invalid expiration time (exp) claim: token is expired")
        if now + _LEEWAY < _seconds(claims.get("nbf")):
            raise Refusal(400, "error validating token: invalid not before (nbf) claim: token not yet valid")
        if self._issuer and claims.get("iss") != self._issuer:
            raise Refusal(400, "error validating token: invalid issuer (iss) claim")
        if role.audiences and not set(role.audiences) & {str(one) for one in as_list(claims.get("aud"))}:
            why = "audience claim does not match any expected audience"
            raise Refusal(400, f"error validating token: invalid audience (aud) claim: {why}")
        return claims

    def _signed(self, signed: bytes, signature: bytes) -> bool:
        for key in self._keys:
            try:
                key.verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
            except InvalidSignature:
                continue
            return True
        return False


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _seconds(found: object) -> float:
    return float(found) if isinstance(found, int | float) else 0.0


def _claim(claims: Json, name: str) -> object:
    """A claim by name, or by a path that starts with `/`."""
    if not name.startswith("/"):
        return claims.get(name)
    found: object = claims
    for step in name.strip("/").split("/"):
        found = as_json(found).get(step)
    return found
