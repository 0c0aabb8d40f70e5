"""A trust whose secrets lie in the lab's Vault server: what is put there, and how the engineer signs in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from engineer import Engineer

from trustctl.lab.vault import VaultServer
from trustctl.lab.vault.message import Request, as_json

NO_FILE = {"TRUSTCTL_SECRETS": ""}
"""The trust's own store, and no file beside it."""


@dataclass(frozen=True, slots=True)
class Vault:
    """The server, and what a person with the root token does there."""

    server: VaultServer
    root: str

    def ask(self, path: str, body: dict[str, object] | None = None) -> dict[str, object]:
        """Ask for something, or do it; the answer's body."""
        verb = "GET" if body is None else "POST"
        reply = self.server.core.answer(Request(verb, path, token=self.root, body=body or {}))
        assert reply.status in {200, 204}, (path, reply)
        return reply.body or {}

    def keys(self, path: str) -> dict[str, object]:
        """What lies at a path; nothing if it is not there."""
        reply = self.server.core.answer(Request("GET", f"secret/data/{path}", token=self.root))
        return as_json(as_json((reply.body or {}).get("data")).get("data"))

    def write(self, name: str, value: str) -> None:
        """Write one key of one path, the others of that path stay."""
        path, _, key = name.partition("#")
        self.ask(f"secret/data/{path}", {"data": self.keys(path) | {key or "value": value}})

    def versions(self, path: str) -> int:
        """How many versions a path has."""
        return int(str(as_json(self.ask(f"secret/metadata/{path}")["data"])["current_version"]))

    @property
    def tokens(self) -> set[str]:
        """Tokens that the server still takes."""
        return set(self.server.core.tokens._tokens)


def moved_to(vault: Vault, person: Engineer, auth: Mapping[str, str] | None = None, ca: Path | None = None) -> None:
    """Put all made-up secrets into Vault, and let trust.yml say so: by the root token if there is no `auth`."""
    for name, value in yaml.safe_load(person.secrets.read_text(encoding="utf-8")).items():
        vault.write(str(name), str(value))
    how: dict[str, object] = {"addresses": [vault.server.address], "auth": auth or by_root(vault, person)}
    how |= {"ca": str(ca)} if ca else {}
    section = {"store": "vault", "vault": how}
    trust = person.inventory / "trust.yml"
    trust.write_text(f"{trust.read_text('utf-8')}\n{yaml.safe_dump({'secrets': section})}", encoding="utf-8")


def by_root(vault: Vault, person: Engineer) -> dict[str, str]:
    """Sign in with the root token."""
    return {"method": "token", "token_file": private(person, "vault.token", vault.root)}


def by_least(vault: Vault, person: Engineer, *more: str) -> dict[str, str]:
    """Sign in by a role that may do what `trustctl secret policy` says, and nothing else; `more`: options of it."""
    hcl = person.call("secret", "policy", *more, env=NO_FILE).out
    place = "auth/approle/role/trustctl"
    vault.ask("sys/auth/approle", {"type": "approle"})
    vault.ask("sys/policy/least", {"policy": hcl})
    vault.ask(place, {"token_policies": "least", "token_no_default_policy": True, "token_ttl": "5m"})
    secret_id = str(as_json(vault.ask(f"{place}/secret-id", {})["data"])["secret_id"])
    role_id = as_json(vault.ask(f"{place}/role-id")["data"])["role_id"]
    file = private(person, "secret-id", secret_id)
    return {"method": "approle", "role_id": str(role_id), "secret_id_file": file}


def private(person: Engineer, name: str, text: str) -> str:
    """The path of a new file of mode 0600."""
    file = person.repository.parent / name
    file.touch(mode=0o600)
    file.write_text(text, encoding="ascii")
    return str(file)
