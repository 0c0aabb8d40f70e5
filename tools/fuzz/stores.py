"""Readers of where secrets lie, of what a Vault answers, and the redactor of every sink."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import cache

import pyrage
import vault_server
from target import Target, file, files, hold, said, scratch, text_of
from vault_server import Answers

from trustctl.errors import TrustctlError
from trustctl.model.vault import TokenAuth, VaultSettings
from trustctl.secrets.redact import Redactor, redact, redact_device
from trustctl.secrets.redact_syntax import mask_text
from trustctl.secrets.repository import codec
from trustctl.secrets.repository.keys import PrivateKey, private_key, recipient
from trustctl.secrets.repository.people import unseal
from trustctl.secrets.repository.store import RepositorySecrets
from trustctl.secrets.repository.unlock import Keyring
from trustctl.secrets.seal import Seal
from trustctl.secrets.source import FileSecrets
from trustctl.secrets.vault.store import VaultSecrets

_PASSWORD = b"password"


def _sealed(data: bytes) -> None:
    """One value in ansible-vault's format: bytes as they are, and as the body of one whose header is good."""
    for text in (
        text_of(data),
        f"$ANSIBLE_VAULT;1.1;AES256\n{text_of(data)}",
        f"$ANSIBLE_VAULT;1.1;AES256\n{data.hex()}",
    ):
        with suppress(TrustctlError):
            codec.unseal(codec.parse(text), _PASSWORD)


def _secrets_of_git(data: bytes) -> None:
    """A file of sealed values, then the folder of recipients with a public key and a sealed password."""
    entries, _, rest = data.partition(b"\0")
    key, _, sealed = rest.partition(b"\0")
    file(entries, "store/trust.yml")
    file(key, "store/recipients/ann.pub")
    file(sealed, "store/recipients/ann.trust.age")
    store = RepositorySecrets(scratch() / "store", Keyring(password_file=file(_PASSWORD, "password")))
    with suppress(TrustctlError):
        for name in store.listing():
            with suppress(TrustctlError):
                store.get(name)
    with suppress(TrustctlError):
        store.people.everybody()
    with suppress(TrustctlError):
        recipient(text_of(key))
    unseal(sealed, _identity(), "recipients/ann.trust.age")


@cache
def _identity() -> pyrage.x25519.Identity:
    return pyrage.x25519.Identity.from_str(_AGE)


_AGE = "AGE-SECRET-KEY-" + "1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"
"""A key that opens nothing; it stands in age's own test vectors."""


def _private_key(data: bytes) -> None:
    """A key of a person or of a pipeline, and what needs no passphrase of it."""
    found: PrivateKey = private_key(data, "key", file(b"", "key.pub"))
    found.identity(None)


def _secrets_file(data: bytes) -> None:
    FileSecrets(file(data, "secrets.yml")).names()


def _backup(data: bytes) -> None:
    """A sealed backup, as it is and behind a head that is good."""
    seal = Seal(["0123456789abcdef0123456789abcdef"])
    head = seal.close("x", "oak-sw-01/0").partition(b"\n")[0]
    for text in (data, head + b"\n" + data):
        with suppress(TrustctlError):
            seal.open(text, "oak-sw-01/0")


@cache
def _vault() -> tuple[Answers, VaultSettings]:
    answers = Answers()
    auth = TokenAuth(token_file=file(b"hvs.token", "token"))
    return answers, VaultSettings((f"http://127.0.0.1:{answers.port}",), auth, timeout=2.0, backoff=0.0)


def _answers(data: bytes) -> None:
    """What Vault, or somebody in its place, answers: signing in, reading, listing, writing, leaving."""
    answers, settings = _vault()
    answers.body = data
    store = VaultSecrets.from_settings(settings)
    try:
        with suppress(TrustctlError):
            store.get("radius/key")
        with suppress(TrustctlError):
            store.put("radius/key", "Sh4red-Key")
        store.names()
    finally:
        with suppress(TrustctlError):
            store.close()


_KNOWN = Redactor(("Sh4red-Key-of-oak", "pw1", 'quoted"&<key>', "line one of a key\nline two of a key"))


def _redactor(data: bytes) -> None:
    """Text of any kind; a known value must be gone whatever stands around it."""
    text = text_of(data)
    for shown in (redact(text), redact_device(text, _KNOWN), mask_text(text), _KNOWN.mask(text)):
        hold(isinstance(shown, str), "it is no text")
    hold("Sh4red-Key-of-oak" not in _KNOWN.mask(f"{text}Sh4red-Key-of-oak{text}"), "a known value is shown")
    _KNOWN.holds(text)


_SAID = (
    (
        b"snmp-server community s3cret RO\n"
        b"username x secret 9 $9$nhEmQVczB7dqsO$X.HsgL6x1il0RxkOSSvyQYwucySCt7qFm4v7pqCxkKM\n"
    ),
    (
        b"radius-server host 10.0.0.1 key 7 094F471A1A0A\ntacacs server a\n key 0 abc\n"
        b"enable secret 5 $1$abcd$0123456789012345678901\n"
    ),
    b"-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n",
    b'"password": "x", token=hvs.CAESIJ, Authorization: Bearer x\n',
    (
        b"snmp-server host 10.0.0.1 vrf mgmt version 3 priv bob\n"
        b"standby 1 authentication text abc\nmgmt-user admin root 0123456789\n"
    ),
    (
        b'password manager sha1\n  "0123456789"\nwpa-passphrase abcdefgh\n'
        b"https://user:pass@host/ eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl\n"
    ),
)


def _sealed_seeds() -> Iterator[bytes]:
    yield codec.seal("value", _PASSWORD, "trust").text.encode()
    yield bytes.fromhex(codec.seal("value", _PASSWORD, "trust").body)


def _store_seeds() -> Iterator[bytes]:
    line = codec.seal("value", _PASSWORD, "trust").text.replace("\n", "\\n")
    identity = pyrage.x25519.Identity.generate()
    key = str(identity.to_public())
    armoured = pyrage.encrypt(_PASSWORD, [pyrage.x25519.Recipient.from_str(key)], armored=True)
    yield f'trust_secrets:\n\n  # login/ops\n  "login/ops": !vault "{line}"\n\n\0{key}\n\0'.encode() + armoured
    yield (
        b"trust_secrets: {}\n"
        b"\0ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA "
        b"ann\n\0x"
    )


TARGETS = (
    Target("secrets-sealed", _sealed, _sealed_seeds, text=False),
    Target("secrets-of-git", _secrets_of_git, _store_seeds, stretch=False),
    Target(
        "secrets-key",
        _private_key,
        said(
            _AGE.encode(),
            (b"-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----\n"),
        ),
    ),
    Target("secrets-file", _secrets_file, files("inventory/lab-secrets.example.yml")),
    Target("secrets-vault", _answers, lambda: iter(vault_server.seeds()), stretch=False),
    Target("backup-sealed", _backup, said(b"\0" * 60), text=False),
    # a text goes through it five times here
    Target("redactor", _redactor, said(*_SAID), seconds=5.0),
)
"""Every target of this file."""
