"""The store as two engineers and a pipeline share it."""

from __future__ import annotations

import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_people import PASSPHRASE, Somebody, age_key, ssh_key

from trustctl.errors import MissingSecretError, SecretError, StoreUnavailableError, UsageError
from trustctl.model.secret import SECRET_NAME
from trustctl.secrets.repository import Keyring, RepositorySecrets, codec, entries, people

GIT = shutil.which("git") or "git"
names = st.from_regex(SECRET_NAME, fullmatch=True).filter(lambda name: not name.endswith("#value"))


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(names, st.from_regex(r"[!-~]{1,20}", fullmatch=True), max_size=5))
def test_a_file_of_entries_is_read_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, values: dict[str, str]
) -> None:
    """Sorted, each on a line of its own, between two lines that do not change with it."""
    path = tmp_path_factory.mktemp("x") / "north-oak.yml"
    entries.write(path, {name: codec.seal(value, b"p", "north-oak") for name, value in values.items()})
    read = entries.read(path)
    assert list(read) == sorted(values)
    assert {name: codec.unseal(one.sealed, b"p") for name, one in read.items()} == values
    lines = path.read_text().splitlines()
    assert [line.split('"', 2)[1] for line in lines if "!vault" in line] == sorted(values)
    assert [line for line in lines[3:] if "!vault" not in line] == [
        part for name in sorted(values) for part in (f"  # {name}", "")
    ]


@pytest.mark.parametrize("kind", ["ed25519", "rsa", "rsa in PEM", "age"])
@pytest.mark.parametrize("passphrase", ["", PASSPHRASE])
def test_every_key_that_is_taken_opens_the_store(tmp_path: Path, kind: str, passphrase: str) -> None:
    """With a passphrase it is asked for, once, and a wrong one is asked for again."""
    if kind == "age" and passphrase:
        pytest.skip("age keys have no passphrase here")
    ssh = kind.removesuffix(" in PEM")
    key = age_key(tmp_path) if kind == "age" else ssh_key(tmp_path, ssh, passphrase, pem=ssh != kind)
    made = key.opens(tmp_path / "secrets")
    made.create("trust", ("me", key.public))
    made.put("login/ops", "Word-1")
    asked: list[str] = []

    def ask(question: str) -> str:
        asked.append(question)
        return "wrong" if len(asked) == 1 else passphrase

    assert key.opens(tmp_path / "secrets", ask=ask).get("login/ops") == "Word-1"
    assert len(asked) == (2 if passphrase else 0)
    if passphrase:
        with pytest.raises(StoreUnavailableError, match="nobody is there to type it"):
            key.opens(tmp_path / "secrets").get("login/ops")
        with pytest.raises(StoreUnavailableError, match="not the passphrase"):
            key.opens(tmp_path / "secrets", ask=lambda _: "wrong").get("login/ops")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAI x", "ECDSA"),
        ("sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29t x", "hardware"),
        ("ssh-dss AAAAB3NzaC1kc3MAAACBAPp", "not a public key"),
        ("ssh-ed25519 AAAA", "not a public key"),
        ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAA", "cannot be used"),
        ("age1qqqq", "not a public key"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----", "not a public key"),
        ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ\nssh-rsa AAAA", "not a public key"),
    ],
)
def test_a_key_that_nothing_can_be_sealed_to_is_refused(store: RepositorySecrets, line: str, told: str) -> None:
    """In words, and nothing is written."""
    before = sorted(path.name for path in store.people.folder.iterdir())
    with pytest.raises(SecretError, match=told):
        store.admit("eve", line, ("trust",))
    assert sorted(path.name for path in store.people.folder.iterdir()) == before


def test_two_engineers_share_it_and_one_leaves(store: RepositorySecrets, ann: Somebody, ben: Somebody) -> None:
    """The one who left opens nothing that is in the files now; the names of what must be changed are told."""
    store.admit("ben", ben.public, ("trust",))
    of_ben = ben.opens(store.folder)
    assert of_ben.get("login/ops") == "Word-of-ops-1"
    of_ben.put("radius/oak#key", "Key-of-oak-1")
    assert ann.opens(store.folder).get("radius/oak#key") == "Key-of-oak-1"
    versions = store.listing()
    assert ann.opens(store.folder).dismiss("ben") == ("login/ops", "radius/oak#key")
    assert ann.opens(store.folder).get("login/ops") == "Word-of-ops-1"
    assert not set(versions.values()) & set(store.listing().values())
    with pytest.raises(StoreUnavailableError, match=r"age.key is no recipient of trust"):
        ben.opens(store.folder).get("login/ops")
    with pytest.raises(SecretError):
        of_ben.get("login/ops")  # he kept the old password in memory
    with pytest.raises(UsageError, match="nobody else can open trust"):
        ann.opens(store.folder).dismiss("ann")


@pytest.mark.parametrize("act", ["swapped", "put there", "swapped with its password"])
def test_a_key_that_nobody_let_in_is_given_no_new_password(
    store: RepositorySecrets, ann: Somebody, ben: Somebody, tmp_path: Path, act: str
) -> None:
    """Whoever can write to the repository and not open the store: nothing is written, and the file is named."""
    eve = age_key(tmp_path, "eve")
    store.admit("ben", ben.public, ("trust",))
    store.admit("cas", age_key(tmp_path, "cas").public, ("trust",))
    name = "eve" if act == "put there" else "ben"
    (store.people.folder / f"{name}.pub").write_text(f"{eve.public}\n")
    if act != "swapped":
        (store.people.folder / f"{name}.trust.age").write_text(people.seal(b"made up", eve.public))
    before = {path.name: path.read_bytes() for path in store.folder.rglob("*") if path.is_file()}
    with pytest.raises(SecretError, match=f"nobody who could open trust let in this key of {name}") as caught:
        ann.opens(store.folder).dismiss("cas")
    assert caught.value.where.endswith(f"{name}.pub")
    with pytest.raises(SecretError, match="nobody who could open trust"):
        ann.opens(store.folder).create("oak")
    assert {path.name: path.read_bytes() for path in store.folder.rglob("*") if path.is_file()} == before
    assert ann.opens(store.folder).dismiss(name) == ("login/ops",)


def test_a_crash_while_somebody_is_removed_loses_nothing(
    store: RepositorySecrets, ann: Somebody, ben: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At each of its writes: whoever may open it can, before it is done again and after."""
    store.admit("ben", ben.public, ("trust",))
    for step in ("prepare", "write", "replace", "remove"):
        with monkeypatch.context() as patch:

            def dies(*_: object, **__: object) -> None:
                raise KeyboardInterrupt

            patch.setattr(entries, "write", dies) if step == "write" else patch.setattr(store.people, step, dies)
            of_ann = ann.opens(store.folder)
            of_ann.people = store.people
            with pytest.raises(KeyboardInterrupt):
                of_ann.dismiss("ben")
        assert ann.opens(store.folder).get("login/ops") == "Word-of-ops-1"
    assert ann.opens(store.folder).dismiss("ben") == ("login/ops",)
    assert ann.opens(store.folder).get("login/ops") == "Word-of-ops-1"
    assert [path.name for path in store.people.folder.iterdir() if "ben" in path.name or "new" in path.name] == []


def test_a_pipeline_of_one_school_opens_that_school_alone(store: RepositorySecrets, tmp_path: Path) -> None:
    """A part of its own, sealed to who opens the trust's and to that pipeline."""
    store.create("oak")
    pipeline = age_key(tmp_path, "ci")
    store.admit("ci-oak", pipeline.public, ("oak",))
    store.put("wifi/oak", "Phrase-of-oak", "oak")
    theirs = RepositorySecrets(store.folder, Keyring(pipeline=pipeline.private.read_text()))
    assert theirs.get("wifi/oak") == "Phrase-of-oak"
    with pytest.raises(StoreUnavailableError, match="no recipient of trust"):
        theirs.get("login/ops")
    assert list(theirs.listing()) == ["login/ops", "wifi/oak"]
    store.put("wifi/oak", "Phrase-of-oak-2")
    assert store.vault_id_of("wifi/oak") == "oak"
    with pytest.raises(UsageError, match="lies in oak already"):
        store.put("wifi/oak", "x", "trust")
    with pytest.raises(UsageError, match="has no 'elm'"):
        store.put("wifi/elm", "x", "elm")


def test_versions_are_told_without_a_key_and_move_with_each_sealing(store: RepositorySecrets) -> None:
    """Also where the value is the same: who seals anew means something by it."""
    blind = RepositorySecrets(store.folder, Keyring())
    first = blind.listing()["login/ops"]
    assert store.held("login/ops").version == first
    assert store.put("login/ops", "Word-of-ops-1") == blind.listing()["login/ops"] != first
    with pytest.raises(StoreUnavailableError, match="no private key was found"):
        blind.get("login/ops")


def test_what_is_written_is_ours_alone(store: RepositorySecrets) -> None:
    """Folders 0700, files 0600, nothing half-made left behind."""
    for path in store.folder.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
        assert ".tmp-" not in path.name
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700


def test_a_missing_name_is_told_with_the_nearest(store: RepositorySecrets) -> None:
    """As one who cannot be asked is not."""
    with pytest.raises(MissingSecretError, match="no secret named login/op") as caught:
        store.get("login/op")
    assert "login/ops" in caught.value.remedy
    store.put("login/ops#key", "Word-2")
    assert store.get("login/ops#value") == "Word-of-ops-1"


def git(repository: Path, *words: str, code: int = 0) -> str:
    """Real Git."""
    done = subprocess.run(
        [GIT, "-c", "user.name=a", "-c", "user.email=a@b", *words],
        cwd=repository, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def repository(store: RepositorySecrets) -> Path:
    """The store in Git, with a few secrets."""
    for name in ("radius/key", "wifi/things"):
        store.put(name, f"Value-of-{name}")
    root = store.folder.parent.parent
    git(root, "init", "-q", "-b", "main")
    git(root, "add", ".")
    git(root, "commit", "-qm", "x")
    return root


_SETS = st.dictionaries(st.sampled_from(["a/a", "m/a", "m/b", "m/c", "s/z", "z/z"]), st.just("new"), min_size=1)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ours=_SETS, theirs=_SETS, changed=st.sampled_from(["", "login/ops", "radius/key", "wifi/things"]))
def test_two_branches_that_add_secrets_merge(
    store: RepositorySecrets, repository: Path, ours: dict[str, str], theirs: dict[str, str], changed: str
) -> None:
    """Beside each other or in the same place, and while one of them changes another: no conflict, nothing lost."""
    theirs = {name: "theirs" for name in theirs if name not in ours}
    start = git(repository, "rev-parse", "main").strip()
    git(repository, "checkout", "-qB", "theirs", start)
    for name in theirs:
        store.put(name, "theirs")
    git(repository, "commit", "-qam", "theirs", "--allow-empty")
    git(repository, "checkout", "-qB", "ours", start)
    for name in ours:
        store.put(name, "ours")
    if changed:
        store.put(changed, "changed")
    git(repository, "commit", "-qam", "ours", "--allow-empty")
    git(repository, "merge", "-q", "-m", "merged", "theirs")
    want = {name: f"Value-of-{name}" for name in ("radius/key", "wifi/things")} | {"login/ops": "Word-of-ops-1"}
    want |= dict.fromkeys(ours, "ours") | theirs | ({changed: "changed"} if changed else {})
    assert {name: store.get(name) for name in store.listing()} == want
    git(repository, "checkout", "-q", "main")


def test_two_branches_that_set_one_secret_are_told(store: RepositorySecrets, repository: Path, ann: Somebody) -> None:
    """Git keeps both lines; neither is taken for the right one, and setting it anew ends it."""
    git(repository, "checkout", "-qb", "theirs")
    store.put("radius/key", "theirs")
    git(repository, "commit", "-qam", "theirs")
    git(repository, "checkout", "-q", "main")
    store.put("radius/key", "ours")
    git(repository, "commit", "-qam", "ours")
    git(repository, "merge", "-q", "-m", "merged", "theirs")
    with pytest.raises(SecretError, match="radius/key has two values") as caught:
        store.get("radius/key")
    assert caught.value.where.count("trust.yml:") == 2
    ann.opens(store.folder).put("radius/key", "mine")  # as a command that comes later: nothing is opened yet
    assert store.get("radius/key") == "mine"


def test_a_damaged_line_says_nothing_about_a_password(store: RepositorySecrets, ann: Somebody, tmp_path: Path) -> None:
    """A wrong one does not fit because of it, and the right one sets the damaged secret anew."""
    store.put("a/b", "Word-2")
    path = store.folder / "trust.yml"
    lines = path.read_text().splitlines(keepends=True)
    cut = [line[:90] + '"\n' if line.startswith('  "a/b"') else line for line in lines]
    path.write_text("".join(cut))
    wrong = tmp_path / "wrong"
    wrong.touch(mode=0o600)
    wrong.write_text("not-the-password")
    with pytest.raises(StoreUnavailableError, match="opens none of its secrets"):
        RepositorySecrets(store.folder, Keyring(password_file=wrong)).put("c/d", "Word-3")
    assert cut == path.read_text().splitlines(keepends=True)
    ann.opens(store.folder).put("a/b", "Word-4")
    assert ann.opens(store.folder).get("a/b") == "Word-4"


def test_a_secret_of_a_branch_that_missed_a_new_password_is_told(
    store: RepositorySecrets, repository: Path, ben: Somebody
) -> None:
    """It opens with neither; the rest does, and setting it anew ends it."""
    store.admit("ben", ben.public, ("trust",))
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "ben")
    git(repository, "checkout", "-qb", "theirs")
    store.put("m/a", "theirs")
    git(repository, "commit", "-qam", "theirs")
    git(repository, "checkout", "-q", "main")
    store.dismiss("ben")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "ours")
    git(repository, "merge", "-q", "-m", "merged", "theirs")
    with pytest.raises(SecretError, match="sealed with another password") as caught:
        store.get("m/a")
    assert "set it anew" in caught.value.remedy
    store.put("m/a", "mine")
    assert store.get("m/a") == "mine"
