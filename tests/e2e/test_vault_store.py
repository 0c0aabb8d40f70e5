"""A trust whose secrets lie in Vault, through the command line, with a switch and the lab's server."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
import yaml
from engineer import Done, Engineer, one_clear_error
from field import Field

from trustctl.lab.vault import Core, VaultServer, start
from trustctl.lab.vault.message import Request, as_json

SWITCH = "oak-sw-b1-01"
BREAKGLASS = "local/breakglass"
NO_FILE = {"TRUSTCTL_SECRETS": ""}
"""The trust's own store, and no file beside it."""
Site = tuple[Engineer, Field]


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


@pytest.fixture
def vault() -> Iterator[Vault]:
    """An unsealed server with a KV version 2 mount."""
    core = Core()
    root = start(core)
    core.spaces[""].mount("secret", "kv", {"version": "2"})
    with VaultServer(core) as server:
        yield Vault(server, root)


def moved_to(vault: Vault, person: Engineer) -> None:
    """Put all made-up secrets into Vault, and let trust.yml say so, with the root token to sign in by."""
    for name, value in yaml.safe_load(person.secrets.read_text(encoding="utf-8")).items():
        vault.write(str(name), str(value))
    section = {"store": "vault", "vault": {"addresses": [vault.server.address], "auth": by_root(vault, person)}}
    trust = person.inventory / "trust.yml"
    trust.write_text(f"{trust.read_text('utf-8')}\n{yaml.safe_dump({'secrets': section})}", encoding="utf-8")


def by_root(vault: Vault, person: Engineer) -> dict[str, str]:
    """Sign in with the root token."""
    return {"method": "token", "token_file": private(person, "vault.token", vault.root)}


def by_least(vault: Vault, person: Engineer) -> dict[str, str]:
    """Sign in by a role that may do what `trustctl secret policy` says, and nothing else."""
    hcl = person.call("secret", "policy", env=NO_FILE).out
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


def test_secrets_are_set_listed_and_rotated_in_vault(engineer: Engineer, vault: Vault) -> None:
    """Each verb does on the server what it says, and shows no value."""
    moved_to(vault, engineer)

    def secret(*words: str) -> Done:
        done = engineer.call("secret", *words, env=NO_FILE)
        assert done.code == 0, str(done)
        return done

    before = vault.versions("radius/shared-key")
    secret("set", "radius/shared-key", "--generate")
    assert vault.versions("radius/shared-key") == before + 1
    assert "radius/shared-key" in secret("list").out
    secret("rotate", "radius/shared-key")
    secret("rotate", "radius/shared-key", "--finish")
    policy = secret("policy").out
    assert 'path "secret/data/radius/shared-key"' in policy
    assert "metadata" not in policy
    said = "".join(done.out + done.err for done in engineer.said)
    assert vault.root not in said
    held = vault.keys("radius/shared-key")
    assert set(held) == {"value", "previous"}
    assert not [value for value in held.values() if str(value) in said]


def test_doctor_tells_of_the_server(engineer: Engineer, vault: Vault) -> None:
    """Active; and sealed, with the remedy."""
    moved_to(vault, engineer)
    assert f"{vault.server.address}: answers and is active" in " ".join(
        engineer.call("doctor", env=NO_FILE).out.split()
    )
    vault.server.core.seal.sealed = True
    done = engineer.call("doctor", env=NO_FILE)
    assert "is sealed" in " ".join((done.out + done.err).split()), str(done)


def test_a_plan_holds_to_the_versions_that_it_saw(open_site: Callable[..., Site], vault: Vault) -> None:
    """Rotated in between: stale, and nothing is sent. Sealed: the switch is named, and nothing is sent. Then applied.

    All by a token that may do what the generated policy says.
    """
    person, field = open_site(SWITCH)
    moved_to(vault, person)
    words = yaml.safe_dump({"auth": by_least(vault, person)}).strip().replace("\n", "\n    ")
    old = yaml.safe_dump({"auth": by_root(vault, person)}).strip().replace("\n", "\n    ")
    person.edit("trust.yml", old, words)
    dial = ("--endpoints", field.endpoints)
    plan = ("plan", "oak", "--limit", SWITCH, *dial, "--out", "plan.json")
    vault.write(BREAKGLASS, "Another-Value-4410")
    assert "1 change" in person.run(*plan, env=NO_FILE).out, str(person.said[-1])
    file = (person.repository / "plan.json").read_text(encoding="utf-8")
    held = json.loads(file)["secrets"]
    assert held[BREAKGLASS] == "2"
    field.configured(SWITCH)

    vault.write(BREAKGLASS, "Moved-In-Between-17")
    stale = person.run("apply", "plan.json", "--yes", *dial, env=NO_FILE)
    one_clear_error(stale, 8, BREAKGLASS)
    assert field.configured(SWITCH) == ()

    assert "1 change" in person.run(*plan, env=NO_FILE).out, str(person.said[-1])
    vault.server.core.seal.sealed = True
    sealed = person.run("apply", "plan.json", "--yes", *dial, env=NO_FILE)
    one_clear_error(sealed, 9, SWITCH, "Vault is sealed", "key holder")
    assert field.configured(SWITCH) == ()

    vault.server.core.seal.sealed = False
    assert person.run("apply", "plan.json", "--yes", *dial, env=NO_FILE).code == 0, str(person.said[-1])
    assert "nothing to change" in person.run(*plan, env=NO_FILE).out, str(person.said[-1])
    logins = [seen for seen in vault.server.seen if seen.path == "auth/approle/login"]
    assert len(logins) == 5 + 4, "one a command, and four tries while it was sealed"
    assert vault.tokens == {vault.root}, "and each took its token back"
    shown = file + "".join(done.out + done.err for done in person.said)
    assert not [value for value in ("Another-Value-4410", "Moved-In-Between-17", vault.root) if value in shown]
