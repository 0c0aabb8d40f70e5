"""A trust whose secrets lie in Vault, through the command line, with a switch and the lab's server."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
import yaml
from engineer import Done, Engineer, one_clear_error
from field import Field
from vaulted import NO_FILE, Vault, by_least, by_root, moved_to

from trustctl.lab.vault import Core, VaultServer, start

SWITCH = "oak-sw-b1-01"
BREAKGLASS = "local/breakglass"
Site = tuple[Engineer, Field]


@pytest.fixture
def vault() -> Iterator[Vault]:
    """An unsealed server with a KV version 2 mount."""
    core = Core()
    root = start(core)
    core.spaces[""].mount("secret", "kv", {"version": "2"})
    with VaultServer(core) as server:
        yield Vault(server, root)


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
