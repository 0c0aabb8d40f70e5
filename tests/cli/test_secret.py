"""`trustctl secret`, as a person, a colleague and a pipeline use it."""

from __future__ import annotations

import json
import os
import pty
import select
import shutil
import signal
import stat
import subprocess
import sys
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import NoReturn

import pytest

from trustctl.cli import main, verb_doctor, verb_secret  # noqa: F401 - loaded before a child is forked
from trustctl.journal import Backups
from trustctl.secrets.redact import KNOWN
from trustctl.secrets.repository import Keyring, RepositorySecrets
from trustctl.secrets.seal import seal_of

ROOT = Path(__file__).parents[2]
KEYGEN = shutil.which("ssh-keygen") or "ssh-keygen"


@dataclass
class Person:
    """Somebody at a machine of their own, in a clone of the trust's repository."""

    repository: Path
    home: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __call__(self, *words: str, given: str = "", code: int = 0) -> str:
        """Run a command without a terminal; what it printed, stderr behind stdout."""
        ended, out, err = self.run(*words, given=given)
        assert ended == code, out + err
        assert "Traceback" not in err
        return out + err

    @property
    def env(self) -> dict[str, str]:
        """What the command sees of the environment."""
        usual = {"PATH": os.environ["PATH"], "HOME": str(self.home), "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)}
        return {**usual, **self.environment}

    def json(self, *words: str, code: int = 0, given: str = "") -> dict[str, object]:
        """The JSON that a command prints on stdout."""
        ended, out, err = self.run(*words, "--json", given=given)
        assert ended == code, out + err
        document: dict[str, object] = json.loads(out)
        return document

    def run(self, *words: str, given: str = "") -> tuple[int, str, str]:
        """Run a command without a terminal, in a process of its own: exit code, stdout and stderr.

        It is forked off this one, which has the libraries loaded: to start Python anew costs a second each time.
        """
        with TemporaryFile() as taken, TemporaryFile() as out, TemporaryFile() as err:
            taken.write(given.encode())
            taken.seek(0)
            child = os.fork()
            if child == 0:
                for number, stream in enumerate((taken, out, err)):
                    os.dup2(stream.fileno(), number)
                self._be(words)
            ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            out.seek(0)
            err.seek(0)
            return ended, out.read().decode(), err.read().decode()

    def _be(self, words: tuple[str, ...]) -> NoReturn:
        """Be the command, in a child: descriptors 0 to 2 are its own, nothing of what the tests know is known."""
        code = -1
        try:
            signal.alarm(120)
            streams = (os.fdopen(number, mode, encoding="utf-8") for number, mode in enumerate("rww"))
            sys.stdin, sys.stdout, sys.stderr = streams
            os.chdir(self.repository)
            mine = self.env
            os.environ.clear()
            os.environ.update(mine)
            KNOWN.forget()
            main.run(words)
        except SystemExit as ended:
            code = int(ended.code or 0)
        except BaseException:  # noqa: BLE001 - a child must not go on as the tests
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def at_terminal(self, *words: str, typed: tuple[str, ...] = ()) -> tuple[int, str]:
        """Run a command at a terminal and type a line after each question; exit code and all that was seen."""
        child, terminal = pty.fork()
        if child == 0:
            self._be(words)
        seen, waiting, end = "", list(typed), time.monotonic() + 60
        while time.monotonic() < end:
            if select.select([terminal], [], [], 0.2)[0]:
                try:
                    part = os.read(terminal, 4096).decode()
                except OSError:
                    break
                seen += part
                if not part:
                    break
            elif waiting and seen.rstrip().endswith(":"):
                os.write(terminal, (waiting.pop(0) + "\n").encode())
                seen += "\n"
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), seen


@pytest.fixture
def me(tmp_path: Path) -> Person:
    """An engineer with an SSH key, in a repository that has no store yet."""
    return engineer(tmp_path)


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Person:
    """The same with a store, for tests that write nothing."""
    found = engineer(tmp_path_factory.mktemp("ready"))
    found("secret", "init")
    return found


def engineer(tmp_path: Path) -> Person:
    """Somebody with an SSH key and a copy of the example trust."""
    home = tmp_path / "home"
    (home / ".ssh").mkdir(parents=True, mode=0o700)
    subprocess.run([KEYGEN, "-q", "-t", "ed25519", "-N", "", "-f", home / ".ssh" / "id_ed25519"], check=True)
    shutil.copytree(ROOT / "inventory", tmp_path / "trust" / "inventory")
    (tmp_path / "trust" / "inventory" / "pins.yml").unlink(missing_ok=True)
    return Person(tmp_path / "trust", home)


def test_two_commands_from_nothing_to_a_secret(me: Person) -> None:
    """Then the list knows it, and says what is missing; no value is printed but where it is asked for so."""
    assert "no secret store yet" in me("secret", "list", code=9)
    assert (
        "login/trustctl is set" in me("secret", "set", "login/trustctl", given="Word-4711\n")
        if me("secret", "init", "--name", "me")
        else ""
    )
    listed = me("secret", "list", code=9)
    assert "missing" in listed
    assert "login.password" in listed
    assert "Word-4711" not in listed
    assert me("secret", "get", "login/trustctl", "--reveal") == "Word-4711\n"
    found = me.json("secret", "list", code=9)
    names = {one["name"]: one for one in found["secrets"]}  # type: ignore[attr-defined,index] # JSON
    assert names["login/trustctl"]["version"]
    assert "radius/shared-key" in found["missing"]  # type: ignore[operator] # JSON
    assert {"trustctl/tag-key", "trustctl/backup-key"} <= set(names)


def test_a_value_is_typed_unseen_and_shown_at_a_terminal_alone(me: Person) -> None:
    """Twice, and not echoed; a pipe, a file and a pipeline's log are refused."""
    me("secret", "init")
    code, seen = me.at_terminal("secret", "set", "login/trustctl", typed=("Word-4711", "Word-4711"))
    assert (code, "Word-4711" in seen, "is set" in seen) == (0, False, True), seen
    code, seen = me.at_terminal("secret", "get", "login/trustctl")
    assert (code, seen.strip()) == (0, "Word-4711")
    assert "Word-4711" not in me("secret", "get", "login/trustctl", code=1)
    me.environment["CI"] = "true"
    code, seen = me.at_terminal("secret", "get", "login/trustctl")
    assert (code, "Word-4711" in seen) == (1, False)


def test_a_key_with_a_passphrase_is_asked_for(me: Person, tmp_path: Path) -> None:
    """At a terminal; without one the devices that need the store are refused, in words."""
    key = me.home / ".ssh" / "id_ed25519"
    me("secret", "init")
    me("secret", "set", "login/trustctl", given="Word-4711")
    subprocess.run([KEYGEN, "-q", "-p", "-P", "", "-N", "Pass-phrase-1", "-f", key], check=True, capture_output=True)
    code, seen = me.at_terminal("secret", "get", "login/trustctl", typed=("Pass-phrase-1",))
    assert (code, "Word-4711" in seen, "Pass-phrase-1" in seen) == (0, True, False), seen
    assert "nobody is there to type it" in me("secret", "get", "login/trustctl", "--reveal", code=9)
    assert "your key has a passphrase" in me("doctor", code=1)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("login/trustctl", "", "nothing came in"),
        ("login/trustctl", "two words", "cannot be sent to a device"),
        ("login/trustctl", "what?", "cannot be sent to a device"),
        ("login/trustctl", "two\nlines", "cannot be sent to a device"),
        ("login/trustctl", "caf\u00e9", "cannot be sent to a device"),
        ("wifi/things", "short", "WPA wants 8 to 63"),
        ("wifi/things", "x" * 64, "WPA wants 8 to 63"),
        ("A B", "x", "not the name of a secret"),
        ("../x", "x", "not the name of a secret"),
    ],
)
def test_a_bad_value_or_name_is_refused_without_showing_it(ready: Person, name: str, value: str, told: str) -> None:
    """Nothing is written."""
    file = ready.repository / "inventory" / "secrets" / "trust.yml"
    before = file.read_bytes()
    ended, *said_both = ready.run("secret", "set", name, given=value)
    said = "".join(said_both)
    assert ended in {1, 9}
    assert told in said
    assert not value or len(value) < 5 or value not in said
    assert file.read_bytes() == before


def test_a_colleague_comes_and_goes(me: Person, tmp_path: Path) -> None:
    """Both open it; afterwards the one who left does not, and what must be changed is listed."""
    me("secret", "init")
    me("secret", "set", "login/trustctl", given="Word-4711")
    ann = Person(me.repository, tmp_path / "ann")
    ann.home.mkdir()
    key = ann.home / "key"
    subprocess.run([KEYGEN, "-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", key], check=True)
    ann.environment["TRUSTCTL_SECRET_KEY_FILE"] = str(key)
    assert "is no recipient of trust" in ann("secret", "get", "login/trustctl", "--reveal", code=9)
    public = subprocess.run([KEYGEN, "-l", "-f", key], check=True, capture_output=True, text=True).stdout.split()[1]
    assert public in me("secret", "add-recipient", "ann", f"{key}.pub", code=1)  # nobody there to compare it
    me("secret", "add-recipient", "ann", f"{key}.pub", "--yes")
    assert ann("secret", "get", "login/trustctl", "--reveal") == "Word-4711\n"
    assert me.json("secret", "remove-recipient", "ann", "--yes")["must_be_changed"] == [
        "login/trustctl", "trustctl/backup-key", "trustctl/tag-key",
    ]  # fmt: skip
    ann("secret", "get", "login/trustctl", "--reveal", code=9)
    assert me("secret", "get", "login/trustctl", "--reveal") == "Word-4711\n"
    assert "this is a private key" in me("secret", "add-recipient", "eve", str(key), "--yes", code=1)


def test_a_pipeline_of_one_school(me: Person, tmp_path: Path) -> None:
    """It has a key of its own in its environment, which counts in a pipeline alone, and opens that school's part."""
    me("secret", "init")
    me("secret", "init", "--id", "oak")
    me("secret", "set", "wifi/oak", "--id", "oak", given="Phrase-of-oak")
    me("secret", "set", "login/trustctl", given="Word-4711")
    key = tmp_path / "ci.key"
    me("secret", "add-recipient", "ci-oak", "--id", "oak", "--new-key", str(key))
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    pipeline = Person(me.repository, tmp_path / "runner", {"TRUSTCTL_SECRET_KEY": key.read_text()})
    pipeline.home.mkdir()
    pipeline("secret", "get", "wifi/oak", "--reveal", code=9)
    pipeline.environment["CI"] = "true"
    assert pipeline("secret", "get", "wifi/oak", "--reveal") == "Phrase-of-oak\n"
    pipeline("secret", "get", "login/trustctl", "--reveal", code=9)


def test_a_rotation_has_a_beginning_and_an_end(me: Person) -> None:
    """The new value lies beside the old until it is finished; the old one is kept then."""
    me("secret", "init")
    me("secret", "set", "radius/shared-key", given="Old-word-1")
    assert "trustctl plan --rotate radius/shared-key" in me("secret", "rotate", "radius/shared-key")
    assert me("secret", "get", "radius/shared-key", "--reveal") == "Old-word-1\n"
    new = me("secret", "get", "radius/shared-key#next", "--reveal").strip()
    assert len(new) == 24
    assert "is under way" in me("secret", "rotate", "radius/shared-key", code=1)
    assert new not in me("secret", "rotate", "radius/shared-key", "--finish")
    assert me("secret", "get", "radius/shared-key", "--reveal") == f"{new}\n"
    assert me("secret", "get", "radius/shared-key#previous", "--reveal") == "Old-word-1\n"
    me("secret", "get", "radius/shared-key#next", "--reveal", code=9)
    assert "is in use" in me("secret", "delete", "radius/shared-key", code=1)
    me("secret", "delete", "radius/shared-key#previous")


def test_the_key_of_backups_is_rotated_and_nothing_is_lost(me: Person) -> None:
    """In one step: the new key seals, the older ones open; it is not deleted by the way, and doctor misses it."""
    me("secret", "init")
    state = me.repository / ".trustctl"
    store = RepositorySecrets(me.repository / "inventory" / "secrets", Keyring(usual=(me.home / ".ssh/id_ed25519",)))
    digest = Backups(state, lambda: seal_of(store)).store("oak-sw-01", "hostname oak-sw-01\n")
    first = store.get("trustctl/backup-key")
    assert "in one step" in me("secret", "rotate", "trustctl/backup-key", "--finish", code=1)
    assert "plan" not in me("secret", "rotate", "trustctl/backup-key")
    me("secret", "set", "trustctl/backup-key", "--generate")
    keys = store.get("trustctl/backup-key").split(",")
    assert (len(keys), len(set(keys)), keys[-1]) == (3, 3, first)
    assert Backups(state, lambda: seal_of(store)).load("oak-sw-01", digest) == "hostname oak-sw-01\n"
    assert "fewer than 32" in me("secret", "set", "trustctl/backup-key", given="Short-key-1", code=9)
    assert "can never be opened" in me("secret", "delete", "trustctl/backup-key", code=1)
    assert store.get("trustctl/backup-key").split(",") == keys
    me("secret", "delete", "trustctl/backup-key", "--yes")
    assert "trustctl secret set trustctl/backup-key --generate" in " ".join(me("doctor", code=1).split())


def test_nothing_is_deleted_while_nobody_knows_what_uses_it(me: Person) -> None:
    """An inventory that cannot be read refers to anything."""
    me("secret", "init")
    school = me.repository / "inventory" / "schools/ash/school.yml"
    whole = school.read_text()
    school.write_text(whole + "not-a-field: x\n")
    assert "not-a-field" in me("secret", "delete", "trustctl/tag-key", "--yes", code=1)
    school.write_text(whole)
    me("secret", "delete", "trustctl/tag-key", "--yes")


def test_the_policy_names_what_the_inventory_needs_and_nothing_else(me: Person) -> None:
    """As Vault takes it."""
    said = me("secret", "policy")
    assert 'path "secret/data/radius/shared-key"' in said
    assert "*" not in said


def test_another_store_is_said_where_it_stands(me: Person) -> None:
    """Who may read Vault, or a file, is not said by recipients."""
    trust = me.repository / "inventory" / "trust.yml"
    trust.write_text(trust.read_text() + "secrets: {store: file, file: ~/words.yml}\n")
    said = me("secret", "init", code=1)
    assert "the trust's store is: file" in said
    assert "trust.yml:" in said
    words = me.home / "words.yml"
    words.touch(mode=0o600)
    words.write_text("login/trustctl: Word-4711\n")
    assert me("secret", "get", "login/trustctl", "--reveal") == "Word-4711\n"
    assert "add a line" in me("secret", "set", "login/x", given="x", code=1)
