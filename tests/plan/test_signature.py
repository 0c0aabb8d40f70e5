"""A plan's signature, by the real ssh-keygen: the signer's own bytes pass, and nothing else does."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from trustctl.errors import ExitCode, SignatureError
from trustctl.plan.signature import NAMESPACE, Signers, signature_of

DATA = b'{"format_version": "1.0"}\n'
WHO = "it@trust.example"
KEYGEN = shutil.which("ssh-keygen") or "ssh-keygen"


@dataclass(frozen=True)
class Desk:
    """A folder with a signer's key, a stranger's key, a plan file, and a file of signers."""

    folder: Path

    @property
    def plan(self) -> Path:
        """The plan file."""
        return self.folder / "oak.plan.json"

    def key(self, name: str) -> Path:
        """A new key pair without a passphrase."""
        path = self.folder / name
        if not path.exists():
            subprocess.run([KEYGEN, "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(path)], check=True)
        return path

    def signers(self, options: str = "", who: str = WHO, key: str = "ours") -> Signers:
        """Those who may sign: one key with these options."""
        public = " ".join(self.key(key).with_suffix(".pub").read_text("ascii").split()[:2])
        allowed = self.folder / "allowed_signers"
        allowed.write_text(f"# people who review plans\n{who} {options} {public}\n", encoding="ascii")
        return Signers(allowed, os.environ)

    def sign(self, key: str = "ours", data: bytes = DATA) -> Path:
        """Sign as `trustctl plan --sign` does."""
        return Signers(None, os.environ).sign(data, self.plan, self.key(key))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk with an unsigned plan."""
    made = Desk(tmp_path)
    made.plan.write_bytes(DATA)
    return made


def _refused(signers: Signers, desk: Desk, words: str, data: bytes = DATA) -> None:
    with pytest.raises(SignatureError, match=words) as caught:
        signers.verify(data, desk.plan)
    assert caught.value.exit_code is ExitCode.TRUST
    assert caught.value.remedy
    assert str(desk.folder) in caught.value.where


def test_what_the_signer_signed_is_accepted_under_his_name(desk: Desk) -> None:
    """The signature lies beside the plan for us alone; a second one replaces the first without a question."""
    for _ in range(2):
        written = desk.sign()
    assert written == signature_of(desk.plan) == desk.folder / "oak.plan.json.sig"
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert desk.signers().verify(DATA, desk.plan) == WHO
    assert desk.signers(f'namespaces="git,{NAMESPACE}",valid-after="20200101"').verify(DATA, desk.plan) == WHO
    assert desk.signers(who=f"{WHO},second@trust.example").verify(DATA, desk.plan) == WHO


def test_a_plan_that_was_changed_after_it_was_signed(desk: Desk) -> None:
    """One byte is enough; with and without a file of signers."""
    desk.sign()
    _refused(desk.signers(), desk, "does not hold", DATA + b" ")
    _refused(Signers(None, os.environ), desk, "does not hold", DATA.replace(b"1.0", b"1.1"))


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ("", "stranger"),
        ('valid-before="20200101"', "ours"),
        ('valid-after="20990101"', "ours"),
        ('namespaces="git"', "ours"),
    ],
    ids=["another key", "expired", "not yet", "for something else"],
)
def test_a_signature_of_nobody_who_may_sign(desk: Desk, options: str, key: str) -> None:
    """The right bytes by the wrong key, a key past its day, a key before its day, a key that is for commits only."""
    desk.sign()
    _refused(desk.signers(options, key=key), desk, "does not hold")


def test_a_signature_that_was_made_for_something_else(desk: Desk) -> None:
    """A signer's signature over the same bytes in the namespace of Git counts for nothing."""
    subprocess.run([KEYGEN, "-Y", "sign", "-q", "-n", "git", "-f", str(desk.key("ours")), str(desk.plan)], check=True)
    assert signature_of(desk.plan).is_file()
    _refused(desk.signers(), desk, "does not hold")
    _refused(Signers(None, os.environ), desk, "does not hold")


def test_a_missing_signature_is_refused_where_one_is_asked_for(desk: Desk) -> None:
    """Where trust.yml names signers; elsewhere a plan needs none."""
    _refused(desk.signers(), desk, "not signed")
    assert Signers(None, os.environ).verify(DATA, desk.plan) == ""


@pytest.mark.parametrize("text", ["", "nonsense", "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n"])
def test_a_file_that_is_no_signature(desk: Desk, text: str) -> None:
    """Damaged, empty, or another file of that name."""
    signature_of(desk.plan).write_text(text, encoding="ascii")
    _refused(desk.signers(), desk, "does not hold")
    _refused(Signers(None, os.environ), desk, "does not hold")


def test_a_huge_file_and_a_missing_file_of_signers(desk: Desk) -> None:
    """Nothing is handed on that cannot be a signature; a file of signers that is gone lets nobody in."""
    desk.sign()
    _refused_without = Signers(desk.folder / "gone", os.environ)
    with pytest.raises(SignatureError, match="not there"):
        _refused_without.verify(DATA, desk.plan)
    signature_of(desk.plan).write_bytes(b"x" * 70_000)
    with pytest.raises(SignatureError, match="too large"):
        desk.signers().verify(DATA, desk.plan)


def test_without_a_file_of_signers_the_key_is_named(desk: Desk) -> None:
    """Nobody said whose key it is; the note says which one it is."""
    desk.sign("stranger")
    said = Signers(None, os.environ).verify(DATA, desk.plan)
    assert "says nothing about" in said
    assert "ED25519 key SHA256:" in said


def test_a_key_that_is_not_there_signs_nothing(desk: Desk) -> None:
    """No half signature is left."""
    with pytest.raises(SignatureError, match="not signed"):
        Signers(None, os.environ).sign(DATA, desk.plan, desk.folder / "no-key")
    assert not signature_of(desk.plan).exists()


def test_ssh_keygen_gets_no_more_of_the_environment_than_it_needs(desk: Desk, tmp_path: Path) -> None:
    """A stand-in on the PATH writes down what it was given: no variable that could hold a secret is among it."""
    tools = tmp_path / "bin"
    tools.mkdir()
    stand_in = tools / "ssh-keygen"
    stand_in.write_text(f"#!/bin/sh\n/usr/bin/env > {tmp_path}/seen\nexit 1\n", encoding="ascii")
    stand_in.chmod(0o755)
    desk.sign()
    with pytest.raises(SignatureError):
        Signers(None, {"PATH": str(tools), "VAULT_TOKEN": "hvs.x", "HOME": "/root"}).verify(DATA, desk.plan)
    assert "hvs" not in (tmp_path / "seen").read_text("ascii")
