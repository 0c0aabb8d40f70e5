"""The local secrets file."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from trustctl.errors import ExitCode, SecretError
from trustctl.secrets import FileSecrets
from trustctl.secrets.source import check_value


def secrets(folder: Path, text: str, mode: int = 0o600) -> FileSecrets:
    """A secrets file with this text and mode."""
    path = folder / "secrets.yml"
    path.write_text(text)
    path.chmod(mode)
    return FileSecrets(path)


def test_values_are_text_as_written(tmp_path: Path) -> None:
    """No YAML type is guessed: a number with a leading zero and a word like `no` stay what they are."""
    source = secrets(tmp_path, "a/b: 0123\nradius/key: no\n# a comment\nquoted: 'x#y'\n")
    assert [source.get(name) for name in ("a/b", "radius/key", "quoted")] == ["0123", "no", "x#y"]
    assert source.names() == ("a/b", "quoted", "radius/key")


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o700, 0o604])
def test_other_people_must_not_read_it(tmp_path: Path, mode: int) -> None:
    """Any mode but 0600 (or stricter) is refused, with the command that cures it."""
    with pytest.raises(SecretError, match="yours alone") as caught:
        secrets(tmp_path, "a: b\n", mode).get("a")
    assert "chmod 600" in caught.value.remedy
    assert caught.value.exit_code is ExitCode.TRUST


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """A symbolic link could point at anybody's file."""
    secrets(tmp_path, "a: b\n")
    (tmp_path / "link.yml").symlink_to(tmp_path / "secrets.yml")
    with pytest.raises(SecretError, match="cannot be opened"):
        FileSecrets(tmp_path / "link.yml").get("a")


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo], ids=["folder", "pipe"])
def test_what_is_no_file_is_refused_at_once(tmp_path: Path, make: Callable[[Path], None]) -> None:
    """Nobody waits for who writes into a pipe."""
    make(tmp_path / "secrets.yml")
    with pytest.raises(SecretError, match="not a regular file"):
        FileSecrets(tmp_path / "secrets.yml").get("a")


@pytest.mark.parametrize(
    "text",
    [
        "a: &x canary\n",
        "a: *x\n",
        "a: !!str canary\n",
        "a: {b: canary}\n",
        "a: [canary]\n",
        "- canary\n",
        "canary\n",
        "a: canary\na: canary\n",
        "A B: canary\n",
        "a: 'can ary'\n",
        'a: "can\\nary"\n',
        "a: can?ary\n",
        'a: "can\\"ary"\n',
        "a: ''\n",
        "a: cänary\n",
        "a: 'canary\n",
        "{a: canary\n",
    ],
)
def test_anything_but_names_and_values_is_refused_without_showing_it(tmp_path: Path, text: str) -> None:
    """Each odd shape is a SecretError with a place, and no value stands in the message."""
    with pytest.raises(SecretError) as caught:
        secrets(tmp_path, text).get("a")
    assert "secrets.yml" in caught.value.where
    assert "can" not in str(caught.value).replace("cannot", "")


def test_a_missing_name_is_named_with_its_neighbour(tmp_path: Path) -> None:
    """The error names what is close, and never a value."""
    with pytest.raises(SecretError, match="no secret named radius/kye") as caught:
        secrets(tmp_path, "radius/key: Canary-123\n").get("radius/kye")
    assert "Did you mean radius/key?" in caught.value.remedy
    assert "Canary" not in str(caught.value)


def test_repr_shows_no_value(tmp_path: Path) -> None:
    """A source in a traceback or a log shows its path only."""
    source = secrets(tmp_path, "a: Canary-123\n")
    source.get("a")
    assert "Canary" not in repr(source)


def test_a_private_key_is_a_value() -> None:
    """We sign in to servers by one; what only looks like one is refused, and not shown."""
    body = "b3BlbnNzaC1rZXktdjE=\n"
    key = f"-----BEGIN OPENSSH PRIVATE KEY-----\n{body}-----END OPENSSH PRIVATE KEY-----\n"
    assert check_value("login/key", key, "here") == key
    with pytest.raises(SecretError) as told:
        check_value("login/key", key + "hostname evil\n", "here")
    assert "b3Blbn" not in str(told.value)
