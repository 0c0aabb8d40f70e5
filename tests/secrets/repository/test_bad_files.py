"""A store whose files are not as they should be: each is refused with its place, and no value is shown."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from store_people import Somebody

from trustctl.errors import SecretError, StoreUnavailableError
from trustctl.secrets.repository import Keyring, RepositorySecrets, codec, entries

VALUES = ("Word-of-ops-1", "Clear-text-4711")


def file(store: RepositorySecrets) -> Path:
    """The file of the trust's secrets."""
    return store.folder / "trust.yml"


def edit(change: Callable[[str], str]) -> Callable[[RepositorySecrets], None]:
    """Change the file's text."""

    def act(store: RepositorySecrets) -> None:
        text = change(file(store).read_text())
        assert text != file(store).read_text()
        file(store).write_text(text)

    return act


def linked(store: RepositorySecrets) -> None:
    """A symbolic link in the file's place."""
    file(store).rename(store.folder / "elsewhere")
    file(store).symlink_to(store.folder / "elsewhere")


def piped(store: RepositorySecrets) -> None:
    """A named pipe in the file's place: nobody waits for it."""
    file(store).unlink()
    os.mkfifo(file(store))


def foldered(store: RepositorySecrets) -> None:
    """A folder in the file's place."""
    file(store).unlink()
    file(store).mkdir()


def big(store: RepositorySecrets) -> None:
    """More than anybody writes."""
    with file(store).open("a") as one:
        one.write("#" * (5 << 20))


def swapped(text: str) -> str:
    """The text with another second digit of what is sealed."""
    at = text.index(";trust\\n") + len(";trust\\n")
    return text[: at + 1] + ("1" if text[at + 1] != "1" else "2") + text[at + 2 :]


def touched(store: RepositorySecrets) -> None:
    """A value that was changed, beside one that shows the password to be right."""
    store.put("z/other", "Word-2")
    edit(swapped)(store)


def line(name: str, value: str) -> str:
    """A line of the file."""
    return f'  "{name}": {value}\n'


def sealed(vault_id: str) -> str:
    """A value sealed with another password."""
    escaped = codec.seal(VALUES[1], b"another", vault_id).text.replace("\n", "\\n")
    return f'!vault "{escaped}"'


CASES: dict[str, tuple[Callable[[RepositorySecrets], None], str]] = {
    "changed digit": (touched, "was changed"),
    "cut": (edit(lambda text: text[:-40] + '"\n'), "was changed|damaged"),
    "not YAML": (edit(lambda text: text + "  : }{\n"), "not valid YAML"),
    "not UTF-8": (lambda store: file(store).write_bytes(b"\xff\xfe"), "not UTF-8"),
    "conflict": (edit(lambda text: text + "<<<<<<< ours\n" + line("a/b", "x")), "merge that was not finished"),
    "two values": (edit(lambda text: text + line("login/ops", sealed("trust"))), "two values"),
    "in clear": (edit(lambda text: text + line("a/b", VALUES[1])), "not sealed"),
    "other format": (edit(lambda text: text + line("a/b", f"!vault {VALUES[1]}")), "not in the format"),
    "other part": (edit(lambda text: text + line("a/b", sealed("oak"))), "sealed for oak stands in the file of trust"),
    "bad name": (edit(lambda text: text + line("A B", sealed("trust"))), "not the name of a secret"),
    "alias": (edit(lambda text: text.replace("!vault", "&x !vault") + line("a/b", "*x")), "more than names"),
    "nested": (edit(lambda text: text + '  "a/b": {c: d}\n'), "nested too deeply"),
    "list": (edit(lambda text: text + '  "a/b": [c]\n'), "more than names"),
    "other key": (edit(lambda text: text + "more: x\n"), "another key"),
    "symbolic link": (linked, "cannot be opened"),
    "pipe": (piped, "not a regular file"),
    "folder": (foldered, "not a regular file"),
    "too big": (big, "larger than"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_bad_file_is_refused_at_its_place(store: RepositorySecrets, ann: Somebody, case: str) -> None:
    """With file and line where there is one; nothing of what stands in it is shown."""
    act, told = CASES[case]
    act(store)
    with pytest.raises(SecretError, match=told) as caught:
        ann.opens(store.folder).get("login/ops")
    assert caught.value.where.startswith(str(file(store)))
    assert not [value for value in VALUES if value in str(caught.value)]


def test_the_same_line_twice_is_no_harm(store: RepositorySecrets, ann: Somebody) -> None:
    """As Git leaves it where two branches took over one commit."""
    text = file(store).read_text()
    file(store).write_text(text + next(one + "\n" for one in text.splitlines() if "!vault" in one))
    assert ann.opens(store.folder).get("login/ops") == "Word-of-ops-1"


def test_a_name_in_two_files_is_refused(store: RepositorySecrets, ann: Somebody) -> None:
    """Neither is taken for the right one."""
    store.create("oak")
    entries.write(store.folder / "oak.yml", {"login/ops": codec.seal("x", b"p", "oak")})
    with pytest.raises(SecretError, match="login/ops stands in two files"):
        ann.opens(store.folder).get("login/ops")


@pytest.mark.parametrize(
    ("mode", "content", "told"),
    [
        (0o644, None, "must be yours alone, with mode 0600"),
        (0o600, "hello", "not a private key"),
        (
            0o600,
            "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
            "cannot be|no recipient|not a",
        ),
        (0o600, "AGE-SECRET-KEY-1QQQQ", "not a private key"),
    ],
    ids=["open to others", "no key", "damaged", "cut"],
)
def test_a_private_key_that_cannot_be_used_is_said(
    store: RepositorySecrets, ann: Somebody, tmp_path: Path, mode: int, content: str | None, told: str
) -> None:
    """The store is unavailable, not broken: the devices that need it are skipped by name."""
    path = tmp_path / "key"
    path.touch(mode=0o600)
    path.write_text(ann.private.read_text() if content is None else content)
    path.chmod(mode)
    with pytest.raises(StoreUnavailableError, match=told):
        RepositorySecrets(store.folder, Keyring(named=(path,))).get("login/ops")


def test_a_password_file_opens_it_and_must_be_private(store: RepositorySecrets, ann: Somebody, tmp_path: Path) -> None:
    """As Ansible's: one line. A password that opens nothing is said to be none of these."""
    path = tmp_path / "password"
    path.touch(mode=0o600)
    path.write_bytes(store._passwords["trust"] + b"\n")
    assert RepositorySecrets(store.folder, Keyring(password_file=path)).get("login/ops") == "Word-of-ops-1"
    path.write_text("another\n")
    with pytest.raises(StoreUnavailableError, match="opens none of its secrets"):
        RepositorySecrets(store.folder, Keyring(password_file=path)).get("login/ops")
    path.chmod(0o644)
    with pytest.raises(StoreUnavailableError, match="with mode 0600"):
        RepositorySecrets(store.folder, Keyring(password_file=path)).get("login/ops")
