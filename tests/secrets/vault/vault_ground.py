"""What the Vault tests stand on: plain HTTP to a server, and a place of their own on it.

The same steps prepare the lab's server and a real one: everything goes through the documented API.
"""

from __future__ import annotations

import base64
import http.client
import json
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from trustctl.model.vault import AppRoleAuth, JwtAuth, TokenAuth, VaultAuth, VaultSettings
from trustctl.secrets.vault import Outside, VaultSecrets

ISSUER = "https://git.trust.example"


@dataclass(frozen=True)
class Plain:
    """A status and a body, as they came."""

    status: int
    body: Any
    headers: Mapping[str, str]


def ask(
    address: str,
    verb: str,
    path: str,
    body: object = None,
    *,
    token: str | None = None,
    headers: Mapping[str, str] | None = None,
    ca: Path | None = None,
) -> Plain:
    """Send one plain request; a text body goes as it is."""
    parts = urlsplit(address)
    if parts.scheme == "https":
        trusted = ssl.create_default_context(cafile=ca)
        link = http.client.HTTPSConnection(parts.hostname or "", parts.port or 443, timeout=10, context=trusted)
    else:
        link = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=10)
    sent = dict(headers or {}) | ({"X-Vault-Token": token} if token else {})
    raw = None if body is None else body.encode() if isinstance(body, str) else json.dumps(body).encode()
    link.request(verb, path, raw, sent)
    reply = link.getresponse()
    text = reply.read()
    link.close()
    return Plain(reply.status, json.loads(text) if text.strip() else None, dict(reply.getheaders()))


@lru_cache(maxsize=2)
def signing_key(which: str) -> rsa.RSAPrivateKey:
    """The pipeline's key; another name is another key."""
    return rsa.generate_private_key(public_exponent=65_537, key_size=2048)


def public_pem() -> str:
    """The public half, as the server is told it."""
    public = signing_key("right").public_key()
    return public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def jwt(now: float, *, key: str = "right", **claims: object) -> str:
    """A signed identity token of a pipeline (RFC 7519, RS256)."""
    usual = {"iss": ISSUER, "aud": "vault", "sub": "ci", "project": "trust/infra", "exp": int(now) + 300}

    def part(found: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(found).encode()).rstrip(b"=").decode()

    text = f"{part({'alg': 'RS256', 'typ': 'JWT'})}.{part(usual | claims)}"
    signature = signing_key(key).sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{text}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


@dataclass
class Ground:
    """Mounts, roles and policies of a random name on one server, removed at the end."""

    address: str
    root: str
    run: str
    folder: Path
    ca: Path | None = None
    ticks: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time
    wait: Callable[[float], None] = time.sleep
    made: list[tuple[str, str]] = field(default_factory=list)

    def ask(
        self, verb: str, path: str, body: object = None, *, token: str = "", headers: Mapping[str, str] | None = None
    ) -> Plain:
        """One request, whatever the answer."""
        return ask(self.address, verb, f"/v1/{path}", body, token=token, headers=headers, ca=self.ca)

    def api(
        self, verb: str, path: str, body: object = None, *, token: str = "", namespace: str = "", wrap: str = ""
    ) -> Any:
        """One request that must succeed; its body."""
        headers = {"X-Vault-Namespace": namespace} if namespace else {}
        headers |= {"X-Vault-Wrap-TTL": wrap} if wrap else {}
        reply = self.ask(verb, path, body, token=token or self.root, headers=headers)
        assert reply.status in {200, 204}, (verb, path, reply)
        return reply.body

    @property
    def kv2(self) -> str:
        """The mount of KV version 2."""
        return f"{self.run}-kv2"

    @property
    def kv1(self) -> str:
        """The mount of KV version 1."""
        return f"{self.run}-kv1"

    def prepare(self) -> None:
        """Make the mounts, the auth methods and a policy that may read one school."""
        self._make("sys/mounts/" + self.kv2, {"type": "kv", "options": {"version": "2"}})
        self._make("sys/mounts/" + self.kv1, {"type": "kv", "options": {"version": "1"}})
        self._make(f"sys/auth/{self.run}-approle", {"type": "approle"})
        self._make(f"sys/auth/{self.run}-jwt", {"type": "jwt"})
        self.api(
            "POST", f"auth/{self.run}-jwt/config", {"jwt_validation_pubkeys": [public_pem()], "bound_issuer": ISSUER}
        )
        self.allow("oak", f'path "{self.kv2}/data/schools/oak/*" {{ capabilities = ["read"] }}')
        for _ in range(50):  # a real server may upgrade a new mount for a moment
            reply = self.ask("GET", f"{self.kv2}/config", token=self.root)
            if reply.status == 200:
                return
            time.sleep(0.1)

    def _make(self, path: str, body: object) -> None:
        self.api("POST", path, body)
        self.made.append(("DELETE", path))

    def clear(self) -> None:
        """Take all of it away again."""
        for verb, path in reversed(self.made):
            self.ask(verb, path, token=self.root)
        self.made.clear()

    def allow(self, name: str, hcl: str) -> str:
        """Write a policy; return its full name."""
        full = f"{self.run}-{name}"
        self._make(f"sys/policy/{full}", {"policy": hcl})
        return full

    def write(self, path: str, cas: int | None = None, **values: str) -> int:
        """Write a document to KV version 2; return its version."""
        options = {} if cas is None else {"cas": cas}
        return int(self.api("POST", f"{self.kv2}/data/{path}", {"options": options, "data": values})["data"]["version"])

    def role(self, name: str = "trustctl", *, policy: str = "oak", wrap: str = "", **settings: object) -> AppRoleAuth:
        """Make a role; return how to sign in by it, with its secret id in a private file."""
        place = f"auth/{self.run}-approle/role/{name}"
        self.api("POST", place, {"token_policies": f"{self.run}-{policy}", "token_ttl": "1h", **settings})
        role_id = self.api("GET", f"{place}/role-id")["data"]["role_id"]
        answer = self.api("POST", f"{place}/secret-id", {}, wrap=wrap)
        text = answer["wrap_info"]["token"] if wrap else answer["data"]["secret_id"]
        file = self.private(f"{name}.secret-id", text)
        return AppRoleAuth(role_id, file, wrapped=bool(wrap), role_name=name, mount=f"{self.run}-approle")

    def jwt_role(self, name: str = "ci", **settings: object) -> None:
        """Make a role for pipelines of one project."""
        self.api("POST", f"auth/{self.run}-jwt/role/{name}", {
            "role_type": "jwt", "bound_audiences": ["vault"], "user_claim": "sub",
            "bound_claims": {"project": "trust/infra"}, "token_ttl": "10m",
            "token_policies": [f"{self.run}-oak"], **settings,
        })  # fmt: skip

    def by_jwt(self, token: str, role: str = "ci") -> JwtAuth:
        """Sign in as a pipeline does."""
        return JwtAuth(role, token_file=self.private("pipeline.jwt", token), mount=f"{self.run}-jwt")

    def by_root(self) -> TokenAuth:
        """Sign in with the token that may do everything."""
        return TokenAuth(token_file=self.private("root.token", self.root))

    def private(self, name: str, text: str) -> Path:
        """A file of mode 0600."""
        file = self.folder / name
        file.touch(mode=0o600)
        file.write_text(text + "\n")
        return file

    def settings(self, auth: VaultAuth, **changes: Any) -> VaultSettings:
        """Settings that reach this server."""
        usual: dict[str, Any] = {
            "addresses": (self.address,),
            "mount": self.kv2,
            "timeout": 5.0,
            "backoff": 0.01,
            "ca": self.ca,
        }
        return VaultSettings(auth=auth, **(usual | changes))

    def store(self, auth: VaultAuth, outside: Outside | None = None, **changes: Any) -> VaultSecrets:
        """Our client, on this server."""
        return VaultSecrets.from_settings(self.settings(auth, **changes), outside or Outside(ticks=self.ticks))
