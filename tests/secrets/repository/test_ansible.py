"""Ansible reads what we seal, and we read what Ansible seals: its own programs, both ways."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from trustctl.secrets.repository import entries
from trustctl.secrets.repository.codec import parse, seal, unseal

pytestmark = pytest.mark.peers

VALUES = {"login/ops": "Word-1", "radius/oak#key": "x" * 200, "wifi/things": "é#:{}[]%$", "tls/key": "-----A\nB C\n"}


@pytest.fixture
def password(tmp_path: Path) -> Path:
    """A password file as Ansible takes it."""
    path = tmp_path / "password"
    path.write_text("b0e3Pg0cR3Gm0eHh5ujN3VXkVZq2m2G1bSxQ4O7Zq1Y\n")
    return path


def ansible(program: str, *arguments: object, given: str = "") -> str:
    """What one of Ansible's programs prints."""
    path = Path(sys.executable).with_name(program)
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(Path.home()),
        "ANSIBLE_LOCALHOST_WARNING": "False",
        "LC_ALL": "C.UTF-8",
    }
    done = subprocess.run(
        [path, *map(str, arguments)], input=given, capture_output=True, text=True, check=False, timeout=120, env=env
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_ansible_reads_the_file_as_a_file_of_variables(tmp_path: Path, password: Path) -> None:
    """Every value of it, by the vault id, as `trust_secrets[name]`."""
    key = password.read_bytes().strip()
    path = tmp_path / "north-oak.yml"
    entries.write(path, {name: seal(value, key, "north-oak") for name, value in VALUES.items()})
    for name, value in VALUES.items():
        said = ansible(
            "ansible", "localhost", "-m", "debug", "-a", f"msg={{{{ north_oak_secrets['{name}'] | b64encode }}}}",
            "-e", f"@{path}", "--vault-id", f"north-oak@{password}", "-o",
        )  # fmt: skip
        shown = json.loads(said.split("=>", 1)[1])["msg"]
        assert base64.b64decode(shown).decode() == value


def test_ansible_vault_opens_what_we_seal(tmp_path: Path, password: Path) -> None:
    """In both formats."""
    for vault_id in ("", "trust"):
        path = tmp_path / "one"
        path.write_text(seal("Clear-text-4711", password.read_bytes().strip(), vault_id).text)
        assert ansible("ansible-vault", "view", path, "--vault-id", f"trust@{password}").strip() == "Clear-text-4711"


def test_we_read_what_ansible_vault_seals(tmp_path: Path, password: Path) -> None:
    """The block that `encrypt_string` prints, put into our file as it is."""
    blocks = [
        ansible(
            "ansible-vault", "encrypt_string", "--vault-id", f"trust@{password}", "--encrypt-vault-id", "trust",
            "--stdin-name", name, given=value,
        )
        for name, value in VALUES.items()
    ]  # fmt: skip
    text = "\n".join("  " + line for block in blocks for line in block.rstrip().splitlines())
    path = tmp_path / "trust.yml"
    path.write_text(f"trust_secrets:\n{text}\n")
    read = entries.read(path)
    assert {name: unseal(one.sealed, password.read_bytes().strip()) for name, one in read.items()} == VALUES


def test_we_read_a_file_that_ansible_vault_seals(tmp_path: Path, password: Path) -> None:
    """A whole file in format 1.1."""
    path = tmp_path / "whole"
    path.write_text("Clear-text-4711")
    ansible("ansible-vault", "encrypt", path, "--vault-password-file", password)
    sealed = parse(path.read_text())
    assert sealed.vault_id == ""
    assert unseal(sealed, password.read_bytes().strip()) == "Clear-text-4711"
