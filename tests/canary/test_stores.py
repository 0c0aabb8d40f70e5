"""What opens a store leaks nowhere: Vault's tokens and secret ids, and a private key with its passphrase."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from artefacts import PIPELINE, leaks_of
from canaries import canary, plain_canary
from cryptography.hazmat.primitives import serialization
from engineer import Engineer, example_trust
from key_story import KeyStory, protected_key, tell_key
from recorder import Recorder
from story import plant
from vault_story import SECRET, Listening, VaultStory, fail_vault, tell_vault
from vaulted import Vault, by_least, moved_to

from trustctl.lab.certificates import Authority
from trustctl.lab.vault import VaultServer, start

ENDS = {
    "set": 0, "plan": 0, "get": 1, "doctor": 0, "doctor as JSON": 0, "list": 0, "rotate": 0, "finish": 0, "policy": 0,
    "sealed": 0, "sealed, doctor": 1, "403": 3, "page": 0, "fault": 1, "fault with a token": 1, "wrong CA": 0,
    "wrong secret id": 0, "wrong secret id, set": 9,
}  # fmt: skip
"""How each command of the story ends: a plan with a closed store compares what it can, and says what it could not."""
SAYS = {
    "sealed": "could not be compared: Vault is sealed",
    "sealed, doctor": "is sealed",
    "403": "Vault's policies do not allow us to read",
    "page": "what answers there is not Vault",
    "fault": "has a fault of its own (RuntimeError)",
    "fault with a token": "has a fault of its own (RuntimeError)",
    "wrong CA": "not signed by a CA that we trust",
    "wrong secret id": "invalid secret id",
    "wrong secret id, set": "invalid secret id",
}
"""What it says of the trouble."""


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VaultStory]:
    """Tell it once: a role that may do what `trustctl secret policy` says signs in by a secret id, over HTTPS."""
    folder = tmp_path_factory.mktemp("vault")
    values: dict[str, str] = {}
    engineer: Engineer = example_trust(folder / "trust")
    plant(values)(engineer)
    authority, stranger = (Authority(folder, name, datetime.now(UTC)) for name in ("right-ca", "other-ca"))
    core = Listening()
    root = start(core)
    core.spaces[""].mount("secret", "kv", {"version": "2"})
    with VaultServer(core, certificate=authority.leaf("vault")) as server:
        vault = Vault(server, root)
        auth = by_least(vault, engineer, "--write", "--listing")
        moved_to(vault, engineer, auth, authority.file)
        secret_id = Path(auth["secret_id_file"])
        values["vault/secret-id"], values["vault/root"] = secret_id.read_text("ascii"), root
        told = VaultStory(engineer, vault, values, Recorder(folder / "records"))
        tell_vault(told)
        fail_vault(told, secret_id, stranger.file)
        yield told


def test_each_command_of_the_vault_story_ended_as_it_should(story: VaultStory) -> None:
    """So that the failing paths were really walked."""
    wrong = {what: str(done) for what, done in story.ended.items() if done.code != ENDS[what]}
    assert wrong == {}
    assert set(story.ended) == set(ENDS)
    said = {what: " ".join(f"{done.out} {done.err}".split()) for what, done in story.ended.items()}
    assert [what for what, words in SAYS.items() if words not in said[what]] == []


def test_tokens_and_secret_ids_reached_the_server(story: VaultStory) -> None:
    """Signed in by the secret id, refused by the wrong one, and came with tokens of its own each time."""
    core = story.vault.server.core
    assert isinstance(core, Listening)
    logins = [(one.text("secret_id"), status) for one, status in core.heard if one.path == "auth/approle/login"]
    assert (story.values["vault/secret-id"], 200) in logins
    assert (story.values["vault/wrong-secret-id"], 400) in logins
    assert len([name for name in story.values if name.startswith("vault/token")]) > 5
    stored = [str(one.body) for one, status in core.heard if one.path == f"secret/data/{SECRET}" and status == 200]
    for name in ("typed/value", "made/value"):
        assert any(story.values[name] in body for body in stored), name


def test_nothing_holds_what_opens_vault(story: VaultStory) -> None:
    """Output, plan, event log, temporary files, arguments and environments: no hit."""
    leaks, artefacts = leaks_of(story.engineer, story.values, story.recorder)
    print(f"vault: {len(story.values)} canaries, {artefacts} artefacts, {len(leaks)} hits")  # noqa: T201 - the figure
    assert leaks == []
    assert artefacts > 40
    assert (story.engineer.repository / "plan.json").is_file()
    assert (story.engineer.repository / "events.jsonl").is_file()


def test_a_leak_of_each_of_them_would_be_found(story: VaultStory) -> None:
    """Dropped where reports lie."""
    planted = story.engineer.repository / "planted.txt"
    planted.write_text(" ".join(story.values.values()), encoding="utf-8")
    try:
        leaks, _ = leaks_of(story.engineer, story.values, story.recorder)
    finally:
        planted.unlink()
    assert {leak.secret for leak in leaks} == set(story.values)


@pytest.fixture(scope="module")
def key_story(tmp_path_factory: pytest.TempPathFactory) -> KeyStory:
    """Tell it once, with a key that a passphrase protects."""
    folder = tmp_path_factory.mktemp("key")
    engineer = example_trust(folder / "trust")
    (folder / "tmp").mkdir()
    values = {PIPELINE: plain_canary("pipeline"), **protected_key(folder / "home", canary("passphrase"))}
    told = KeyStory(engineer, folder / "home", values, Recorder(folder / "records"))
    tell_key(told)
    return told


def test_the_passphrase_opened_the_key(key_story: KeyStory) -> None:
    """The value came back at the terminal; three wrong passphrases and nobody to ask opened nothing."""
    codes = {what: done.code for what, done in key_story.ended.items()}
    told = "\n".join(map(str, key_story.ended.values()))
    assert codes == {
        "init": 0, "set": 0, "get": 0, "add": 0, "remove": 0, "wrong passphrase": 9, "nobody there": 9, "list": 9,
        "plan": 0,
    }, told  # fmt: skip
    assert key_story.values["typed/value"] in key_story.ended["get"].out
    assert "Passphrase of" in key_story.ended["set"].out
    assert "not the passphrase" in " ".join(key_story.ended["wrong passphrase"].out.split())
    assert "nobody is there to type it" in " ".join(key_story.ended["nobody there"].err.split())


def test_nothing_holds_the_passphrase_or_the_key(key_story: KeyStory) -> None:
    """What the terminal showed, the store, the plan, temporary files, arguments and environments: no hit."""
    leaks, artefacts = leaks_of(key_story.engineer, key_story.values, key_story.recorder)
    print(f"key: {len(key_story.values)} canaries, {artefacts} artefacts, {len(leaks)} hits")  # noqa: T201 - the figure
    assert leaks == []
    assert artefacts > 30


def test_a_leak_of_the_key_would_be_found(key_story: KeyStory) -> None:
    """Its passphrase, and its secret half as it would stand in a file of its own, opened."""
    planted = key_story.engineer.repository / "planted.txt"
    planted.write_text(" ".join(key_story.values.values()), encoding="utf-8")
    raw = (key_story.home / ".ssh" / "id_ed25519").read_bytes()
    opened = serialization.load_ssh_private_key(raw, key_story.values["key/passphrase"].encode())
    text = opened.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    )
    try:
        leaks, _ = leaks_of(key_story.engineer, key_story.values, key_story.recorder)
        assert {leak.secret for leak in leaks} == set(key_story.values)
        planted.write_bytes(text)
        leaks, _ = leaks_of(key_story.engineer, key_story.values, key_story.recorder)
        assert {leak.secret[:10] for leak in leaks} == {"key/base64"}
    finally:
        planted.unlink()
